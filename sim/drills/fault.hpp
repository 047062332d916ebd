// A fault on demand: what goes wrong, when, and how badly.
//
//  * `Fault`   one of them, in simulated time
//
// Whoever can suffer a fault is given it before the run and brings it about himself: the traffic surges, the cache goes
// cold, a fleet loses a zone, a vendor goes dark. Nothing here acts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

enum class FaultKind : std::uint8_t {
  surge,            // arrivals × `amount` (the traffic)
  cold_cache,       // the cache is emptied at the beginning
  zone_loss,        // every instance in `zone` is gone at once, and none to be had there until the end (fleets)
  spot_reclaim,     // that share of the spot instances gets its notice at the beginning, oldest first (fleets)
  vendor_outage,    // every call fails (managed APIs)
  slow_dependency,  // service times × `amount` of requests that arrive in the window (all)
  rollback,         // every replica is replaced, `amount` of the fleet at a time (fleets)
};
std::string_view name_of(FaultKind kind);  // "surge", …

struct Fault {
  FaultKind kind = FaultKind::surge;
  std::int64_t begin_ns = 0;  // since the start of the horizon
  std::int64_t end_ns = 0;    // the first nanosecond without it
  double amount = 1;          // a factor or a share, by kind
  std::string zone{};         // zone_loss
  bool covers(std::int64_t now_ns) const { return begin_ns <= now_ns && now_ns < end_ns; }
  bool operator==(const Fault&) const = default;
};
using Faults = std::vector<Fault>;

}  // namespace sim
