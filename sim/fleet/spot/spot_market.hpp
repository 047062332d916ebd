// Spot instances: where there is capacity, and when it is taken away again.
//
//  * `SpotConfig`  what a scenario says of an option's spot instances (`purchase.spot`)
//  * `SpotMarket`  asked for an instance, says in which zone it is and when it will have its notice and its end
//
// A zone is up or down whatever the fleet does, so the whole future of an instance is known when it is granted: it is
// gone at the earlier of its zone's next down time and of its own hazard. While a zone is down there is no capacity in
// it. Who asks more often learns more of the same zones: the times at which a zone is up come from a stream of its
// own, named by the zone, and the n-th instance of a zone has the n-th draw of another. Markets that are given the same
// `chance` therefore meet the same zones: give it to all options of a scenario.
//
// Notices: 120 s on AWS, 30 s on Google Cloud and Azure (the vendors' documentation of spot instances). Spreading over
// zones, asking for k more than needed and falling back to on demand: SkyServe's SpotHedge (Mao et al., EuroSys 2025).
//
// Example:
//   SpotConfig config{.share = 0.6};
//   config.zones.push_back(SpotZone::alternating("a", {DwellTime::exponential(3h), DwellTime::exponential(40min)}));
//   SpotMarket market{config, horizon, core::Stream{seed}.child("spot")};
//   const std::vector<std::int64_t> alive{0};
//   if (const auto grant = market.request(now_ns, alive)) { … grant->gone_ns … }
//   else { … ask again at market.next_return_ns(now_ns), or retry_every later … }
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "sim/fleet/spot/spot_zone.hpp"
#include "sim/fleet/spot/up_times.hpp"

namespace sim {

struct SpotConfig {
  double share = 0;                                      // of the replicas wanted, bought as spot
  std::int64_t over_provision = 0;                       // spot instances asked for beyond that (SpotHedge's k)
  bool falls_back = true;                                // on demand while spot is not to be had; given back when it is
  core::Duration notice{std::chrono::seconds{120}};      // between notice and the end of the instance
  core::Duration retry_every{std::chrono::seconds{30}};  // when there was no capacity
  bool spreads = true;                                   // over zones, evenly; else the first zone that has capacity
  std::vector<SpotZone> zones;                           // at least one, no two of one name
  // While the region is down, no zone is up: what befalls all of them at once. Nothing: the zones are independent.
  std::optional<UpDown> region{};
};

class SpotMarket {
 public:
  SpotMarket(const SpotConfig& config, const core::Horizon& horizon, const core::Stream& chance);

  // core::never_ns: not within the horizon.
  struct Grant {
    std::uint32_t zone = 0;
    std::int64_t notice_ns = core::never_ns;  // never before the grant
    std::int64_t gone_ns = core::never_ns;
    bool operator==(const Grant&) const = default;
  };
  // In `alive_by_zone`: nothing is to be had in that zone, whatever the market says.
  static constexpr std::int64_t closed = -1;
  // An instance asked for at `now_ns` (never decreasing from call to call): where there is one; nothing when no zone
  // has capacity. `alive_by_zone`: the fleet's spot instances in each zone, for spreading: the zone with the fewest,
  // of equals the first. Linear in the zones.
  std::optional<Grant> request(std::int64_t now_ns, std::span<const std::int64_t> alive_by_zone);

  std::size_t zone_count() const { return zones_.size(); }
  const std::string& zone_name(std::size_t zone) const { return zones_[zone].name; }
  // The next time after `now_ns` (as above) at which some zone's capacity returns; core::never_ns: not within the
  // horizon.
  std::int64_t next_return_ns(std::int64_t now_ns);

 private:
  struct Zone {
    std::string name;
    double own_hazard_per_hour;
    UpTimes times;
    core::Stream instances;
  };
  std::vector<Zone> zones_;
  std::int64_t end_ns_;
  std::int64_t notice_ns_;
  bool spreads_;
};

}  // namespace sim
