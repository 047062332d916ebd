// When a pool of spot instances had capacity, as somebody recorded it.
//
//  * `SpotTrace`        the spans in which it was up
//  * `read_spot_trace`  from JSON as the spot traces of SkyPilot are published
//
//   {"metadata": {"gap_seconds": 32}, "data": [0, 1, 1, 0, …], "prices": [0.918, …]}
//
// `data`: one number a tick, 1 while an instance was up, 0 while it was preempted or none was to be had. `prices`, if
// there are any, must be as many; they are the bill's matter and are left out here. Keys may come in any order, other
// keys are errors, as are other values: a trace with holes in it is no record of capacity.
//
// Origin of the form: skypilot-org/spot-traces; Wu et al., "Can't Be Late" (NSDI 2024).
//
// Example:
//   const auto trace = std::make_shared<SpotTrace>(read_spot_trace("us-west-2c.json", text));
//   const SpotZone zone = SpotZone::replay("us-west-2c", trace, 24h);
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sim {

struct SpotTrace {
  // [begin, end) in nanoseconds since the start of the trace.
  struct Span {
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    bool operator==(const Span&) const = default;
  };
  std::vector<Span> up;        // in order, each after a span without capacity
  std::int64_t length_ns = 0;  // of the whole trace, more than 0
  bool operator==(const SpotTrace&) const = default;
};

// Throws core::ConfigError "us-west-2c.json:1:60: found '2', expected …". Linear in the text; at most 10 million ticks
// and ten years.
SpotTrace read_spot_trace(std::string_view name, std::string_view text);

}  // namespace sim
