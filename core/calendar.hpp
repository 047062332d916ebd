// The real calendar: which hours a horizon has, and to which month each belongs.
//
//  * `Date`     a day, UTC
//  * `Horizon`  the simulated span: whole hours from midnight UTC of its first day, cut into billing periods
//
// Example:
//   const auto december = core::Horizon::months(core::Date{2026y / 12 / 1}, 1);   // 744 hours, one period
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace core {

using Date = std::chrono::sys_days;

// One billing period: the hours [first_hour, end_hour) of the horizon.
struct BillingPeriod {
  std::string name;  // "2026-12"; in a calendar of average months "730 hours", or "730 hours (2 of 12)" of several
  std::int32_t first_hour = 0;
  std::int32_t end_hour = 0;
  bool operator==(const BillingPeriod&) const = default;
};

struct Horizon {
  Date start;
  std::vector<BillingPeriod> periods;  // at least one, adjoining, the first begins at hour 0

  // `count` periods from `start` on, each to the end of its calendar month: a start within a month gives a shorter
  // first period. These factories throw std::invalid_argument for a count under 1 or a span beyond
  // `longest_hours`.
  static Horizon months(Date start, int count);
  // `count` months of 730 hours (8760 / 12), as cloud calculators have them.
  static Horizon average_months(Date start, int count);
  // Any number of hours; periods still end where calendar months do.
  static Horizon hours(Date start, std::int32_t count);

  // 200 years: within what 64 bits of nanoseconds hold (292 years).
  static constexpr std::int32_t longest_hours = 200 * 8766;

  std::int32_t hour_count() const { return periods.back().end_hour; }
  Duration length() const { return std::chrono::hours{hour_count()}; }
  // 0 = Monday … 6 = Sunday.
  static int weekday_of(Date day);
  bool operator==(const Horizon&) const = default;
};

// "2026-12-01". Throws std::invalid_argument for anything that is no day of the calendar, a month 13 included.
Date parse_date(std::string_view text);
std::string format_date(Date day);

}  // namespace core
