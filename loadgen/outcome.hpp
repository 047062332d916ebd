// How a request of a load test ended: in exactly one of these.
//
//  * `Outcome`        the endings
//  * `OutcomeCounts`  how many requests ended in each; planned = answered + failed + open + unsent, always
//
// Example:
//   OutcomeCounts counts;
//   ++counts[Outcome::timeout];
//   assert(counts.planned() == counts.answered() + counts.failed() + counts.open() + counts.unsent());
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace loadgen {

enum class Outcome : std::uint8_t {
  answered,   // a whole, well-formed response with an expected status
  refused,    // nobody listens there, or no way leads there
  reset,      // the connection broke before the first byte of the response
  timeout,    // no whole response within the time allowed; the connection was then closed
  status,     // a whole response with an unexpected status
  malformed,  // bytes that are no HTTP, no server-sent events, or an error event in a stream
  truncated,  // the response began and did not end: the connection broke, or a stream lacked its end mark
  tls,        // the handshake failed: a wrong certificate, a protocol nobody shares
  local,      // this machine gave no socket: file descriptors or ports ran out
  open,       // no end yet when the run ended
  dropped,    // never sent: more than the plan's own time late, and --catch-up drop
  unsent,     // never sent: the run ended first
};
inline constexpr std::size_t outcome_count = 12;
inline constexpr std::array<std::string_view, outcome_count> outcome_names{
    "answered",  "refused", "reset", "timeout", "status",  "malformed",
    "truncated", "tls",     "local", "open",    "dropped", "unsent"};

constexpr std::string_view name_of(Outcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }
constexpr bool is_failure(Outcome o) { return o >= Outcome::refused && o <= Outcome::local; }
// Its latency is known only as "at least": it was still waiting when somebody stopped looking.
constexpr bool is_censored(Outcome o) { return o == Outcome::timeout || o == Outcome::open || o == Outcome::unsent; }

struct OutcomeCounts {
  std::array<std::int64_t, outcome_count> by_outcome{};

  std::int64_t& operator[](Outcome o) { return by_outcome[static_cast<std::size_t>(o)]; }
  std::int64_t operator[](Outcome o) const { return by_outcome[static_cast<std::size_t>(o)]; }

  std::int64_t answered() const { return (*this)[Outcome::answered]; }
  std::int64_t open() const { return (*this)[Outcome::open]; }
  std::int64_t unsent() const { return (*this)[Outcome::dropped] + (*this)[Outcome::unsent]; }
  std::int64_t failed() const;
  std::int64_t planned() const;  // the sum of all
  OutcomeCounts& operator+=(const OutcomeCounts& other);
  bool operator==(const OutcomeCounts&) const = default;
};

}  // namespace loadgen
