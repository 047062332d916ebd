// Fleets that cannot carry what comes on average, said before anything is simulated.
//
//  * `capacity_warnings`  a line with the arithmetic for each option or part whose most replicas are too few
//
// The run goes on and shows what becomes of it. Known for fleets of slots, whose requests take a known time, for
// dynamic batches, when all are full, and for parts of a mixture that requests meet first. How much an engine carries
// comes out of its simulation, as does what others hand on. What a cache will take away is not known before either.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario.hpp"

namespace sim {

// "small: max: 40 replicas × 8 slots ÷ 6.4 s = 50 requests/s, the traffic brings 116 on average"
std::vector<std::string> capacity_warnings(const Scenario& scenario);

}  // namespace sim
