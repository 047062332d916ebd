#include "pricing/capacity_units.hpp"

#include <algorithm>

namespace pricing {

core::Quantity capacity_units(const CapacityUnit& unit, const LoadOfAnHour& load) {
  constexpr core::Int128 seconds_per_hour = 3600;
  core::Quantity most;
  // A unit without a capacity in some dimension is not billed by it.
  const auto dimension = [&most](std::int64_t used, core::Int128 carried) {
    if (carried > 0) most = std::max(most, core::Quantity::ratio(used, carried));
  };
  dimension(load.new_connections, seconds_per_hour * unit.new_connections_per_s);
  dimension(load.connection_seconds, seconds_per_hour * unit.active_connections);
  dimension(load.bytes, unit.bytes_per_hour);
  dimension(load.rule_evaluations, seconds_per_hour * unit.rule_evaluations_per_s);
  return most;
}

}  // namespace pricing
