// How few replicas hold an objective.
//
//  * `ReplicaSearch`    where to begin, and how far to go
//  * `fewest_replicas`  gallops to the place where holding begins, then bisects
//
// More replicas never make a queue longer, so that whoever holds with n holds with more: the smallest count is found in
// O(log) trials. Where one replica more makes it worse all the same (a router that deals out requests by turns meets a
// percentile near its limit), what comes out is still a count that was tried and held, with one less that was tried
// and did not.
//
// The beginning is a guess, such as load ÷ what one replica can carry, and not a bound: it costs trials when it is
// wrong, and never the answer.
//
// Example:
//   const FewestReplicas found = fewest_replicas({.likely = 40, .max = 1'000}, [&](std::int64_t n) {
//     return p95_ns(simulate(n)) < limit_ns;
//   });
//   if (found.replicas) …   // else not even 1'000 hold it
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace sim {

struct ReplicaSearch {
  std::int64_t likely = 1;  // brought between 1 and `max`
  std::int64_t max = 1;     // at least 1
};

struct FewestReplicas {
  std::optional<std::int64_t> replicas;  // nothing: `max` was tried and does not hold
  std::int64_t trials = 0;
};

// No count is tried twice. What `replicas` says was tried and held; one less was tried and did not, unless it is 1.
FewestReplicas fewest_replicas(const ReplicaSearch& search, const std::function<bool(std::int64_t)>& holds);

}  // namespace sim
