#include "sim/fleet/spot/up_times.hpp"

#include <algorithm>

namespace sim {

namespace {

constexpr SpotTrace::Span no_more{core::never_ns, core::never_ns};

std::int64_t later(std::int64_t at_ns, std::int64_t by_ns) {
  return at_ns > core::never_ns - by_ns ? core::never_ns : at_ns + by_ns;
}

}  // namespace

UpTimes::Span UpTimes::Always::next() {
  if (is_told) { return no_more; }
  is_told = true;
  return {0, core::never_ns};
}

// The stationary process: which of the two it is in, and how much of that is left.
UpTimes::Alternating::Alternating(const UpDown& given, const core::Stream& stream) : times{given}, chance{stream} {
  if (core::unit_closed_open(chance.next()) < times.availability()) {
    first = Span{0, times.up.draw_rest(chance)};
  } else {
    const std::int64_t begin_ns = times.down.draw_rest(chance);
    first = Span{begin_ns, later(begin_ns, times.up.draw(chance))};
  }
}

UpTimes::Span UpTimes::Alternating::next() {
  Span span;
  if (first) {
    span = *first;
    first.reset();
  } else {
    span.begin_ns = later(at_ns, times.down.draw(chance));
    span.end_ns = later(span.begin_ns, times.up.draw(chance));
  }
  at_ns = span.end_ns;
  return span;
}

UpTimes::Replayed::Replayed(const SpotReplay& replay)
    : trace{replay.trace}, round_ns{-(replay.start.count() % replay.trace->length_ns)} {}

UpTimes::Span UpTimes::Replayed::next_of_trace() {
  for (;;) {
    if (row == trace->up.size()) {
      row = 0;
      round_ns = later(round_ns, trace->length_ns);
      if (round_ns == core::never_ns) { return no_more; }
    }
    const Span& span = trace->up[row++];
    const std::int64_t end_ns = later(round_ns, span.end_ns);
    if (end_ns > 0) { return {std::max<std::int64_t>(later(round_ns, span.begin_ns), 0), end_ns}; }
  }
}

UpTimes::Span UpTimes::Replayed::next() {
  if (trace->up.empty()) { return no_more; }
  if (trace->up.front() == Span{0, trace->length_ns}) {
    // Up from end to end: there is no end.
    if (ahead) { return no_more; }
    ahead = no_more;
    return {0, core::never_ns};
  }
  Span span = ahead ? *ahead : next_of_trace();
  ahead = next_of_trace();
  // Up at the end of the trace and at its beginning: nothing happens in between.
  if (ahead->begin_ns == span.end_ns && span.end_ns != core::never_ns) {
    span.end_ns = ahead->end_ns;
    ahead = next_of_trace();
  }
  return span;
}

UpTimes::Source UpTimes::source_of(const SpotZone& zone, const core::Stream& chance) {
  if (const auto* const times = std::get_if<UpDown>(&zone.pool)) { return Alternating{*times, chance}; }
  if (const auto* const replay = std::get_if<SpotReplay>(&zone.pool)) { return Replayed{*replay}; }
  return Always{};
}

UpTimes::UpTimes(const SpotZone& zone, const core::Stream& chance, const std::optional<UpDown>& region,
                 const core::Stream& region_chance)
    : zone_{source_of(zone, chance)}, region_{region ? Source{Alternating{*region, region_chance}} : Source{Always{}}} {
  const auto next = [](auto& source) { return source.next(); };
  zone_span_ = std::visit(next, zone_);
  region_span_ = std::visit(next, region_);
  now_ = next_common();
  then_ = next_common();
}

// Where both are up. Neither has spans that touch, so these do not either.
UpTimes::Span UpTimes::next_common() {
  const auto next = [](auto& source) { return source.next(); };
  for (;;) {
    const Span common{std::max(zone_span_.begin_ns, region_span_.begin_ns),
                      std::min(zone_span_.end_ns, region_span_.end_ns)};
    if (common.begin_ns == core::never_ns) { return no_more; }
    Span& passed = zone_span_.end_ns <= region_span_.end_ns ? zone_span_ : region_span_;
    passed = std::visit(next, &passed == &zone_span_ ? zone_ : region_);
    if (common.begin_ns < common.end_ns) { return common; }
  }
}

void UpTimes::pass(std::int64_t now_ns) {
  while (now_.end_ns <= now_ns) {
    now_ = then_;
    then_ = next_common();
  }
}

bool UpTimes::is_up(std::int64_t now_ns) {
  pass(now_ns);
  return now_.begin_ns <= now_ns;
}

std::int64_t UpTimes::next_down_ns(std::int64_t now_ns) {
  pass(now_ns);
  return now_.end_ns;
}

std::int64_t UpTimes::next_return_ns(std::int64_t now_ns) {
  pass(now_ns);
  return now_.begin_ns > now_ns ? now_.begin_ns : then_.begin_ns;
}

}  // namespace sim
