// Instances, and the autoscaler or the number of them, as a scenario says it.
//
//  * `read_fleet`       `replicas` or `autoscaler`, `cold_start`, `nodes`, `purchase.spot`, `queue`, `timeout`,
//                       `patience` and `retry` of an option
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
//   cold_start: {provision: {p50: 60s, p95: 180s}, image: 40s, weights: {size: 16GB, bandwidth: 1GB/s}, warmup: 10s}
//               # each a duration, {p50, p95} of a lognormal, or any latency (sim/serving/latency_reader.hpp)
//   nodes: {replicas_per_node: 4, quota: 100, zones: [a, b, c], consolidate: underused, consolidate_after: 30s,
//           batch_idle: 1s, batch_max: 10s}       # default: a node for each replica, released with it
//   queue: {limit: 1000, shed: [batch, interactive]}
//   patience: {exponential: {mean: 30s}}          # or {p50, p95}, …: how long a client waits for a slot
//   retry: {max: 2, backoff: 1s, cap: 30s, jitter: full, budget: 20%}      # as of managed APIs
//
// `limit` and `shed` are of one engine where there are engines; `patience` and `retry` of fleets of slots only.
//
// Both throw core::ConfigError.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/traffic/stream.hpp"
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

// Where more of a fleet is simulated than of another.
struct FleetAbilities {
  bool has_clients = false;                               // who lose patience and come again
  const core::traffic::TrafficConfig* traffic = nullptr;  // whose classes may be shed; null: none are
};

FleetConfig read_fleet(const core::Section& option, const Slots& slots, const core::MeteringRule& metering,
                       const FleetAbilities& abilities, const core::traffic::TextLoader& load_text);
ScalerConfig read_autoscaler(const core::Section& section);

}  // namespace sim
