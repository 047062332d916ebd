// The spans in which a zone of the market is up, one after another as time goes on.
//
//  * `UpTimes`  where a zone is in its spans, for times that never go back
//
// Spans are made as they are needed, from a stream that nothing else draws from: one span and the next are known, and
// those that have passed are forgotten.
//
// Example:
//   UpTimes times{zone, chance.child("zone"), std::nullopt, chance.child("region")};
//   if (times.is_up(now_ns)) { … until times.next_down_ns(now_ns) … }
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "core/random.hpp"
#include "sim/fleet/spot/spot_zone.hpp"

namespace sim {

class UpTimes {
 public:
  // `region`: what must be up as well, by a stream that all zones share.
  UpTimes(const SpotZone& zone, const core::Stream& chance, const std::optional<UpDown>& region,
          const core::Stream& region_chance);

  // Constant time, beside the spans that have passed since the last call. core::never_ns: never.
  bool is_up(std::int64_t now_ns);
  std::int64_t next_down_ns(std::int64_t now_ns);    // of a zone that is up
  std::int64_t next_return_ns(std::int64_t now_ns);  // the next begin of a span, after `now_ns`

 private:
  using Span = SpotTrace::Span;

  // Each gives one span after another, with time between them; at the end of all, empty ones at core::never_ns.
  struct Always {
    bool is_told = false;
    Span next();
  };
  struct Alternating {
    Alternating(const UpDown& times, const core::Stream& chance);
    Span next();
    UpDown times;
    core::Stream chance;
    std::optional<Span> first;  // until it is told
    std::int64_t at_ns = 0;     // where the last span ended
  };
  struct Replayed {
    explicit Replayed(const SpotReplay& replay);
    Span next();
    Span next_of_trace();  // may begin where the last one ended, where the trace begins again
    std::shared_ptr<const SpotTrace> trace;
    std::int64_t round_ns;  // when this playing of the trace began; before the horizon at first
    std::size_t row = 0;
    std::optional<Span> ahead;
  };
  using Source = std::variant<Always, Alternating, Replayed>;

  static Source source_of(const SpotZone& zone, const core::Stream& chance);
  Span next_common();
  void pass(std::int64_t now_ns);

  Source zone_;
  Source region_;
  Span zone_span_;
  Span region_span_;
  Span now_;   // the first span that has not passed
  Span then_;  // the one after it
};

}  // namespace sim
