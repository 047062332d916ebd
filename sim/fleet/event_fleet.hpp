// A fleet behind one FIFO queue, event by event: the general engine.
//
//  * `EventFleet`  the same interface and the same answers as `FifoFleet`, about ten times slower
//
// Every slot that becomes free, every client who leaves or comes again, every change of the fleet and every arrival is
// an event of its own. This is what the words of docs/model.md mean; the fast path is right because it agrees.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/block.hpp"
#include "sim/event_queue.hpp"
#include "sim/fleet/clients.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/roster.hpp"
#include "sim/ledger.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class EventFleet {
 public:
  EventFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger);

  void serve(const core::traffic::Block& block);
  // Until `now_ns`, before which no request will arrive: what ends by then is in the books for good. Within the
  // horizon.
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  struct Request {
    Visit visit;
    Client client{};
  };
  struct Slot {
    std::int64_t busy_until_ns = 0;
    Request request{};      // that is being served until then …
    Ledger::Entry entry{};  // … and what the books say of it, unless …
    bool fails = false;     // … it will time out and may be repeated
  };
  // One life of a replica; its berth may be used again after it has left.
  struct Life {
    std::uint64_t number;
    std::uint32_t berth;
    std::int64_t ready_ns;
    bool takes_requests = true;
    std::vector<Slot> slots;
  };
  struct Event {
    enum class Kind { slot_free, leave, failures, dispatch, change, arrival, comes_again } kind;
    std::shared_ptr<Life> life{};  // slot_free; shared by the fleet and the events of its slots
    std::int64_t slot = 0;         // slot_free: within the replica
    std::size_t index = 0;         // arrival: in its block
    Request request{};             // of a client: arrival, comes_again; leave: its number
  };

  void handle(const Event& event);
  void dispatch();
  void give_slot(const Request& request);
  void enter_queue(const Request& request);
  void join(const Request& request);
  void note_longest();
  void leave_queue(const Request& request);
  void note_failure(const Request& request, const Ledger::Entry& entry);
  void fail();
  void reject(const Request& request);
  void end_in_flight(const Request& request);
  void change_fleet();
  FleetState state();
  void apply(const Roster::Change& change);
  void lose(Life& life);
  std::int64_t waiting() const { return static_cast<std::int64_t>(queue_.size()); }

  FleetConfig config_;
  ServiceModel model_;
  Ledger ledger_;
  Roster roster_;
  Clients clients_;
  EventQueue<Event> events_;
  std::deque<Request> queue_;                    // in order of their numbers
  std::vector<std::shared_ptr<Life>> at_berth_;  // those that take requests
  std::vector<std::shared_ptr<Life>> draining_;
  std::set<std::pair<std::int64_t, std::int64_t>> idle_;  // (free since, slot of the fleet)
  struct Failure {
    Request request;
    Ledger::Entry entry;
  };
  std::vector<Failure> failures_;                // of this nanosecond
  const core::traffic::Block* block_ = nullptr;  // whose arrivals are to come
  std::size_t arrivals_to_come_ = 0;
  std::int64_t arrivals_since_look_ = 0;
  std::unique_ptr<ServiceTimes> times_ = std::make_unique<ServiceTimes>();
};

}  // namespace sim
