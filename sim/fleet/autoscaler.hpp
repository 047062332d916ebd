// The Kubernetes horizontal pod autoscaler, decision for decision.
//
//  * `AutoscalerConfig`     what an HPA says, with the defaults of Kubernetes
//  * `replicas_wanted`      the replica calculator for metrics of pods: how many replicas one reading asks for
//  * `replicas_for_total`   the same for a metric of something outside (a queue), shared by all replicas
//  * `Autoscaler`           that, then the stabilisation windows and the scaling policies, tick by tick
//
// Sources: kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go and horizontal.go (v1.33: a
// tolerance for each direction, KEP-4951; policies that count what was added and removed), and the defaults of
// pkg/apis/autoscaling/v2/defaults.go and pkg/controller/podautoscaler/config/v1alpha1/defaults.go.
//
// Kubernetes computes with whole numbers: the mean of a metric in thousandths, a CPU utilisation in whole percents,
// both cut off, never rounded up. So do we, for near a whole number of replicas it decides.
//
//   ratio  = mean of the replicas that count / target
//   wanted = ceil(ratio × those replicas), or the present number while ratio is within the tolerance
//   missing reports fill up so that they damp: on target (CPU: at 100 %) when ratio < 1, idle when it is > 1;
//   replicas not ready are idle when ratio > 1. Whatever turns the direction around is no reason to change anything.
//
// An HPA without a `behavior` section is limited by older rules (double, or four); here the documented policies stand
// as if they were written down, which is what `kubectl autoscale` and the documentation of v2 lead to expect.
//
// Left out: the readiness delay (a replica here turns ready once and never back, so that none is left for it to judge),
// several metrics at once, container metrics.
//
// Example:
//   // 50 replicas, each at 90 where 75 is the target: ceil(50 × 90 / 75) = 60.
//   assert(replicas_wanted({.metric_total = 50 * 90.0, .measured = 50}, 50, {.target = 75}) == 60);
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/time.hpp"

namespace sim {

// What the metric is, per replica.
enum class ScalingMetric : std::uint8_t {
  concurrency,          // requests in flight, waiting ones included
  utilization,          // busy share of the slots, in percent; as a custom metric of pods
  requests_per_second,  // arrivals since the last tick
  cpu,                  // busy share of the slots, in percent; as the CPU's, with the rules for it
  waiting,              // requests that wait
};

struct ScalingPolicy {
  enum class Kind : std::uint8_t { pods, percent };
  Kind kind = Kind::pods;
  std::int64_t value = 0;
  core::Duration period{0};
};

// How fast the number may change in one direction. `max`: the most generous of the policies.
struct ScalingRules {
  enum class Select : std::uint8_t { max, min, disabled };
  Select select = Select::max;
  std::vector<ScalingPolicy> policies{};  // at least one, unless disabled
};

struct AutoscalerConfig {
  ScalingMetric metric = ScalingMetric::concurrency;
  double target = 1;  // of the metric, per replica
  std::int64_t min_replicas = 1;
  std::int64_t max_replicas = 1;
  // No change while the ratio is within [1 - scale_down_tolerance, 1 + scale_up_tolerance].
  double scale_up_tolerance = 0.1;
  double scale_down_tolerance = 0.1;
  core::Duration sync_period = std::chrono::seconds{15};
  core::Duration metric_delay = std::chrono::seconds{0};  // age of the reading that a tick decides on
  core::Duration scale_down_stabilization = std::chrono::minutes{5};
  core::Duration scale_up_stabilization = std::chrono::seconds{0};
  ScalingRules scale_up{.policies = {{ScalingPolicy::Kind::pods, 4, std::chrono::seconds{15}},
                                     {ScalingPolicy::Kind::percent, 100, std::chrono::seconds{15}}}};
  ScalingRules scale_down{.policies = {{ScalingPolicy::Kind::percent, 100, std::chrono::seconds{15}}}};
  // Of the CPU alone: what a replica younger than this reports counts only once a whole window was measured after it
  // turned ready (groupPods in replica_calculator.go).
  core::Duration cpu_initialization_period = std::chrono::minutes{5};
  core::Duration cpu_window = std::chrono::seconds{15};
};

struct MetricReading {
  double metric_total = 0;    // over the replicas measured
  std::int64_t measured = 0;  // ready replicas that reported
  std::int64_t unready = 0;   // started, not ready yet: count as 0 when scaling up
  std::int64_t missing = 0;   // ready without a report: as the target when scaling down, as 0 when scaling up
};

// `current` is returned where Kubernetes keeps the number as it is. No limits are applied.
std::int64_t replicas_wanted(const MetricReading& reading, std::int64_t current, const AutoscalerConfig& config);
// `total`: of the metric, over everything; one replica is to carry the target (GetExternalPerPodMetricReplicas).
// `current` ≥ 1.
std::int64_t replicas_for_total(double total, std::int64_t current, const AutoscalerConfig& config);

class Autoscaler {
 public:
  explicit Autoscaler(const AutoscalerConfig& config) : config_{config} {}
  // The number of replicas to have from `now` on. Ticks come in order of time. Without a reading nothing changes.
  // Memory: one recommendation a tick of the longer stabilisation window. O(recommendations + changes kept).
  std::int64_t decide(core::Instant now, const MetricReading& reading, std::int64_t current);
  // What becomes of a number that somebody else computed: windows, policies, limits.
  std::int64_t settle(core::Instant now, std::int64_t wanted, std::int64_t current);

 private:
  struct Recommendation {
    core::Instant when;
    std::int64_t replicas;
  };
  struct Change {
    core::Instant when;
    std::int64_t replicas;  // added, or removed; positive
  };
  std::int64_t stabilised(core::Instant now, std::int64_t wanted, std::int64_t current);
  // Replicas at the beginning of the period that ends now.
  std::int64_t at_period_start(core::Instant now, core::Duration period, std::int64_t current) const;
  std::int64_t most_allowed(core::Instant now, std::int64_t current) const;
  std::int64_t fewest_allowed(core::Instant now, std::int64_t current) const;
  std::int64_t change_to(core::Instant now, std::int64_t next, std::int64_t current);

  AutoscalerConfig config_;
  std::deque<Recommendation> recommendations_;
  std::deque<Change> ups_;
  std::deque<Change> downs_;
};

}  // namespace sim
