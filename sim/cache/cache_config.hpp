// What stands before every option: the settings of a cache.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "sim/drills/fault.hpp"

namespace sim {

enum class EvictionPolicy : std::uint8_t { lru, lfu };

// How likely a wording that was never seen is found near enough to one that was, by the rank of the topic: `head` ×
// rank^-exponent, or steps.
struct HitShare {
  double head = 1;
  double exponent = 0;
  // Steps of a table: up to that rank this share, beyond the last one its share; none: the power law.
  struct Step {
    std::uint32_t up_to_rank = 0;
    double share = 0;
    bool operator==(const Step&) const = default;
  };
  std::vector<Step> steps{};

  double of(std::uint32_t rank) const;
  bool operator==(const HitShare&) const = default;
};

struct SemanticConfig {
  double similarity = 0;  // the threshold at which the two below were measured; it acts through them alone
  HitShare hit_share{};   // of the requests whose topic is held
  double wrong = 0;       // of the hits: the answer to another question
};

struct CacheConfig {
  std::uint32_t entries = 0;
  core::Duration ttl{0};
  core::Duration hit_latency{0};     // what a hit takes, after its look-up
  core::Duration lookup_latency{0};  // what every request takes before anything else
  double zipf_exponent = 0;
  std::uint32_t keys = 0;
  EvictionPolicy policy = EvictionPolicy::lru;
  std::optional<SemanticConfig> semantic{};  // nothing: exact
  Faults faults{};                           // of which `cold_cache` empties it
};

}  // namespace sim
