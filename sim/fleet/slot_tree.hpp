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

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/time.hpp"

namespace sim {

class SlotTree {
 public:
  SlotTree() { resize(1); }

  // Room for `slots` slots or more; those kept keep their times, new ones are free at `never_ns`. O(slots).
  void resize(std::size_t slots);
  std::size_t capacity() const { return leaves_; }

  std::uint32_t earliest() const { return nodes_[1].slot; }
  std::int64_t earliest_ns() const { return nodes_[1].free_ns; }
  std::int64_t free_ns(std::size_t slot) const { return nodes_[leaves_ + slot].free_ns; }
  // Of slots [first, end): how many are free later than `now_ns`, and when the last one is. O(end - first).
  std::int64_t count_busy(std::size_t first, std::size_t end, std::int64_t now_ns) const;
  std::int64_t latest_ns(std::size_t first, std::size_t end) const;

  void set(std::uint32_t slot, std::int64_t time_ns) {
    std::size_t node = leaves_ + slot;
    Node best{time_ns, slot};
    Node* const nodes = nodes_.data();
    nodes[node] = best;
    do {
      const Node sibling = nodes[node ^ 1U];
      // Wins on a tie only from the left: (time - 1 < best) is (time <= best) for whole numbers. Masks instead of a
      // choice, for gcc 12 makes a branch of it, and one that is never predicted.
      const auto takes = -static_cast<std::int64_t>(sibling.free_ns - static_cast<std::int64_t>(node & 1U) < best.free_ns);
      best.free_ns ^= (best.free_ns ^ sibling.free_ns) & takes;
      best.slot ^= (best.slot ^ sibling.slot) & static_cast<std::uint32_t>(takes);
      node >>= 1U;
      nodes[node] = best;
    } while (node > 1);
  }

 private:
  struct Node {
    std::int64_t free_ns;
    std::uint32_t slot;
  };
  std::size_t leaves_ = 0;    // a power of two, at least 2
  std::vector<Node> nodes_;   // root at 1, leaves from `leaves_` on; a node is the better of its children
};

}  // namespace sim
