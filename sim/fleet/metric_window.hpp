// What the autoscaler is shown: readings of the fleet, some ticks old.
//
//  * `FleetState`    the fleet at one tick
//  * `MetricWindow`  turns it into the reading of `metric_delay` ago, with the pods as they are now
#pragma once

#include <cstdint>
#include <deque>

#include "sim/fleet/autoscaler.hpp"

namespace sim {

struct FleetState {
  std::int64_t ready_replicas = 0;
  std::int64_t all_replicas = 0;  // draining ones are no longer counted
  std::int64_t slots_per_replica = 1;
  std::int64_t busy_slots = 0;  // of ready replicas
  std::int64_t waiting = 0;     // requests in the queue
  std::int64_t arrivals = 0;    // since the last tick
};

class MetricWindow {
 public:
  MetricWindow() = default;
  explicit MetricWindow(const AutoscalerConfig& config);
  MetricReading read(const FleetState& now);

 private:
  struct Sample {
    double total;
    std::int64_t measured;
  };
  AutoscalerConfig config_;
  std::size_t ticks_late_ = 0;
  std::deque<Sample> samples_;  // the newest last; ticks_late_ + 1 at most
};

}  // namespace sim
