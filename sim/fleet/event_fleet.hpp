// A fleet behind one FIFO queue, event by event: the general engine.
//
//  * `EventFleet`  the same interface and the same answers as `FifoFleet`, about ten times slower
//
// Every slot that becomes free, every deadline, every look of the autoscaler and every arrival is an event of its own.
// This is what the words of docs/model.md mean; the fast path is right because it agrees.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/block.hpp"
#include "sim/event_queue.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/replicas.hpp"
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
    std::uint64_t id = 0;
    Visit visit;
  };
  // One life of a replica; its index in the stack may be used again after it has left.
  struct Life {
    std::int64_t replica;
    bool removed = false;
    std::vector<std::int64_t> busy_until_ns;  // by slot
  };
  struct Event {
    enum class Kind { slot_free, deadline, dispatch, tick, arrival } kind;
    std::shared_ptr<Life> life{};  // slot_free
    std::int64_t slot = 0;         // slot_free: within the replica
    Request request{};             // arrival; deadline: its id
  };

  void handle(const Event& event);
  void dispatch();
  void give_slot(const Request& request);
  void tick();
  void start_replica(std::int64_t ready_ns);
  void remove_replica();
  std::int64_t waiting() const { return static_cast<std::int64_t>(queue_.size()); }

  FleetConfig config_;
  ServiceModel model_;
  Ledger ledger_;
  Replicas replicas_;
  std::optional<Autoscaler> autoscaler_;
  MetricWindow metrics_;
  EventQueue<Event> events_;
  std::deque<Request> queue_;
  std::vector<std::shared_ptr<Life>> lives_;              // of the replicas there are, oldest first
  std::set<std::pair<std::int64_t, std::int64_t>> idle_;  // (free since, slot of the fleet)
  std::uint64_t requests_ = 0;
  std::size_t arrivals_to_come_ = 0;
  std::int64_t arrivals_since_tick_ = 0;
  std::unique_ptr<ServiceTimes> times_ = std::make_unique<ServiceTimes>();
};

}  // namespace sim
