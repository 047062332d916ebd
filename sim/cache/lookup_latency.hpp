// The time that every request spends at a semantic cache before anything else.
//
// It is the same for all, so an option meets the same requests that much later: its queues, fleets and bills are what
// they would be, and only what users feel grows. So it is added to the distributions once, at the end. Timeouts are
// counted from when the option gets the request.
#pragma once

#include <cstdint>

#include "sim/result.hpp"

namespace sim {

// Adds `lookup_ns` to every latency and every first token, of classes too. Buckets move by their highest value: up to a
// bucket's width (0.1 %) too high.
void add_lookup_latency(OptionResult& result, std::int64_t lookup_ns);

}  // namespace sim
