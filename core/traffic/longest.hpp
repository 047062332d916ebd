// The longest request that a traffic description can bring: what a model's context and an engine's memory must hold.
#pragma once

#include "core/traffic/sizes.hpp"
#include "core/traffic/stream.hpp"

namespace core::traffic {

// O(rows of the token table or trace).
LongestRequest longest_request(const TrafficConfig& traffic);

}  // namespace core::traffic
