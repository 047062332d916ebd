// What a scenario says of a fleet: replicas of one kind, each with slots that serve one request at a time, behind
// one FIFO queue.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "core/time.hpp"
#include "core/usage.hpp"
#include "sim/drills/fault.hpp"
#include "sim/fleet/scaler.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

// From asking for an instance to its first answer. It is billed from the beginning and serves from the end.
struct ColdStart {
  core::Duration provision{0};
  core::Duration image{0};    // pulling the container image
  core::Duration weights{0};  // size / bandwidth
  core::Duration warmup{0};
  core::Duration total() const { return provision + image + weights + warmup; }
};

inline constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

struct FleetConfig {
  std::int64_t slots_per_replica = 1;
  std::int64_t initial_replicas = 1;       // ready when the horizon begins
  std::optional<ScalerConfig> autoscaler;  // nothing: the initial replicas stay
  ColdStart cold_start;
  std::int64_t queue_limit = no_limit;  // requests that may wait; one more is rejected
  core::Duration timeout = no_timeout;  // from arrival to the whole answer; then the client leaves
  core::MeteringRule metering;
  Faults faults{};
};

}  // namespace sim
