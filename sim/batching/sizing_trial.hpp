// What a fixed number of LLM engines makes of a traffic: one trial of a sizing.
//
//  * `TrialConfig`  the engines, the router, the traffic and how long it lasts
//  * `Trial`        what users felt
//  * `run_trial`  with so many replicas, all of them ready from the beginning
//  * `run_alone`  every request alone on an idle replica: what no number of replicas can better
//  * `saturated_per_s`  how many requests a second one replica answers that never runs out of them
//
// Measured are the requests that arrive in the middle 80 % of the duration. The first tenth fills empty engines and the
// last keeps the load up while those measured are answered; nothing is cut off: after the traffic's end the engines run
// until they are empty. An overloaded fleet thus shows the waiting that it built up, and not only those who got
// through.
//
// The same seed brings the same requests to every number of replicas and to every engine.
//
// Example:
//   const TrialConfig config{.engine = engine, .cost = &cost, .traffic = &traffic, .duration = 10min, .seed = 1};
//   const Trial trial = run_trial(config, 4);
//   trial.time_to_first_token_ns.value_at_quantile(0.95);
#pragma once

#include <cstdint>

#include "core/histogram.hpp"
#include "core/time.hpp"
#include "core/traffic/stream.hpp"
#include "sim/batching/engine_config.hpp"
#include "sim/batching/iteration_cost.hpp"
#include "sim/batching/routing.hpp"

namespace sim {

inline constexpr double measured_share = 0.8;  // of the duration

struct TrialConfig {
  EngineConfig engine;
  const IterationCost* cost = nullptr;                    // must outlive the call
  const core::traffic::TrafficConfig* traffic = nullptr;  // must outlive the call
  Routing routing = Routing::least_outstanding;
  core::Duration duration{};  // at least 10 ns
  std::uint64_t seed = 1;
};

struct Trial {
  core::Histogram time_to_first_token_ns{3'600'000'000'000};
  core::Histogram time_per_output_token_ns{3'600'000'000'000};  // of answers of two tokens or more
  core::Histogram latency_ns{3'600'000'000'000};
  std::int64_t measured = 0;    // requests that arrived in the middle of the duration
  std::int64_t unanswered = 0;  // of those: rejected, or their client left
  double busy_share = 0;        // time in iterations ÷ replicas' time, in the middle of the duration
};

// `replicas` ≥ 1.
Trial run_trial(const TrialConfig& config, std::int64_t replicas);
// Of the first `most` requests that are measured; `busy_share` is 0.
Trial run_alone(const TrialConfig& config, std::int64_t most = 20'000);

// Of the first `most` requests, all of them there at once. A fleet of n replicas that gets more than n times as many
// never works off the queue that a burst leaves, even where a trial ends before anybody has waited long. (Where memory
// is short, a fleet that never met a burst may carry a little more: a full memory has evictions, which cost work
// twice.)
double saturated_per_s(const TrialConfig& config, std::int64_t most = 20'000);

}  // namespace sim
