// The `cache` section of a scenario: a cache in front of every option but those that say `cache: false`.
//
//   cache: {kind: exact, entries: 2_000_000, ttl: 1h, hit_latency: 5ms, popularity: {zipf: 0.9, keys: 50_000_000}}
//
//     policy: lru                 # or lfu (at most 2^28 keys); default lru
//     memory: 8GB                 # instead of `entries`: memory ÷ bytes_per_entry of them. Both: the entries must fit
//     bytes_per_entry: 1kB
//
//   cache:                        # one that answers what is asked in other words
//     kind: semantic
//     similarity: 0.9             # the threshold at which the next two were measured
//     hit_share: 60%              # of the requests whose topic is held, or by the rank of the topic:
//                {head: 90%, exponent: 0.1}       # head × rank^-exponent
//                [[1000, 0.9], [1_000_000, 0.5]]  # up to rank 1000 this, beyond the last the last
//     wrong: 0.5%                 # of the hits: the answer to another question
//     lookup_latency: 25ms        # embedding and search, before every request
//     embedding: {model: …}       # billed by the prompt token of every request (pricing/cost_plan.hpp)
//     entries, ttl, popularity …  # of topics
#pragma once

#include "core/yaml_reader.hpp"
#include "sim/cache/cache_config.hpp"

namespace sim {

// Throws core::ConfigError.
CacheConfig read_cache(const core::Section& section);

}  // namespace sim
