#include "sim/fleet/scaler.hpp"

namespace sim {

Scaler::Scaler(const ScalerConfig& config)
    : autoscaler_{config},
      metrics_{config},
      period_ns_{core::to_ns(config.sync_period)},
      next_look_ns_{core::to_ns(config.sync_period)} {}

std::int64_t Scaler::decide(const FleetState& state, std::int64_t current) {
  const core::Instant now{core::Duration{next_look_ns_}};
  next_look_ns_ += period_ns_;
  return autoscaler_.decide(now, metrics_.read(state), current);
}

}  // namespace sim
