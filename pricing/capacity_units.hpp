// Load-balancer capacity units: each hour is billed by the dimension that needs the most of them.
//
//  * `CapacityUnit`    what one unit carries
//  * `LoadOfAnHour`    what a load balancer carried in one hour
//  * `capacity_units`  the units of that hour
//
// The unit prices are per hour, so a month is the sum over its hours of the largest dimension. Two mistakes are easy
// here and both are cheap-looking: taking the maximum of monthly sums (it hides the peaks), and dividing once instead
// of for every hour.
//
// Example: 10 000 new connections a second need 400 units of 25 a second:
//   capacity_units({}, {.new_connections = 10'000 * 3600}) == Quantity::whole(400)
#pragma once

#include <cstdint>

#include "core/money.hpp"

namespace pricing {

struct CapacityUnit {
  std::int64_t new_connections_per_s = 25;
  std::int64_t active_connections = 3000;
  std::int64_t bytes_per_hour = 1'073'741'824;
  std::int64_t rule_evaluations_per_s = 1000;  // 0: this load balancer has no rules
  bool operator==(const CapacityUnit&) const = default;
};

struct LoadOfAnHour {
  std::int64_t new_connections = 0;
  std::int64_t connection_seconds = 0;  // how long connections were open, summed: 3600 is one open all the hour
  std::int64_t bytes = 0;
  std::int64_t rule_evaluations = 0;  // beyond the free ones
};

core::Quantity capacity_units(const CapacityUnit& unit, const LoadOfAnHour& load);

}  // namespace pricing
