#include "sim/fleet/metric_window.hpp"

#include <algorithm>

namespace sim {

MetricWindow::MetricWindow(const AutoscalerConfig& config)
    : config_{config},
      // A reading is taken at ticks, so its age is a whole number of them.
      ticks_late_{static_cast<std::size_t>((config.metric_delay + config.sync_period / 2) / config.sync_period)} {}

MetricReading MetricWindow::read(const FleetState& now) {
  Sample sample{.total = 0, .measured = now.ready_replicas};
  switch (config_.metric) {
    case ScalingMetric::concurrency:
      sample.total = static_cast<double>(now.busy_slots + now.waiting);
      break;
    case ScalingMetric::utilization:
      sample.total = 100.0 * static_cast<double>(now.busy_slots) / static_cast<double>(now.slots_per_replica);
      break;
    case ScalingMetric::requests_per_second:
      sample.total = static_cast<double>(now.arrivals) / core::to_seconds(config_.sync_period);
      break;
  }
  samples_.push_back(sample);
  if (samples_.size() > ticks_late_ + 1) samples_.pop_front();
  const Sample& seen = samples_.front();

  // Replicas that left since are no longer averaged over; those that came have not reported yet.
  const std::int64_t measured = std::min(seen.measured, now.ready_replicas);
  const double per_replica = seen.measured == 0 ? 0 : seen.total / static_cast<double>(seen.measured);
  return {.metric_total = measured == seen.measured ? seen.total : per_replica * static_cast<double>(measured),
          .measured = measured,
          .unready = now.all_replicas - now.ready_replicas,
          .missing = now.ready_replicas - measured};
}

}  // namespace sim
