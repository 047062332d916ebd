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
// At one and the same nanosecond: slots become free, the queue moves up, the autoscaler looks, requests arrive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/calendar.hpp"
#include "core/traffic/block.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/replicas.hpp"
#include "sim/fleet/slot_tree.hpp"
#include "sim/ledger.hpp"
#include "sim/ring.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class FifoFleet {
 public:
  FifoFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger);

  void serve(const core::traffic::Block& block);
  // Until `now_ns`, before which no request will arrive: what ends by then is in the books for good. Within the
  // horizon.
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  // A request that waits. Its slot is promised as the fleet stands; when the fleet changes, so may the promise.
  struct Waiting {
    Visit visit;
    std::int64_t leaves_queue_ns;  // to be served, or for good
    std::uint32_t slot;            // promised; none when it gives up
  };

  void tick(std::int64_t now_ns);
  void forget_served(std::int64_t now_ns);
  bool at_least_wait(std::int64_t requests, std::int64_t now_ns) const;
  void remember(const Waiting& waiting, std::int64_t now_ns);
  Visit visit_of(const core::traffic::Block& block, std::size_t i) const;
  void promise(const Visit& visit, std::int64_t now_ns);
  void book(const Waiting& waiting, std::int64_t sign);
  void scale_to(std::int64_t replicas, std::int64_t now_ns);

  FleetConfig config_;
  ServiceModel model_;
  Ledger ledger_;
  Replicas replicas_;
  std::optional<Autoscaler> autoscaler_;
  MetricWindow metrics_;
  SlotTree slots_;
  Ring<Waiting> queue_;
  std::int64_t timeout_ns_;
  std::int64_t next_tick_ns_ = core::never_ns;
  std::int64_t arrivals_since_tick_ = 0;
  std::unique_ptr<ServiceTimes> times_ = std::make_unique<ServiceTimes>();
};

}  // namespace sim
