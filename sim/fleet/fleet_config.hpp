// What a scenario says of a fleet: replicas of one kind, each with slots that serve one request at a time, behind
// one FIFO queue; the nodes they run on, how those are bought, and what befalls them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/time.hpp"
#include "core/usage.hpp"
#include "sim/drills/fault.hpp"
#include "sim/fleet/cold_start.hpp"
#include "sim/fleet/scaler.hpp"
#include "sim/fleet/spot/spot_market.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

inline constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

// The nodes (instances) that replicas are put on, as Karpenter buys and consolidates them. As it stands: one replica a
// node, bought when it is wanted and released with it.
struct NodeConfig {
  std::int64_t replicas_per_node = 1;
  std::int64_t quota = no_limit;        // nodes in the region at once, spot and on demand together
  core::Duration consolidate_after{0};  // how long a node stays that nobody is on
  bool consolidates_underused = false;  // a node on demand whose replicas fit on others is emptied
  core::Duration batch_idle{0};         // replicas without a node wait for others, until none has come for so long …
  core::Duration batch_max{0};          // … or for so long in all; then nodes are bought
  std::vector<std::string> zones{"zone"};  // of nodes on demand, which are spread evenly; at least one
};

struct FleetConfig {
  std::int64_t slots_per_replica = 1;
  std::int64_t initial_replicas = 1;       // ready when the horizon begins
  std::optional<ScalerConfig> autoscaler;  // nothing: the initial replicas stay
  ColdStart cold_start;
  std::int64_t queue_limit = no_limit;  // requests that may wait; one more is rejected
  core::Duration timeout = no_timeout;  // from arrival to the whole answer; then the client leaves
  core::MeteringRule metering;
  NodeConfig nodes{};
  std::optional<SpotConfig> spot{};  // nothing: all nodes are bought on demand
  Faults faults{};
  // Of what is drawn for nodes, replicas and zones; the same for all options of a scenario, so that they meet the same.
  core::Stream chance{0};

  // Whether work may be lost under way: somebody must remember what is being served.
  bool loses_work() const {
    if (spot) return true;
    for (const Fault& fault : faults)
      if (fault.kind == FaultKind::zone_loss) return true;
    return false;
  }
};

}  // namespace sim
