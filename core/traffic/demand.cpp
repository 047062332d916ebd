#include "core/traffic/demand.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include "core/math.hpp"

namespace core::traffic {

namespace {

constexpr HourShape flat{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
constexpr HourShape consumer{0.45, 0.35, 0.28, 0.25, 0.27, 0.35, 0.55, 0.80, 1.05, 1.25, 1.35, 1.40,
                             1.38, 1.35, 1.35, 1.38, 1.42, 1.50, 1.60, 1.65, 1.55, 1.30, 0.95, 0.65};
constexpr HourShape office{0.10, 0.08, 0.07, 0.07, 0.08, 0.15, 0.40, 0.95, 1.80, 2.35, 2.45, 2.30,
                           1.75, 2.10, 2.40, 2.30, 2.00, 1.40, 0.75, 0.45, 0.35, 0.30, 0.22, 0.15};

// A day's average month: 365.2425 / 12, the Gregorian year's.
constexpr double days_per_month = 30.436875;

template <std::size_t size>
double mean_of(const std::array<double, size>& values) {
  double sum = 0;
  for (const double value : values) { sum += value; }
  return sum / static_cast<double>(size);
}

}  // namespace

HourShape hour_profile(std::size_t index) {
  static constexpr std::array<const HourShape*, hour_profiles.size()> shapes{&flat, &consumer, &office};
  return *shapes.at(index);
}

double Growth::factor(Date start, std::int32_t day) const {
  const double middle = day + 0.5;
  switch (kind) {
    case Kind::constant:
      return 1;
    case Kind::linear:
      return 1 + (to - 1) * std::min(1.0, middle / over_days);
    case Kind::exponential:
      return pow(1 + per_month, middle / days_per_month);
    case Kind::logistic: {
      // 1/(1 + e^-kt) is 10 % at t = -ln 9 / k and 90 % at + ln 9 / k.
      const double steepness = 2 * log(9) / rise_days;
      return 1 + (to - 1) / (1 + exp(-steepness * (middle - midpoint_days)));
    }
    case Kind::phased: {
      double share = 0;
      for (const Phase& phase : phases) {
        if (phase.from <= start + std::chrono::days{day}) { share = phase.share; }
      }
      return share;
    }
  }
  return 1;
}

Demand::Demand(DemandConfig config, const Horizon& horizon)
    : config_{std::move(config)}, start_{horizon.start}, minute_count_{std::int64_t{horizon.hour_count()} * 60} {
  if (config_.growth.over_days <= 0) { config_.growth.over_days = static_cast<double>(horizon.hour_count()) / 24; }
  const double hour_mean = mean_of(config_.hour_of_day);
  const double week_mean = mean_of(config_.day_of_week);
  assert(hour_mean > 0 && week_mean > 0);
  for (double& value : config_.day_of_week) { value /= week_mean; }
  for (std::size_t minute = 0; minute < shape_.size(); ++minute) {
    // The middle of the minute, in half minutes after the centre (hh:30) of the hour on its left: whole numbers, and
    // the corners of the line fall between minutes, so that the minutes sum to exactly 60 × the sum of the hours.
    const std::size_t half_minutes = (2 * minute + 1 + 2880 - 60) % 2880;
    const std::size_t left = half_minutes / 120;
    const double weight = static_cast<double>(half_minutes % 120) / 120;
    const double a = config_.hour_of_day[left];
    const double b = config_.hour_of_day[(left + 1) % 24];
    shape_[minute] = (a + (b - a) * weight) / hour_mean;
  }
  for (std::int64_t i = 0; i < minute_count_; ++i) {
    const double expected = minute(i);
    total_ += expected;
    peak_minute_ = std::max(peak_minute_, expected);
  }
}

double Demand::minute(std::int64_t index) {
  assert(index >= 0 && index < minute_count_);
  const auto day = static_cast<std::int32_t>(index / minutes_per_day);
  if (day != loaded_day_) { load_day(day); }
  double expected = day_minutes_[static_cast<std::size_t>(index % minutes_per_day)];
  for (const Surge& surge : config_.surges) {
    if (surge.begin_min <= index && index < surge.end_min) { expected *= surge.factor; }
  }
  return expected;
}

void Demand::load_day(std::int32_t day) {
  loaded_day_ = day;
  const double per_minute = config_.daily_users * config_.requests_per_user_day * config_.growth.factor(start_, day) /
                            static_cast<double>(minutes_per_day);
  const int weekday = Horizon::weekday_of(start_ + std::chrono::days{day});
  day_minutes_.fill(0);
  for (const ZoneShare& zone : config_.zones) {
    for (std::int64_t minute = 0; minute < minutes_per_day; ++minute) {
      const std::int64_t local = minute + zone.utc_offset_min + minutes_per_day;  // offsets lie within ± a day
      const auto local_weekday = static_cast<std::size_t>((weekday + 6 + local / minutes_per_day) % 7);
      const auto local_minute = static_cast<std::size_t>(local % minutes_per_day);
      day_minutes_[static_cast<std::size_t>(minute)] +=
          zone.share * shape_[local_minute] * config_.day_of_week[local_weekday] * per_minute;
    }
  }
}

}  // namespace core::traffic
