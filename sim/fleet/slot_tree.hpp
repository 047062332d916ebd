// The slots of a fleet, ordered by when each becomes free.
//
//  * `SlotTree`  a winner tree over the slots' free times: the earliest is read in O(1), changed in O(log slots)
//
// For FIFO queues the next-free-time recursion  start = max(arrival, earliest free time)  is exact (Kiefer and
// Wolfowitz 1955), so that a request costs one walk from leaf to root instead of two events in a calendar. The walk
// has no unpredictable branch: every level is a compare and conditional moves. (Fast-math flags would turn them into
// branches and cost a factor of three; bench/ watches that.)
//
// Among equal free times the slot with the lower index wins, so that every engine picks the same one.
//
// Example:
//   SlotTree slots;
//   slots.resize(3);                       // three slots, none of which will ever be free
//   slots.set(0, 5); slots.set(1, 2);
//   assert(slots.earliest() == 1 && slots.earliest_ns() == 2);
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/time.hpp"

namespace sim {

class SlotTree {
 public:
  // Later than any horizon, and a service time may be added to it: of slots that are not there.
  static constexpr std::int64_t never_free_ns = std::int64_t{1} << 61U;

  SlotTree() { resize(1); }

  // Room for `slots` slots or more; those kept keep their times, new ones are never free. O(slots).
  void resize(std::size_t slots);
  std::size_t capacity() const { return leaves_; }

  std::uint32_t earliest() const { return slot_[1]; }
  std::int64_t earliest_ns() const { return free_ns_[1]; }
  std::int64_t free_ns(std::size_t slot) const { return free_ns_[leaves_ + slot]; }
  // Of slots [first, end): how many are free later than `now_ns`, and when the last one is. O(end - first).
  std::int64_t count_busy(std::size_t first, std::size_t end, std::int64_t now_ns) const;
  std::int64_t latest_ns(std::size_t first, std::size_t end) const;

  // `time_ns` ≥ 0.
  void set(std::uint32_t slot, std::int64_t time_ns) {
    std::int64_t* const free_ns = free_ns_.data();
    std::uint32_t* const slots = slot_.data();
    std::size_t node = leaves_ + slot;
    free_ns[node] = time_ns;
    do {
      const std::size_t sibling = node ^ 1U;
      // All ones when the sibling is free earlier; on a tie only from the left: (time - 1 < best) is (time <= best) for
      // whole numbers. A mask instead of a choice, for gcc 12 makes a branch of that, one that nobody can predict:
      // three times the time.
      const std::int64_t takes = (free_ns[sibling] - static_cast<std::int64_t>(node & 1U) - time_ns) >> 63;
      slot ^= (slot ^ slots[sibling]) & static_cast<std::uint32_t>(takes);
      time_ns = std::min(time_ns, free_ns[sibling]);
      node >>= 1U;
      free_ns[node] = time_ns;
      slots[node] = slot;
    } while (node > 1);
  }

 private:
  // Nodes of a binary tree: the root at 1, the children of n at 2n and 2n + 1, the slots from `leaves_` on. Each holds
  // the better of its children.
  std::size_t leaves_ = 0;  // a power of two, at least 2
  std::vector<std::int64_t> free_ns_;
  std::vector<std::uint32_t> slot_;
};

}  // namespace sim
