// What a load test measures of each request.
//
//  * `Metric`  the times, each a histogram of nanoseconds of its own
//
// planned ──► noticed ──► sent ──► first byte ──► first piece ──► last piece ──► end
//    ├─ generator_delay ┤
//    ├──── schedule_error ────┤
//    │                        ├───────────── service_time ─────────────────────────┤
//    ├──────────────────────── response_time ──────────────────────────────────────┤
//    ├────────────── time_to_first_token ─────────┤
//                             ├ first_token_from_send ┤
//
// Response time counts from the plan: a request that had to wait for its turn to be sent waited. Service time counts
// from the moment when its bytes were handed to the system.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace loadgen {

enum class Metric : std::uint8_t {
  response_time,          // from the planned time to the last byte
  service_time,           // from the actual send to the last byte
  schedule_error,         // from the planned time to the actual send: the generator, and the wait for a connection
  generator_delay,        // from the planned time to when the generator looked at the request: its own fault alone
  connect_time,           // of each connection opened: TCP, and the TLS handshake
  time_to_first_token,    // from the planned time to the first non-empty piece of any channel
  first_token_from_send,  // the same from the actual send
  inter_token,            // between pieces that follow one another; an event may hold several tokens
  time_per_token,         // (last piece - first piece) / (tokens - 1), once per request
};
inline constexpr std::size_t metric_count = 9;
// Also the names of the recording's files: "response_time.hlog".
inline constexpr std::array<std::string_view, metric_count> metric_names{
    "response_time",       "service_time",          "schedule_error", "generator_delay", "connect_time",
    "time_to_first_token", "first_token_from_send", "inter_token",    "time_per_token"};

constexpr std::string_view name_of(Metric metric) { return metric_names[static_cast<std::size_t>(metric)]; }

// Longer times are counted in the last bucket: a day.
inline constexpr std::int64_t longest_ns = 86'400'000'000'000;

}  // namespace loadgen
