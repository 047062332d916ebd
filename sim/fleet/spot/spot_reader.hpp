// An option's spot instances, as a scenario says them.
//
//   purchase: {spot: 60%, committed: 30%}      # the rest on demand
//   purchase:
//     committed: 10%                           # the price side's (pricing/cost_plan.hpp), as is spot.price
//     spot:
//       share: 60%                             # of the replicas wanted
//       fall_back: on_demand                   # or none; default on_demand
//       over_provision: 1                      # spot instances more than the share; default 0
//       notice: 120s                           # default: of the instance's cloud
//       retry_every: 30s
//       spread: zones                          # or none: the first zone that has capacity
//       correlation: 30%                       # share of a hazard that befalls all instances of a zone at once
//       region: {up: 30d, down: 2h}            # while it is down, every zone is; default: never
//       zones:
//         - {name: a, up: 3h, down: 40m}       # means of exponential times
//         - {name: b, trace: file.json, start: 2d}      # sim/fleet/spot/spot_trace.hpp; start of the horizon in it
//         - {name: c, from: spot/p3.2xlarge-us-west-2c} # a fitted table: sim/fleet/spot/spot_fit.hpp
//         - {name: d, interruption: 5-10%, down: 1h}    # a month, of AWS's Spot Advisor; or a number, as 25%
//
// Zones are independent but for the region. Recordings of several zones from the same time on, with the same `start`,
// keep what the zones had in common. Without `zones` there are two that were measured, and what they had in common.
#pragma once

#include <optional>

#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"
#include "sim/fleet/spot/spot_market.hpp"

namespace sim {

// Nothing when `purchase` of the option has no `spot`. Notes what it takes for granted. Throws core::ConfigError.
std::optional<SpotConfig> read_spot(const core::Section& option, const core::traffic::TextLoader& load_text);

}  // namespace sim
