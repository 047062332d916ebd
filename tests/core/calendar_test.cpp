#include "core/calendar.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"

using core::BillingPeriod;
using core::Date;
using core::format_date;
using core::Horizon;
using core::parse_date;
using namespace std::chrono_literals;

namespace {

std::string refusal_of(std::string_view text) {
  try {
    parse_date(text);
  } catch (const std::invalid_argument& error) { return error.what(); }
  return "accepted";
}

template <class Make>
std::string refusal(Make make) {
  try {
    make();
  } catch (const std::invalid_argument& error) { return error.what(); }
  return "accepted";
}

}  // namespace

TEST_CASE("A date is read and printed as year-month-day", "[core][calendar]") {
  CHECK(parse_date("2026-12-01") == Date{2026y / 12 / 1});
  CHECK(format_date(Date{2026y / 12 / 1}) == "2026-12-01");
  CHECK(parse_date("1970-01-01") == Date{});
  CHECK(format_date(Date{794y / 3 / 9}) == "0794-03-09");
}

TEST_CASE("Every day of four centuries survives printing and reading", "[core][calendar][property]") {
  // 400 years hold every pattern of leap years and weekdays there is.
  bool all = true;
  for (Date day{1900y / 1 / 1}; day < Date{2300y / 1 / 1}; day += std::chrono::days{1}) {
    all = all && parse_date(format_date(day)) == day;
  }
  CHECK(all);
}

TEST_CASE("What is no day of the calendar is refused", "[core][calendar]") {
  CHECK(refusal_of("2026-13-01") == "'2026-13-01' is no date such as 2026-12-01");
  for (const char* text : {"", "2026-12-1", "2026-00-01", "2026-02-29", "2100-02-29", "2026-04-31", "2026-12-00",
                           "2026/12/01", "01-12-2026", "2026-12-01 ", "+026-12-01", "2026-1 -01", "2026-12-0x"}) {
    CAPTURE(text);
    CHECK(refusal_of(text) != "accepted");
  }
  CHECK(parse_date("2028-02-29") == Date{2028y / 2 / 29});
  CHECK(parse_date("2000-02-29") == Date{2000y / 2 / 29});
}

TEST_CASE("Weekdays count from Monday", "[core][calendar]") {
  CHECK(Horizon::weekday_of(parse_date("2026-11-30")) == 0);  // a Monday
  CHECK(Horizon::weekday_of(parse_date("2026-12-01")) == 1);
  CHECK(Horizon::weekday_of(parse_date("2026-12-06")) == 6);
  CHECK(Horizon::weekday_of(parse_date("1969-12-31")) == 2);  // before the epoch: a Wednesday
}

TEST_CASE("December is one period of 744 hours", "[core][calendar]") {
  const Horizon december = Horizon::months(parse_date("2026-12-01"), 1);
  CHECK(december.periods == std::vector<BillingPeriod>{{"2026-12", 0, 744}});
  CHECK(december.hour_count() == 744);
  CHECK(december.length() == 744h);
}

TEST_CASE("Months have their own lengths, leap years included", "[core][calendar]") {
  CHECK(Horizon::months(parse_date("2027-02-01"), 1).hour_count() == 28 * 24);
  CHECK(Horizon::months(parse_date("2028-02-01"), 1).hour_count() == 29 * 24);
  CHECK(Horizon::months(parse_date("2026-01-01"), 12).hour_count() == 8760);
  CHECK(Horizon::months(parse_date("2028-01-01"), 12).hour_count() == 8784);
}

TEST_CASE("Twelve months adjoin and cross the new year", "[core][calendar]") {
  const Horizon year = Horizon::months(parse_date("2026-12-01"), 12);
  REQUIRE(year.periods.size() == 12);
  CHECK(year.periods.front().first_hour == 0);
  for (std::size_t i = 1; i < year.periods.size(); ++i) {
    CHECK(year.periods[i].first_hour == year.periods[i - 1].end_hour);
  }
  CHECK(year.periods[1].name == "2027-01");
  CHECK(year.periods[11].name == "2027-11");
  CHECK(year.hour_count() == 8760);
}

TEST_CASE("A start within a month gives a shorter first period only", "[core][calendar]") {
  const Horizon horizon = Horizon::months(parse_date("2026-12-15"), 2);
  CHECK(horizon.periods == std::vector<BillingPeriod>{{"2026-12", 0, 17 * 24}, {"2027-01", 17 * 24, 48 * 24}});
  CHECK(Horizon::months(parse_date("2026-01-31"), 1).hour_count() == 24);
}

TEST_CASE("Average months have 730 hours, wherever they begin", "[core][calendar]") {
  CHECK(Horizon::average_months(parse_date("2026-02-10"), 1).periods ==
        std::vector<BillingPeriod>{{"730 hours", 0, 730}});
  const Horizon year = Horizon::average_months(parse_date("2026-02-10"), 12);
  CHECK(year.hour_count() == 8760);
  CHECK(year.periods[1] == BillingPeriod{"730 hours (2 of 12)", 730, 1460});
}

TEST_CASE("Any number of hours is cut where calendar months end", "[core][calendar]") {
  CHECK(Horizon::hours(parse_date("2026-12-31"), 30).periods ==
        std::vector<BillingPeriod>{{"2026-12", 0, 24}, {"2027-01", 24, 30}});
  CHECK(Horizon::hours(parse_date("2026-12-31"), 24).periods == std::vector<BillingPeriod>{{"2026-12", 0, 24}});
  CHECK(Horizon::hours(parse_date("2026-12-01"), 1).hour_count() == 1);
}

TEST_CASE("A horizon without hours, or too long for a clock of 64 bits, is refused", "[core][calendar]") {
  const Date start = parse_date("2026-12-01");
  CHECK(refusal([&] { Horizon::months(start, 0); }) == "a horizon has at least one month, not 0");
  CHECK(refusal([&] { Horizon::average_months(start, -1); }) == "a horizon has at least one month, not -1");
  CHECK(refusal([&] { Horizon::hours(start, 0); }) == "a horizon has at least one hour, not 0");
  CHECK(refusal([&] { Horizon::hours(start, 1'753'201); }) ==
        "a horizon has at most 1753200 hours (200 years), not 1753201");
  CHECK(refusal([&] { Horizon::months(start, 2'000'000'000); }) != "accepted");
  CHECK(refusal([&] { Horizon::average_months(start, 2'000'000'000); }) != "accepted");
  // 200 years of months are fewer hours than the limit or just as many: 200 × 8766 leaves room for 50 leap days.
  CHECK(Horizon::months(start, 2400).hour_count() <= Horizon::longest_hours);
  CHECK(refusal([&] { Horizon::months(start, 2402); }) != "accepted");
}
