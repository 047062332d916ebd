#include "sim/fleet/keda.hpp"

#include <algorithm>

namespace sim {

namespace {

AutoscalerConfig hpa_of(const KedaConfig& config, const ReplicaLimits& limits) {
  AutoscalerConfig hpa = config.hpa;
  hpa.min_replicas = std::max<std::int64_t>(limits.min, 1);  // Kubernetes does not scale to zero; KEDA does
  hpa.max_replicas = limits.max;
  return hpa;
}

}  // namespace

Keda::Keda(const KedaConfig& config, const ReplicaLimits& limits)
    : config_{config},
      limits_{limits},
      hpa_{hpa_of(config, limits)},
      poll_ns_{core::to_ns(config.polling_interval)},
      tick_ns_{core::to_ns(config.hpa.sync_period)} {}

std::int64_t Keda::decide(const FleetState& state, std::int64_t current) {
  const std::int64_t now_ns = next_look_ns();
  const double total = metric_total(config_.hpa.metric, state, core::Duration{now_ns - looked_ns_});
  looked_ns_ = now_ns;
  std::int64_t replicas = current;
  if (now_ns == poll_ns_) {
    replicas = poll(now_ns, total, replicas);
    poll_ns_ += core::to_ns(config_.polling_interval);
  }
  if (now_ns == tick_ns_) {
    if (replicas > 0) {
      const std::int64_t wanted = replicas_for_total(total, replicas, config_.hpa);
      replicas = hpa_.settle(core::Instant{core::Duration{now_ns}}, wanted, replicas);
    }
    tick_ns_ += core::to_ns(config_.hpa.sync_period);
  }
  return replicas;
}

std::int64_t Keda::poll(std::int64_t now_ns, double total, std::int64_t current) {
  if (total > config_.activation) {
    active_ns_ = now_ns;
    return current == 0 ? std::max<std::int64_t>(limits_.min, 1) : current;
  }
  if (limits_.min > 0) return std::max(current, limits_.min);
  const bool cooled_down = active_ns_ ? *active_ns_ + core::to_ns(config_.cooldown_period) < now_ns
                                      : core::to_ns(config_.initial_cooldown_period) <= now_ns;
  return cooled_down ? 0 : current;
}

}  // namespace sim
