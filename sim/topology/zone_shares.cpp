#include "sim/topology/zone_shares.hpp"

#include "core/time.hpp"

namespace sim {

ZoneShares::ZoneShares(const core::traffic::DemandConfig& demand, const core::Horizon& horizon,
                       const std::vector<PartNumber>& part_of_zone, std::size_t parts)
    : ends_(parts) {
  for (PartNumber part = 0; part < parts; ++part) {
    core::traffic::DemandConfig of_part = demand;
    of_part.zones.clear();
    for (std::size_t z = 0; z < part_of_zone.size(); ++z) {
      if (part_of_zone[z] == part) of_part.zones.push_back(demand.zones[z]);
    }
    regions_.push_back({part, core::traffic::Demand{of_part, horizon}});
  }
}

const std::vector<Chance>& ZoneShares::ends(std::int64_t now_ns) {
  const std::int64_t minute = now_ns / (60 * core::ns_per_second);
  if (minute == minute_) return ends_;
  minute_ = minute;
  double all = 0;
  for (Region& region : regions_) all += region.demand.minute(minute);
  double sum = 0;
  PartNumber last = 0;  // who has nothing must not get what rounding leaves over
  for (Region& region : regions_) {
    const double expected = region.demand.minute(minute);
    if (expected > 0) last = region.part;
    sum += expected;
    ends_[region.part] = Chance::of(all > 0 ? sum / all : 1);
  }
  for (PartNumber part = last; part < ends_.size(); ++part) ends_[part] = Chance::of(1);
  return ends_;
}

}  // namespace sim
