#include "decision/slo.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/money.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Section;

// "p95" → 9500, "p99.99" → 9999; nothing for what is no percentile from p50 to p99.99.
std::optional<std::int32_t> percentile(std::string_view key) {
  if (key.size() < 3 || key[0] != 'p') return std::nullopt;
  std::int32_t value = 0;
  int decimals = -1;  // digits after the point so far; -1: no point yet
  for (const char c : key.substr(1)) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
    } else if (c >= '0' && c <= '9' && value < 100'000) {
      value = value * 10 + (c - '0');
      if (decimals >= 0) ++decimals;
    } else {
      return std::nullopt;
    }
  }
  if (decimals == 0 || decimals > 2) return std::nullopt;
  for (int d = std::max(decimals, 0); d < 2; ++d) value *= 10;
  return value >= 5000 && value <= 9999 ? std::optional{value} : std::nullopt;
}

void read_percentiles(const Section& slo, std::string_view key, Measure measure, const std::string& of_class,
                      std::vector<Target>& targets) {
  const std::optional<Section> section = slo.optional_section(key);
  if (!section) return;
  for (const std::string& name : section->names("a percentile from p50 to p99.99, such as p95")) {
    const std::optional<std::int32_t> part = percentile(name);
    if (!part) {
      throw section->error(name, fmt::format("'{}'", name), "a percentile from p50 to p99.99, such as p95 or p99.9");
    }
    const core::Duration limit = section->duration(name, {.min = core::Duration{1}});
    targets.push_back({measure, *part, core::to_ns(limit), of_class});
  }
}

void read_availability(const Section& slo, const std::string& of_class, std::vector<Target>& targets) {
  if (!slo.has("availability")) return;
  const double share = slo.share("availability");
  targets.push_back({Measure::availability, 0, static_cast<std::int64_t>(std::llround(share * 1e9)), of_class});
}

SloCheck check_percentile(const Target& target, const core::Histogram* values, std::string_view unknown) {
  if (values == nullptr) return {target, std::nullopt, Held::unknown, std::string{unknown}};
  if (values->total_count() == 0) return {target, std::nullopt, Held::unknown, "no request was answered"};
  const std::int64_t value = values->value_at_quantile(target.per_ten_thousand / 10'000.0);
  return {target, value, value <= target.limit ? Held::yes : Held::no, ""};
}

SloCheck check_availability(const Target& target, const std::array<std::int64_t, core::outcome_count>& outcomes) {
  const auto count = [&](core::Outcome outcome) { return outcomes[static_cast<std::size_t>(outcome)]; };
  const std::int64_t arrivals = std::accumulate(outcomes.begin(), outcomes.end(), std::int64_t{0});
  const std::int64_t decided = arrivals - count(core::Outcome::in_flight);
  if (decided == 0) return {target, std::nullopt, Held::unknown, "no request arrived"};
  const std::int64_t answered = count(core::Outcome::cache_hit) + count(core::Outcome::served);
  // In whole numbers, so that 99.9 % of 1000 requests is 999 of them and not 999.0000001.
  const core::Int128 billionths = core::Int128{answered} * 1'000'000'000;
  const bool held = billionths >= core::Int128{target.limit} * decided;
  return {target, static_cast<std::int64_t>(billionths / decided), held ? Held::yes : Held::no, ""};
}

}  // namespace

std::string Target::name() const {
  const std::string whose = traffic_class.empty() ? "" : traffic_class + ": ";
  if (measure == Measure::availability) return whose + "availability";
  const std::string_view what = measure == Measure::latency               ? "latency"
                                : measure == Measure::time_to_first_token ? "time_to_first_token"
                                                                          : "time_per_output_token";
  std::string digits = fmt::format("{}.{:02}", per_ten_thousand / 100, per_ten_thousand % 100);
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return fmt::format("{}{} p{}", whose, what, digits);
}

std::string Target::say(std::int64_t value) const {
  return measure == Measure::availability ? percent(value) : core::format_duration(core::Duration{value});
}

Slo read_slo(const core::Section& root, const std::vector<std::string>& classes) {
  Slo slo;
  const std::optional<Section> section = root.optional_section("slo");
  if (!section) return slo;
  read_percentiles(*section, "latency", Measure::latency, "", slo.targets);
  read_percentiles(*section, "time_to_first_token", Measure::time_to_first_token, "", slo.targets);
  read_percentiles(*section, "time_per_output_token", Measure::time_per_output_token, "", slo.targets);
  read_availability(*section, "", slo.targets);
  const std::optional<Section> by_class = section->optional_section("classes");
  if (!by_class) return slo;
  for (const std::string& name : by_class->names("a class of the traffic")) {
    if (std::find(classes.begin(), classes.end(), name) == classes.end()) {
      const auto near = core::nearest(name, classes);
      throw by_class->error(name, fmt::format("'{}'", name),
                            classes.empty() ? "classes of the traffic, and traffic.classes says of none"
                            : near          ? fmt::format("a class of the traffic; did you mean '{}'?", *near)
                                            : fmt::format("a class of the traffic: {}", fmt::join(classes, ", ")));
    }
    const Section of_class = by_class->section(name);
    read_percentiles(of_class, "latency", Measure::latency, name, slo.targets);
    read_percentiles(of_class, "time_to_first_token", Measure::time_to_first_token, name, slo.targets);
    read_availability(of_class, name, slo.targets);
  }
  return slo;
}

std::int64_t SloCheck::margin() const {
  if (!value) return 0;
  return target.measure == Measure::availability ? *value - target.limit : target.limit - *value;
}

std::string SloCheck::sentence() const {
  const std::string_view bound = target.measure == Measure::availability ? "at least" : "at most";
  const std::string limit = target.say(target.limit);
  if (!value) return fmt::format("{} is unknown ({}), the target is {} {}", target.name(), why, bound, limit);
  return fmt::format("{} is {}, the target is {} {}", target.name(), target.say(*value), bound, limit);
}

std::vector<SloCheck> check_slo(const Slo& slo, const ServiceFacts& facts) {
  std::vector<SloCheck> checks;
  for (const Target& target : slo.targets) {
    const core::Histogram* latency_ns = &facts.latency_ns;
    const core::Histogram* first_token_ns = facts.time_to_first_token_ns;
    const std::array<std::int64_t, core::outcome_count>* outcomes = &facts.usage.outcomes;
    if (!target.traffic_class.empty()) {
      const auto of_class = std::find_if(facts.classes.begin(), facts.classes.end(),
                                         [&](const ClassFacts& c) { return c.name == target.traffic_class; });
      if (of_class == facts.classes.end()) {
        checks.push_back({target, std::nullopt, Held::unknown, "this option tells no classes apart"});
        continue;
      }
      latency_ns = &of_class->latency_ns;
      first_token_ns = of_class->time_to_first_token_ns;
      outcomes = &of_class->outcomes;
    }
    switch (target.measure) {
      case Measure::latency:
        checks.push_back(check_percentile(target, latency_ns, ""));
        break;
      case Measure::time_to_first_token:
        checks.push_back(
            check_percentile(target, first_token_ns, "the serving model of this option knows no first token"));
        break;
      case Measure::time_per_output_token:
        checks.push_back(check_percentile(target, facts.time_per_output_token_ns,
                                          "the serving model of this option does not follow the tokens of an answer"));
        break;
      case Measure::availability:
        checks.push_back(check_availability(target, *outcomes));
        break;
    }
  }
  return checks;
}

bool all_held(const std::vector<SloCheck>& checks) {
  return std::all_of(checks.begin(), checks.end(), [](const SloCheck& c) { return c.held == Held::yes; });
}

}  // namespace decision
