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
// batches of one this is FifoFleet with a constant service time, request by request. A batch whose node is lost goes
// back to where its requests stood in the queue.
//
// At one and the same nanosecond: batches end, clients leave, batches start, the fleet changes, requests arrive. A
// request that fills a batch, or meets a free worker and no delay, starts it at once.
//
// The time of a batch does not depend on chance: a curve, not a distribution; a slow dependency lengthens the batches
// that start while it is slow. Slots, as the autoscaler counts them, are the places in the batches of all workers; the
// utilisation of the result is the busy share of the workers.
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
#include "sim/fleet/roster.hpp"
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
  // Everything up to `now_ns` has happened. Requests may still arrive at `now_ns`.
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  struct Waiting {
    Visit visit;
    std::int64_t lost_ns = 0;  // that workers have spent on it for nothing
    std::uint64_t number = 0;  // in order of arrival
  };
  // What a worker is at, where it may be lost; otherwise only how many.
  struct Batch {
    std::int64_t start_ns = 0;
    std::int64_t free_ns = 0;  // when its worker is
    std::int64_t size = 0;
    std::vector<Waiting> requests{};
  };
  // A replica that takes no more batches, and what its workers are at.
  struct Draining {
    std::uint64_t life;
    std::int64_t ends_ns;
    std::vector<Batch> batches;
  };

  // The next batch to start, or client to leave, with those that wait now.
  void note_next();
  std::int64_t next_start_ns() const;
  void run_until(std::int64_t now_ns);
  void start_batch(std::int64_t start_ns);
  std::int64_t batch_ns(std::int64_t start_ns, std::int64_t size) const;
  Ledger::Entry entry_of(const Waiting& request, std::int64_t start_ns, std::int64_t done_ns) const;
  void leave(std::int64_t now_ns);
  void arrive(const Visit& visit);
  void step(std::int64_t now_ns);
  FleetState state_at(std::int64_t now_ns) const;
  void apply(const Roster::Change& change, std::int64_t now_ns);
  void lose(Draining& draining, std::int64_t now_ns);
  void wait_again();

  DynamicBatchingConfig config_;
  Ledger ledger_;
  Roster roster_;
  SlotTree workers_;            // of the replica at berth i: those from i × workers on
  std::vector<Batch> batches_;  // by worker, the last that it started
  Ring<Waiting> queue_;
  std::vector<Waiting> again_;  // lost with their replicas, to wait once more
  std::vector<Draining> draining_;
  std::int64_t max_delay_ns_;
  std::int64_t timeout_ns_;
  std::int64_t next_ns_ = core::never_ns;
  std::int64_t next_change_ns_ = core::never_ns;
  std::int64_t changed_ns_ = 0;  // the fleet, or the queue other than by an arrival: nothing starts before
  std::int64_t arrivals_since_look_ = 0;
  std::uint64_t arrived_ = 0;
  bool loses_work_;
  BatchSummary started_;
  core::Int128 busy_worker_ns_ = 0;
};

}  // namespace sim
