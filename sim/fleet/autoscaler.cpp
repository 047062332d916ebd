#include "sim/fleet/autoscaler.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

std::int64_t replicas_wanted(const MetricReading& reading, std::int64_t current, const AutoscalerConfig& config) {
  if (reading.measured == 0) return current;  // Kubernetes: no metrics, no decision
  const auto within_tolerance = [&](double ratio) { return std::abs(1.0 - ratio) <= config.tolerance; };
  const auto replicas = [](double ratio, std::int64_t count) {
    return static_cast<std::int64_t>(std::ceil(ratio * static_cast<double>(count)));
  };

  const double ratio = reading.metric_total / static_cast<double>(reading.measured) / config.target;
  const bool scales_up_with_unready = reading.unready > 0 && ratio > 1.0;
  if (!scales_up_with_unready && reading.missing == 0) {
    return within_tolerance(ratio) ? current : replicas(ratio, reading.measured);
  }

  // Fill in what was not measured so that it damps the change, then ask again.
  double total = reading.metric_total;
  if (ratio < 1.0) total += config.target * static_cast<double>(reading.missing);
  std::int64_t counted = reading.measured + reading.missing;
  if (scales_up_with_unready) counted += reading.unready;
  const double damped = total / static_cast<double>(counted) / config.target;
  const bool turned = (ratio < 1.0 && damped > 1.0) || (ratio > 1.0 && damped < 1.0);
  if (within_tolerance(damped) || turned) return current;
  const std::int64_t wanted = replicas(damped, counted);
  const bool wrong_way = (damped < 1.0 && wanted > current) || (damped > 1.0 && wanted < current);
  return wrong_way ? current : wanted;
}

std::int64_t Autoscaler::stabilised(core::Instant now, std::int64_t wanted, std::int64_t current) {
  // Down to the highest recommendation of the window, up to the lowest of its (usually empty) window.
  const auto longest = std::max(config_.scale_down_stabilization, config_.scale_up_stabilization);
  while (!recommendations_.empty() && recommendations_.front().when <= now - longest) recommendations_.pop_front();
  std::int64_t up = wanted;
  std::int64_t down = wanted;
  for (const Recommendation& past : recommendations_) {
    if (past.when > now - config_.scale_up_stabilization) up = std::min(up, past.replicas);
    if (past.when > now - config_.scale_down_stabilization) down = std::max(down, past.replicas);
  }
  recommendations_.push_back({now, wanted});
  std::int64_t result = current;
  if (result < up) result = up;
  if (result > down) result = down;
  return result;
}

std::int64_t Autoscaler::decide(core::Instant now, const MetricReading& reading, std::int64_t current) {
  const std::int64_t wanted = replicas_wanted(reading, current, config_);
  std::int64_t next = stabilised(now, wanted, current);

  if (next > current) {
    while (!scale_ups_.empty() && scale_ups_.front().when <= now - config_.policy_period) scale_ups_.pop_front();
    std::int64_t added = 0;
    for (const Change& change : scale_ups_) added += change.added;
    const std::int64_t at_period_start = current - added;
    const auto by_share =
        static_cast<std::int64_t>(std::ceil(static_cast<double>(at_period_start) * (1.0 + config_.scale_up_share)));
    const std::int64_t limit = std::max(by_share, at_period_start + config_.scale_up_replicas);
    next = std::min(next, std::max(limit, current));
  }
  next = std::clamp(next, config_.min_replicas, config_.max_replicas);
  if (next > current) scale_ups_.push_back({now, next - current});
  return next;
}

}  // namespace sim
