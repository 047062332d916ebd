// When a vendor is down.
//
//  * `Outages`  up for an exponential time, down for an exponential time, and down when a drill says so
//
// In the long run it is up for a share MTBF / (MTBF + MTTR) of the time. It begins up. Its chance is a stream of its
// own, so outages fall at the same moments whatever is asked of the vendor.
//
// Example:
//   Outages outages{config.outages, config.faults, chance};
//   if (outages.fails(now_ns, core::mix(luck ^ salt))) …
#pragma once

#include <cstdint>
#include <optional>

#include "core/random.hpp"
#include "core/time.hpp"
#include "sim/api/api_config.hpp"
#include "sim/drills/fault.hpp"

namespace sim {

class Outages {
 public:
  Outages(const std::optional<OutagesConfig>& config, const Faults& faults, const core::Stream& chance);

  // Whether a call made at `now_ns` fails. `bits`: the call's own luck, for windows in which only a share does. Times
  // never decrease. O(1) while nothing changes.
  bool fails(std::int64_t now_ns, std::uint64_t bits) {
    if (now_ns >= next_change_ns_) [[unlikely]]
      advance(now_ns);
    return share_ > 0 && core::unit_closed_open(bits) < share_;
  }
  // The same with the certainty that no call before this time fails.
  std::int64_t calm_until_ns() const { return share_ > 0 ? 0 : next_change_ns_; }

  // Nanoseconds before `end_ns` in which every call failed, and how often that began. Not before the last `fails`.
  std::int64_t down_ns(std::int64_t end_ns);
  std::int64_t count() const { return count_; }

 private:
  void advance(std::int64_t now_ns);
  std::int64_t draw(core::Duration mean);
  void look(std::int64_t now_ns);

  std::optional<OutagesConfig> config_;
  Faults faults_;  // those that are outages of a vendor
  core::Stream chance_;
  bool is_down_ = false;                          // by the process
  std::int64_t next_turn_ns_ = core::never_ns;    // of the process
  std::int64_t next_change_ns_ = core::never_ns;  // of anything
  double share_ = 0;                              // of the calls that fail now
  std::int64_t last_ns_ = 0;
  std::int64_t down_ns_ = 0;
  std::int64_t count_ = 0;
};

}  // namespace sim
