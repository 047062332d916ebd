// Whoever serves requests by himself: what an option is, or a part of one.
//
// Each takes blocks of requests in order of arrival (`serve`), can be brought to a moment before which no further one
// comes (`advance_to`), and closes its books at the end of the horizon (`close`).
#pragma once

#include <variant>

#include "sim/api/managed_api.hpp"
#include "sim/batching/batching_fleet.hpp"
#include "sim/dynamic_batching/dynamic_batching_fleet.hpp"
#include "sim/fleet/event_fleet.hpp"
#include "sim/fleet/fifo_fleet.hpp"

namespace sim {

using Leaf = std::variant<ManagedApi, FifoFleet, EventFleet, BatchingFleet, DynamicBatchingFleet>;

}  // namespace sim
