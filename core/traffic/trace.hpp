// Recorded requests: when each came and how many tokens it had.
//
//  * `Trace`        the rows of a recording
//  * `read_trace`   from text in any of three forms, told apart by the first line
//  * `TraceReplay`  a trace, and how to play it: faster, again and again, multiplied
//
//   TIMESTAMP,ContextTokens,GeneratedTokens       as Azure publishes them; the first row is the start of the horizon
//   2023-11-16 18:15:46.6805900,374,44
//
//   time,input,output                             seconds since the start of the horizon
//   0.25,374,44
//
//   {"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, …]}
//                                                 JSON lines as Mooncake publishes them; ms since the start
//
// Columns and keys may come in any order. Columns beside them are ignored; other keys are refused, for a misspelled
// hash_ids must not become a trace without any. Lines end in LF or CRLF; blank lines at the end are allowed. Times must
// not go back.
//
// hash_ids say which prompts begin alike: one id for each 512 tokens of the prompt, the last of which may be fewer.
// Prompts with an equal id are equal up to the end of that block, so the ids of one prompt differ. Every row has them
// or none does. After Qin et al., Mooncake (FAST 2025), whose traces are the source.
//
// Example:
//   TraceReplay replay{.trace = std::make_shared<Trace>(read_trace("march.csv", text)), .repeat = true};
//   std::vector<std::uint64_t> keys;
//   if (replay.trace->has_prefixes()) { replay.trace->prefix_keys(row, round, keys); }   // for sim::PrefixCache
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace core::traffic {

struct Trace {
  static constexpr std::uint32_t prefix_block_tokens = 512;

  std::vector<std::int64_t> at_ns;  // since the start, never decreasing
  std::vector<std::uint32_t> input_tokens;
  std::vector<std::uint32_t> output_tokens;
  // Both are empty when the trace does not say how prompts begin.
  std::vector<std::uint32_t> prefix_ids;   // of all rows, one row after another
  std::vector<std::size_t> prefix_starts;  // where a row's begin in prefix_ids; one more at the end

  bool has_prefixes() const { return !prefix_starts.empty(); }
  // The first blocks of the row's prompt, as 64-bit keys that replace what is in `keys`. In another round (which
  // playing of the trace, which copy of its rows: Block::prefix_round) the same ids stand for other content.
  void prefix_keys(std::size_t row, std::uint32_t round, std::vector<std::uint64_t>& keys) const;
};

// Throws ConfigError "march.csv:7: found …, expected …".
Trace read_trace(std::string_view name, std::string_view text);

struct TraceReplay {
  std::shared_ptr<const Trace> trace{};  // read once, looked at by the streams of all draws
  double speed = 1;                      // time is divided by it
  bool repeat = false;                   // again from the start, a mean gap after the last row, until the horizon ends
  // Every row stands for this many requests on average: the row itself at its own time, and copies of it spread evenly
  // from half a mean gap before to half a mean gap after. 2.3: two for sure, a third with probability 0.3.
  // The i-th copies of all rows share beginnings among themselves as the rows do, and none with the others.
  double scale = 1;

  std::int64_t at_ns(std::int64_t round, std::size_t row) const;
  std::int64_t mean_gap_ns() const;  // between rows as played
  std::int64_t round_ns() const;     // from one playing to the next

  double expected_requests(Duration horizon) const;
  double peak_per_s() const;  // of the busiest minute of the trace as played
};

}  // namespace core::traffic
