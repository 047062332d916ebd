#include "decision/cache_remedy.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/exact.hpp"

namespace decision {
namespace {

using core::Quantity;

constexpr std::int64_t ns_per_ms = 1'000'000;

std::string share(Quantity part) { return core::format_share(as_double(part)); }

}  // namespace

std::optional<Quantity> CacheRemedy::needed() const {
  if (question.hit_ms > question.limit_ms) return std::nullopt;
  return hit_ratio_for_percentile(question);
}

std::string CacheRemedy::sentence() const {
  const std::string limit = target.say(target.limit);
  const std::optional<Quantity> need = needed();
  if (!need) {
    const Quantity hit_ns = product(question.hit_ms, Quantity::whole(ns_per_ms));
    return fmt::format("no cache repairs {}: a hit itself takes {}, longer than {}", target.name(),
                       core::format_duration(core::Duration{std::llround(as_double(hit_ns))}), limit);
  }
  const Quantity late = Quantity::whole(1) - question.misses_within.value_or(Quantity{});
  std::string words = fmt::format("the cache hits {}, and {} of what it misses takes longer than {}: {} needs {} hits",
                                  share(hit_ratio), share(late), limit, target.name(), share(*need));
  const std::optional<Quantity> for_mean = hit_ratio_for_mean(question);
  if (for_mean && *for_mean > Quantity{}) {
    words += fmt::format(" (a mean of {} would need {})", limit, share(*for_mean));
  }
  if (hit_ratio < question.percentile) {
    words += fmt::format("; a cache that hits less than {} repairs it only where the misses nearly hold it themselves",
                         share(question.percentile));
  }
  return words;
}

std::optional<CacheRemedy> cache_remedy(const Target& target, std::int64_t answered, std::int64_t hits,
                                        std::int64_t late, std::int64_t mean_ns, std::int64_t hit_ns) {
  if (target.measure != Measure::latency && target.measure != Measure::time_to_first_token) return std::nullopt;
  if (answered <= hits) return std::nullopt;
  const std::int64_t misses = answered - hits;
  const std::int64_t late_hits = hit_ns > target.limit ? hits : 0;
  const std::int64_t late_misses = std::clamp<std::int64_t>(late - late_hits, 0, misses);
  const core::Int128 missed_ns = core::Int128{mean_ns} * answered - core::Int128{hits} * hit_ns;
  return CacheRemedy{.target = target,
                     .hit_ratio = Quantity::ratio(hits, answered),
                     .question = {.miss_ms = Quantity::ratio(missed_ns, core::Int128{misses} * ns_per_ms),
                                  .hit_ms = Quantity::ratio(hit_ns, ns_per_ms),
                                  .limit_ms = Quantity::ratio(target.limit, ns_per_ms),
                                  .misses_within = Quantity::ratio(misses - late_misses, misses),
                                  .percentile = Quantity::ratio(target.per_ten_thousand, 10'000)}};
}

}  // namespace decision
