// Drills: faults that a scenario asks to be tried out before they happen.
//
//  * `Drill`        a fault, who suffers it, and how long the fleet is watched afterwards
//  * `read_drills`  the `drills` section of a scenario
//  * `with_drill`   the scenario in which it happens
//
//   drills:
//     - {name: press coverage, fault: surge, factor: 3, at: 2026-12-01T18:00, for: 30m}
//     - {name: a zone goes dark, fault: zone_loss, zone: us-east-1a, at: 18h, for: 1h}
//     - {name: half of the spot machines go, fault: spot_reclaim, share: 50%, at: 18h}
//     - {name: the vendor is down, fault: vendor_outage, at: 18h, for: 45m, options: [managed-api]}
//     - {name: a slow dependency, fault: slow_dependency, factor: 3, at: 18h, for: 15m}
//     - {name: an empty cache, fault: cold_cache, at: 18h}
//     - {name: a rollback, fault: rollback, share: 25%, at: 18h}
//
// `at`: a date and a time of day, UTC, or the time since the start of the horizon. `for`: how long it lasts; of faults
// of a moment (cold_cache, spot_reclaim, rollback) how long the objectives are judged. `watch`: how long after that the
// fleet is given to recover. `options`: who suffers it; default: every option that can. `part`: of mixtures, the part
// that suffers it; default: every part that can.
//
// A drill is simulated on the first hours of the horizon, up to the end of its watch, and so is the same time without
// it: both meet the same requests, so the difference is the fault's.
#pragma once

#include <string>
#include <vector>

#include "core/time.hpp"
#include "core/yaml_reader.hpp"
#include "sim/drills/fault.hpp"

namespace sim {

struct Scenario;

struct Drill {
  std::string name;
  Fault fault;
  std::int64_t watch_end_ns = 0;
  std::vector<std::string> options;  // that suffer it, in the order of the scenario; at least one
  std::string part;                  // of mixtures: the one that suffers it; empty: all that can
};

// After the options have been read. Throws core::ConfigError: a drill beyond the horizon, one that no option can
// suffer, …
std::vector<Drill> read_drills(const core::Section& root, const Scenario& scenario);

// The first hours of `scenario`, without drills. Growth over the whole horizon goes on as if it were still whole.
Scenario first_hours(const Scenario& scenario, std::int32_t hours);
// `scenario` up to the end of the drill's watch, without it.
Scenario before_drill(const Scenario& scenario, const Drill& drill);
// The same with it.
Scenario with_drill(const Scenario& scenario, const Drill& drill);

}  // namespace sim
