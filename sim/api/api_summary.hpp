// What a managed API with limits, failures or other ways of buying has to tell beyond its usage.
//
//  * `LimitCheck`  one limit beside what the traffic needs of it
//  * `ApiSummary`  the calls: how many were made, refused, made again
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sim {

enum class LimitVerdict : std::uint8_t {
  holds,       // the busiest minute fits
  below_peak,  // it does not, but the mean does
  below_mean,  // not even that: queues of retries never empty
};

struct LimitCheck {
  std::string dimension;  // "requests a minute"
  std::int64_t limit = 0;
  double mean_need = 0;
  double peak_need = 0;
  LimitVerdict verdict() const {
    const auto most = static_cast<double>(limit);
    return peak_need <= most   ? LimitVerdict::holds
           : mean_need <= most ? LimitVerdict::below_peak
                               : LimitVerdict::below_mean;
  }
  // The share of the busiest minute that the limit can carry: at most 1.
  double servable_at_peak() const {
    return peak_need <= static_cast<double>(limit) ? 1 : static_cast<double>(limit) / peak_need;
  }
  bool operator==(const LimitCheck&) const = default;
};

// A request makes one call or several: retries, and a second one that hedges the first.
struct ApiSummary {
  std::vector<LimitCheck> feasibility;
  std::int64_t requests = 0;
  std::int64_t calls = 0;
  std::int64_t peak_calls_per_minute = 0;  // of a minute by the clock
  std::int64_t peak_requests_per_minute = 0;
  std::int64_t throttled = 0;       // calls that were answered with 429
  std::int64_t too_large = 0;       // of those, for good: no bucket of that size ever holds them
  std::int64_t errors = 0;          // calls that were admitted and answered with an error
  std::int64_t failed_outages = 0;  // calls that met an outage
  std::int64_t retries = 0;
  std::int64_t retries_denied = 0;  // by the budget
  std::int64_t hedges = 0;          // second calls, those refused included
  std::int64_t hedges_won = 0;
  std::int64_t outages = 0;
  std::int64_t outage_ns = 0;          // of the horizon, in which every call failed
  std::int64_t provisioned_calls = 0;  // of the calls, taken by provisioned throughput
  std::int64_t spilled_calls = 0;      // that it had no room for, and that went by the token
  std::int64_t prompt_cache_reads = 0;
  std::int64_t prompt_cache_writes = 0;
  bool operator==(const ApiSummary&) const = default;
};

}  // namespace sim
