// A fleet behind one FIFO queue, event by event: the general engine.
//
//  * `EventFleet`  the same interface and the same answers as `FifoFleet`, about ten times slower
//
// Every slot that becomes free, every deadline, every change of the fleet and every arrival is an event of its own.
// This is what the words of docs/model.md mean; the fast path is right because it agrees.
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
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/roster.hpp"
#include "sim/ledger.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class EventFleet {
 public:
  EventFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger);

  void serve(const core::traffic::Block& block);
  // Everything up to `now_ns` has happened. Requests may still arrive at `now_ns`.
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  struct Request {
    std::uint64_t number = 0;  // in order of arrival
    Visit visit;
    std::int64_t lost_ns = 0;  // that slots have spent on it for nothing
  };
  struct Slot {
    std::int64_t busy_until_ns = 0;
    Request request{};      // that is being served until then …
    Ledger::Entry entry{};  // … and what the books say of it
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
    enum class Kind { slot_free, deadline, dispatch, change, arrival } kind;
    std::shared_ptr<Life> life{};  // slot_free; shared by the fleet and the events of its slots
    std::int64_t slot = 0;         // slot_free: within the replica
    Request request{};             // arrival; deadline: its number
  };

  void handle(const Event& event);
  void dispatch();
  void give_slot(const Request& request);
  void join_queue(const Request& request);
  void change_fleet();
  FleetState state();
  void apply(const Roster::Change& change);
  void lose(Life& life);
  std::int64_t waiting() const { return static_cast<std::int64_t>(queue_.size()); }

  FleetConfig config_;
  ServiceModel model_;
  Ledger ledger_;
  Roster roster_;
  EventQueue<Event> events_;
  std::deque<Request> queue_;                    // in order of their numbers
  std::vector<std::shared_ptr<Life>> at_berth_;  // those that take requests
  std::vector<std::shared_ptr<Life>> draining_;
  std::set<std::pair<std::int64_t, std::int64_t>> idle_;  // (free since, slot of the fleet)
  std::uint64_t requests_ = 0;
  std::size_t arrivals_to_come_ = 0;
  std::int64_t arrivals_since_look_ = 0;
  std::unique_ptr<ServiceTimes> times_ = std::make_unique<ServiceTimes>();
};

}  // namespace sim
