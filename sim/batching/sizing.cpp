#include "sim/batching/sizing.hpp"

#include <algorithm>
#include <cassert>

namespace sim {

FewestReplicas fewest_replicas(const ReplicaSearch& search, const std::function<bool(std::int64_t)>& holds) {
  assert(search.max >= 1);
  FewestReplicas result;
  const auto tried = [&](std::int64_t replicas) {
    ++result.trials;
    return holds(replicas);
  };
  const auto doubled = [&](std::int64_t step) { return step < search.max / 2 ? 2 * step : search.max; };
  std::int64_t held = 0;    // once it is above 0
  std::int64_t failed = 0;  // no replica at all holds nothing
  const std::int64_t begin = std::clamp<std::int64_t>(search.likely, 1, search.max);
  if (tried(begin)) {
    held = begin;
    for (std::int64_t step = 1; held - failed > 1; step = doubled(step)) {
      const std::int64_t next = std::max<std::int64_t>(held - step, 1);
      if (!tried(next)) {
        failed = next;
        break;
      }
      held = next;
    }
  } else {
    failed = begin;
    for (std::int64_t step = 1; held == 0; step = doubled(step)) {
      if (failed == search.max) return result;
      const std::int64_t next = step < search.max - failed ? failed + step : search.max;
      if (tried(next)) held = next;
      else failed = next;
    }
  }
  while (held - failed > 1) {
    const std::int64_t middle = failed + (held - failed) / 2;
    if (tried(middle)) held = middle;
    else failed = middle;
  }
  result.replicas = held;
  return result;
}

}  // namespace sim
