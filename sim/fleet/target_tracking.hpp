// AWS target tracking: two alarms on one-minute metrics, quick out and slow in.
//
//  * `TargetTrackingConfig`  a target tracking policy, with the defaults of Application Auto Scaling
//  * `TargetTracking`        takes samples, makes a datapoint of each minute and decides at its end
//
// Sources: the alarms that AWS makes for such a policy (high: 3 datapoints of a minute above the target; low: 15 below
// 90 % of it) as seen in CloudWatch and told in "Amazon EC2 Auto Scaling: target tracking" articles of 2024;
// Application Auto Scaling user guide, "Target tracking scaling policies" and
// API_TargetTrackingScalingPolicyConfiguration (2024): cooldowns of 300 s for ECS and SageMaker, and what may happen in
// them.
//
//   a datapoint = mean over the minute of the metric per ready replica; a minute without a ready replica has none
//   out  when each of the last 3 is above the target:       ceil(replicas × newest / target)
//   in   when each of the last 15 is below 90 % of target:  ceil(replicas × newest / target), at least the minimum
//   in the cooldown of scaling out, `replicas` are those of its beginning (what was added then is part of what is
//     wanted now), and nothing is taken away; in that of scaling in, nothing more is taken away, but scaling out ends
//     it
//
// AWS publishes neither the formula of the steps (proportional is its description) nor its tuned alarms of November
// 2024; both are assumptions here. It cannot start from nothing: without a replica there is no metric.
//
// Example:
//   TargetTracking policy{{.metric = ScalingMetric::utilization, .target = 60}, {.min = 2, .max = 40}};
#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/replica_limits.hpp"

namespace sim {

struct TargetTrackingConfig {
  ScalingMetric metric = ScalingMetric::utilization;
  double target = 1;  // of the metric, per replica
  std::int64_t scale_out_datapoints = 3;
  std::int64_t scale_in_datapoints = 15;
  double scale_in_share = 0.9;  // of the target; below it the load is low
  core::Duration period = std::chrono::seconds{60};
  core::Duration sample_period = std::chrono::seconds{10};  // divides the period
  core::Duration scale_out_cooldown = std::chrono::seconds{300};
  core::Duration scale_in_cooldown = std::chrono::seconds{300};
};

class TargetTracking {
 public:
  TargetTracking(const TargetTrackingConfig& config, const ReplicaLimits& limits);

  std::int64_t next_look_ns() const { return next_look_ns_; }
  std::int64_t decide(const FleetState& state, std::int64_t current);

 private:
  std::int64_t on_datapoint(std::int64_t now_ns, double metric, std::int64_t current);

  TargetTrackingConfig config_;
  ReplicaLimits limits_;
  std::int64_t next_look_ns_;
  double sum_ = 0;            // of this minute's samples
  std::int64_t samples_ = 0;  // in it
  std::int64_t above_ = 0;    // datapoints in a row
  std::int64_t below_ = 0;
  std::int64_t out_until_ns_ = 0;  // cooldowns
  std::int64_t in_until_ns_ = 0;
  std::int64_t replicas_before_ = 0;  // the scaling out whose cooldown it is
};

}  // namespace sim
