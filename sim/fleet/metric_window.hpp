// What the autoscaler is shown: readings of the fleet, some ticks old.
//
//  * `FleetState`    the fleet at one look
//  * `metric_total`  one metric of it, over all ready replicas
//  * `MetricWindow`  turns it into the reading of `metric_delay` ago, with the pods as they are now
//
// A fleet is known by its counts, not replica by replica; since the youngest leave first, how many have been there for
// some time is the least there were in it.
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
  std::int64_t arrivals = 0;    // since the last look
};

// `since_last_look` > 0: what the arrivals are spread over.
double metric_total(ScalingMetric metric, const FleetState& state, core::Duration since_last_look);

class MetricWindow {
 public:
  MetricWindow() = default;
  explicit MetricWindow(const AutoscalerConfig& config);
  // Once a sync period. O(ticks of the delay); of the CPU, O(ticks of its initialisation period).
  MetricReading read(const FleetState& now);

 private:
  struct Sample {
    double total;
    std::int64_t ready;
    std::int64_t all;
  };
  // The least of the newest `ticks` + 1 samples. The fleet that a horizon begins with has been there for long.
  std::int64_t least_ready(std::size_t ticks) const;
  std::int64_t least_of_all(std::size_t ticks) const;

  AutoscalerConfig config_;
  std::size_t ticks_late_ = 0;
  std::size_t ticks_seasoning_ = 0;  // until the CPU of a replica that turned ready counts
  std::size_t ticks_young_ = 0;      // in which it has to
  std::deque<Sample> samples_;       // the newest last
};

}  // namespace sim
