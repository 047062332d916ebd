// The load on a mixture's parts, as far as it is known before a run.
//
//  * `met_first`  the share of the requests that each part is the first to meet
//
// What others hand on comes out of the run, as does what a region's day brings: such a part has a share of 0.
//
// Example:
//   met_first(Failover{{0, 1}}, 2, traffic, horizon);  // {{1, 1}, {0, 0}}
#pragma once

#include <cstddef>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/stream.hpp"
#include "sim/topology/route.hpp"

namespace sim {

struct MetFirst {
  double mean = 0;  // over the horizon
  double peak = 0;  // in the period in which it is highest
};

// By the number of the part.
std::vector<MetFirst> met_first(const Route& route, std::size_t parts, const core::traffic::TrafficConfig& traffic,
                                const core::Horizon& horizon);

}  // namespace sim
