// Time, in whole nanoseconds.
//
//  * `Duration`  a signed span of time
//  * `Instant`   a point of simulated time, counted from the start of the horizon
//  * `to_ns`     the bare count, for the arrays of a hot loop (their names end in `_ns`)
//
// Integer nanoseconds, not floating seconds: the sum of a million steps is the same in any order. 64 bits hold
// 292 years.
//
// Example:
//   using namespace std::chrono_literals;
//   constexpr core::Instant tick = core::start_of_horizon + 15s;
//   static_assert(core::to_ns(tick) == 15'000'000'000);
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace core {

using Duration = std::chrono::nanoseconds;

// Simulated time has a type of its own, so that wall time cannot be mixed in by accident. There is no now(): the
// time belongs to a simulation, so that two of them can run side by side.
struct SimulatedClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SimulatedClock, Duration>;
  static constexpr bool is_steady = true;
};
using Instant = SimulatedClock::time_point;

inline constexpr Instant start_of_horizon{};
inline constexpr std::int64_t ns_per_second = 1'000'000'000;
inline constexpr std::int64_t ns_per_minute = 60 * ns_per_second;
inline constexpr std::int64_t ns_per_hour = 3600 * ns_per_second;
inline constexpr std::int64_t never_ns = std::numeric_limits<std::int64_t>::max();

constexpr std::int64_t to_ns(Duration d) { return d.count(); }
constexpr std::int64_t to_ns(Instant t) { return t.time_since_epoch().count(); }
constexpr double to_seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }

}  // namespace core
