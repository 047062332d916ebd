// What a cache would have to do for an option that misses a latency target behind one.
//
//  * `CacheRemedy`   the option's hits and misses as the question of cache_mitigation.hpp, and the sentence that warns
//  * `cache_remedy`  from what was counted
//
// Hits leave a percentile where it is until hardly a miss is left in its tail: a cache that hits less often than the
// percentile says cannot repair it, unless the misses' own tail nearly holds it already (C-12). "Add a cache" with an
// eye on the mean is the usual mistake.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "decision/cache_mitigation.hpp"
#include "decision/slo.hpp"

namespace decision {

struct CacheRemedy {
  Target target;             // a percentile of a latency or of a first token
  core::Quantity hit_ratio;  // of the answered requests
  CacheQuestion question;    // with the answered misses as they were

  // What the target needs; nothing when a hit itself is late.
  std::optional<core::Quantity> needed() const;
  // "it hits 38.1 %, and 12 % of what it misses takes longer than 2 s: p95 needs 58.3 % hits; …"
  std::string sentence() const;
};

// Of `answered` requests, of which `hits` took `hit_ns` each, `late` took longer than the target; their mean is
// `mean_ns`. Nothing when every request hit, or the target is no latency that a cache could mend.
std::optional<CacheRemedy> cache_remedy(const Target& target, std::int64_t answered, std::int64_t hits,
                                        std::int64_t late, std::int64_t mean_ns, std::int64_t hit_ns);

}  // namespace decision
