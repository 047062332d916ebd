// How the requests of a moment divide among parts that each serve some time zones.
//
//  * `ZoneShares`  the ends of the parts' shares in a minute, one after another
//
// In the morning of one zone it is night in another: a part's share is the expected demand of its zones in that minute
// (core/traffic/demand.hpp) over that of all, so the parts' traffic sums to the traffic. A Poisson stream that is
// divided so by luck is a Poisson stream in each zone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/demand.hpp"
#include "sim/topology/route.hpp"

namespace sim {

class ZoneShares {
 public:
  // `part_of_zone`: for each of `demand.zones`.
  ZoneShares(const core::traffic::DemandConfig& demand, const core::Horizon& horizon,
             const std::vector<PartNumber>& part_of_zone, std::size_t parts);

  // Cheap in order of time: one day of each part is kept.
  const std::vector<Chance>& ends(std::int64_t now_ns);

 private:
  struct Region {
    PartNumber part;
    core::traffic::Demand demand;
  };
  std::vector<Region> regions_;
  std::vector<Chance> ends_;
  std::int64_t minute_ = -1;
};

}  // namespace sim
