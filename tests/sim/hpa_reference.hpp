// The published rules of the horizontal pod autoscaler, written down plainly: pod by pod, whole numbers where
// Kubernetes has them, every event kept for ever. Slow, and only for comparison.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/fleet/autoscaler.hpp"

namespace hpa_reference {

struct Pod {
  std::int64_t usage = 0;  // in thousandths of the metric, or of a CPU
  bool reports = true;
  bool pending = false;
};

// What a pod of the fleet asks for; all alike.
inline constexpr std::int64_t cpu_request = 1000;

struct Rules {
  const sim::AutoscalerConfig& config;

  double ratio(const std::vector<std::int64_t>& usages) const {
    std::int64_t total = 0;
    for (const std::int64_t usage : usages) total += usage;
    const auto pods = static_cast<std::int64_t>(usages.size());
    if (config.metric == sim::ScalingMetric::cpu) {
      const std::int64_t utilization = total * 100 / (pods * cpu_request);
      return static_cast<double>(utilization) / static_cast<double>(std::llround(config.target));
    }
    return static_cast<double>(total / pods) / static_cast<double>(std::llround(config.target * 1000));
  }
  bool is_within(double r) const {
    return 1.0 - config.scale_down_tolerance <= r && r <= 1.0 + config.scale_up_tolerance;
  }

  std::int64_t wanted(const std::vector<Pod>& pods, std::int64_t current) const {
    std::vector<std::int64_t> usages;
    std::int64_t missing = 0;
    std::int64_t unready = 0;
    for (const Pod& pod : pods) {
      if (pod.pending) ++unready;
      else if (!pod.reports) ++missing;
      else usages.push_back(pod.usage);
    }
    if (usages.empty()) return -1;  // an error in Kubernetes
    const double usage_ratio = ratio(usages);
    const bool with_unready = unready > 0 && usage_ratio > 1.0;
    if (!with_unready && missing == 0) {
      if (is_within(usage_ratio)) return current;
      return static_cast<std::int64_t>(std::ceil(usage_ratio * static_cast<double>(usages.size())));
    }
    if (usage_ratio < 1.0) {
      const std::int64_t each = config.metric == sim::ScalingMetric::cpu
                                    ? cpu_request * std::max<std::int64_t>(100, std::llround(config.target)) / 100
                                    : std::llround(config.target * 1000);
      for (std::int64_t i = 0; i < missing; ++i) usages.push_back(each);
    } else if (usage_ratio > 1.0) {
      for (std::int64_t i = 0; i < missing; ++i) usages.push_back(0);
    }
    if (with_unready) {
      for (std::int64_t i = 0; i < unready; ++i) usages.push_back(0);
    }
    const double new_ratio = ratio(usages);
    if (is_within(new_ratio) || (usage_ratio < 1.0 && new_ratio > 1.0) || (usage_ratio > 1.0 && new_ratio < 1.0)) {
      return current;
    }
    const auto replicas = static_cast<std::int64_t>(std::ceil(new_ratio * static_cast<double>(usages.size())));
    if ((new_ratio < 1.0 && replicas > current) || (new_ratio > 1.0 && replicas < current)) return current;
    return replicas;
  }
};

class Controller {
 public:
  explicit Controller(const sim::AutoscalerConfig& config) : config_{config} {}

  std::int64_t decide(std::int64_t now_s, const std::vector<Pod>& pods, std::int64_t current) {
    std::int64_t desired = current;
    if (current > config_.max_replicas) {
      desired = config_.max_replicas;
    } else if (current < config_.min_replicas) {
      desired = config_.min_replicas;
    } else {
      const std::int64_t wanted = Rules{config_}.wanted(pods, current);
      if (wanted < 0) return current;
      desired = limited(now_s, stabilised(now_s, wanted, current), current);
    }
    if (desired != current) events_.push_back({now_s, desired - current});
    return desired;
  }

 private:
  struct Event {
    std::int64_t when_s;
    std::int64_t value;
  };
  static std::int64_t seconds(core::Duration d) { return d.count() / core::ns_per_second; }

  std::int64_t stabilised(std::int64_t now_s, std::int64_t wanted, std::int64_t current) {
    std::int64_t up = wanted;
    std::int64_t down = wanted;
    for (const Event& past : recommendations_) {
      if (past.when_s > now_s - seconds(config_.scale_up_stabilization)) up = std::min(up, past.value);
      if (past.when_s > now_s - seconds(config_.scale_down_stabilization)) down = std::max(down, past.value);
    }
    recommendations_.push_back({now_s, wanted});
    std::int64_t recommendation = current;
    if (recommendation < up) recommendation = up;
    if (recommendation > down) recommendation = down;
    return recommendation;
  }

  std::int64_t limited(std::int64_t now_s, std::int64_t desired, std::int64_t current) const {
    using Select = sim::ScalingRules::Select;
    if (desired == current) return current;
    const bool up = desired > current;
    const sim::ScalingRules& rules = up ? config_.scale_up : config_.scale_down;
    if (rules.select == Select::disabled) return current;
    std::vector<std::int64_t> proposals;
    for (const sim::ScalingPolicy& policy : rules.policies) {
      std::int64_t start = current;
      for (const Event& event : events_) {
        if (event.when_s > now_s - seconds(policy.period)) start -= event.value;
      }
      const auto share = static_cast<double>(policy.value) / 100;
      if (policy.kind == sim::ScalingPolicy::Kind::pods) {
        proposals.push_back(up ? start + policy.value : start - policy.value);
      } else if (up) {
        proposals.push_back(static_cast<std::int64_t>(std::ceil(static_cast<double>(start) * (1 + share))));
      } else {
        proposals.push_back(static_cast<std::int64_t>(static_cast<double>(start) * (1 - share)));
      }
    }
    const auto [least, most] = std::minmax_element(proposals.begin(), proposals.end());
    if (up) {
      const std::int64_t limit = std::max(current, rules.select == Select::min ? *least : *most);
      return std::min({desired, limit, config_.max_replicas});
    }
    const std::int64_t limit = std::min(current, rules.select == Select::min ? *most : *least);
    return std::max({desired, limit, config_.min_replicas});
  }

  sim::AutoscalerConfig config_;
  std::vector<Event> recommendations_;
  std::vector<Event> events_;
};

}  // namespace hpa_reference
