#include "sim/fleet/metric_window.hpp"

#include <algorithm>

namespace sim {

double metric_total(ScalingMetric metric, const FleetState& state, core::Duration since_last_look) {
  switch (metric) {
    case ScalingMetric::concurrency:
      return static_cast<double>(state.busy_slots + state.waiting);
    case ScalingMetric::utilization:
    case ScalingMetric::cpu:
      return 100.0 * static_cast<double>(state.busy_slots) / static_cast<double>(state.slots_per_replica);
    case ScalingMetric::requests_per_second:
      return static_cast<double>(state.arrivals) / core::to_seconds(since_last_look);
    case ScalingMetric::waiting:
      return static_cast<double>(state.waiting);
  }
  return 0;
}

MetricWindow::MetricWindow(const AutoscalerConfig& config)
    : config_{config},
      // A reading is taken at ticks, so its age is a whole number of them.
      ticks_late_{static_cast<std::size_t>((config.metric_delay + config.sync_period / 2) / config.sync_period)} {
  if (config.metric != ScalingMetric::cpu) return;
  const auto up = [&](core::Duration span) {
    return static_cast<std::size_t>((span + config.sync_period - core::Duration{1}) / config.sync_period);
  };
  ticks_seasoning_ = ticks_late_ + up(config.cpu_window);
  ticks_young_ = up(config.cpu_initialization_period);
}

std::int64_t MetricWindow::least_ready(std::size_t ticks) const {
  std::int64_t least = samples_.back().ready;
  for (std::size_t i = 0; i <= std::min(ticks, samples_.size() - 1); ++i) {
    least = std::min(least, samples_[samples_.size() - 1 - i].ready);
  }
  return least;
}

std::int64_t MetricWindow::least_of_all(std::size_t ticks) const {
  std::int64_t least = samples_.back().all;
  for (std::size_t i = 0; i <= std::min(ticks, samples_.size() - 1); ++i) {
    least = std::min(least, samples_[samples_.size() - 1 - i].all);
  }
  return least;
}

MetricReading MetricWindow::read(const FleetState& now) {
  samples_.push_back({metric_total(config_.metric, now, config_.sync_period), now.ready_replicas, now.all_replicas});
  const std::size_t kept = std::max({ticks_late_, ticks_seasoning_, ticks_young_}) + 1;
  if (samples_.size() > kept) samples_.pop_front();
  const Sample& seen = samples_[samples_.size() - 1 - std::min(ticks_late_, samples_.size() - 1)];

  // Replicas that left since are no longer averaged over; those that came have not reported yet.
  const std::int64_t reported = least_ready(ticks_late_);
  MetricReading reading{.metric_total = seen.total,
                        .measured = reported,
                        .unready = now.all_replicas - now.ready_replicas,
                        .missing = now.ready_replicas - reported};
  if (config_.metric == ScalingMetric::cpu) {
    const std::int64_t old = std::min(now.ready_replicas, least_of_all(ticks_young_));
    reading.measured = std::min(reported, std::max(least_ready(ticks_seasoning_), old));
    reading.missing = std::max<std::int64_t>(old - reported, 0);
    reading.unready = now.all_replicas - reading.measured - reading.missing;
  }
  if (reading.measured != seen.ready) {
    const double per_replica = seen.ready == 0 ? 0 : seen.total / static_cast<double>(seen.ready);
    reading.metric_total = per_replica * static_cast<double>(reading.measured);
  }
  return reading;
}

}  // namespace sim
