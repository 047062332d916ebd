// The replicas that a fleet has, and what their instances are billed for.
//
//  * `Replicas`  starts and removes replicas (one instance each) and meters their lives, hour by hour
//
// Who leaves first: the youngest, as Kubernetes ranks pods for deletion (not ready first, then the most recent;
// pkg/controller/controller_utils.go, ActivePodsWithRanks). With a constant cold start the youngest are also those not
// yet ready, so the replicas form a stack: index 0 is the oldest.
#pragma once

#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "core/usage.hpp"
#include "sim/ledger.hpp"

namespace sim {

class Replicas {
 public:
  Replicas(const core::MeteringRule& rule, std::int64_t horizon_ns) : rule_{rule}, horizon_ns_{horizon_ns} {}

  std::int64_t count() const { return static_cast<std::int64_t>(stack_.size()); }
  std::int64_t ready_ns(std::int64_t replica) const { return stack_[static_cast<std::size_t>(replica)].ready_ns; }
  // How many are ready at `now_ns`. Readiness follows age, so they are the first ones of the stack. O(not ready).
  std::int64_t ready_count(std::int64_t now_ns) const;

  // A new replica, billed from `now_ns`, serving from `ready_ns`. Its index is the old count().
  void start(std::int64_t now_ns, std::int64_t ready_ns, Ledger& ledger);
  // Removes the youngest at `now_ns`; its instance goes when its last request has, at `released_ns` ≥ now.
  void remove(std::int64_t now_ns, std::int64_t released_ns, Ledger& ledger);
  // Notes the most instances alive at once, draining ones included; called at every tick.
  void note_peak(std::int64_t now_ns, Ledger& ledger);
  // At the end of the horizon: meters those that are still there and sums up. Call once.
  void finish(std::int64_t slots_per_replica, Ledger& ledger);

 private:
  struct Replica {
    std::int64_t started_ns;
    std::int64_t ready_ns;
  };
  void meter(const Replica& replica, std::int64_t released_ns, Ledger& ledger) const;

  core::MeteringRule rule_;
  std::int64_t horizon_ns_;
  std::vector<Replica> stack_;
  std::vector<std::int64_t> draining_until_ns_;
};

}  // namespace sim
