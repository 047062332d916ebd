// Replicas ahead of the load: a forecast for the time at which one ordered now would be ready.
//
//  * `PredictiveConfig`  what is forecast, how far ahead, and what one replica carries
//  * `Predictive`        looks at the end of every interval
//
// After NVIDIA Dynamo's planner (ai-dynamo/dynamo v0.4, components/planner: replicas = ceil(forecast / what one
// carries), what was expected being corrected by what came) and AWS predictive scaling (a season of days or weeks). The
// forecasts here are simple ones:
//
//   seasonal  requests of an interval = those of the same interval a season ago × correction, where
//             correction = requests of the last intervals / requests of the same ones a season ago, within [1/4, 4]
//   trend     the straight line of least squares through the last intervals, never below zero
//   wanted    = ceil(the highest forecast between now and the lead time, or what comes now if that is more
//               ÷ requests that one replica carries); down only to the highest of the stabilisation window
//
// Until a season has passed, and where it had no requests to compare with, the trend stands in. It knows what has come
// until now and nothing else: the future is forecast from the past, never read.
//
// Memory: 8 bytes for each interval of a season and of the lead time.
//
// Example:
//   Predictive policy{{.target = 5, .lead = 3min, .season = 24h}, {.min = 2, .max = 100}};
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/replica_limits.hpp"

namespace sim {

struct PredictiveConfig {
  double target = 1;                                  // requests a second that one replica is to carry
  core::Duration lead{0};                             // from asking for a replica to its first answer; under a season
  core::Duration season = std::chrono::hours{24};     // 0: the trend alone
  core::Duration interval = std::chrono::minutes{1};  // divides the season
  std::int64_t window = 10;                           // intervals that correct, or that a trend is drawn through; ≥ 2
  core::Duration scale_down_stabilization = std::chrono::minutes{5};
};

class Predictive {
 public:
  Predictive(const PredictiveConfig& config, const ReplicaLimits& limits);

  std::int64_t next_look_ns() const { return next_look_ns_; }
  // O(window + intervals of the lead time).
  std::int64_t decide(const FleetState& state, std::int64_t current);

  // The highest number of requests an interval expected from the present until the lead time, as of the last look.
  double forecast() const { return forecast_; }

 private:
  // Requests of interval `i`, counted from 0; it must be within the memory and past.
  std::int64_t requests(std::int64_t i) const { return history_[static_cast<std::size_t>(i) % history_.size()]; }
  std::optional<double> correction() const;
  double trend(std::int64_t ahead) const;

  struct Wish {
    std::int64_t when_ns;
    std::int64_t replicas;
  };

  PredictiveConfig config_;
  ReplicaLimits limits_;
  std::int64_t next_look_ns_;
  std::int64_t season_;                // in intervals
  std::int64_t lead_;                  // in intervals, the begun one included
  std::vector<std::int64_t> history_;  // by interval, in turns
  std::int64_t past_ = 0;              // intervals
  double forecast_ = 0;
  std::deque<Wish> wishes_;  // falling
};

}  // namespace sim
