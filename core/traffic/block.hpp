// Requests travel in blocks, as a structure of arrays: the same block meets every option (common random numbers),
// its memory can be prefetched, and bookkeeping is paid per block instead of per request.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace core::traffic {

// What the cache took out of a block before any option saw it, and what it looked at for that.
struct HitTally {
  std::int64_t count = 0;
  std::array<std::int32_t, 60> by_minute{};  // of the hour
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t wrong = 0;  // of `count`: answers to another question
  std::int64_t lookups = 0;
  std::int64_t lookup_input_tokens = 0;
};

// Requests in order of arrival. A block never crosses an hour of the horizon. About 230 KiB fit a core's L2; so do
// the 64 more that are touched only when a trace says how prompts begin.
struct Block {
  static constexpr std::size_t capacity = 8192;

  std::int32_t hour = 0;      // of the horizon
  std::size_t count = 0;      // requests in the arrays below
  HitTally hits;              // requests of this block that the cache answered; no longer in the arrays
  bool has_classes = false;   // `traffic_class` is filled: the traffic has more than one class
  bool has_tickets = false;   // `ticket` is filled: somebody wants to know what becomes of each request
  bool has_prefixes = false;  // the last two arrays are filled: a trace says how prompts begin
  alignas(64) std::array<std::int64_t, capacity> arrival_ns;  // since the start of the horizon, never decreasing
  alignas(64) std::array<std::uint64_t, capacity> luck;  // 64 random bits: the request's own fate, whoever serves it
  alignas(64) std::array<std::uint32_t, capacity> input_tokens;
  alignas(64) std::array<std::uint32_t, capacity> output_tokens;
  alignas(64)
      std::array<std::uint32_t, capacity> content_key;  // rank of what is asked, 1 = most popular; 0 without popularity
  alignas(64) std::array<std::uint8_t, capacity> traffic_class;  // its number in the order of the scenario
  alignas(64) std::array<std::uint32_t, capacity> ticket;        // by which whoever sent it knows it again
  // What Trace::prefix_keys is asked with.
  alignas(64) std::array<std::uint32_t, capacity> prefix_row;    // of the trace
  alignas(64) std::array<std::uint32_t, capacity> prefix_round;  // playings and copies of the trace share no content
};

}  // namespace core::traffic
