// The list of requests that a load test is to send, and when: the very list that the simulator would serve.
//
//  * `PlannedRequest`  one of them
//  * `LoadPlanConfig`  a traffic description, a seed, and which part of the horizon is played how fast
//  * `LoadPlan`        hands it out in order of time, some thousand requests at a time
//  * `survey`          goes through a plan once: how many requests, how dense, and the hash of its rows
//
// A request that the traffic puts at t of the horizon is planned for (t - from) / speed after the start of the test,
// and left out when that is before the start or at or beyond `length`. A ramp-up of R seconds takes the first R/2
// seconds of the plan to R: the rate grows in a straight line from 0 to its full height. (Requests at u of the plan
// move to sqrt(2 R u) up to u = R/2, and to u + R/2 beyond: the inverse of the integrated rate, so that a Poisson
// process stays one.)
//
// Example:
//   LoadPlan plan{config};
//   std::vector<PlannedRequest> requests(4096);
//   while (const std::size_t count = plan.take(requests)) { … }
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/calendar.hpp"
#include "core/time.hpp"
#include "core/traffic/stream.hpp"

namespace loadgen {

struct PlannedRequest {
  std::int64_t at_ns = 0;  // since the start of the test
  std::int64_t index = 0;  // from 0
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t content_key = 0;  // what is asked, 1 = most popular; 0: the traffic says nothing of it
};

struct Popularity {
  double zipf_exponent = 0;
  std::uint32_t keys = 1;
};

struct LoadPlanConfig {
  core::traffic::TrafficConfig traffic{};
  std::optional<Popularity> popularity{};
  core::Horizon horizon{};
  std::uint64_t seed = 1;
  core::Duration from{};                          // of the horizon
  double speed = 1;                               // seconds of the horizon per second of the test; > 0
  core::Duration length = core::Duration::max();  // of the test
  core::Duration ramp_up{};
  std::int64_t most_requests = std::numeric_limits<std::int64_t>::max();
};

// A steady rate of requests without tokens, as long as `length`.
LoadPlanConfig steady_plan(double rate_per_s, const core::traffic::ArrivalsConfig& arrivals, core::Duration length,
                           std::uint64_t seed);

class LoadPlan {
 public:
  explicit LoadPlan(const LoadPlanConfig& config);

  // The next requests, as many as fit; 0 when the plan is over. Skipping to `from` costs what the requests before it
  // cost to draw, about 20 ns each.
  std::size_t take(std::span<PlannedRequest> requests);

 private:
  std::int64_t planned_ns(std::int64_t arrival_ns) const;

  core::traffic::RequestStream stream_;
  std::unique_ptr<core::traffic::Block> block_;
  std::size_t next_in_block_ = 0;
  std::int64_t from_ns_;
  double speed_;
  std::int64_t length_ns_;
  double ramp_ns_;
  std::int64_t left_;  // requests that may still come
  std::int64_t index_ = 0;
  bool is_over_ = false;
};

// "index,at_s,input_tokens,output_tokens,key", and a row: "0,0.000500000,374,44,0".
std::string plan_header();
void append_plan_row(std::string& text, const PlannedRequest& request);

struct PlanSurvey {
  std::int64_t requests = 0;
  core::Duration last{};  // when the last of them is due
  double peak_per_s = 0;  // the most requests of one second, counted from the start
  std::string sha256;     // of the rows with their header, in hexadecimal: what sha256sum says of --plan-only's file
};

// About 0.3 µs a request. `rows` gets the text piece by piece; `stop` is asked now and then, and ends it early.
PlanSurvey survey(const LoadPlanConfig& config, const std::function<void(std::string_view)>& rows = {},
                  const std::function<bool()>& stop = {});

}  // namespace loadgen
