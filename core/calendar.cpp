#include "core/calendar.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace core {
namespace {

namespace chr = std::chrono;

constexpr std::int32_t average_month_hours = 730;  // 8760 / 12

void require_count(std::int64_t count, std::string_view of_what) {
  if (count < 1) { throw std::invalid_argument(fmt::format("a horizon has at least one {}, not {}", of_what, count)); }
}

void require_length(std::int64_t hours) {
  if (hours > Horizon::longest_hours) {
    throw std::invalid_argument(
        fmt::format("a horizon has at most {} hours (200 years), not {}", Horizon::longest_hours, hours));
  }
}

// The first day of the month after the one of `day`.
Date next_month(Date day) {
  const chr::year_month_day ymd{day};
  return Date{(ymd.year() / ymd.month() + chr::months{1}) / 1};
}

std::int64_t hours_between(Date from, Date to) { return chr::hours{to - from}.count(); }

std::string month_name(Date day) {
  const chr::year_month_day date{day};
  return fmt::format("{:04}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
}

// The period that begins at `first_hour`, on the first hour of `day`, and ends with the month or with the horizon.
BillingPeriod month_of(Date day, std::int32_t first_hour, std::int64_t end_of_horizon) {
  const std::int64_t end = std::min(first_hour + hours_between(day, next_month(day)), end_of_horizon);
  require_length(end);
  return {month_name(day), first_hour, static_cast<std::int32_t>(end)};
}

std::optional<int> parse_digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') { return std::nullopt; }
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Horizon Horizon::months(Date start, int count) {
  require_count(count, "month");
  require_length(std::int64_t{count - 1} * 28 * 24);  // keeps the loop short; month_of looks at the very hours
  Horizon horizon{start, {}};
  std::int32_t first_hour = 0;
  Date day = start;
  for (int i = 0; i < count; ++i) {
    horizon.periods.push_back(month_of(day, first_hour, std::int64_t{longest_hours} + 1));
    first_hour = horizon.periods.back().end_hour;
    day = next_month(day);
  }
  return horizon;
}

Horizon Horizon::average_months(Date start, int count) {
  require_count(count, "month");
  require_length(std::int64_t{count} * average_month_hours);
  Horizon horizon{start, {}};
  for (int i = 0; i < count; ++i) {
    horizon.periods.push_back({count == 1 ? "730 hours" : fmt::format("730 hours ({} of {})", i + 1, count),
                               i * average_month_hours, (i + 1) * average_month_hours});
  }
  return horizon;
}

Horizon Horizon::hours(Date start, std::int32_t count) {
  require_count(count, "hour");
  require_length(count);
  Horizon horizon{start, {}};
  Date day = start;
  for (std::int32_t first_hour = 0; first_hour < count; first_hour = horizon.periods.back().end_hour) {
    horizon.periods.push_back(month_of(day, first_hour, count));
    day = next_month(day);
  }
  return horizon;
}

int Horizon::weekday_of(Date day) {
  return static_cast<int>(chr::weekday{day}.iso_encoding()) - 1;  // ISO 8601 counts Monday = 1 … Sunday = 7
}

Date parse_date(std::string_view text) {
  const auto fail = [&] { return std::invalid_argument(fmt::format("'{}' is no date such as 2026-12-01", text)); };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') { throw fail(); }
  const auto year = parse_digits(text.substr(0, 4));
  const auto month = parse_digits(text.substr(5, 2));
  const auto day = parse_digits(text.substr(8, 2));
  if (!year || !month || !day) { throw fail(); }
  const chr::year_month_day date{chr::year{*year}, chr::month{static_cast<unsigned>(*month)},
                                 chr::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) { throw fail(); }
  return Date{date};
}

std::string format_date(Date day) {
  const chr::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

}  // namespace core
