// What hit ratio a cache would need to save a latency objective.
//
//  * `hit_ratio_for_mean`        so that the mean falls under the limit: (miss - limit) ÷ (miss - hit)
//  * `hit_ratio_for_percentile`  so that a percentile does: (p - F) ÷ (1 - F), F the share of misses under the limit
//
// The second is the larger by far. With h hits, h + (1 - h) F of the answers are within the limit, so a p95 needs 95 %
// of hits when no miss makes it, and nothing at all when 95 % of the misses do. A cache that repairs the mean does not
// repair a percentile (C-12): `say_cache` always sets the two side by side.
//
// Example:
//   hit_ratio_for_mean({.miss_ms = 180, .hit_ms = 5, .limit_ms = 150}) is 0.171428571
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct CacheQuestion {
  core::Quantity miss_ms;  // the mean of a miss
  core::Quantity hit_ms;   // of a hit
  core::Quantity limit_ms;
  std::optional<core::Quantity> misses_within;  // share of misses under the limit; nothing: not known
  core::Quantity percentile = core::Quantity::ratio(95, 100);
  bool operator==(const CacheQuestion&) const = default;
};

// From 0 (held without a cache) on; nothing when not even hits are under the limit.
std::optional<core::Quantity> hit_ratio_for_mean(const CacheQuestion& question);
// With unknown misses F is taken as 0: the worst case.
std::optional<core::Quantity> hit_ratio_for_percentile(const CacheQuestion& question);
std::vector<std::string> say_cache(const CacheQuestion& question);

// `cache_mitigation: {miss: 180ms, hit: 5ms, limit: 150ms, misses_within: 40%, percentile: 95%}`. `hit`,
// `misses_within` and `percentile` may be left out.
std::optional<CacheQuestion> read_cache_question(const core::Section& root);

}  // namespace decision
