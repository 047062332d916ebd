// Whether a vendor's limits can carry the traffic at all, said before anything is simulated or priced.
//
//  * `TrafficNeed`   the traffic, as a mean and a busiest minute
//  * `LimitCheck`    one limit beside what the traffic needs of it
//  * `feasibility`   all limits of a managed API
//  * `units_needed`  of provisioned throughput, as the vendor sells them
//
// The arithmetic alone: requests a minute × tokens of a mean request, or × its mean time for the calls at once
// (Little's law). It knows no cache before the API, which lowers the need, and no retries, which raise it. With
// provisioned throughput that spills, the limits carry only what it leaves.
//
// Example:
//   // 1,000 requests a second are 60,000 a minute; of 30,000 at most half can be served.
//   const auto checks = feasibility(config, {.mean_per_s = 970, .peak_per_s = 1000, …});
//   checks[0].verdict() == LimitVerdict::below_mean; checks[0].servable_at_peak() == 0.5;
//   units_needed({.tokens_per_minute_per_unit = 3000, .output_weight = 4}, 600, 1000, 200) == 360
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/api/api_config.hpp"
#include "sim/api/api_summary.hpp"

namespace sim {

struct TrafficNeed {
  double mean_per_s = 0;
  double peak_per_s = 0;  // of the busiest minute
  double mean_input_tokens = 0;
  double mean_output_tokens = 0;
};

// In the order: provisioned tokens, requests a minute, requests a day, tokens, input, output, calls at once.
std::vector<LimitCheck> feasibility(const ManagedApiConfig& config, const TrafficNeed& need);

// Units for `requests_per_minute` of these sizes: at least the vendor's minimum, in the vendor's steps.
std::int64_t units_needed(const ProvisionedConfig& config, double requests_per_minute, double input_tokens,
                          double output_tokens);

}  // namespace sim
