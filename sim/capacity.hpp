// Fleets that cannot carry what comes on average, said before anything is simulated.
//
//  * `capacity_warnings`  a line with the arithmetic for each option whose most replicas are too few
//
// The run goes on and shows what becomes of it. Known for fleets of slots, whose requests take a known time; how much
// an engine carries comes out of its simulation. What a cache will take away is not known before either.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario.hpp"

namespace sim {

// "small: max: 40 replicas × 8 slots ÷ 6.4 s = 50 requests/s, the traffic brings 116 on average"
std::vector<std::string> capacity_warnings(const Scenario& scenario);

}  // namespace sim
