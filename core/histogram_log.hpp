// HdrHistogram's log of one histogram per interval (.hlog), as jHiccup and the HdrHistogram libraries of many
// languages write and read it.
//
//  * `HistogramInterval`         one line of a log
//  * `HistogramLogReader`        a log's intervals, one at a time: a day of seconds has 86,400 of them
//  * `read_histogram_log`        all intervals of a short log
//  * `accumulate_histogram_log`  the sum of all intervals, or of those with one tag
//  * `histogram_log_header`, `histogram_log_line`  the texts of a new log
//  * `encode_histogram`, `decode_histogram`        one histogram as text, as it stands in the fourth column
//
// Reads the encodings V0, V1 and V2 (compressed), writes V2. A log is a stranger's bytes: whatever they
// claim, no more memory is taken than `HistogramLogLimits` allow, and each fault is a ConfigError that reads
// "load.hlog:7: found …, expected …".
//
// Example:
//   const core::Histogram latency = core::accumulate_histogram_log("load.hlog", text, 3);
//   std::string log = core::histogram_log_header({.start_time = 1'796'083'200s});
//   log += core::histogram_log_line({.start = 0s, .length = 1s, .histogram = latency_ns});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/histogram.hpp"
#include "core/text_lines.hpp"
#include "core/time.hpp"

namespace core {

struct HistogramInterval {
  Duration start{};              // as it stands in the log: since the log's base time
  Duration start_since_epoch{};  // with the base time added; in UTC if the log's clock was. Not written.
  Duration length{};
  // The log's third column, in a unit that the log does not tell (jHiccup: ms). The histogram's own max() is
  // what counts. Not written either: the column is made from the histogram.
  double max_column = 0;
  std::string tag{};  // empty: none
  Histogram histogram{2};
};

// What a log may claim. The defaults allow 5 digits up to an hour of nanoseconds.
struct HistogramLogLimits {
  std::int64_t histogram_bytes = 32 << 20;         // of one interval
  std::int64_t all_bytes = std::int64_t{1} << 30;  // of all that read_histogram_log returns
};

class HistogramLogReader {
 public:
  // `name` stands in messages; `text` must outlive the reader.
  HistogramLogReader(std::string name, std::string_view text, HistogramLogLimits limits = {});

  // Nothing after the last one. Throws ConfigError.
  std::optional<HistogramInterval> next();
  // More lines of the same log, after the last one: a log that is longer than one wants to hold is read in pieces.
  void go_on(std::string_view text) { lines_.go_on(text); }

  // From the comments read so far: "#[StartTime: 1441812279.474 (seconds since epoch), …]".
  std::optional<Duration> start_time() const { return start_time_; }
  // What is added to the first column. Without a "#[BaseTime: …]" it is the start time if the first interval
  // began over a year before it (its stamp is then a relative one), else 0, as HdrHistogram deduces it.
  std::optional<Duration> base_time() const { return base_time_; }

  // "load.hlog:7: found …, expected …", at the line read last.
  ConfigError error(std::string_view found, std::string_view expected) const { return lines_.error(found, expected); }

 private:
  bool read_comment(std::string_view line);
  HistogramInterval read_interval(std::string_view line);

  TextLines lines_;
  HistogramLogLimits limits_;
  std::optional<Duration> start_time_;
  std::optional<Duration> base_time_;
};

std::vector<HistogramInterval> read_histogram_log(std::string name, std::string_view text,
                                                  HistogramLogLimits limits = {});

// A histogram of `digits` that covers all intervals and tells apart what the finest of them does. `tag`: only
// those with it; an empty one: only those without. Throws ConfigError also when no interval is left.
Histogram accumulate_histogram_log(std::string name, std::string_view text, int digits = 3,
                                   std::optional<std::string_view> tag = std::nullopt, HistogramLogLimits limits = {});

struct HistogramLogHeader {
  std::string comment = "Logged with billcast";
  std::optional<Duration> start_time = std::nullopt;  // since 1970-01-01 UTC
  // What the intervals' starts are relative to; without it, the start time.
  std::optional<Duration> base_time = std::nullopt;
};
// Throws std::invalid_argument for a comment with a line end, and for times before 1970.
std::string histogram_log_header(const HistogramLogHeader& header);
// The third column is the histogram's maximum divided by `max_unit`; the default is for nanoseconds shown as
// ms. Throws std::invalid_argument for a tag that the format cannot hold (with a comma, a blank, a control
// character).
std::string histogram_log_line(const HistogramInterval& interval, double max_unit = 1e6);

std::string encode_histogram(const Histogram& histogram);
// `where` begins the message of the ConfigError.
Histogram decode_histogram(std::string_view text, std::string_view where, HistogramLogLimits limits = {});

}  // namespace core
