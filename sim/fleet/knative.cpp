#include "sim/fleet/knative.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

Knative::Knative(const KnativeConfig& config, const ReplicaLimits& limits)
    : config_{config},
      limits_{limits},
      next_look_ns_{core::to_ns(config.tick)},
      panic_window_ns_{
          static_cast<std::int64_t>(static_cast<double>(config.stable_window.count()) * config.panic_window_share)} {}

void Knative::take(std::int64_t now_ns, const FleetState& state) {
  const bool counts_arrivals = config_.metric == ScalingMetric::requests_per_second;
  samples_.push_back({now_ns, counts_arrivals ? state.arrivals : state.busy_slots + state.waiting});
  sum_ += samples_.back().count;
  while (samples_.front().when_ns <= now_ns - core::to_ns(config_.stable_window)) {
    sum_ -= samples_.front().count;
    samples_.pop_front();
  }
}

std::int64_t Knative::desired(std::int64_t now_ns, std::int64_t ready) {
  std::int64_t panic_sum = 0;
  std::int64_t panic_samples = 0;
  for (auto sample = samples_.rbegin(); sample != samples_.rend(); ++sample) {
    if (sample->when_ns <= now_ns - panic_window_ns_ && panic_samples > 0) break;
    panic_sum += sample->count;
    ++panic_samples;
  }
  const double per_sample = config_.metric == ScalingMetric::requests_per_second ? core::to_seconds(config_.tick) : 1.0;
  const double target = config_.target * config_.target_utilization;
  const auto wanted = [&](std::int64_t sum, std::int64_t samples) {
    return std::ceil(static_cast<double>(sum) / (static_cast<double>(samples) * per_sample) / target);
  };
  const double by_stable = wanted(sum_, static_cast<std::int64_t>(samples_.size()));
  const double by_panic = wanted(panic_sum, panic_samples);
  const double pods = static_cast<double>(std::max<std::int64_t>(ready, 1));
  const auto limited = [&](double replicas) {
    const double most = std::ceil(config_.max_scale_up_rate * pods);
    const double fewest = std::floor(pods / config_.max_scale_down_rate);
    return static_cast<std::int64_t>(std::min(std::max(replicas, fewest), most));
  };

  if (by_panic / pods >= config_.panic_threshold) {
    panic_ns_ = now_ns;
  } else if (panic_ns_ && *panic_ns_ + core::to_ns(config_.stable_window) < now_ns) {
    panic_ns_.reset();
    most_in_panic_ = 0;
  }
  if (!panic_ns_) return limited(by_stable);
  most_in_panic_ = std::max({most_in_panic_, limited(by_stable), limited(by_panic)});
  return most_in_panic_;
}

// The most that was wished for within the delay.
std::int64_t Knative::delayed(std::int64_t now_ns, std::int64_t replicas) {
  if (config_.scale_down_delay == core::Duration{0}) return replicas;
  while (!wishes_.empty() && wishes_.front().when_ns <= now_ns - core::to_ns(config_.scale_down_delay)) {
    wishes_.pop_front();
  }
  while (!wishes_.empty() && wishes_.back().count <= replicas) wishes_.pop_back();
  wishes_.push_back({now_ns, replicas});
  return wishes_.front().count;
}

std::int64_t Knative::towards_zero(std::int64_t now_ns, std::int64_t current) {
  if (current == 0) return 0;
  if (inactive_ns_) return now_ns - *inactive_ns_ >= core::to_ns(config_.scale_to_zero_grace_period) ? 0 : current;
  if (!active_ns_) return current;  // still starting
  if (now_ns - *active_ns_ < core::to_ns(config_.stable_window)) return 1;
  active_ns_.reset();
  inactive_ns_ = now_ns;
  return current;
}

std::int64_t Knative::decide(const FleetState& state, std::int64_t current) {
  const std::int64_t now_ns = next_look_ns_;
  next_look_ns_ += core::to_ns(config_.tick);
  if (!has_looked_) {
    has_looked_ = true;
    if (state.ready_replicas > 0) active_ns_ = 0;
    if (state.ready_replicas > 1) {
      panic_ns_ = 0;
      most_in_panic_ = state.ready_replicas;
    }
  }
  take(now_ns, state);
  const std::int64_t replicas = limits_.clamp(delayed(now_ns, desired(now_ns, state.ready_replicas)));
  if (replicas > 0) inactive_ns_.reset();
  if (!active_ns_ && !inactive_ns_ && state.ready_replicas > 0) active_ns_ = now_ns;
  if (replicas > 0) return replicas;
  const std::int64_t next = towards_zero(now_ns, current);
  if (next == 0) {
    active_ns_.reset();
    inactive_ns_.reset();
  }
  return next;
}

}  // namespace sim
