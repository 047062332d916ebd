// The Kubernetes horizontal pod autoscaler, decision for decision.
//
//  * `replicas_wanted`  the replica calculator: how many replicas one reading of the metric asks for
//  * `Autoscaler`       that, then the stabilisation window and the scaling policies, tick by tick
//
// Sources: kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go and horizontal.go (v1.30), and
// the defaults of pkg/apis/autoscaling/v2/defaults.go and pkg/controller/podautoscaler/config/v1alpha1/defaults.go.
//
// Example:
//   // 50 replicas, each at 90 where 75 is the target: ceil(50 × 90 / 75) = 60.
//   assert(replicas_wanted({.metric_total = 50 * 90.0, .measured = 50}, 50, {.target = 75}) == 60);
#pragma once

#include <cstdint>
#include <deque>

#include "core/time.hpp"

namespace sim {

// What the metric is, per replica.
enum class ScalingMetric : std::uint8_t {
  concurrency,          // requests in flight, waiting ones included
  utilization,          // busy share of the slots, in percent
  requests_per_second,  // arrivals since the last tick
};

struct AutoscalerConfig {
  ScalingMetric metric = ScalingMetric::concurrency;
  double target = 1;  // of the metric, per replica
  std::int64_t min_replicas = 1;
  std::int64_t max_replicas = 1;
  double tolerance = 0.1;  // no change while |1 - ratio| is within it
  core::Duration sync_period = std::chrono::seconds{15};
  core::Duration metric_delay = std::chrono::seconds{0};  // age of the reading that a tick decides on
  core::Duration scale_down_stabilization = std::chrono::minutes{5};
  core::Duration scale_up_stabilization = std::chrono::seconds{0};
  // Scale-up policies, the more generous of both each `policy_period`; scale-down may remove any number.
  std::int64_t scale_up_replicas = 4;
  double scale_up_share = 1.0;
  core::Duration policy_period = std::chrono::seconds{15};
};

struct MetricReading {
  double metric_total = 0;    // over the replicas measured
  std::int64_t measured = 0;  // ready replicas that reported
  std::int64_t unready = 0;   // started, not ready yet: count as 0 when scaling up
  std::int64_t missing = 0;   // ready without a report: as the target when scaling down, as 0 when scaling up
};

// `current` is returned where Kubernetes keeps the number as it is. No limits are applied.
std::int64_t replicas_wanted(const MetricReading& reading, std::int64_t current, const AutoscalerConfig& config);

class Autoscaler {
 public:
  explicit Autoscaler(const AutoscalerConfig& config) : config_{config} {}
  // The number of replicas to have from `now` on. Ticks come in order of time. Memory: one recommendation a tick of
  // the stabilisation window.
  std::int64_t decide(core::Instant now, const MetricReading& reading, std::int64_t current);

 private:
  struct Recommendation {
    core::Instant when;
    std::int64_t replicas;
  };
  struct Change {
    core::Instant when;
    std::int64_t added;
  };
  std::int64_t stabilised(core::Instant now, std::int64_t wanted, std::int64_t current);

  AutoscalerConfig config_;
  std::deque<Recommendation> recommendations_;
  std::deque<Change> scale_ups_;
};

}  // namespace sim
