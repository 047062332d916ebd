// Who decides how many replicas a fleet has, and when he looks.
//
//  * `ScalerConfig`  what a scenario says of it: the limits, and one of six policies
//  * `Scaler`        looks at the fleet at times of his own and says how many replicas there are to be
//
// The policies, each after its original: autoscaler.hpp (Kubernetes' HPA), keda.hpp, target_tracking.hpp (AWS),
// knative.hpp (KPA), schedule.hpp, predictive.hpp. They see a `FleetState` and nothing else, so that none of them can
// look into the future; between two looks nothing changes.
//
// A fleet of no replicas (minimum 0: keda, kpa, a schedule) has requests that wait and nobody who serves them; KEDA and
// the KPA see them in `waiting` and bring a replica. `decide` then gets current = 0.
//
// Example:
//   Scaler scaler{config};
//   while (scaler.next_look_ns() <= now_ns) wanted = scaler.decide(state_at(scaler.next_look_ns()), replicas);
#pragma once

#include <cstdint>
#include <variant>

#include "core/calendar.hpp"
#include "sim/fleet/autoscaler.hpp"
#include "sim/fleet/keda.hpp"
#include "sim/fleet/knative.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/predictive.hpp"
#include "sim/fleet/replica_limits.hpp"
#include "sim/fleet/schedule.hpp"
#include "sim/fleet/target_tracking.hpp"

namespace sim {

struct ScalerConfig {
  ScalerConfig() = default;
  // An HPA as it stands, with its limits.
  ScalerConfig(const AutoscalerConfig& hpa)
      : min_replicas{hpa.min_replicas}, max_replicas{hpa.max_replicas}, policy{hpa} {}

  std::int64_t min_replicas = 1;
  std::int64_t max_replicas = 1;
  std::variant<AutoscalerConfig, KedaConfig, TargetTrackingConfig, KnativeConfig, ScheduleConfig, PredictiveConfig>
      policy{};                // an HPA's own limits are those above
  core::Date horizon_start{};  // whose week a schedule goes by

  // Of an HPA; anything else throws std::bad_variant_access.
  const AutoscalerConfig& hpa() const { return std::get<AutoscalerConfig>(policy); }
};

// The HPA behind the metric window.
class Hpa {
 public:
  Hpa(const AutoscalerConfig& config, const ReplicaLimits& limits);
  std::int64_t next_look_ns() const { return next_look_ns_; }
  std::int64_t decide(const FleetState& state, std::int64_t current);

 private:
  Autoscaler autoscaler_;
  MetricWindow metrics_;
  std::int64_t period_ns_;
  std::int64_t next_look_ns_;
};

class Scaler {
 public:
  explicit Scaler(const ScalerConfig& config);

  std::int64_t next_look_ns() const;
  // The replicas to have from `next_look_ns()` on; then looks again later. `current`: those there are, ready or not.
  std::int64_t decide(const FleetState& state, std::int64_t current);

 private:
  std::variant<Hpa, Keda, TargetTracking, Knative, Schedule, Predictive> policy_;
};

}  // namespace sim
