// What a load test measured within a span of its time.
//
//  * `Measurement`   histograms and counts of that span
//  * `SecondCounts`  one line of outcomes.csv
//  * `measure`       takes a recording's files apart
//  * `files_in`         brings the lines of a recording's files
//  * `outcomes_header`, `outcomes_line`, `for_each_second`  the texts of outcomes.csv
//
// The recording is the truth: summaries, thresholds and reports are all made from its files, so that a run that was
// interrupted, or another machine's, is judged as one that went through.
//
//   RECORDING/
//     about.json           what was asked; written first
//     response_time.hlog   and one of each other metric that has values: HdrHistogram V2, nanoseconds, an interval a
//     second.
//                          Lines without a tag are answered requests; Tag=timeout, Tag=open, … are the others
//     outcomes.csv         counts of each second, in the order of `SecondCounts`
//     summary.json         what came of it; written last
//
// Example:
//   const Measurement all = measure(files_in("recordings/api"), {});
//   const std::int64_t p99 = all.waited().value_at_quantile(0.99);
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/histogram.hpp"
#include "core/time.hpp"
#include "loadgen/metric.hpp"
#include "loadgen/outcome.hpp"

namespace loadgen {

struct SecondCounts {
  core::Duration start{};   // since the start of the run
  core::Duration length{};  // a second, unless the generator was held up or the run ended
  std::int64_t due = 0;     // planned for this second
  std::int64_t sent = 0;
  OutcomeCounts ended{};      // requests by how they ended in this second
  std::int64_t retried = 0;   // sent again because the server had closed the connection before any byte came back
  std::int64_t connects = 0;  // connections opened
  std::int64_t closed_by_server = 0;  // connections the server closed between two requests
  std::int64_t in_flight = 0;         // at the end of the second
  std::int64_t connections = 0;       // at the end of the second
  std::int64_t bytes_received = 0;
  std::int64_t bytes_sent = 0;
  std::int64_t tokens = 0;  // of answers, as counted by `usage`, else by events
  std::int64_t token_events = 0;
  bool operator==(const SecondCounts&) const = default;
};

// 0 of no time.
inline double per_s(std::int64_t count, core::Duration length) {
  return length.count() > 0 ? static_cast<double>(count) / core::to_seconds(length) : 0;
}

// [from, to) of the run.
struct Span {
  core::Duration from{};
  core::Duration to = core::Duration::max();
};

struct Measurement {
  Measurement();

  core::Histogram& of(Metric metric) { return answered[static_cast<std::size_t>(metric)]; }
  const core::Histogram& of(Metric metric) const { return answered[static_cast<std::size_t>(metric)]; }
  // The response times of all who waited: the answered, and at their age those who were still waiting (timed out, open,
  // never sent). The headline percentiles are these, for leaving the slowest out would flatter the server.
  core::Histogram waited() const;

  std::array<core::Histogram, metric_count> answered;  // by metric
  core::Histogram censored;                            // response times of timeout, open and unsent, at their age
  SecondCounts counts{};  // sums, also of the lengths; `start` is the first, in_flight and connections the largest
};

// Brings the lines of a file in order, some at a time: `take` gets whole lines, which are gone after the call. False:
// there is no such file. A recording of days is never in memory as a whole.
using FileReader = std::function<bool(std::string_view name, const std::function<void(std::string_view lines)>& take)>;
// Of a folder. What a killed run left of its last line is left out: half a number looks like a number. Throws
// ConfigError.
FileReader files_in(std::filesystem::path folder);

// Intervals whose middle lies in `span`. One file is in memory at a time, and one interval of it besides the sums. A
// file that is not there counts as empty; a line without an end at the end of a file was cut off by the end of the run
// that wrote it, and counts as not there. Throws ConfigError, "response_time.hlog:7: found …, expected …".
Measurement measure(const FileReader& read, Span span);

// Both with the line's end. Times are seconds with nine decimals.
std::string outcomes_header();
std::string outcomes_line(const SecondCounts& second);
// Every line with an end. Throws ConfigError, "outcomes.csv:7: found …, expected …", also for other columns than ours.
// In order of time. Throws ConfigError, "outcomes.csv:7: found …, expected …".
void for_each_second(const FileReader& read, const std::function<void(const SecondCounts&)>& visit);

}  // namespace loadgen
