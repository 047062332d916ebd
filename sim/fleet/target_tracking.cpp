#include "sim/fleet/target_tracking.hpp"

#include <cmath>

namespace sim {

TargetTracking::TargetTracking(const TargetTrackingConfig& config, const ReplicaLimits& limits)
    : config_{config}, limits_{limits}, next_look_ns_{core::to_ns(config.sample_period)} {}

std::int64_t TargetTracking::decide(const FleetState& state, std::int64_t current) {
  const std::int64_t now_ns = next_look_ns_;
  next_look_ns_ += core::to_ns(config_.sample_period);
  if (state.ready_replicas > 0) {
    sum_ += metric_total(config_.metric, state, config_.sample_period) / static_cast<double>(state.ready_replicas);
    ++samples_;
  }
  std::int64_t replicas = current;
  if (now_ns % core::to_ns(config_.period) == 0) {
    if (samples_ > 0) replicas = on_datapoint(now_ns, sum_ / static_cast<double>(samples_), current);
    sum_ = 0;
    samples_ = 0;
  }
  return limits_.clamp(replicas);
}

std::int64_t TargetTracking::on_datapoint(std::int64_t now_ns, double metric, std::int64_t current) {
  above_ = metric > config_.target ? above_ + 1 : 0;
  below_ = metric < config_.scale_in_share * config_.target ? below_ + 1 : 0;
  const auto proportional = [&](std::int64_t replicas) {
    return limits_.clamp(static_cast<std::int64_t>(std::ceil(static_cast<double>(replicas) * metric / config_.target)));
  };
  const bool cools_out = now_ns < out_until_ns_;
  if (above_ >= config_.scale_out_datapoints) {
    const std::int64_t wanted = proportional(cools_out ? replicas_before_ : current);
    if (wanted <= current) return current;
    if (!cools_out) replicas_before_ = current;
    out_until_ns_ = now_ns + core::to_ns(config_.scale_out_cooldown);
    in_until_ns_ = 0;
    return wanted;
  }
  if (below_ >= config_.scale_in_datapoints && !cools_out && now_ns >= in_until_ns_) {
    const std::int64_t wanted = proportional(current);
    if (wanted >= current) return current;
    in_until_ns_ = now_ns + core::to_ns(config_.scale_in_cooldown);
    return wanted;
  }
  return current;
}

}  // namespace sim
