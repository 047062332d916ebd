// One FIFO queue before all slots of a fleet, by the next-free-time recursion: what FifoFleet is made of.
//
//  * `FifoQueue<false>`  of a fleet whose requests are served or time out, and nothing else: the fastest
//  * `FifoQueue<true>`   of one that may lose work, shed, or have clients who lose patience or come again
//
// The first form is the second without what it does not need; sim/fleet/fifo_fleet.hpp takes the one that will do.
//
// At its arrival a request is given the slot that is free first, and with it its whole future: no event, one walk
// from leaf to root, about 10 ns. Only a change of the fleet can prove that wrong, and only for those still waiting;
// they are kept aside, and at such a change their promises are taken back in reverse order and made anew.
//
// Where replicas can be lost with what they are doing, the request in service is kept beside each slot as well. What
// is lost goes back into the queue, where it stood: requests keep the order in which they came.
//
// A client who will give up before his slot is free takes none: with a first-come queue that, too, is known when he
// comes (Baccelli, Boyer and Hebuterne 1984). An attempt that will time out and may be repeated is kept in a calendar
// until it does; only then does the budget say whether it is.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/block.hpp"
#include "sim/fleet/clients.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/roster.hpp"
#include "sim/fleet/slot_tree.hpp"
#include "sim/ledger.hpp"
#include "sim/ring.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

template <bool degrades>
class FifoQueue {
 public:
  FifoQueue(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger);

  void serve(const core::traffic::Block& block);
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  struct Nobody {};
  // A request that waits. Its slot is promised as the fleet stands; when the fleet changes, so may the promise.
  struct Waiting {
    Visit visit;
    std::int64_t leaves_queue_ns;  // to be served, or for good
    std::uint32_t slot;            // promised; none when it gives up
    [[no_unique_address]] std::conditional_t<degrades, Client, Nobody> client;
  };
  // A replica that takes no more requests, and what may still be in its slots.
  struct Draining {
    std::uint64_t life;
    std::int64_t ends_ns;
    std::vector<Waiting> in_service;
  };
  struct Return {
    std::int64_t due_ns;
    std::uint64_t order;
    Waiting request;
  };

  // One by one: an attempt fails, the fleet changes, a client comes again.
  void happen(std::int64_t now_ns);
  void note_next_event();
  void step(std::int64_t now_ns);
  FleetState state_at(std::int64_t now_ns);
  void apply(const Roster::Change& change, std::int64_t now_ns);
  void set_slots(std::uint32_t berth, std::int64_t free_ns);
  void lose(Draining& draining, std::int64_t now_ns);

  // The queue.
  void forget_served(std::int64_t now_ns);
  bool at_least_wait(std::int64_t requests, std::int64_t now_ns);
  std::int64_t waiting_count(std::int64_t now_ns);
  void remember(const Waiting& waiting, std::int64_t now_ns);
  void note_service(const Waiting& served);
  Visit visit_of(const core::traffic::Block& block, std::size_t i) const;
  void join(const Waiting& request, std::int64_t now_ns);
  void promise(const Waiting& request, std::int64_t now_ns);
  void take_promises_back(std::int64_t now_ns);
  void book(const Waiting& waiting, std::int64_t sign);

  // Attempts that fail.
  std::int64_t deadline_ns(const Waiting& waiting) const;
  std::int64_t gives_up_ns(const Waiting& waiting) const;  // while it waits
  bool may_come_again(const Waiting& waiting) const;
  void reject(const Waiting& request, std::int64_t now_ns);
  void fail(std::int64_t now_ns);
  void come_again(std::int64_t now_ns);
  void forget_failing(std::uint32_t number);

  FleetConfig config_;
  ServiceModel model_;
  Ledger ledger_;
  Roster roster_;
  Clients clients_;
  SlotTree slots_;
  Ring<Waiting> queue_;
  std::vector<Waiting> again_;  // those whose promises are being made anew
  std::int64_t timeout_ns_;
  std::int64_t next_event_ns_ = core::never_ns;
  std::int64_t next_change_ns_ = core::never_ns;  // of the fleet
  std::int64_t arrivals_since_look_ = 0;
  std::unique_ptr<ServiceTimes> times_ = std::make_unique<ServiceTimes>();

  // Of a queue that degrades.
  bool loses_work_;
  std::vector<Waiting> in_service_;    // by slot, the last to have begun; where work may be lost
  std::vector<Draining> draining_;     // likewise
  std::vector<std::int64_t> leaving_;  // a heap: when those who wait leave the queue, if clients are impatient
  std::vector<Waiting> failing_;       // a heap by deadline: attempts that time out and may be repeated
  std::vector<Return> returns_;        // a heap
  std::uint64_t returned_ = 0;
};

extern template class FifoQueue<false>;
extern template class FifoQueue<true>;

}  // namespace sim
