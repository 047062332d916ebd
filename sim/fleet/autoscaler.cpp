#include "sim/fleet/autoscaler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sim {

namespace {

// Kubernetes' quantities have three decimals.
std::int64_t thousandths(double value) { return static_cast<std::int64_t>(std::floor(value * 1000 + 0.5)); }

// Mean ÷ target, the mean cut off as Kubernetes does. `count` ≥ 1.
double usage_ratio(double total, std::int64_t count, const AutoscalerConfig& config) {
  if (config.metric == ScalingMetric::cpu) {
    const std::int64_t percent = static_cast<std::int64_t>(total / static_cast<double>(count));
    return static_cast<double>(percent) / static_cast<double>(std::max<std::int64_t>(std::llround(config.target), 1));
  }
  const std::int64_t target = std::max<std::int64_t>(thousandths(config.target), 1);
  const std::int64_t mean = thousandths(total) / count;
  return static_cast<double>(mean) / static_cast<double>(target);
}

bool within_tolerance(double ratio, const AutoscalerConfig& config) {
  return 1.0 - config.scale_down_tolerance <= ratio && ratio <= 1.0 + config.scale_up_tolerance;
}

std::int64_t ceiling(double replicas) { return static_cast<std::int64_t>(std::ceil(replicas)); }

}  // namespace

std::int64_t replicas_wanted(const MetricReading& reading, std::int64_t current, const AutoscalerConfig& config) {
  if (reading.measured == 0) return current;  // Kubernetes: no metrics, no decision
  const double ratio = usage_ratio(reading.metric_total, reading.measured, config);
  const bool scales_up_with_unready = reading.unready > 0 && ratio > 1.0;
  if (!scales_up_with_unready && reading.missing == 0) {
    return within_tolerance(ratio, config) ? current : ceiling(ratio * static_cast<double>(reading.measured));
  }

  // Fill in what was not measured so that it damps the change, then ask again.
  double total = reading.metric_total;
  if (ratio < 1.0) {
    const double each = config.metric == ScalingMetric::cpu ? std::max(100.0, config.target) : config.target;
    total += each * static_cast<double>(reading.missing);
  }
  std::int64_t counted = reading.measured + reading.missing;
  if (ratio == 1.0) counted = reading.measured;
  if (scales_up_with_unready) counted += reading.unready;
  const double damped = usage_ratio(total, counted, config);
  const bool turned = (ratio < 1.0 && damped > 1.0) || (ratio > 1.0 && damped < 1.0);
  if (within_tolerance(damped, config) || turned) return current;
  const std::int64_t wanted = ceiling(damped * static_cast<double>(counted));
  const bool wrong_way = (damped < 1.0 && wanted > current) || (damped > 1.0 && wanted < current);
  return wrong_way ? current : wanted;
}

std::int64_t replicas_for_total(double total, std::int64_t current, const AutoscalerConfig& config) {
  const auto usage = static_cast<double>(thousandths(total));
  const auto target = static_cast<double>(std::max<std::int64_t>(thousandths(config.target), 1));
  const double ratio = usage / (target * static_cast<double>(current));
  return within_tolerance(ratio, config) ? current : ceiling(usage / target);
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

std::int64_t Autoscaler::at_period_start(core::Instant now, core::Duration period, std::int64_t current) const {
  const auto within = [&](const std::deque<Change>& changes) {
    std::int64_t sum = 0;
    for (const Change& change : changes) {
      if (change.when > now - period) sum += change.replicas;
    }
    return sum;
  };
  return current - within(ups_) + within(downs_);
}

std::int64_t Autoscaler::most_allowed(core::Instant now, std::int64_t current) const {
  const ScalingRules& rules = config_.scale_up;
  if (rules.select == ScalingRules::Select::disabled) return current;
  const bool least = rules.select == ScalingRules::Select::min;
  std::int64_t limit = least ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  for (const ScalingPolicy& policy : rules.policies) {
    const std::int64_t start = at_period_start(now, policy.period, current);
    std::int64_t proposed = start + policy.value;
    if (policy.kind == ScalingPolicy::Kind::percent) {
      proposed = ceiling(static_cast<double>(start) * (1 + static_cast<double>(policy.value) / 100));
    }
    limit = least ? std::min(limit, proposed) : std::max(limit, proposed);
  }
  return std::max(limit, current);  // what was added before is not taken back
}

std::int64_t Autoscaler::fewest_allowed(core::Instant now, std::int64_t current) const {
  const ScalingRules& rules = config_.scale_down;
  if (rules.select == ScalingRules::Select::disabled) return current;
  const bool least = rules.select == ScalingRules::Select::min;  // the smallest change leaves the most
  std::int64_t limit = least ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  for (const ScalingPolicy& policy : rules.policies) {
    const std::int64_t start = at_period_start(now, policy.period, current);
    std::int64_t proposed = start - policy.value;
    if (policy.kind == ScalingPolicy::Kind::percent) {
      // Cut off, as Kubernetes does: half of 5 leaves 2.
      proposed = static_cast<std::int64_t>(static_cast<double>(start) * (1 - static_cast<double>(policy.value) / 100));
    }
    limit = least ? std::max(limit, proposed) : std::min(limit, proposed);
  }
  return std::min(limit, current);
}

std::int64_t Autoscaler::change_to(core::Instant now, std::int64_t next, std::int64_t current) {
  core::Duration longest{0};
  for (const ScalingRules* rules : {&config_.scale_up, &config_.scale_down}) {
    for (const ScalingPolicy& policy : rules->policies) longest = std::max(longest, policy.period);
  }
  for (std::deque<Change>* changes : {&ups_, &downs_}) {
    while (!changes->empty() && changes->front().when <= now - longest) changes->pop_front();
  }
  if (next > current) ups_.push_back({now, next - current});
  if (next < current) downs_.push_back({now, current - next});
  return next;
}

std::int64_t Autoscaler::settle(core::Instant now, std::int64_t wanted, std::int64_t current) {
  // Beyond its limits the number is put right at once, without a look at the metric.
  if (current > config_.max_replicas) return change_to(now, config_.max_replicas, current);
  if (current < config_.min_replicas) return change_to(now, config_.min_replicas, current);
  std::int64_t next = stabilised(now, wanted, current);
  if (next > current) {
    next = std::min({next, most_allowed(now, current), config_.max_replicas});
  } else if (next < current) {
    next = std::max({next, fewest_allowed(now, current), config_.min_replicas});
  }
  return change_to(now, next, current);
}

std::int64_t Autoscaler::decide(core::Instant now, const MetricReading& reading, std::int64_t current) {
  const bool within_limits = config_.min_replicas <= current && current <= config_.max_replicas;
  if (within_limits && reading.measured == 0) return current;
  return settle(now, replicas_wanted(reading, current, config_), current);
}

}  // namespace sim
