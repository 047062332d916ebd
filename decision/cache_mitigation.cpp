#include "decision/cache_mitigation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"

namespace decision {
namespace {

using core::Quantity;

const Quantity one = Quantity::whole(1);
const Quantity hundred = Quantity::whole(100);

}  // namespace

std::optional<Quantity> hit_ratio_for_mean(const CacheQuestion& question) {
  if (question.miss_ms <= question.limit_ms) return Quantity{};
  if (question.hit_ms > question.limit_ms) return std::nullopt;
  return quotient(question.miss_ms - question.limit_ms, question.miss_ms - question.hit_ms);
}

std::optional<Quantity> hit_ratio_for_percentile(const CacheQuestion& question) {
  const Quantity within = question.misses_within.value_or(Quantity{});
  if (within >= question.percentile) return Quantity{};
  if (question.hit_ms > question.limit_ms) return std::nullopt;
  return quotient(question.percentile - within, one - within);
}

std::vector<std::string> say_cache(const CacheQuestion& question) {
  std::vector<std::string> lines;
  const std::string limit = figure(question.limit_ms);
  const std::optional<Quantity> mean = hit_ratio_for_mean(question);
  const std::optional<Quantity> tail = hit_ratio_for_percentile(question);
  if (!mean || !tail)
    return {fmt::format("No hit ratio helps: a hit takes {} ms, more than {} ms.", figure(question.hit_ms), limit)};
  lines.push_back(fmt::format("For a mean under {} ms, {} of hits are enough.", limit, percent_text(*mean, 1)));
  lines.push_back(fmt::format("For {} of all answers under {} ms it takes {} of hits{}.",
                              percent_text(question.percentile, 0), limit, percent_text(*tail, 1),
                              question.misses_within ? "" : ", unless some misses make it, which nobody has said"));
  if (*tail > *mean) lines.emplace_back("A hit ratio that repairs the mean does not repair the percentile (C-12).");
  return lines;
}

std::optional<CacheQuestion> read_cache_question(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("cache_mitigation");
  if (!section) return std::nullopt;
  CacheQuestion question;
  question.miss_ms = read_measured(*section, "miss", Unit::milliseconds).value;
  question.limit_ms = read_measured(*section, "limit", Unit::milliseconds).value;
  question.hit_ms = Quantity::whole(5);
  if (section->has("hit")) question.hit_ms = read_measured(*section, "hit", Unit::milliseconds).value;
  else section->assume("hit", "5ms", "a look-up within one data centre");
  const auto share = [&](std::string_view key) {
    const Quantity percent = read_measured(*section, key, Unit::share).value;
    if (percent < Quantity{} || percent >= hundred)
      throw section->error(key, figure(percent) + " %", "0 to less than 100 %");
    return quotient(percent, hundred);
  };
  if (section->has("misses_within")) question.misses_within = share("misses_within");
  if (section->has("percentile")) question.percentile = share("percentile");
  else section->assume("percentile", "95%", "the sources name no percentile (C-18)");
  return question;
}

}  // namespace decision
