// The `cache` section of a scenario: a cache in front of every option.
//
//   cache: {kind: exact, entries: 2_000_000, ttl: 1h, hit_latency: 5ms, popularity: {zipf: 0.9, keys: 50_000_000}}
#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "core/yaml_reader.hpp"
#include "sim/drills/fault.hpp"

namespace sim {

struct CacheConfig {
  std::uint32_t entries = 0;
  core::Duration ttl{0};
  core::Duration hit_latency{0};
  double zipf_exponent = 0;
  std::uint32_t keys = 0;
  Faults faults{};  // cold_cache
};

// Throws core::ConfigError.
CacheConfig read_cache(const core::Section& section);

}  // namespace sim
