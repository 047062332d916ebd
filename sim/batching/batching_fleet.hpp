// A fleet of LLM engines behind a router: each request goes to one replica when it arrives, and waits there.
//
//  * `BatchingFleetConfig`  engines, router, instances and their autoscaler
//  * `BatchingFleet`        serves blocks of requests in order of arrival; `close()` at the end of the horizon
//
// An instance carries one or several replicas (engines), which come and go with it: the autoscaler counts instances.
// The concurrency of an instance is what its replicas have in their queues and batches. One that is removed takes no
// more requests and answers those it has.
//
// Replicas are independent of one another once requests are routed, so each is advanced by itself, as far as all its
// arrivals are known: its state stays in the nearest cache while it works through its share of a block. A router that
// looks at the load has the replicas that it looks at brought to the present first.
//
// At one and the same nanosecond: iterations end, the autoscaler looks, requests arrive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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
  // Everything up to `now_ns` has happened. Requests may still arrive at `now_ns`.
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

  void happen_until(std::int64_t now_ns);
  void note_ready(std::int64_t now_ns);
  void step(std::int64_t now_ns);
  FleetState state_at(std::int64_t now_ns);
  void apply(const Roster::Change& change, std::int64_t now_ns);
  void let_drained_go(std::int64_t now_ns);
  void leave(Replica& engine, std::int64_t now_ns);
  void advance_all(std::int64_t now_ns);
  void book_ended();
  void book_served(const Answer& answer);

  std::unique_ptr<Shared> shared_;
  Ledger ledger_;
  Roster roster_;  // one replica of its for each instance
  Router router_;
  bool stepping_;
  std::vector<Instance> at_berth_;
  std::vector<Instance> draining_;
  std::vector<Replica*> ready_;                   // the engines that take requests, oldest instance first
  std::int64_t next_ready_ns_ = core::never_ns;   // when the next instance is
  std::int64_t next_change_ns_ = core::never_ns;  // of the roster
  std::int64_t arrivals_since_look_ = 0;
  std::vector<std::uint64_t> keys_;  // of the prompt that is being routed
  core::Histogram time_per_output_token_ns_{3'600'000'000'000};
  ReplicaTotals totals_;  // of engines that are gone
  bool memory_adds_up_ = true;
};

}  // namespace sim
