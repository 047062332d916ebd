// Knative's pod autoscaler (KPA): two windows, a panic, and down to nothing.
//
//  * `KnativeConfig`  config-autoscaler and the annotations of a revision, with the defaults of Knative
//  * `Knative`        looks every 2 s
//
// Sources: knative/serving (v1.16) pkg/autoscaler/scaling/autoscaler.go (the decision), pkg/autoscaler/config/config.go
// (defaults), pkg/reconciler/autoscaling/kpa/scaler.go (limits and the way to zero).
//
//   stable, panic   mean of the metric over 60 s and 6 s, of the whole fleet
//   wanted          ceil(window / (target × 70 %)), within [floor(ready / 2), ceil(1000 × ready)], ready at least 1
//   panic           begins when the panic window wants at least twice the ready replicas; meanwhile the larger of both
//                   windows counts and nothing is taken away; it ends when that was so for the last time more than a
//                   stable window ago. A fleet that is found with several replicas begins in panic, for want of history
//   to zero         the revision has been active for a stable window (until then: one replica); then its requests go
//                   by the activator for the grace period (until then: as many as there are); then none
//
// What waits is part of the metric, as in Knative, where the activator and the queue proxies hold it: that brings a
// fleet back from nothing, at the next look (Knative is poked at once: up to 2 s sooner). Samples are those of the
// looks, 2 s apart; Knative's are scraped each second. Left out: burst capacity, activation scale, initial scale.
//
// Example:
//   Knative kpa{{.target = 10}, {.min = 0, .max = 100}};
//   kpa.decide({.waiting = 70}, 0);   // ceil(70 / (10 × 0.7)) = 10
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/time.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/replica_limits.hpp"

namespace sim {

struct KnativeConfig {
  ScalingMetric metric = ScalingMetric::concurrency;  // or requests_per_second
  double target = 100;                                // per replica, as the soft limit that a user sets
  double target_utilization = 0.7;                    // of it
  core::Duration stable_window = std::chrono::seconds{60};
  double panic_window_share = 0.1;  // of the stable window
  double panic_threshold = 2;       // × the ready replicas
  double max_scale_up_rate = 1000;
  double max_scale_down_rate = 2;
  core::Duration scale_to_zero_grace_period = std::chrono::seconds{30};
  core::Duration scale_down_delay{0};
  core::Duration tick = std::chrono::seconds{2};
};

class Knative {
 public:
  Knative(const KnativeConfig& config, const ReplicaLimits& limits);

  std::int64_t next_look_ns() const { return next_look_ns_; }
  // O(samples of the panic window).
  std::int64_t decide(const FleetState& state, std::int64_t current);

 private:
  void take(std::int64_t now_ns, const FleetState& state);
  std::int64_t desired(std::int64_t now_ns, std::int64_t ready);
  std::int64_t delayed(std::int64_t now_ns, std::int64_t replicas);
  std::int64_t towards_zero(std::int64_t now_ns, std::int64_t current);

  struct Sample {
    std::int64_t when_ns;
    std::int64_t count;  // requests: in flight, or that came
  };

  KnativeConfig config_;
  ReplicaLimits limits_;
  std::int64_t next_look_ns_;
  std::int64_t panic_window_ns_;
  std::deque<Sample> samples_;  // of the stable window
  std::int64_t sum_ = 0;        // of them
  std::deque<Sample> wishes_;   // of the scale-down delay
  bool has_looked_ = false;
  std::optional<std::int64_t> panic_ns_;     // last time over the threshold
  std::int64_t most_in_panic_ = 0;           // replicas
  std::optional<std::int64_t> active_ns_;    // since then
  std::optional<std::int64_t> inactive_ns_;  // since then, behind the activator
};

}  // namespace sim
