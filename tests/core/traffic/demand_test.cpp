#include "core/traffic/demand.hpp"

#include <cmath>
#include <vector>

#include "tests/support/catch.hpp"

using namespace core;
using namespace core::traffic;
using namespace std::chrono_literals;

namespace {

const Date monday = std::chrono::sys_days{std::chrono::year{2026} / 11 / 30};
constexpr std::int32_t week_hours = 7 * 24;

double total_of(Demand& demand, std::int64_t from_minute, std::int64_t to_minute) {
  double sum = 0;
  for (std::int64_t i = from_minute; i < to_minute; ++i) { sum += demand.minute(i); }
  return sum;
}

DemandConfig million() { return {.daily_users = 1e6, .requests_per_user_day = 10}; }

}  // namespace

TEST_CASE("Flat demand is users × requests × days, and the same in every minute", "[traffic][demand]") {
  Demand demand{million(), Horizon::months(std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}, 1)};
  // A sum of 44,640 equal numbers: at most 44,640 roundings of 1e-16 each.
  CHECK(demand.expected_requests() == Approx(310e6).epsilon(1e-11));
  CHECK(demand.minute(0) == Approx(1e7 / 1440).epsilon(1e-14));
  CHECK(demand.minute(44'639) == demand.minute(0));
  CHECK(demand.peak_per_s() == Approx(demand.mean_per_s()).epsilon(1e-11));
}

TEST_CASE("A daily shape moves requests within the day and adds none", "[traffic][demand]") {
  for (std::size_t profile = 0; profile < hour_profiles.size(); ++profile) {
    CAPTURE(hour_profiles[profile]);
    DemandConfig config = million();
    config.hour_of_day = hour_profile(profile);
    Demand demand{config, Horizon::hours(monday, 48)};
    CHECK(total_of(demand, 0, 1440) == Approx(1e7).epsilon(1e-12));
    CHECK(total_of(demand, 1440, 2880) == Approx(1e7).epsilon(1e-12));
  }
}

TEST_CASE("Hours are joined by lines from centre to centre", "[traffic][demand]") {
  DemandConfig config = million();
  config.hour_of_day.fill(1);
  config.hour_of_day[12] = 13;  // sums to 36: mean 1.5
  Demand demand{config, Horizon::hours(monday, 24)};
  const double unit = 1e7 / 1440 / 1.5;
  CHECK(demand.minute(11 * 60 + 29) == Approx(unit).epsilon(1e-12));
  // The minute from 12:29 is centred half a minute before the top: 13 - 12 / 60 / 2.
  CHECK(demand.minute(12 * 60 + 29) == Approx(unit * 12.9).epsilon(1e-12));
  CHECK(demand.minute(12 * 60 + 30) == Approx(unit * 12.9).epsilon(1e-12));
  // Half of the way down at 13:00, half a minute later a 120th further.
  CHECK(demand.minute(13 * 60) == Approx(unit * 6.9).epsilon(1e-12));
  CHECK(demand.peak_per_s() == Approx(unit * 12.9 / 60).epsilon(1e-12));
  // Over midnight the line joins hour 23 and hour 0.
  config.hour_of_day.fill(1);
  config.hour_of_day[0] = 13;
  Demand midnight{config, Horizon::hours(monday, 24)};
  CHECK(midnight.minute(1439) == Approx(unit * 6.9).epsilon(1e-12));
  CHECK(midnight.minute(0) == Approx(unit * 7.1).epsilon(1e-12));
}

TEST_CASE("The days of the week start with Monday and keep the week's total", "[traffic][demand]") {
  DemandConfig config = million();
  config.day_of_week = {2, 1, 1, 1, 1, 0.5, 0.5};
  config.hour_of_day = hour_profile(1);
  Demand demand{config, Horizon::hours(monday, week_hours)};
  CHECK(demand.expected_requests() == Approx(7e7).epsilon(1e-11));
  CHECK(total_of(demand, 0, 1440) == Approx(2e7).epsilon(1e-12));
  CHECK(total_of(demand, 6 * 1440, 7 * 1440) == Approx(0.5e7).epsilon(1e-12));
}

TEST_CASE("Time zones shift the shapes by their share", "[traffic][demand]") {
  DemandConfig config = million();
  config.hour_of_day = hour_profile(1);
  config.day_of_week = {7, 0, 0, 0, 0, 0, 0};  // Mondays only
  config.zones = {{.utc_offset_min = -8 * 60, .share = 0.25}, {.utc_offset_min = 330, .share = 0.75}};
  Demand demand{config, Horizon::hours(monday, week_hours)};
  CHECK(demand.expected_requests() == Approx(7e7).epsilon(1e-11));
  // Monday begins in UTC-8 at 08:00 UTC; in UTC+5:30 it ends at 18:30 UTC.
  DemandConfig utc = config;
  utc.zones = {{}};
  Demand local{utc, Horizon::hours(monday, week_hours)};
  CHECK(demand.minute(7 * 60) == Approx(0.75 * local.minute(7 * 60 + 330)).epsilon(1e-12));
  CHECK(demand.minute(9 * 60) == Approx(0.75 * local.minute(9 * 60 + 330) + 0.25 * local.minute(60)).epsilon(1e-12));
  CHECK(demand.minute(18 * 60 + 30) == Approx(0.25 * local.minute(10 * 60 + 30)).epsilon(1e-12));
  CHECK(demand.minute(2 * 1440) == 0);
}

TEST_CASE("Growth follows its curve, day by day", "[traffic][demand]") {
  const auto day_total = [](const Growth& growth, std::int32_t day) {
    DemandConfig config = million();
    config.growth = growth;
    Demand demand{config, Horizon::hours(monday, 24 * 60)};
    return total_of(demand, day * 1440, (day + 1) * 1440) / 1e7;
  };
  using Kind = Growth::Kind;
  // Linear to the double over the 60 days of the horizon; day 29 is centred at 29.5.
  CHECK(day_total({.kind = Kind::linear, .to = 2}, 29) == Approx(1 + 29.5 / 60).epsilon(1e-12));
  CHECK(day_total({.kind = Kind::linear, .to = 2, .over_days = 10}, 9) == Approx(1.95).epsilon(1e-12));
  CHECK(day_total({.kind = Kind::linear, .to = 2, .over_days = 10}, 10) == Approx(2).epsilon(1e-12));
  const Growth doubling{.kind = Kind::exponential, .per_month = 1};
  CHECK(day_total(doubling, 40) / day_total(doubling, 10) == Approx(std::pow(2, 30 / 30.436875)).epsilon(1e-12));
  CHECK(day_total(doubling, 0) == Approx(std::pow(2, 0.5 / 30.436875)).epsilon(1e-12));
  const Growth logistic{.kind = Kind::logistic, .to = 3, .midpoint_days = 30.5, .rise_days = 20};
  CHECK(day_total(logistic, 30) == Approx(2).epsilon(1e-12));
  CHECK(day_total(logistic, 20) == Approx(1 + 2 * 0.1).epsilon(1e-12));
  CHECK(day_total(logistic, 40) == Approx(1 + 2 * 0.9).epsilon(1e-12));
  const Growth phased{.kind = Kind::phased,
                      .phases = {{monday + std::chrono::days{2}, 0.1}, {monday + std::chrono::days{5}, 1}}};
  CHECK(day_total(phased, 1) == 0);
  CHECK(day_total(phased, 2) == Approx(0.1).epsilon(1e-12));
  CHECK(day_total(phased, 4) == Approx(0.1).epsilon(1e-12));
  CHECK(day_total(phased, 5) == Approx(1).epsilon(1e-12));
}

TEST_CASE("A linear growth has the integral of its line", "[traffic][demand]") {
  DemandConfig config = million();
  config.growth = {.kind = Growth::Kind::linear, .to = 3};
  Demand demand{config, Horizon::hours(monday, 24 * 60)};
  CHECK(demand.expected_requests() == Approx(1e7 * 60 * 2).epsilon(1e-11));
}

TEST_CASE("Minutes may be asked in any order", "[traffic][demand]") {
  DemandConfig config = million();
  config.hour_of_day = hour_profile(2);
  config.growth = {.kind = Growth::Kind::exponential, .per_month = 0.5};
  Demand demand{config, Horizon::hours(monday, week_hours)};
  const double late = demand.minute(9000);
  const double early = demand.minute(600);
  CHECK(demand.minute(9000) == late);
  CHECK(demand.minute(600) == early);
  CHECK(late != early);
}
