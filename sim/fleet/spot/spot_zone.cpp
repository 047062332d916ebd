#include "sim/fleet/spot/spot_zone.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/math.hpp"

namespace sim {

namespace {

// Beyond every horizon, and two of them still fit 64 bits.
constexpr double longest_ns = 0x1p61;

std::int64_t to_ns(double ns) { return static_cast<std::int64_t>(std::clamp(ns, 1.0, longest_ns)); }

// Of the pool, per hour; 0 where it never ends.
double hazard_of(const SpotTrace& trace) {
  std::int64_t up_ns = 0;
  for (const SpotTrace::Span& span : trace.up) { up_ns += span.end_ns - span.begin_ns; }
  const bool ends_up = !trace.up.empty() && trace.up.back().end_ns == trace.length_ns;
  const std::size_t ends = trace.up.size() - (ends_up ? 1 : 0);
  return up_ns == 0 ? 0
                    : static_cast<double>(ends) * static_cast<double>(core::ns_per_hour) / static_cast<double>(up_ns);
}

double beside(double pool_hazard, double correlation) {
  assert(correlation > 0 && correlation <= 1);
  return pool_hazard * (1 - correlation) / correlation;
}

}  // namespace

DwellTime DwellTime::exponential_ns(double mean_ns) {
  assert(mean_ns > 0);
  return DwellTime{mean_ns};
}

DwellTime DwellTime::table(std::span<const core::QuantilePoint> points) {
  core::QuantileTable table{points};
  DwellTime time{table.mean()};
  time.table_ = std::move(table);
  return time;
}

std::int64_t DwellTime::draw(core::Stream& chance) const {
  const std::uint64_t bits = chance.next();
  if (table_) { return to_ns(static_cast<double>((*table_)(bits))); }
  return to_ns(-mean_ns_ * core::log(core::unit_open_closed(bits)));
}

std::int64_t DwellTime::draw_rest(core::Stream& chance) const {
  if (!table_) { return draw(chance); }
  // The span that a moment falls into is longer than most: it is drawn in proportion to its length, by rejection. That
  // takes longest ÷ mean draws on average, some dozens. The moment lies anywhere in it.
  const auto longest = static_cast<double>(table_->max());
  std::int64_t span = draw(chance);
  while (core::unit_closed_open(chance.next()) * longest > static_cast<double>(span)) { span = draw(chance); }
  return to_ns(core::unit_open_closed(chance.next()) * static_cast<double>(span));
}

SpotZone SpotZone::alternating(std::string name, const UpDown& times, double correlation) {
  const double hazard = static_cast<double>(core::ns_per_hour) / times.up.mean_ns();
  return {.name = std::move(name), .pool = times, .own_hazard_per_hour = beside(hazard, correlation)};
}

SpotZone SpotZone::replay(std::string name, std::shared_ptr<const SpotTrace> trace, core::Duration start,
                          double correlation) {
  const double hazard = hazard_of(*trace);
  return {.name = std::move(name),
          .pool = SpotReplay{.trace = std::move(trace), .start = start},
          .own_hazard_per_hour = beside(hazard, correlation)};
}

SpotZone SpotZone::interrupted(std::string name, double instance_hazard, double correlation, const DwellTime& down) {
  const double of_pool = correlation * instance_hazard;
  SpotZone zone{.name = std::move(name), .own_hazard_per_hour = instance_hazard - of_pool};
  if (of_pool > 0) {
    zone.pool = UpDown{DwellTime::exponential_ns(static_cast<double>(core::ns_per_hour) / of_pool), down};
  }
  return zone;
}

double hazard_per_hour(double monthly_probability) {
  assert(monthly_probability >= 0 && monthly_probability < 1);
  constexpr double hours_of_month = 730;  // 8760 / 12
  return -core::log(1 - monthly_probability) / hours_of_month;
}

}  // namespace sim
