// Reads the `traffic` section of a scenario; what it may hold is shown in core/traffic/stream.hpp.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/math.hpp"
#include "core/traffic/named_text.hpp"
#include "core/traffic/stream.hpp"

namespace core::traffic {

namespace {

using namespace std::chrono_literals;

constexpr double most_users = 1e10;
constexpr double most_tokens = 1e7;  // of one request

double to_days(Duration span) { return to_seconds(span) / 86'400; }

template <std::size_t size>
std::array<double, size> read_shape(const Section& section, std::string_view key) {
  const std::vector<double> values = section.numbers(key, size, {.min = 0, .max = 1e6});
  std::array<double, size> shape{};
  std::copy(values.begin(), values.end(), shape.begin());
  if (std::all_of(shape.begin(), shape.end(), [](double value) { return value == 0; })) {
    throw section.error(key, "nothing but zeros", "at least one number above 0");
  }
  return shape;
}

void check_sum(const Section& traffic, std::string_view key, double sum) {
  // Shares are typed with a few digits; three thirds of 33.3333 % may pass, 99 % may not.
  if (sum > 1 - 1e-4 && sum < 1 + 1e-4) return;
  throw traffic.error(key, fmt::format("shares that sum to {:.6g}", sum), "a sum of 1");
}

std::vector<TrafficClass> read_classes(const Section& traffic) {
  std::vector<TrafficClass> classes;
  double sum = 0;
  for (const Section& section : traffic.optional_sections("classes")) {
    const std::string name = section.text("name", {.expected = "the name of a class of requests"});
    const bool again = std::any_of(classes.begin(), classes.end(), [&](const auto& c) { return c.name == name; });
    if (again) throw section.error("name", "'" + name + "' again", "a name of its own for each class");
    classes.push_back({name, section.share("share")});
    sum += classes.back().share;
  }
  constexpr std::size_t most_classes = 16;
  if (classes.size() == 1 || classes.size() > most_classes) {
    throw traffic.error("classes", fmt::format("{} of them", classes.size()), fmt::format("2 to {}", most_classes));
  }
  if (!classes.empty()) check_sum(traffic, "classes", sum);
  for (TrafficClass& c : classes) c.share /= sum;
  return classes;
}

std::vector<ZoneShare> read_zones(const Section& traffic) {
  const std::vector<Section> sections = traffic.optional_sections("time_zones");
  if (sections.empty()) {
    traffic.assume("time_zones", "UTC", "all users live by the clock of UTC unless zones are given");
    return {ZoneShare{}};
  }
  std::vector<ZoneShare> zones;
  double sum = 0;
  for (const Section& section : sections) {
    const Duration offset = section.duration("utc_offset", {.min = -14h, .max = 14h});
    if (offset % 1min != 0ns) { throw section.error("utc_offset", "a part of a minute", "whole minutes, as in 5.5h"); }
    zones.push_back({static_cast<std::int32_t>(offset / 1min), section.share("share")});
    sum += zones.back().share;
  }
  check_sum(traffic, "time_zones", sum);
  for (ZoneShare& zone : zones) { zone.share /= sum; }
  return zones;
}

Growth read_growth(const Section& traffic, double daily_users) {
  Growth growth;
  const Section::Kind form = traffic.kind("growth");
  if (form == Section::Kind::absent) {
    traffic.assume("growth", "constant", "the same users on every day unless growth is given");
    return growth;
  }
  if (form == Section::Kind::scalar) {
    if (const std::string text = traffic.text("growth"); text != "constant") {
      throw traffic.error("growth", "'" + text + "'",
                          "constant, or {kind: linear | exponential | logistic | phased, …}");
    }
    return growth;
  }
  const Section section = traffic.section("growth");
  using Kind = Growth::Kind;
  growth.kind = static_cast<Kind>(section.choice("kind", {"constant", "linear", "exponential", "logistic", "phased"}));
  const auto users_at_end = [&] {
    return section.number("to", {.min = 0, .max = most_users, .unit = "users"}) / daily_users;
  };
  const auto span = [&](std::string_view key) {
    return to_days(section.duration(key, {.min = 1h, .max = 36'500 * 24h}));
  };
  switch (growth.kind) {
    case Kind::constant:
      break;
    case Kind::linear:
      growth.to = users_at_end();
      if (section.has("over")) {
        growth.over_days = span("over");
      } else {
        section.assume("over", "the whole horizon", "growth reaches its end with the horizon unless told otherwise");
      }
      break;
    case Kind::exponential:
      growth.per_month = section.share("per_month", {.min = -0.99, .max = 10});
      break;
    case Kind::logistic:
      growth.to = users_at_end();
      growth.midpoint_days = to_days(section.duration("midpoint", {.min = 0s, .max = 36'500 * 24h}));
      growth.rise_days = span("rise");
      break;
    case Kind::phased:
      for (const Section& phase : section.sections("phases")) {
        const Date from = phase.date("from");
        if (!growth.phases.empty() && from <= growth.phases.back().from) {
          throw phase.error("from",
                            fmt::format("{} after {}", format_date(from), format_date(growth.phases.back().from)),
                            "dates in order");
        }
        growth.phases.push_back({from, phase.share("share", {.min = 0, .max = 1000})});
      }
      if (growth.phases.empty()) { throw section.error("phases", "no phase", "at least one"); }
      break;
  }
  return growth;
}

DemandConfig read_demand(const Section& traffic) {
  DemandConfig demand;
  demand.daily_users = traffic.number("daily_users", {.min = 1, .max = most_users, .unit = "users"});
  demand.requests_per_user_day =
      traffic.number("requests_per_user_day", {.min = 1e-6, .max = 1e6, .unit = "requests per user and day"});
  if (traffic.kind("hour_of_day") == Section::Kind::list) {
    demand.hour_of_day = read_shape<24>(traffic, "hour_of_day");
  } else {
    demand.hour_of_day = hour_profile(traffic.choice("hour_of_day", {hour_profiles.begin(), hour_profiles.end()}, 0,
                                                     "no daily curve given: the peak is understated if there is one"));
  }
  if (traffic.has("day_of_week")) {
    demand.day_of_week = read_shape<7>(traffic, "day_of_week");
  } else {
    traffic.assume("day_of_week", "flat", "all days of the week alike unless seven numbers are given");
  }
  demand.zones = read_zones(traffic);
  demand.growth = read_growth(traffic, demand.daily_users);
  return demand;
}

void read_bursts(const Section& section, ArrivalsConfig& arrivals) {
  arrivals.burst_factor = section.number("burst_factor", {.min = 1, .max = 1000});
  arrivals.mean_burst = section.duration(
      "mean_burst", {.min = 1ms, .max = 24h, .fallback = 1min, .why = "a burst of about a minute, an assumption"});
  if (section.has("burst_share") == section.has("mean_calm")) {
    throw section.error(section.has("mean_calm") ? "mean_calm" : "burst_share",
                        section.has("mean_calm") ? "burst_share beside it" : "neither burst_share nor mean_calm",
                        "one of the two");
  }
  if (section.has("mean_calm")) {
    arrivals.mean_calm = section.duration("mean_calm", {.min = 1ms, .max = 365 * 24h});
  } else {
    const double share = section.share("burst_share", {.min = 0.0001, .max = 0.99});
    arrivals.mean_calm =
        Duration{static_cast<std::int64_t>(static_cast<double>(to_ns(arrivals.mean_burst)) * (1 - share) / share)};
  }
}

void read_replay(const Section& traffic, const Section& section, const TextLoader& load_text,
                 ArrivalsConfig& arrivals) {
  for (const char* key :
       {"daily_users", "requests_per_user_day", "hour_of_day", "day_of_week", "time_zones", "growth", "tokens"}) {
    if (traffic.has(key)) {
      throw traffic.error(key, "it beside a trace", "none: the trace says when requests come and how large they are");
    }
  }
  const std::string file = section.text("file", {.expected = "the name of a trace, CSV or JSON lines"});
  arrivals.trace.trace = std::make_shared<const Trace>(read_trace(file, load_named(section, "file", file, load_text)));
  arrivals.trace.speed =
      section.number("speed", {.min = 1e-6, .max = 1e6, .fallback = 1, .why = "as fast as it was recorded"});
  arrivals.trace.repeat = section.boolean("repeat", false, "the trace is played once");
  arrivals.trace.scale =
      section.number("scale", {.min = 1e-6, .max = 1e6, .fallback = 1, .why = "each row is one request"});
  if (arrivals.trace.repeat && arrivals.trace.mean_gap_ns() == 0) {
    throw section.error("repeat", "a trace whose rows all come at one time", "two different times in it");
  }
}

ArrivalsConfig read_arrivals(const Section& traffic, const TextLoader& load_text) {
  ArrivalsConfig arrivals;
  const auto section = traffic.optional_section("arrivals");
  if (!section) {
    traffic.assume("arrivals", "poisson", "independent users; real traffic is often burstier");
    return arrivals;
  }
  using Process = ArrivalsConfig::Process;
  arrivals.process = static_cast<Process>(
      section->choice("process", {"poisson", "constant", "gamma", "weibull", "mmpp", "sessions", "trace"}));
  switch (arrivals.process) {
    case Process::poisson:
    case Process::constant:
      break;
    case Process::gamma:
    case Process::weibull:
      arrivals.cv = section->number("cv", {.min = 0.01, .max = 20});
      break;
    case Process::mmpp:
      read_bursts(*section, arrivals);
      break;
    case Process::sessions:
      arrivals.requests_per_session = section->number("requests_per_session", {.min = 1, .max = 1e6});
      arrivals.mean_think_time = section->duration("think_time", {.min = 0s, .max = 24h});
      break;
    case Process::trace:
      read_replay(traffic, *section, load_text, arrivals);
      break;
  }
  return arrivals;
}

QuantileTable read_lognormal(const Section& section) {
  const bool by_mean = section.has("mean");
  if (by_mean == section.has("p50")) {
    throw section.error(by_mean ? "mean" : "p50", by_mean ? "p50 beside it" : "neither p50 nor mean", "one of the two");
  }
  const NumberRule tokens{.min = 1, .max = most_tokens, .unit = "tokens"};
  const double p95 = section.number("p95", tokens);
  double p50 = 0;
  if (by_mean) {
    // mean = p50 e^(σ²/2) and p95 = p50 e^(zσ): σ² - 2 z σ + 2 ln(p95 / mean) = 0, of which the smaller root counts.
    const double mean = section.number("mean", tokens);
    const double z = normal_quantile(0.95);
    const double under_root = z * z - 2 * log(p95 / mean);
    if (p95 < mean || under_root < 0) {
      throw section.error("p95", fmt::format("{:g}, which is {:.4g} × the mean", p95, p95 / mean),
                          "1 to 3.86 × the mean, as every lognormal has");
    }
    const double sigma = z - std::sqrt(under_root);
    p50 = p95 * exp(-z * sigma);
  } else {
    p50 = section.number("p50", tokens);
    if (p95 < p50 || p95 > 20 * p50) {
      throw section.error("p95", fmt::format("{:g}, which is {:.4g} × p50", p95, p95 / p50), "1 to 20 × p50");
    }
  }
  const QuantileTable table = QuantileTable::lognormal(p50, p95);
  if (!section.has("max")) return table;
  section.declare_relative("max");
  const auto highest =
      section.integer("max", {.min = static_cast<std::int64_t>(std::ceil(p95)), .max = 10'000'000, .unit = "tokens"});
  return table.capped(highest);
}

QuantileTable read_size(const Section& tokens, std::string_view key) {
  const IntegerRule count{.min = 0, .max = 10'000'000, .unit = "tokens"};
  tokens.declare_as(key, "tokens");
  if (tokens.kind(key) != Section::Kind::mapping) { return QuantileTable::constant(tokens.integer(key, count)); }
  const Section section = tokens.section(key);
  if (section.choice("distribution", {"constant", "lognormal"}) == 0) {
    return QuantileTable::constant(section.integer("value", count));
  }
  return read_lognormal(section);
}

TokenSizes read_sizes(const Section& traffic, const TextLoader& load_text) {
  const Section tokens = traffic.section("tokens");
  if (tokens.has("from")) {
    for (const char* key : {"input", "output"}) {
      if (tokens.has(key)) { throw tokens.error(key, "it beside from", "one of the two"); }
    }
    const std::string from = tokens.text("from", {.expected = "the name of a token table"});
    const bool is_file = from.ends_with(".yaml") || from.ends_with(".yml");
    const std::string name = is_file ? from : "tokens/" + from;
    return TokenSizes{read_token_table(is_file ? from : name + ".yaml", load_named(tokens, "from", name, load_text))};
  }
  QuantileTable input = read_size(tokens, "input");
  QuantileTable output = read_size(tokens, "output");
  if (input.min() != input.max() && output.min() != output.max()) {
    tokens.assume("correlation", "0", "prompt and answer drawn independently; a token table keeps them together");
  }
  return {std::move(input), std::move(output)};
}

}  // namespace

TrafficConfig read_traffic(const Section& traffic, const TextLoader& load_text) {
  TrafficConfig config;
  config.arrivals = read_arrivals(traffic, load_text);
  if (config.arrivals.process != ArrivalsConfig::Process::trace) {
    config.demand = read_demand(traffic);
    config.sizes = std::make_shared<const TokenSizes>(read_sizes(traffic, load_text));
  }
  config.classes = read_classes(traffic);
  return config;
}

}  // namespace core::traffic
