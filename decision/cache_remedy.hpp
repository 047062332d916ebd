// Whether a cache can repair a latency target, and with which hit ratio.
//
//  * `hit_ratio_for_mean`        so that the mean is at most a limit
//  * `hit_ratio_for_percentile`  so that a percentile is at most a limit
//  * `CacheRemedy`               a missed target of an option behind a cache, and the sentence that warns of it
//
// Hits move a mean, for they are counted in it; a percentile they leave where it is until hardly a miss is left in its
// tail. With hit ratio h and a share t of the misses above the limit, 1 - (1 - h) t of all are within it, and that is q
// and more from
//
//   h = 1 - (1 - q) / t
//
// on: q itself when every miss is late, and nothing when t ≤ 1 - q. So a cache that hits less often than the percentile
// says cannot repair it, unless the misses' own tail nearly holds it already. "Add a cache" with an eye on the mean is
// the usual mistake: a service of 180 ms needs (180 - 150) / (180 - 5) = 17.1 % hits of 5 ms for a mean of 150 ms, and
// 95 % for its p95 if it always takes 180 ms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "decision/slo.hpp"

namespace decision {

// Of any unit, the same for all three. 0 when the mean of the misses holds; nothing when even all hits would not do.
std::optional<double> hit_ratio_for_mean(double mean_of_misses, double limit, double hit_latency);
// `late_misses`: share of the misses above the limit. 0 when the misses hold it themselves. Of hits within the limit.
double hit_ratio_for_percentile(double late_misses, double quantile);

struct CacheRemedy {
  Target target;            // a percentile of a latency or of a first token
  double hit_ratio = 0;     // of the answered requests
  double late_misses = 0;   // share of the answered misses above the limit
  double mean_miss_ns = 0;  // mean over the answered misses
  std::int64_t hit_ns = 0;  // what a hit takes

  // What the target needs; nothing when a hit itself is late.
  std::optional<double> needed() const;
  // "it hits 38.1 %, and 12 % of what it misses takes longer than 2 s: p95 needs 58.3 % hits; …"
  std::string sentence() const;
};

// Of `answered` requests, of which `hits` took `hit_ns` each, `late` took longer than the target; their mean in
// `mean_ns`. Nothing when every request hit, or the target is no latency that a cache could mend.
std::optional<CacheRemedy> cache_remedy(const Target& target, std::int64_t answered, std::int64_t hits,
                                        std::int64_t late, double mean_ns, std::int64_t hit_ns);

}  // namespace decision
