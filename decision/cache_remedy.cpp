#include "decision/cache_remedy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/format.hpp"

namespace decision {

std::optional<double> hit_ratio_for_mean(double mean_of_misses, double limit, double hit_latency) {
  if (mean_of_misses <= limit) return 0;
  if (hit_latency > limit) return std::nullopt;
  return (mean_of_misses - limit) / (mean_of_misses - hit_latency);
}

double hit_ratio_for_percentile(double late_misses, double quantile) {
  return late_misses <= 1 - quantile ? 0 : 1 - (1 - quantile) / late_misses;
}

std::optional<double> CacheRemedy::needed() const {
  if (hit_ns > target.limit) return std::nullopt;
  return hit_ratio_for_percentile(late_misses, target.per_ten_thousand / 10'000.0);
}

std::string CacheRemedy::sentence() const {
  const std::string limit = target.say(target.limit);
  const std::optional<double> need = needed();
  if (!need) {
    return fmt::format("no cache repairs {}: a hit itself takes {}, longer than {}", target.name(),
                       core::format_duration(core::Duration{hit_ns}), limit);
  }
  const double quantile = target.per_ten_thousand / 10'000.0;
  std::string words = fmt::format("the cache hits {}, and {} of what it misses takes longer than {}: {} needs {} hits",
                                  core::format_share(hit_ratio), core::format_share(late_misses), limit, target.name(),
                                  core::format_share(*need));
  const auto for_mean =
      hit_ratio_for_mean(mean_miss_ns, static_cast<double>(target.limit), static_cast<double>(hit_ns));
  if (for_mean && *for_mean > 0) {
    words += fmt::format(" (a mean of {} would need {})", limit, core::format_share(*for_mean));
  }
  if (hit_ratio < quantile) {
    words += fmt::format("; a cache that hits less than {} repairs it only where the misses nearly hold it themselves",
                         core::format_share(quantile));
  }
  return words;
}

std::optional<CacheRemedy> cache_remedy(const Target& target, std::int64_t answered, std::int64_t hits,
                                        std::int64_t late, double mean_ns, std::int64_t hit_ns) {
  if (target.measure != Measure::latency && target.measure != Measure::time_to_first_token) return std::nullopt;
  if (answered <= hits) return std::nullopt;
  const auto all = static_cast<double>(answered);
  const auto misses = static_cast<double>(answered - hits);
  const std::int64_t late_hits = hit_ns > target.limit ? hits : 0;
  return CacheRemedy{.target = target,
                     .hit_ratio = static_cast<double>(hits) / all,
                     .late_misses = static_cast<double>(std::max<std::int64_t>(late - late_hits, 0)) / misses,
                     .mean_miss_ns = (mean_ns * all - static_cast<double>(hits) * static_cast<double>(hit_ns)) / misses,
                     .hit_ns = hit_ns};
}

}  // namespace decision
