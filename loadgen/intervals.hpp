// The intervals of a recording's histogram logs, one at a time.
//
//  * `Interval`           what one metric was within one interval, of requests that ended alike
//  * `for_each_interval`  all of one metric
//  * `lies_in`            whether an interval belongs to a span: its middle decides
//
// Example:
//   for_each_interval(read, Metric::response_time, [&](const Interval& interval) {
//     if (interval.outcome == Outcome::answered && lies_in(span, interval.start, interval.length)) …
//   });
#pragma once

#include <functional>

#include "core/histogram.hpp"
#include "core/time.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/metric.hpp"
#include "loadgen/outcome.hpp"

namespace loadgen {

struct Interval {
  Outcome outcome = Outcome::answered;
  core::Duration start{};  // since the start of the run, whatever the log's stamps are relative to
  core::Duration length{};
  const core::Histogram& histogram;
};

// In the order of the file; none when there is no file. Throws ConfigError, "response_time.hlog:7: found …, expected
// …", also what `visit` throws as std::overflow_error: a histogram that holds no more.
void for_each_interval(const FileReader& read, Metric metric, const std::function<void(const Interval&)>& visit);

bool lies_in(Span span, core::Duration start, core::Duration length);

}  // namespace loadgen
