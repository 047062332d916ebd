// What a drill says: did the objectives hold, how long did recovery take, what was lost.
//
//  * `watches_of`     the limits that a timeline must count for the objectives of a scenario
//  * `judge_drill`    compares the minutes with the fault and those without it
//
// Objectives are judged over the requests that arrived while the fault lasted. Recovery is looked for in windows of
// five minutes, for the percentile of a single minute with few requests is noise: a window is bad when it misses an
// objective that the same window without the fault holds. The time to recover runs from the beginning of the fault to
// the end of the last bad window.
//
// Example:
//   scenario.watches = watches_of(slo);
//   const DrillVerdict verdict = judge_drill(slo, *with.timeline, *without.timeline, {.begin_ns = …, .end_ns = …});
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/timeline.hpp"
#include "decision/slo.hpp"

namespace decision {

// One for each percentile of a latency or of a first token, in the order of the objectives; the pace per token is not
// watched.
std::vector<core::Watch> watches_of(const Slo& slo);

struct DrillSpan {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;  // of the fault
};

// One objective while the fault lasted, in parts per billion of requests: answers within the limit, or requests that
// were answered at all.
struct DrillCheck {
  Target target;
  std::int64_t good_ppb = 0;
  std::int64_t needed_ppb = 0;
  bool held = false;
  std::string sentence() const;  // "71.3 % of first tokens within 1 s, 95 % are needed"
  bool operator==(const DrillCheck&) const = default;
};

struct DrillVerdict {
  std::vector<DrillCheck> checks;            // those that requests arrived for
  bool held = false;                         // all of them
  bool held_without = false;                 // all of them in the same time without the fault
  std::optional<std::int64_t> recovered_ns;  // after the beginning; 0: no window was bad; nothing: not while watched
  std::int64_t arrivals = 0;                 // while the fault lasted
  std::int64_t lost = 0;                     // until the end of the watch
  std::int64_t lost_without = 0;             // in the same time without the fault
  bool operator==(const DrillVerdict&) const = default;
};

// Both timelines begin with the horizon, are equally long and were made for `watches_of(slo)`.
DrillVerdict judge_drill(const Slo& slo, const core::Timeline& with, const core::Timeline& without, DrillSpan span);

}  // namespace decision
