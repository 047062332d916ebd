// How a load test goes just now: what a person who watches it wants to know, once a second.
//
//  * `LiveWindow`  the last second, and the sums since the start
//
// The thread that writes the recording makes it of what it writes anyway, so watching costs the sending thread nothing.
#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace loadgen {

struct LiveWindow {
  core::Duration elapsed{};  // since the start of the run
  core::Duration length{};   // of the plan; 0: unknown, because requests and not time end it
  // Within the window:
  double asked_per_s = 0;            // due by the plan; 0 in a closed loop
  double reached_per_s = 0;          // sent
  std::int64_t window_answered = 0;  // whose response times these are:
  std::int64_t p50_ns = 0;
  std::int64_t p99_ns = 0;
  // At its end:
  std::int64_t in_flight = 0;
  std::int64_t waiting = 0;  // due, and not sent yet
  std::int64_t connections = 0;
  // Since the start:
  std::int64_t answered = 0;
  std::int64_t failed = 0;
  std::int64_t dropped = 0;  // never sent, by --catch-up drop
};

}  // namespace loadgen
