// What is left of a run that was interrupted: its first whole hours.
//
//  * `first_hours`       the horizon, cut
//  * `keep_first_hours`  one option's result, cut; what is averaged over the horizon is averaged over the part
//
// Latencies and outcomes are those of all requests that arrived in the part, though the last of them were answered
// after it.
#pragma once

#include <cstdint>

#include "core/calendar.hpp"
#include "sim/result.hpp"

namespace cli {

core::Horizon first_hours(core::Horizon horizon, std::int32_t hours);  // hours > 0
void keep_first_hours(sim::OptionResult& result, std::int32_t hours);

}  // namespace cli
