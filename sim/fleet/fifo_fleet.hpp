// A fleet behind one FIFO queue, by the next-free-time recursion: the fast path.
//
//  * `FifoFleet`  serves blocks of requests in order of arrival; `close()` at the end of the horizon
//
// It does what `EventFleet` (event_fleet.hpp) does with a calendar of events, request by request and second by second
// of billed time; tests/sim/fleet_equivalence_test.cpp holds both against each other on random configurations. How:
// fifo_queue.hpp.
//
// At one and the same nanosecond: slots become free, clients leave the queue, attempts fail, the queue moves up, the
// fleet changes (roster.hpp), clients come again, requests arrive.
#pragma once

#include <cstdint>
#include <utility>
#include <variant>

#include "core/calendar.hpp"
#include "core/traffic/block.hpp"
#include "sim/fleet/fifo_queue.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/ledger.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class FifoFleet {
 public:
  FifoFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger)
      : queue_{queue_of(config, std::move(model), horizon, std::move(ledger))} {}

  void serve(const core::traffic::Block& block) {
    std::visit([&](auto& queue) { queue.serve(block); }, queue_);
  }
  // Until `now_ns`, before which no request will arrive: what ends by then is in the books for good. Within the
  // horizon.
  void advance_to(std::int64_t now_ns) {
    std::visit([&](auto& queue) { queue.advance_to(now_ns); }, queue_);
  }
  OptionResult close() {
    return std::visit([](auto& queue) { return queue.close(); }, queue_);
  }

 private:
  using Queue = std::variant<FifoQueue<false>, FifoQueue<true>>;
  static Queue queue_of(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger) {
    if (config.loses_work() || !Clients::are_plain(config)) {
      return Queue{std::in_place_type<FifoQueue<true>>, config, std::move(model), horizon, std::move(ledger)};
    }
    return Queue{std::in_place_type<FifoQueue<false>>, config, std::move(model), horizon, std::move(ledger)};
  }
  Queue queue_;
};

}  // namespace sim
