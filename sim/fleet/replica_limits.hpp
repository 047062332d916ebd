// How many replicas a fleet may have, and what is said when that cannot be enough.
//
//  * `ReplicaLimits`     the fewest and the most
//  * `max_below_load`    one line with the arithmetic when the most cannot carry the mean load; nothing when it can
//
// Such a fleet still runs: the queue, the timeouts and the bill of it are what somebody wants to see.
//
// Example:
//   max_below_load({.max_replicas = 40, .slots_per_replica = 8, .service_s = 6.4, .requests_per_s = 116});
//   // "max: 40 replicas × 8 slots ÷ 6.4 s = 50 requests/s, the traffic brings 116 on average"
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sim {

struct ReplicaLimits {
  std::int64_t min = 1;
  std::int64_t max = 1;
  std::int64_t clamp(std::int64_t replicas) const { return replicas < min ? min : replicas > max ? max : replicas; }
};

struct MeanLoad {
  std::int64_t max_replicas = 1;
  std::int64_t slots_per_replica = 1;
  double service_s = 0;  // mean time that a request holds a slot
  double requests_per_s = 0;
};
// Nothing as well when a service takes no time.
std::optional<std::string> max_below_load(const MeanLoad& load);

}  // namespace sim
