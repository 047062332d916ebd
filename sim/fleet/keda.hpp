// KEDA: from nothing to one replica and back to nothing by itself, from one to many by an HPA on the length of a queue.
//
//  * `KedaConfig`  what a ScaledObject says, with the defaults of KEDA
//  * `Keda`        looks every 30 s for itself and every 15 s for the HPA
//
// Sources: kedacore/keda (v2.16) pkg/scaling/executor/scale_scaledobjects.go (who goes to zero and when),
// apis/keda/v1alpha1/withtriggers_types.go (30 s between polls, 300 s of cooldown, no initial one); the HPA that KEDA
// writes has an external metric with an AverageValue target, so: wanted = ceil(total / target), unless
// total / (target × replicas) is within the tolerance (replica_calculator.go, GetExternalPerPodMetricReplicas).
//
//   at a poll, active = total > activation
//     active and no replica      → 1, or the minimum
//     not active, minimum 0      → 0 once more than the cooldown has passed since the last active poll, however many
//                                  there are; at once when none was active yet and the initial cooldown is over
//     not active, below minimum  → the minimum
//   at the HPA's tick, with at least one replica: as the HPA decides, never below 1
//
// KEDA asks for the metric when the HPA asks KEDA, so it is not late (useCachedMetrics: false). A poll and a tick at
// the same instant: the poll first. Left out: idleReplicaCount, fallbacks, several triggers, a paused ScaledObject.
//
// Example:
//   Keda keda{{.hpa = {.metric = ScalingMetric::concurrency, .target = 8}}, {.min = 0, .max = 40}};
//   keda.decide({.waiting = 1}, 0);   // at 15 s: the HPA's tick, which leaves an empty fleet alone: 0
//   keda.decide({.waiting = 1}, 0);   // at 30 s: the poll finds one waiting: 1
#pragma once

#include <cstdint>
#include <optional>

#include "core/time.hpp"
#include "sim/fleet/autoscaler.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/replica_limits.hpp"

namespace sim {

struct KedaConfig {
  AutoscalerConfig hpa;   // metric and target among them; its limits follow from KEDA's
  double activation = 0;  // of the whole metric: more than this and the trigger is active
  core::Duration polling_interval = std::chrono::seconds{30};
  core::Duration cooldown_period = std::chrono::seconds{300};
  core::Duration initial_cooldown_period{0};
};

class Keda {
 public:
  Keda(const KedaConfig& config, const ReplicaLimits& limits);

  std::int64_t next_look_ns() const { return poll_ns_ < tick_ns_ ? poll_ns_ : tick_ns_; }
  std::int64_t decide(const FleetState& state, std::int64_t current);

 private:
  std::int64_t poll(std::int64_t now_ns, double total, std::int64_t current);

  KedaConfig config_;
  ReplicaLimits limits_;
  Autoscaler hpa_;
  std::int64_t poll_ns_;
  std::int64_t tick_ns_;
  std::int64_t looked_ns_ = 0;
  std::optional<std::int64_t> active_ns_;  // the last poll that was
};

}  // namespace sim
