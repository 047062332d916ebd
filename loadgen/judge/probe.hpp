// From the recording of one probe to what the search for the highest rate asks of it.
//
//  * `parse_goal`    the objective of --find-max, "p99<200ms": a condition that must hold
//  * `probe_result`  what a recording says of it (loadgen/judge/rate_search.hpp)
//
// Over the limit is who was answered later than the limit, and whoever was not answered at all. The seconds of the
// recording are the batches. The backlog grew when the number of requests in flight did, by the test of
// loadgen/judge/steady_state.hpp, and at least doubled: the line of a queue that grows from nothing triples its median.
//
// Example:
//   const Threshold goal = judge::parse_goal("p99<200ms");
//   RateSearch search{{.quantile = goal.quantile}};
//   …
//   search.report(rate, judge::probe_result(goal, read, {.from = 2s}));
#pragma once

#include <string_view>

#include "loadgen/judge/rate_search.hpp"
#include "loadgen/judge/threshold.hpp"
#include "loadgen/measurement.hpp"

namespace loadgen::judge {

// A percentile of a metric that each request has once, with < or <=. Throws core::ConfigError, "--find-max: found …".
Threshold parse_goal(std::string_view text);

ProbeResult probe_result(const Threshold& goal, const FileReader& read, Span span);

}  // namespace loadgen::judge
