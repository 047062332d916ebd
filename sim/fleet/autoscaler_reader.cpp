#include <chrono>

#include "sim/fleet/fleet_reader.hpp"

namespace sim {

using namespace std::chrono_literals;
using core::Section;

AutoscalerConfig read_autoscaler(const Section& section) {
  section.choice("kind", {"hpa"});
  AutoscalerConfig config;
  constexpr std::string_view kubernetes = "Kubernetes default";
  config.metric =
      static_cast<ScalingMetric>(section.choice("metric", {"concurrency", "utilization", "requests_per_second"}));
  if (config.metric == ScalingMetric::utilization) {
    config.target = 100 * section.share("target", {.min = 0.01, .max = 1});
  } else {
    config.target = section.number("target", {.min = 1e-6, .max = 1e9});
  }
  config.max_replicas = section.integer("max", {.min = 1, .max = 100'000, .unit = "replicas"});
  config.min_replicas = section.integer(
      "min", {.min = 1, .max = config.max_replicas, .unit = "replicas", .fallback = 1, .why = kubernetes});
  config.tolerance = section.number("tolerance", {.min = 0, .max = 1, .fallback = config.tolerance, .why = kubernetes});
  config.sync_period =
      section.duration("sync_period", {.min = 1s, .max = 1h, .fallback = config.sync_period, .why = kubernetes});
  config.scale_down_stabilization =
      section.duration("scale_down_stabilization",
                       {.min = 0s, .max = 1h, .fallback = config.scale_down_stabilization, .why = kubernetes});
  config.scale_up_stabilization = section.duration(
      "scale_up_stabilization", {.min = 0s, .max = 1h, .fallback = config.scale_up_stabilization, .why = kubernetes});
  config.scale_up_replicas = section.integer(
      "scale_up_replicas",
      {.min = 0, .max = 100'000, .unit = "replicas a period", .fallback = config.scale_up_replicas, .why = kubernetes});
  config.scale_up_share =
      section.share("scale_up_share", {.min = 0, .max = 1'000, .fallback = config.scale_up_share, .why = kubernetes});
  config.policy_period =
      section.duration("policy_period", {.min = 1s, .max = 30min, .fallback = config.policy_period, .why = kubernetes});
  config.metric_delay = section.duration(
      "metric_delay", {.min = 0s, .max = 1h, .fallback = 15s, .why = "metrics are scraped every 15 s"});
  return config;
}

}  // namespace sim
