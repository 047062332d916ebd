#include "sim/fleet/scaler.hpp"

#include <type_traits>

namespace sim {

namespace {

AutoscalerConfig within(AutoscalerConfig config, const ReplicaLimits& limits) {
  config.min_replicas = limits.min;
  config.max_replicas = limits.max;
  return config;
}

std::variant<Hpa, Keda, TargetTracking, Knative, Schedule, Predictive> policy_of(const ScalerConfig& config) {
  const ReplicaLimits limits{config.min_replicas, config.max_replicas};
  using Policy = std::variant<Hpa, Keda, TargetTracking, Knative, Schedule, Predictive>;
  return std::visit(
      [&](const auto& policy) -> Policy {
        using Config = std::decay_t<decltype(policy)>;
        if constexpr (std::is_same_v<Config, AutoscalerConfig>) return Hpa{policy, limits};
        else if constexpr (std::is_same_v<Config, KedaConfig>) return Keda{policy, limits};
        else if constexpr (std::is_same_v<Config, TargetTrackingConfig>) return TargetTracking{policy, limits};
        else if constexpr (std::is_same_v<Config, KnativeConfig>) return Knative{policy, limits};
        else if constexpr (std::is_same_v<Config, PredictiveConfig>) return Predictive{policy, limits};
        else return Schedule{policy, limits, config.horizon_start};
      },
      config.policy);
}

}  // namespace

Hpa::Hpa(const AutoscalerConfig& config, const ReplicaLimits& limits)
    : autoscaler_{within(config, limits)},
      metrics_{config},
      period_ns_{core::to_ns(config.sync_period)},
      next_look_ns_{core::to_ns(config.sync_period)} {}

std::int64_t Hpa::decide(const FleetState& state, std::int64_t current) {
  const core::Instant now{core::Duration{next_look_ns_}};
  next_look_ns_ += period_ns_;
  return autoscaler_.decide(now, metrics_.read(state), current);
}

Scaler::Scaler(const ScalerConfig& config) : policy_{policy_of(config)} {}

std::int64_t Scaler::next_look_ns() const {
  return std::visit([](const auto& policy) { return policy.next_look_ns(); }, policy_);
}

std::int64_t Scaler::decide(const FleetState& state, std::int64_t current) {
  return std::visit([&](auto& policy) { return policy.decide(state, current); }, policy_);
}

}  // namespace sim
