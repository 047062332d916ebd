#include "decision/drill_verdict.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/money.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

constexpr std::int64_t billion = 1'000'000'000;
constexpr std::size_t window_minutes = 5;

bool is_watched(const Target& target) {
  return target.measure == Measure::latency || target.measure == Measure::time_to_first_token;
}

// Requests that an objective looks at, and those among them that are as it wants them.
struct Share {
  std::int64_t all = 0;
  std::int64_t good = 0;
  std::int64_t ppb() const { return static_cast<std::int64_t>(core::Int128{good} * billion / all); }
};

std::int64_t needed_ppb(const Target& target) {
  return target.measure == Measure::availability ? target.limit : std::int64_t{target.per_ten_thousand} * 100'000;
}

// Of the minutes [first, end). When nobody was answered, an answer that did not come is one that came too late.
// `watch`: the number of the objective's watch.
Share share_of(const Target& target, std::size_t watch, const core::Timeline& timeline, std::size_t first,
               std::size_t end) {
  Share share;
  std::int64_t answered = 0;
  std::int64_t lost = 0;
  for (std::size_t i = first; i < end; ++i) {
    answered += timeline.minutes[i].answered;
    lost += timeline.minutes[i].lost;
    if (target.measure == Measure::availability) {
      const core::Timeline::Minute& minute = timeline.minutes[i];
      share.all += minute.answered + minute.lost;
      share.good += minute.answered;
    } else {
      const core::Timeline::Count& count = timeline.count(i, watch);
      share.all += count.answered;
      share.good += count.answered - count.over;
    }
  }
  if (answered == 0) share.all = lost;
  return share;
}

// In whole numbers, so that 95 of 100 are 95 %. Nobody there: nothing is missed.
bool holds(const Target& target, const Share& share) {
  return core::Int128{share.good} * billion >= core::Int128{needed_ppb(target)} * share.all;
}

std::vector<bool> windows_held(const Slo& slo, const core::Timeline& timeline) {
  std::vector<bool> held(timeline.minutes.size(), true);
  std::size_t watch = 0;
  for (const Target& target : slo.targets) {
    if (target.measure == Measure::time_per_output_token) continue;
    for (std::size_t i = 0; i < held.size(); ++i) {
      const std::size_t end = std::min(i + window_minutes, held.size());
      if (!holds(target, share_of(target, watch, timeline, i, end))) held[i] = false;
    }
    if (is_watched(target)) ++watch;
  }
  return held;
}

}  // namespace

std::string DrillCheck::sentence() const {
  const std::string needed = fmt::format("{} needed", percent(needed_ppb));
  if (target.measure == Measure::availability) {
    return fmt::format("{} of the requests answered, {}", percent(good_ppb), needed);
  }
  return fmt::format("{} of the {} within {}, {}", percent(good_ppb),
                     target.measure == Measure::latency ? "answers" : "first tokens", target.say(target.limit), needed);
}

std::vector<core::Watch> watches_of(const Slo& slo) {
  std::vector<core::Watch> watches;
  for (const Target& target : slo.targets) {
    if (!is_watched(target)) continue;
    watches.push_back({.measure = target.measure == Measure::latency ? core::Watch::Measure::latency
                                                                     : core::Watch::Measure::time_to_first_token,
                       .limit_ns = target.limit});
  }
  return watches;
}

DrillVerdict judge_drill(const Slo& slo, const core::Timeline& with, const core::Timeline& without, DrillSpan span) {
  DrillVerdict verdict;
  const std::size_t minutes = with.minutes.size();
  const auto minute_of = [minutes](std::int64_t ns) {
    return std::min(static_cast<std::size_t>(ns / core::ns_per_minute), minutes);
  };
  const std::size_t begin = minute_of(span.begin_ns);
  const std::size_t end = minute_of(span.end_ns + core::ns_per_minute - 1);

  verdict.held = true;
  verdict.held_without = true;
  std::size_t watch = 0;
  for (const Target& target : slo.targets) {
    if (target.measure == Measure::time_per_output_token) continue;
    const Share share = share_of(target, watch, with, begin, end);
    verdict.held_without = verdict.held_without && holds(target, share_of(target, watch, without, begin, end));
    if (is_watched(target)) ++watch;
    if (share.all == 0) continue;
    verdict.checks.push_back({target, share.ppb(), needed_ppb(target), holds(target, share)});
    verdict.held = verdict.held && verdict.checks.back().held;
  }

  const std::vector<bool> held = windows_held(slo, with);
  const std::vector<bool> held_without = windows_held(slo, without);
  std::size_t recovered = begin;  // the first minute after the last bad window
  for (std::size_t i = begin; i < minutes; ++i) {
    if (!held[i] && held_without[i]) recovered = std::min(i + window_minutes, minutes);
  }
  // A bad window at the very end tells nothing of what comes after it.
  if (recovered < minutes || recovered == begin) {
    verdict.recovered_ns =
        recovered == begin ? 0 : static_cast<std::int64_t>(recovered) * core::ns_per_minute - span.begin_ns;
  }

  for (std::size_t i = begin; i < minutes; ++i) {
    verdict.lost += with.minutes[i].lost;
    verdict.lost_without += without.minutes[i].lost;
    if (i < end) verdict.arrivals += with.minutes[i].arrivals;
  }
  return verdict;
}

}  // namespace decision
