// A fleet behind one FIFO queue, by the next-free-time recursion: the fast path.
//
//  * `FifoFleet`  serves blocks of requests in order of arrival; `close()` at the end of the horizon
//
// It does what `EventFleet` (event_fleet.hpp) does with a calendar of events, request by request and second by second
// of billed time; tests/sim/fleet_equivalence_test.cpp holds both against each other on random configurations.
//
// At its arrival a request is given the slot that is free first, and with it its whole future: no event, one walk
// from leaf to root, about 10 ns. Only a change of the fleet can prove that wrong, and only for those still waiting;
// they are kept aside, and at such a change their promises are taken back in reverse order and made anew.
//
// Where replicas can be lost with what they are doing, the request in service is kept beside each slot as well. What
// is lost goes back into the queue, where it stood: requests keep the order in which they came.
//
// At one and the same nanosecond: slots become free, the queue moves up, the fleet changes (roster.hpp), requests
// arrive.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/block.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/roster.hpp"
#include "sim/fleet/slot_tree.hpp"
#include "sim/ledger.hpp"
#include "sim/ring.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class FifoFleet {
 public:
  FifoFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger);

  void serve(const core::traffic::Block& block);
  // Everything up to `now_ns` has happened: what the books hold of it is final. Requests may still arrive at `now_ns`.
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  // A request that waits. Its slot is promised as the fleet stands; when the fleet changes, so may the promise.
  struct Waiting {
    Visit visit;
    std::int64_t leaves_queue_ns;  // to be served, or for good
    std::uint32_t slot;            // promised; none when it gives up
    std::uint32_t number;          // in order of arrival, modulo 2^32
    std::int64_t lost_ns;          // that slots have spent on it for nothing
  };
  // A replica that takes no more requests, and what may still be in its slots.
  struct Draining {
    std::uint64_t life;
    std::int64_t ends_ns;
    std::vector<Waiting> in_service;
  };

  template <bool loses_work>
  void serve_block(const core::traffic::Block& block);
  void step(std::int64_t now_ns);
  FleetState state_at(std::int64_t now_ns) const;
  void forget_served(std::int64_t now_ns);
  bool at_least_wait(std::int64_t requests, std::int64_t now_ns) const;
  void remember(const Waiting& waiting, std::int64_t now_ns);
  void note_service(const Waiting& served);
  Visit visit_of(const core::traffic::Block& block, std::size_t i) const;
  void promise(const Waiting& request, std::int64_t now_ns);
  void book(const Waiting& waiting, std::int64_t sign);
  void take_promises_back();
  void apply(const Roster::Change& change, std::int64_t now_ns);
  void set_slots(std::uint32_t berth, std::int64_t free_ns);
  void lose(Draining& draining, std::int64_t now_ns);

  FleetConfig config_;
  ServiceModel model_;
  Ledger ledger_;
  Roster roster_;
  SlotTree slots_;
  Ring<Waiting> queue_;
  std::vector<Waiting> again_;  // those whose promises are being made anew
  std::int64_t timeout_ns_;
  std::int64_t next_change_ns_ = core::never_ns;
  std::int64_t arrivals_since_look_ = 0;
  std::uint32_t arrived_ = 0;  // modulo 2^32
  bool loses_work_;
  std::vector<Waiting> in_service_;  // by slot, the last to have begun; where work may be lost
  std::vector<Draining> draining_;   // likewise
  std::unique_ptr<ServiceTimes> times_ = std::make_unique<ServiceTimes>();
};

}  // namespace sim
