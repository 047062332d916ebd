#include "decision/slo.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
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

void read_percentiles(const Section& slo, std::string_view key, Measure measure, std::vector<Target>& targets) {
  const std::optional<Section> section = slo.optional_section(key);
  if (!section) return;
  for (const std::string& name : section->keys()) {
    const std::optional<std::int32_t> part = percentile(name);
    if (!part) {
      throw section->error(name, fmt::format("'{}'", name), "a percentile from p50 to p99.99, such as p95 or p99.9");
    }
    const core::Duration limit = section->duration(name, {.min = core::Duration{1}});
    targets.push_back({measure, *part, core::to_ns(limit)});
  }
}

SloCheck check_percentile(const Target& target, const core::Histogram* values, std::string_view unknown) {
  if (values == nullptr) return {target, std::nullopt, Held::unknown, std::string{unknown}};
  if (values->total_count() == 0) return {target, std::nullopt, Held::unknown, "no request was answered"};
  const std::int64_t value = values->value_at_quantile(target.per_ten_thousand / 10'000.0);
  return {target, value, value <= target.limit ? Held::yes : Held::no, ""};
}

SloCheck check_availability(const Target& target, const core::Usage& usage) {
  std::int64_t arrivals = 0;
  for (const std::int64_t count : usage.outcomes) arrivals += count;
  const std::int64_t decided = arrivals - usage.count(core::Outcome::in_flight);
  if (decided == 0) return {target, std::nullopt, Held::unknown, "no request arrived"};
  const std::int64_t answered = usage.count(core::Outcome::cache_hit) + usage.count(core::Outcome::served);
  // In whole numbers, so that 99.9 % of 1000 requests is 999 of them and not 999.0000001.
  const core::Int128 billionths = core::Int128{answered} * 1'000'000'000;
  const bool held = billionths >= core::Int128{target.limit} * decided;
  return {target, static_cast<std::int64_t>(billionths / decided), held ? Held::yes : Held::no, ""};
}

}  // namespace

std::string Target::name() const {
  if (measure == Measure::availability) return "availability";
  const std::string_view what = measure == Measure::latency               ? "latency"
                                : measure == Measure::time_to_first_token ? "time_to_first_token"
                                                                          : "time_per_output_token";
  std::string digits = fmt::format("{}.{:02}", per_ten_thousand / 100, per_ten_thousand % 100);
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return fmt::format("{} p{}", what, digits);
}

std::string Target::say(std::int64_t value) const {
  return measure == Measure::availability ? percent(value) : core::format_duration(core::Duration{value});
}

Slo read_slo(const core::Section& root) {
  Slo slo;
  const std::optional<Section> section = root.optional_section("slo");
  if (!section) return slo;
  read_percentiles(*section, "latency", Measure::latency, slo.targets);
  read_percentiles(*section, "time_to_first_token", Measure::time_to_first_token, slo.targets);
  read_percentiles(*section, "time_per_output_token", Measure::time_per_output_token, slo.targets);
  if (section->has("availability")) {
    const double share = section->share("availability");
    slo.targets.push_back({Measure::availability, 0, static_cast<std::int64_t>(std::llround(share * 1e9))});
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
    switch (target.measure) {
      case Measure::latency:
        checks.push_back(check_percentile(target, &facts.latency_ns, ""));
        break;
      case Measure::time_to_first_token:
        checks.push_back(check_percentile(target, facts.time_to_first_token_ns,
                                          "the serving model of this option knows no first token"));
        break;
      case Measure::time_per_output_token:
        checks.push_back(check_percentile(target, facts.time_per_output_token_ns,
                                          "the serving model of this option does not follow the tokens of an answer"));
        break;
      case Measure::availability:
        checks.push_back(check_availability(target, facts.usage));
        break;
    }
  }
  return checks;
}

bool all_held(const std::vector<SloCheck>& checks) {
  return std::all_of(checks.begin(), checks.end(), [](const SloCheck& c) { return c.held == Held::yes; });
}

}  // namespace decision
