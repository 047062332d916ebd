// How many requests to expect, minute by minute over the horizon.
//
//  * `DemandConfig`  users, requests per user and day, the shapes of day and week, time zones, growth
//  * `Demand`        the expected requests of any minute, computed a day at a time
//
// Expected requests of a minute = users × requests per user and day × growth(day) × Σ over time zones of
// share × hour shape(local time) × day-of-week shape(local day) / 1440. Both shapes are scaled to a mean of 1, so that
// they move requests within the day and the week and never change their number: a flat shape gives exactly users ×
// requests × days. Hours are joined by straight lines from centre to centre; days of the week change at local
// midnight. A surge multiplies whole minutes. Time zones have no daylight saving time. Growth is a step function of the
// UTC day, taken at its middle.
//
// Example:
//   const Demand demand{{.daily_users = 1e6, .requests_per_user_day = 10}, horizon};
//   demand.minute(0);   // 6944.4 requests in the first minute
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/calendar.hpp"
#include "core/time.hpp"

namespace core::traffic {

using HourShape = std::array<double, 24>;  // hour 0 = 00:00 … 01:00 local time
using WeekShape = std::array<double, 7>;   // Monday first

// "flat", "consumer" (an evening peak, as of entertainment and chat) or "office" (two humps in working hours). The
// last two are assumptions of ours, rounded from how such curves commonly look, and measured from nothing.
inline constexpr std::array<std::string_view, 3> hour_profiles{"flat", "consumer", "office"};
HourShape hour_profile(std::size_t index);

struct ZoneShare {
  std::int32_t utc_offset_min = 0;
  double share = 1;
};

// What the number of users is multiplied by, day by day.
struct Growth {
  enum class Kind {
    constant,
    linear,       // from 1 to `to` in `over_days` (0: in the whole horizon), then flat
    exponential,  // × (1 + per_month) every 365.2425 / 12 days
    logistic,     // an S from 1 to `to`: half of the way at `midpoint_days`, 10 % to 90 % of it in `rise_days`
    phased,       // the share of the last phase that has begun; 0 before the first
  };
  struct Phase {
    Date from{};
    double share = 1;
  };
  Kind kind = Kind::constant;
  double to = 1;
  double over_days = 0;
  double per_month = 0;
  double midpoint_days = 0;
  double rise_days = 0;
  std::vector<Phase> phases{};  // in order of date

  double factor(Date start, std::int32_t day) const;
};

// The minutes [begin, end) of the horizon bring so many times the requests.
struct Surge {
  std::int64_t begin_min = 0;
  std::int64_t end_min = 0;
  double factor = 1;
};

struct DemandConfig {
  double daily_users = 0;
  double requests_per_user_day = 0;
  HourShape hour_of_day = hour_profile(0);
  WeekShape day_of_week = {1, 1, 1, 1, 1, 1, 1};
  std::vector<ZoneShare> zones = {{}};  // shares sum to 1
  Growth growth{};
  std::vector<Surge> surges{};
};

class Demand {
 public:
  // Shapes need a positive sum; the reader of the scenario sees to it.
  Demand(DemandConfig config, const Horizon& horizon);

  // Expected requests in the minute `index` of the horizon. Cheap in order of time: one day is kept.
  double minute(std::int64_t index);
  std::int64_t minute_count() const { return minute_count_; }

  double expected_requests() const { return total_; }  // over the horizon
  double mean_per_s() const { return total_ / (static_cast<double>(minute_count_) * 60); }
  double peak_per_s() const { return peak_minute_ / 60; }  // of the busiest minute

 private:
  static constexpr std::int64_t minutes_per_day = 1440;
  void load_day(std::int32_t day);

  DemandConfig config_;
  Date start_;
  std::int64_t minute_count_;
  std::array<double, minutes_per_day> shape_;  // of a local day, mean 1
  std::array<double, minutes_per_day> day_minutes_;
  std::int32_t loaded_day_ = -1;
  double total_ = 0;
  double peak_minute_ = 0;
};

}  // namespace core::traffic
