// Who is there: the replicas of a fleet, the nodes they are on, and everything that makes them come and go.
//
//  * `Roster`  asks the scaler, starts and removes replicas, buys nodes on demand and as spot, loses them again, brings
//              about the faults of fleets, and meters the nodes
//
// The engines (FifoFleet, EventFleet, BatchingFleet) serve requests and know nothing of all that. They ask when the
// next thing may happen (`next_ns`), bring the roster there (`step`), and do what it says:
//
//   start  a new replica has the berth and serves from `ready_ns`
//   drain  the one that has the berth takes no new request and gives the berth up; it ends what it has begun
//   lose   a draining one is gone: what it has not ended by now is lost
//
// Berths are numbered without gaps that last: the lowest free one is taken first, so that an engine may keep what it
// has for each in an array. A life is one replica from its start to its end; its number is never used again. When a
// draining one is done, or will be, the engine says so (`ended`): its node may then go.
//
// Who leaves first: of the replicas that are being replaced, then of all: not ready before ready, then the youngest, as
// Kubernetes ranks pods for deletion (pkg/controller/controller_utils.go, ActivePodsWithRanks).
//
// What happens at one nanosecond, in this order: draining replicas end, nodes are gone, faults begin, spot nodes have
// their notice, the scaler looks, replicas are removed and started.
//
//  * Spot. Of N replicas wanted, round(share × N) and `over_provision` more are spot, the others on demand. Where there
//    is no capacity they are asked for again every `retry_every`. With `falls_back`, replicas on demand stand in for
//    them, no more than share × N, and go when the spot ones are ready (SkyServe's dynamic fallback; Mao et al.,
//    EuroSys 2025). A node under notice drains; its replacement is asked for at once.
//  * Nodes. A replica goes to the fullest node with room. Those without one are pending: a node is bought when they
//    have been waited for (`batch_idle`, `batch_max`), and only below the quota.
//  * Replacement, of a roll-back or of a node that is emptied: some more replicas than wanted are started, and when all
//    are ready as many old ones go.
//
// Example:
//   for (const Roster::Change& change : roster.begin(ledger)) apply(change);
//   while (roster.next_ns() <= now_ns) {
//     const std::int64_t then_ns = roster.next_ns();
//     const FleetState seen = roster.looks_at(then_ns) ? state_at(then_ns) : FleetState{};
//     for (const Roster::Change& change : roster.step(then_ns, seen, ledger)) apply(change);
//   }
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/time.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/nodes.hpp"
#include "sim/fleet/scaler.hpp"
#include "sim/fleet/spot/spot_market.hpp"
#include "sim/ledger.hpp"

namespace sim {

class Roster {
 public:
  Roster(const FleetConfig& config, const core::Horizon& horizon);

  struct Change {
    enum class Kind : std::uint8_t { start, drain, lose } kind = Kind::start;
    std::uint32_t berth = 0;  // not of `lose`
    std::uint64_t life = 0;
    std::int64_t ready_ns = 0;              // of the replica
    std::int64_t gone_ns = core::never_ns;  // of `drain`: when it will be lost, if it has not ended
  };
  struct Member {
    std::uint64_t life = 0;  // in order of their starts
    std::int64_t started_ns = 0;
    std::int64_t ready_ns = 0;
    std::uint32_t berth = 0;
    std::uint32_t node = 0;
    bool is_spot = false;
    bool is_outdated = false;  // to be replaced
  };

  // The replicas that are there when the horizon begins. Call it once, first.
  std::span<const Change> begin(Ledger& ledger);

  // When something may happen next; core::never_ns: nothing will. Linear in replicas and nodes where there is more than
  // a scaler to ask, so ask it after a step and not at every request.
  std::int64_t next_ns() const;
  // Whether the scaler looks at `now_ns` = next_ns(): only then is the state of the fleet asked for.
  bool looks_at(std::int64_t now_ns) const { return scaler_ && scaler_->next_look_ns() <= now_ns; }
  // `now_ns` = next_ns(), within the horizon. `seen`: busy slots, waiting requests and arrivals since the last look;
  // who is there the roster knows itself. The changes hold until the next step and are to be applied in their order.
  std::span<const Change> step(std::int64_t now_ns, const FleetState& seen, Ledger& ledger);
  // A draining replica ended, or will end, at `at_ns`. Of one that is never told of, when it is gone.
  void ended(std::uint64_t life, std::int64_t at_ns);

  // Those that are there and take requests once they are ready, oldest first.
  const std::vector<Member>& members() const { return members_; }
  std::int64_t count() const { return static_cast<std::int64_t>(members_.size()); }
  std::int64_t ready_count(std::int64_t now_ns) const;
  // Above all berths in use.
  std::uint32_t berth_count() const { return berth_count_; }

  // At the end of the horizon: meters what is still there, sums up, and checks that what was billed is what was there.
  // Call once.
  void finish(Ledger& ledger);
  // After that: from readiness to their ends, of all replicas.
  core::Int128 ready_replica_ns() const { return ready_ns_; }

 private:
  enum Purchase : std::size_t { on_demand, spot };
  struct Draining {
    std::uint64_t life;
    std::uint32_t node;
    std::int64_t started_ns;
    std::int64_t ready_ns;
    std::int64_t ends_ns;  // core::never_ns: not known
    std::int64_t gone_ns;
  };
  // Replicas that have no node.
  struct Pending {
    std::int64_t replicas = 0;
    std::int64_t first_ns = 0;     // when the first of them came …
    std::int64_t last_ns = 0;      // … and the last one: nodes are bought when no more have come for a while
    std::int64_t refused = 0;      // of them, those that the quota keeps waiting
    std::int64_t unavailable = 0;  // of them, those that no zone had capacity for
    // When some have their nodes, or are no longer wanted.
    void forget_others() {
      refused = std::min(refused, replicas);
      unavailable = std::min(unavailable, replicas);
    }
  };

  // What has happened by itself.
  void settle(std::int64_t now_ns, Ledger& ledger);
  void lose_gone(std::int64_t now_ns, Ledger& ledger);
  void forget_readiness(const Draining& leaves);
  void note_peaks(std::int64_t until_ns, Ledger& ledger);
  // Faults and notices.
  void begin_faults(std::int64_t now_ns, Ledger& ledger);
  void lose_zone(const std::string& zone, std::int64_t now_ns, Ledger& ledger);
  void reclaim(double share, std::int64_t now_ns);
  void give_notices(std::int64_t now_ns, Ledger& ledger);
  // Who is to be there.
  void replace_outdated(std::int64_t now_ns);
  void empty_underused(std::int64_t now_ns);
  void reconcile(std::int64_t now_ns, Ledger& ledger);
  void want(Purchase purchase, std::int64_t replicas, std::int64_t now_ns);
  void place(Purchase purchase, std::int64_t now_ns, Ledger& ledger);
  Node* buy_node(Purchase purchase, std::int64_t now_ns, Ledger& ledger);
  std::optional<std::uint32_t> zone_on_demand(std::int64_t now_ns) const;
  std::optional<SpotMarket::Grant> ask_for_spot(std::int64_t now_ns);
  void start(Node& node, std::int64_t now_ns, Ledger& ledger);
  template <class Leaves>
  void drain_if(std::int64_t now_ns, std::int64_t gone_ns, const Leaves& leaves);

  bool is_lost(const std::string& zone, std::int64_t now_ns) const;
  const std::string& zone_of(const Node& node) const;
  std::int64_t count_of(Purchase purchase) const;
  std::int64_t pending_count() const { return pending_[on_demand].replicas + pending_[spot].replicas; }
  std::int64_t due_ns(const Pending& pending) const;
  std::int64_t next_ready_ns(bool spot_only) const;
  std::uint32_t take_berth();
  void give_berth(std::uint32_t berth);
  std::uint64_t luck(std::uint64_t of_what, std::uint64_t number) const;

  FleetConfig config_;
  std::int64_t horizon_ns_;
  bool is_plain_ = false;  // a scaler, perhaps, and nothing else
  std::optional<Scaler> scaler_;
  std::optional<SpotMarket> market_;
  Nodes nodes_;
  std::vector<Member> members_;
  std::vector<Draining> draining_;
  std::vector<Change> changes_;
  std::uint64_t luck_;

  std::vector<bool> taken_;  // berths
  std::uint32_t berth_count_ = 0;
  std::uint32_t lowest_free_ = 0;  // none below it is free
  std::uint64_t lives_ = 0;
  std::uint64_t bought_ = 0;
  bool is_beginning_ = true;
  std::int64_t last_step_ns_ = 0;
  std::int64_t wanted_;           // by the scaler
  std::int64_t surplus_ = 0;      // more than that, to replace as many outdated ones
  std::int64_t batch_ = 0;        // how many are replaced at a time
  std::int64_t standing_in_ = 0;  // replicas on demand for spot ones that are not to be had
  std::array<Pending, 2> pending_{};
  std::int64_t ask_again_ns_ = 0;  // for spot capacity
  Faults faults_;                  // of fleets, in order of their beginning
  std::size_t faults_begun_ = 0;
  core::Int128 alive_ns_ = 0;  // of replicas
  core::Int128 ready_ns_ = 0;
};

}  // namespace sim
