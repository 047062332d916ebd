// Recorded requests: when each came and how many tokens it had.
//
//  * `Trace`        the rows of a recording
//  * `read_trace`   from CSV text, in either of two forms, told apart by the header line
//  * `TraceReplay`  a trace, and how to play it: faster, again and again, multiplied
//
//   TIMESTAMP,ContextTokens,GeneratedTokens       as Azure publishes them; the first row is the start of the horizon
//   2023-11-16 18:15:46.6805900,374,44
//
//   time,input,output                             seconds since the start of the horizon
//   0.25,374,44
//
// Columns may come in any order, and others beside them are ignored. Lines end in LF or CRLF; blank lines at the end
// are allowed. Times must not go back.
//
// Example:
//   TraceReplay replay{.trace = std::make_shared<Trace>(read_trace("march.csv", text)), .repeat = true};
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace core::traffic {

struct Trace {
  std::vector<std::int64_t> at_ns;  // since the start, never decreasing
  std::vector<std::uint32_t> input_tokens;
  std::vector<std::uint32_t> output_tokens;
};

// Throws ConfigError "march.csv:7: found …, expected …".
Trace read_trace(std::string_view name, std::string_view text);

struct TraceReplay {
  std::shared_ptr<const Trace> trace{};  // read once, looked at by the streams of all draws
  double speed = 1;                      // time is divided by it
  bool repeat = false;                   // again from the start, a mean gap after the last row, until the horizon ends
  // Every row stands for this many requests on average: the row itself at its own time, and copies of it spread evenly
  // from half a mean gap before to half a mean gap after. 2.3: two for sure, a third with probability 0.3.
  double scale = 1;

  std::int64_t at_ns(std::int64_t round, std::size_t row) const;
  std::int64_t mean_gap_ns() const;  // between rows as played
  std::int64_t round_ns() const;     // from one playing to the next

  double expected_requests(Duration horizon) const;
  double peak_per_s() const;  // of the busiest minute of the trace as played
};

}  // namespace core::traffic
