// A fleet of classic models that answer in batches: requests wait for one another, and leave together.
//
//  * `batch_latency`           the time of a batch of every size, from some measured ones
//  * `DynamicBatchingConfig`   replicas, their workers, and when a batch starts
//  * `DynamicBatchingFleet`    serves blocks of requests in order of arrival; `close()` at the end of the horizon
//
// All requests wait in one queue, first come first served. A batch starts when a worker of a replica is free and either
// `max_batch` requests wait or the oldest has waited for `max_delay`; it takes the oldest ones, up to `max_batch`. All
// of them leave when it ends. So do the dynamic batchers of Triton (max_queue_delay_microseconds), TensorFlow Serving
// (batch_timeout_micros) and Clipper (Crankshaw et al., NSDI 2017), but for the one queue: theirs are one for each
// replica behind a balancer, which forms smaller batches when there are many replicas.
//
// A client whose patience ends leaves the queue, or the batch; a batch that the last client has left is given up. With
// batches of one this is FifoFleet with a constant service time, request by request.
//
// At one and the same nanosecond: batches end, clients leave, batches start, the autoscaler looks, requests arrive. A
// request that fills a batch, or meets a free worker and no delay, starts it at once.
//
// The time of a batch does not depend on chance: a curve, not a distribution. Slots, as the autoscaler counts them, are
// the places in the batches of all workers; the utilisation of the result is the busy share of the workers.
//
// Cost: O(1) for a request, O(log workers) for a batch.
//
// Example:
//   DynamicBatchingConfig config{.latency_ns = batch_latency({{1, 5'000'000}, {32, 25'000'000}}, 32), .max_batch = 32,
//                                .max_delay = 5ms};
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/block.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/replicas.hpp"
#include "sim/fleet/scaler.hpp"
#include "sim/fleet/slot_tree.hpp"
#include "sim/ledger.hpp"
#include "sim/ring.hpp"

namespace sim {

// By batch size from 1 to `max_batch` (element 0 is 0): straight lines between points (size, nanoseconds), rounded to
// the nearest nanosecond; beyond the last one its line goes on. `points`: at least one, sizes rising from 1.
std::vector<std::int64_t> batch_latency(const std::vector<std::pair<std::int64_t, std::int64_t>>& points,
                                        std::int64_t max_batch);

struct DynamicBatchingConfig {
  FleetConfig fleet;                       // its slots are workers × max_batch
  std::vector<std::int64_t> latency_ns{};  // by batch size, each at least 1
  std::int64_t max_batch = 1;
  core::Duration max_delay{0};
  std::int64_t workers = 1;  // of a replica: batches that it works on at once
};

class DynamicBatchingFleet {
 public:
  DynamicBatchingFleet(const DynamicBatchingConfig& config, const core::Horizon& horizon, Ledger ledger);

  void serve(const core::traffic::Block& block);
  // All that happens until then, though nobody arrives.
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  // The next batch to start, or client to leave, with those that wait now.
  void note_next();
  std::int64_t next_start_ns() const;
  void run_until(std::int64_t now_ns);
  void start_batch(std::int64_t start_ns);
  void leave(std::int64_t now_ns);
  void arrive(const Visit& visit);
  void look(std::int64_t now_ns);
  void start_replica(std::int64_t now_ns, std::int64_t ready_ns);
  void remove_replica(std::int64_t now_ns);
  void set_workers(std::int64_t replica, std::int64_t free_ns);

  DynamicBatchingConfig config_;
  Ledger ledger_;
  Replicas replicas_;
  std::optional<Scaler> scaler_;
  SlotTree workers_;                    // of replica i: those from i × workers on
  std::vector<std::int64_t> in_batch_;  // by worker: requests of the last one that it started
  Ring<Visit> queue_;
  std::int64_t max_delay_ns_;
  std::int64_t timeout_ns_;
  std::int64_t next_ns_ = core::never_ns;
  std::int64_t next_look_ns_ = core::never_ns;
  std::int64_t arrivals_since_look_ = 0;
  std::int64_t batches_ = 0;
  std::int64_t requests_in_batches_ = 0;
  core::Int128 busy_worker_ns_ = 0;
};

}  // namespace sim
