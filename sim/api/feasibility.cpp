#include "sim/api/feasibility.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

namespace {

constexpr double minutes_per_s = 60;
constexpr double day_s = 86'400;

double weighted_tokens(const ProvisionedConfig& config, double input_tokens, double output_tokens) {
  return input_tokens + static_cast<double>(config.output_weight) * output_tokens;
}

double mean_time_s(const ManagedApiConfig& config, double output_tokens) {
  const double further = std::max(output_tokens - 1, 0.0);
  return (config.latency.first_token.mean_ns() + further * config.latency.per_output_token.mean_ns()) / 1e9;
}

}  // namespace

std::int64_t units_needed(const ProvisionedConfig& config, double requests_per_minute, double input_tokens,
                          double output_tokens) {
  const double tokens = requests_per_minute * weighted_tokens(config, input_tokens, output_tokens);
  // A product of doubles may be a hair above a whole number of units that it should equal.
  const double units = std::ceil(tokens / static_cast<double>(config.tokens_per_minute_per_unit) - 1e-9);
  const auto whole = static_cast<std::int64_t>(std::clamp(units, 0.0, 1e15));
  const std::int64_t beyond = std::max<std::int64_t>(whole - config.minimum_units, 0);
  return config.minimum_units + (beyond + config.unit_step - 1) / config.unit_step * config.unit_step;
}

std::vector<LimitCheck> feasibility(const ManagedApiConfig& config, const TrafficNeed& need) {
  std::vector<LimitCheck> checks;
  double mean_per_s = need.mean_per_s;
  double peak_per_s = need.peak_per_s;
  // Read from the vendor's cache at best, and then none of a limit's or a unit's business.
  double input_tokens = need.mean_input_tokens;
  const double cached = config.prompt_cache
                            ? std::min(static_cast<double>(config.prompt_cache->prefix_tokens), need.mean_input_tokens)
                            : 0;
  if (config.provisioned) {
    const ProvisionedConfig& provisioned = *config.provisioned;
    const double tokens = weighted_tokens(provisioned, input_tokens - cached, need.mean_output_tokens);
    checks.push_back({.dimension = "provisioned tokens a minute",
                      .limit = provisioned.units * provisioned.tokens_per_minute_per_unit,
                      .mean_need = mean_per_s * minutes_per_s * tokens,
                      .peak_need = peak_per_s * minutes_per_s * tokens});
    const auto carried_per_s =
        tokens > 0 ? static_cast<double>(checks.back().limit) / (minutes_per_s * tokens) : peak_per_s;
    mean_per_s = std::max(mean_per_s - carried_per_s, 0.0);
    peak_per_s = std::max(peak_per_s - carried_per_s, 0.0);
  }
  if (!config.limits || (config.provisioned && !config.provisioned->spills)) return checks;
  const LimitsConfig& limits = *config.limits;
  if (!limits.cached_tokens_count) input_tokens -= cached;
  const double output_tokens = limits.max_output_tokens > 0 && !limits.is_corrected
                                   ? static_cast<double>(limits.max_output_tokens)
                                   : need.mean_output_tokens;
  const auto check = [&](std::string dimension, std::int64_t limit, double per_request, double over_s) {
    if (limit == 0) return;
    checks.push_back({.dimension = std::move(dimension),
                      .limit = limit,
                      .mean_need = mean_per_s * over_s * per_request,
                      .peak_need = peak_per_s * over_s * per_request});
  };
  check("requests a minute", limits.requests_per_minute, 1, minutes_per_s);
  if (limits.requests_per_day > 0) {
    // The busiest minute is no busiest day.
    const double a_day = mean_per_s * day_s;
    checks.push_back({"requests a day", limits.requests_per_day, a_day, a_day});
  }
  check("tokens a minute", limits.tokens_per_minute, input_tokens + output_tokens, minutes_per_s);
  check("input tokens a minute", limits.input_tokens_per_minute, input_tokens, minutes_per_s);
  check("output tokens a minute", limits.output_tokens_per_minute, output_tokens, minutes_per_s);
  check("calls at once", limits.concurrency, mean_time_s(config, need.mean_output_tokens), 1);
  return checks;
}

}  // namespace sim
