#include "sim/fleet/slot_tree.hpp"

#include <algorithm>

namespace sim {

void SlotTree::resize(std::size_t slots) {
  const std::size_t leaves = std::bit_ceil(std::max<std::size_t>(slots, 2));
  std::vector<Node> nodes(2 * leaves);
  for (std::size_t slot = 0; slot < leaves; ++slot) {
    nodes[leaves + slot] = {slot < leaves_ ? free_ns(slot) : core::never_ns, static_cast<std::uint32_t>(slot)};
  }
  for (std::size_t node = leaves - 1; node >= 1; --node) {
    const Node& left = nodes[2 * node];
    const Node& right = nodes[2 * node + 1];
    nodes[node] = left.free_ns <= right.free_ns ? left : right;
  }
  leaves_ = leaves;
  nodes_ = std::move(nodes);
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
