// A fleet of LLM engines behind a router: each request goes to one replica when it arrives, and waits there.
//
//  * `BatchingFleetConfig`  engines, router, instances and their autoscaler
//  * `BatchingFleet`        serves blocks of requests in order of arrival; `close()` at the end of the horizon
//
// An instance carries one or several replicas (engines), which come and go with it: the autoscaler counts instances.
// The concurrency of an instance is what its replicas have in their queues and batches. One that is removed takes no
// more requests and answers those it has; one that is lost (spot, a zone) leaves them to be routed anew, with the time
// of their first arrival, to those that are there. While nobody is, requests wait before the router, in that order.
//
// While a dependency is slow, the iterations that begin take as much longer, in all engines.
//
// Replicas are independent of one another once requests are routed, so each is advanced by itself, as far as all its
// arrivals are known: its state stays in the nearest cache while it works through its share of a block. A router that
// looks at the load has the replicas that it looks at brought to the present first.
//
// At one and the same nanosecond: iterations end, the autoscaler looks, requests arrive.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "core/calendar.hpp"
#include "core/histogram.hpp"
#include "core/traffic/block.hpp"
#include "sim/batching/engine_config.hpp"
#include "sim/batching/iteration_cost.hpp"
#include "sim/batching/replica.hpp"
#include "sim/batching/routing.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/roster.hpp"
#include "sim/ledger.hpp"

namespace sim {

struct BatchingFleetConfig {
  // Instances: how many, when more, how metered. Its slots are the places in the batches of an instance; queue limit
  // and timeout stand in `engine`, for it is there that requests wait.
  FleetConfig fleet;
  EngineConfig engine;
  IterationCost cost;
  Routing routing = Routing::round_robin;
  std::int64_t replicas_per_instance = 1;
  std::vector<std::uint32_t> priority_of{};  // by class of the traffic: its priority class in the engines
};

class BatchingFleet {
 public:
  // `stepping`: engines visit every iteration; the same answers, to check the fast way against.
  BatchingFleet(const BatchingFleetConfig& config, const core::Horizon& horizon, Ledger ledger, bool stepping = false);

  void serve(const core::traffic::Block& block);
  // Until `now_ns`, before which no request will arrive: what ends by then is in the books for good. Within the
  // horizon.
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  // Engines point to these, so they must not move.
  struct Shared {
    BatchingFleetConfig config;
    std::vector<Answer> ended;
  };

  // The engines of one replica of the roster.
  struct Instance {
    std::uint64_t life = 0;
    std::int64_t drains_since_ns = 0;
    std::vector<Replica> engines{};
  };
  // A request before the router, with the luck that it is routed by.
  struct Unrouted {
    Prompt prompt;  // its age is not counted yet
    std::uint64_t luck;
  };

  void happen_until(std::int64_t now_ns);
  void note_ready(std::int64_t now_ns);
  void step(std::int64_t now_ns);
  FleetState state_at(std::int64_t now_ns);
  void apply(const Roster::Change& change, std::int64_t now_ns);
  void let_drained_go(std::int64_t now_ns);
  void leave(Replica& engine, std::int64_t now_ns);
  void lose(std::uint64_t life, std::int64_t now_ns);
  std::size_t choose(const Prompt& prompt, std::uint64_t luck, std::int64_t now_ns);
  void route_unrouted(std::int64_t now_ns);
  void hold(const Unrouted& unrouted, std::int64_t now_ns);
  void expire_unrouted(std::int64_t now_ns);
  void end_unrouted(const Prompt& prompt, std::int64_t end_ns, core::Outcome outcome);
  std::int64_t lost_ns(std::uint32_t history) const { return history == 0 ? 0 : histories_[history]; }
  void change_pace(std::int64_t now_ns);
  void advance_all(std::int64_t now_ns);
  void book_ended();
  void book_served(const Answer& answer);
  void note_pace(const Answer& answer);
  std::int64_t next_event_ns() const { return std::min({next_ready_ns_, next_change_ns_, next_pace_ns_}); }

  std::unique_ptr<Shared> shared_;
  Ledger ledger_;
  Roster roster_;  // one replica of its for each instance
  Router router_;
  bool looks_at_prefixes_;
  bool stepping_;
  std::vector<Instance> at_berth_;
  std::vector<Instance> draining_;
  std::vector<Replica*> ready_;                   // the engines that take requests, oldest instance first
  std::int64_t next_ready_ns_ = core::never_ns;   // when the next instance is
  std::int64_t next_change_ns_ = core::never_ns;  // of the roster
  std::int64_t arrivals_since_look_ = 0;
  std::deque<Unrouted> unrouted_;           // in order of their first arrival
  std::vector<std::int64_t> histories_{0};  // of those that were lost: what was spent on them; 0: nobody's
  std::vector<std::uint32_t> free_histories_;
  std::vector<Lost> lost_;
  std::vector<std::unique_ptr<IterationCost>> slow_costs_;  // of all times that a dependency was slow
  const IterationCost* cost_;                               // now
  std::int64_t next_pace_ns_ = core::never_ns;              // when one becomes slow, or no longer is
  std::vector<std::uint64_t> keys_;                         // of the prompt that is being routed
  core::Histogram time_per_output_token_ns_{3'600'000'000'000};
  ReplicaTotals totals_;  // of engines that are gone
  bool memory_adds_up_ = true;
};

}  // namespace sim
