#include "sim/fleet/spot/spot_market.hpp"

#include <algorithm>
#include <cassert>

#include "core/math.hpp"

namespace sim {

SpotMarket::SpotMarket(const SpotConfig& config, const core::Horizon& horizon, const core::Stream& chance)
    : end_ns_{core::to_ns(horizon.length())}, notice_ns_{core::to_ns(config.notice)}, spreads_{config.spreads} {
  assert(!config.zones.empty());
  const core::Stream region = chance.child("region");
  for (const SpotZone& zone : config.zones) {
    zones_.push_back({.name = zone.name,
                      .own_hazard_per_hour = zone.own_hazard_per_hour,
                      .times = {zone, chance.child("zone " + zone.name), config.region, region},
                      .instances = chance.child("instances of " + zone.name)});
  }
}

std::optional<SpotMarket::Grant> SpotMarket::request(std::int64_t now_ns, std::span<const std::int64_t> alive_by_zone) {
  assert(alive_by_zone.size() == zones_.size());
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    if (alive_by_zone[i] == closed) { continue; }
    if (best && (!spreads_ || alive_by_zone[i] >= alive_by_zone[*best])) { continue; }
    if (zones_[i].times.is_up(now_ns)) { best = i; }
  }
  if (!best) { return std::nullopt; }
  Zone& zone = zones_[*best];
  std::int64_t gone_ns = zone.times.next_down_ns(now_ns);
  if (zone.own_hazard_per_hour > 0) {
    // As a double first: a small hazard gives times beyond 64 bits of nanoseconds.
    const double hours = -core::log(core::unit_open_closed(zone.instances.next())) / zone.own_hazard_per_hour;
    const double lives_ns = std::max(hours * static_cast<double>(core::ns_per_hour), 1.0);
    if (lives_ns < static_cast<double>(end_ns_)) {
      gone_ns = std::min(gone_ns, now_ns + static_cast<std::int64_t>(lives_ns));
    }
  }
  Grant grant{.zone = static_cast<std::uint32_t>(*best)};
  if (gone_ns < end_ns_) {
    grant.gone_ns = gone_ns;
    grant.notice_ns = std::max(now_ns, gone_ns - notice_ns_);
  }
  return grant;
}

std::int64_t SpotMarket::next_return_ns(std::int64_t now_ns) {
  std::int64_t next_ns = core::never_ns;
  for (Zone& zone : zones_) { next_ns = std::min(next_ns, zone.times.next_return_ns(now_ns)); }
  return next_ns < end_ns_ ? next_ns : core::never_ns;
}

}  // namespace sim
