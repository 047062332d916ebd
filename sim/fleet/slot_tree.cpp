#include "sim/fleet/slot_tree.hpp"

#include <algorithm>

namespace sim {

void SlotTree::resize(std::size_t slots) {
  const std::size_t leaves = std::bit_ceil(std::max<std::size_t>(slots, 2));
  std::vector<std::int64_t> times(2 * leaves, never_free_ns);
  const auto kept = static_cast<std::ptrdiff_t>(std::min(leaves, leaves_));
  std::copy_n(free_ns_.begin() + static_cast<std::ptrdiff_t>(leaves_), kept,
              times.begin() + static_cast<std::ptrdiff_t>(leaves));
  leaves_ = leaves;
  free_ns_ = std::move(times);
  slot_.resize(2 * leaves);
  for (std::size_t slot = 0; slot < leaves; ++slot) slot_[leaves + slot] = static_cast<std::uint32_t>(slot);
  for (std::size_t node = leaves - 1; node >= 1; --node) {
    const std::size_t best = free_ns_[2 * node] <= free_ns_[2 * node + 1] ? 2 * node : 2 * node + 1;
    free_ns_[node] = free_ns_[best];
    slot_[node] = slot_[best];
  }
}

std::int64_t SlotTree::count_busy(std::size_t first, std::size_t end, std::int64_t now_ns) const {
  std::int64_t busy = 0;
  for (std::size_t slot = first; slot < end; ++slot) busy += free_ns(slot) > now_ns ? 1 : 0;
  return busy;
}

std::int64_t SlotTree::latest_ns(std::size_t first, std::size_t end) const {
  std::int64_t latest = 0;
  for (std::size_t slot = first; slot < end; ++slot) latest = std::max(latest, free_ns(slot));
  return latest;
}

}  // namespace sim
