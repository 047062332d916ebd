// Instances, and the autoscaler or the number of them, as a scenario says it.
//
//  * `read_fleet`       `replicas` or `autoscaler`, `cold_start`, `queue`, `timeout` of an option
//  * `read_autoscaler`  the `autoscaler` section, of one of six kinds
//
//   autoscaler: {kind: hpa, metric: concurrency, target: 24, min: 4, max: 400,      # cpu, utilization, waiting, …
//                scale_up: {select: max, policies: [{pods: 4, period: 15s}, {percent: 100%, period: 15s}]}}
//   autoscaler: {kind: keda, target: 8, max: 40, activation: 0, cooldown_period: 300s}
//   autoscaler: {kind: target_tracking, metric: utilization, target: 60%, min: 2, max: 40}
//   autoscaler: {kind: kpa, target: 10, max: 40, scale_to_zero_grace_period: 30s}
//   autoscaler: {kind: scheduled, utc_offset: 1h, above: {kind: hpa, …},
//                schedule: [{at: "08:00", days: [mon, tue, wed, thu, fri], min: 10}, {at: "20:00", min: 2}]}
//   autoscaler: {kind: predictive, target: 5, lead: 3m, season: 1d, min: 2, max: 40}
//
// What each key means stands at the head of the policy's own header.
//
// Both throw core::ConfigError.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/usage.hpp"
#include "core/yaml_reader.hpp"
#include "sim/fleet/fleet_config.hpp"

namespace sim {

// Places for requests on one instance, and the key that says so.
struct Slots {
  std::int64_t count;
  const core::Section& section;
  std::string_view key;
};

FleetConfig read_fleet(const core::Section& option, const Slots& slots, const core::MeteringRule& metering);
ScalerConfig read_autoscaler(const core::Section& section);

}  // namespace sim
