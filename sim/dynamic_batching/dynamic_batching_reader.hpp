// Reads how a classic model is served in batches.
//
//   serving:
//     batch_latency: [[1, 5ms], [8, 9ms], [32, 25ms]]     # measured, straight lines between
//     # or: batch_latency: {base: 4ms, per_item: 650us}   # base + per_item × batch
//     max_batch: 32       # default: the largest one measured
//     max_delay: 5ms      # that the oldest waits for others; default: none
//     workers: 1          # batches that a replica works on at once
//
// Sizes begin with 1 and rise, up to max_batch or beyond: a batch that nobody measured is refused, not guessed. A
// larger batch never takes less time. With max_delay, a queue has to have a limit of at least 1: requests wait in it
// for others.
#pragma once

#include "core/traffic/stream.hpp"
#include "core/usage.hpp"
#include "core/yaml_reader.hpp"
#include "sim/dynamic_batching/dynamic_batching_fleet.hpp"

namespace sim {

// Whether the section is for this reader.
bool serves_in_batches(const core::Section& serving);

// Throws core::ConfigError.
DynamicBatchingConfig read_dynamic_batching(const core::Section& option, const core::Section& serving,
                                            const core::MeteringRule& metering,
                                            const core::traffic::TrafficConfig& traffic,
                                            const core::traffic::TextLoader& load_text);

}  // namespace sim
