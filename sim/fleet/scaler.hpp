// Who decides how many replicas a fleet has, and when he looks.
//
//  * `ScalerConfig`  what a scenario says of it
//  * `Scaler`        looks at the fleet at times of his own and says how many replicas there are to be
//
// Example:
//   Scaler scaler{config};
//   while (scaler.next_look_ns() <= now_ns) wanted = scaler.decide(state_at(scaler.next_look_ns()), replicas);
#pragma once

#include <cstdint>

#include "sim/fleet/autoscaler.hpp"
#include "sim/fleet/metric_window.hpp"

namespace sim {

using ScalerConfig = AutoscalerConfig;

class Scaler {
 public:
  explicit Scaler(const ScalerConfig& config);

  std::int64_t next_look_ns() const { return next_look_ns_; }
  // The replicas to have from `next_look_ns()` on; then looks again later. `current`: those there are, ready or not.
  std::int64_t decide(const FleetState& state, std::int64_t current);

 private:
  Autoscaler autoscaler_;
  MetricWindow metrics_;
  std::int64_t period_ns_;
  std::int64_t next_look_ns_;
};

}  // namespace sim
