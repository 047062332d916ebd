// The one place that asks what time it is.
//
// The monotonic clock, which nobody sets: a schedule by the wall clock would jump with it.
#pragma once

#include <chrono>
#include <cstdint>

namespace loadgen {

inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace loadgen
