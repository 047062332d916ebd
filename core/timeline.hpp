// How an option did, minute by minute: what the simulator counts for whoever asks when a target was missed, and for
// how long.
//
//  * `Watch`     one limit to hold against every answer
//  * `Timeline`  for each minute of the horizon: requests that arrived in it, those lost, and answers over each limit
//
// Counts are whole numbers by the minute of arrival, cache hits included, so they do not depend on the order in which
// outcomes became known. Memory: 24 bytes a minute, and 16 for each watch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/time.hpp"

namespace core {

struct Watch {
  enum class Measure : std::uint8_t { latency, time_to_first_token } measure = Measure::latency;
  std::int64_t limit_ns = 0;                        // an answer that takes longer is over it
  std::optional<std::uint32_t> traffic_class = {};  // nothing: all requests
  bool operator==(const Watch&) const = default;
};

struct Timeline {
  struct Minute {
    std::int64_t arrivals = 0;
    std::int64_t answered = 0;  // served, or found in the cache
    std::int64_t lost = 0;      // rejected, timed out, abandoned, failed; the rest was in flight at the end
    bool operator==(const Minute&) const = default;
  };
  struct Count {
    std::int64_t answered = 0;  // that the watch looks at
    std::int64_t over = 0;      // of those
    bool operator==(const Count&) const = default;
  };

  Timeline() = default;
  Timeline(std::vector<Watch> all, std::int32_t hours)
      : watches{std::move(all)},
        minutes(static_cast<std::size_t>(hours) * 60),
        counts(static_cast<std::size_t>(hours) * 60 * watches.size()) {}

  Count& count(std::size_t minute, std::size_t watch) { return counts[minute * watches.size() + watch]; }
  const Count& count(std::size_t minute, std::size_t watch) const { return counts[minute * watches.size() + watch]; }

  std::vector<Watch> watches;
  std::vector<Minute> minutes;
  std::vector<Count> counts;  // minute × watch
  bool operator==(const Timeline&) const = default;
};

}  // namespace core
