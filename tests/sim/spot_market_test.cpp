// Where there is spot capacity and for how long, against closed forms. Tolerances are 4 standard errors of what is
// estimated (6e-5 of being outside by chance; the seeds are fixed).
#include "sim/fleet/spot/spot_market.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "core/calendar.hpp"
#include "core/time.hpp"
#include "tests/sim/spot_observed.hpp"
#include "tests/support/catch.hpp"

namespace sim {
namespace {

using namespace std::chrono_literals;

const core::Horizon a_year = core::Horizon::months(core::parse_date("2027-01-01"), 12);

SpotConfig with(std::vector<SpotZone> zones) { return {.share = 1, .zones = std::move(zones)}; }
SpotMarket market(const SpotConfig& config, std::uint64_t seed = 1) { return {config, a_year, core::Stream{seed}}; }

UpDown exponential(core::Duration up, core::Duration down) {
  return {DwellTime::exponential(up), DwellTime::exponential(down)};
}

// The first grant that is to be had, and when.
std::pair<std::int64_t, SpotMarket::Grant> first_grant(SpotMarket& spot) {
  const std::vector<std::int64_t> none(spot.zone_count());
  std::int64_t now = 0;
  auto grant = spot.request(now, none);
  if (!grant) {
    now = spot.next_return_ns(now);
    grant = spot.request(now, none);
  }
  REQUIRE(grant);
  return {now, *grant};
}

void check_share(double got, double expected, double count) {
  CHECK(std::abs(got - expected) <= 4 * std::sqrt(expected * (1 - expected) / count));
}

}  // namespace

TEST_CASE("A zone is up for up / (up + down) of the time, and ends once in its mean time up", "[spot]") {
  const std::vector<core::QuantilePoint> up{{0, 60e9}, {0.5, 3'600e9}, {0.9, 20'000e9}, {1, 90'000e9}};
  const std::vector<core::QuantilePoint> down{{0, 30e9}, {0.8, 1'000e9}, {1, 30'000e9}};
  struct Case {
    UpDown times;
    double up_cv;
    double down_cv;
  };
  for (const Case& each : {Case{exponential(3h, 40min), 1, 1},
                           Case{{DwellTime::table(up), DwellTime::table(down)}, cv_of(up), cv_of(down)}}) {
    const auto length_ns = static_cast<std::int64_t>(20'000 * (each.times.up.mean_ns() + each.times.down.mean_ns()));
    const Observed got = observe(SpotZone::alternating("z", each.times), length_ns, 3);
    const double up_ns = each.times.up.mean_ns();
    const double down_ns = each.times.down.mean_ns();
    CHECK(each.times.availability() == Approx(up_ns / (up_ns + down_ns)).epsilon(1e-12));
    CHECK(std::abs(got.availability - each.times.availability()) <=
          4 * availability_error(each.times, each.up_cv, each.down_cv, length_ns));
    const double per_up_hour = static_cast<double>(core::ns_per_hour) / up_ns;
    CHECK(std::abs(got.per_up_hour / per_up_hour - 1) <= 4 * each.up_cv / std::sqrt(got.interruptions));
    // 20,000 rounds: 4 standard errors are under 5 %, so the check above can fail.
    CHECK(4 * each.up_cv / std::sqrt(got.interruptions) < 0.05);
  }
}

TEST_CASE("A zone begins in the state in which it is met at any other moment", "[spot]") {
  // Else the first hours of every horizon would be unlike the others.
  const std::vector<core::QuantilePoint> up{{0, 60e9}, {0.9, 3'600e9}, {1, 90'000e9}};
  const UpDown times{DwellTime::table(up), DwellTime::exponential(40min)};
  constexpr int count = 20'000;
  int ups = 0;
  double rest_ns = 0;
  double rest_squares = 0;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    UpTimes zone{SpotZone::alternating("z", times), core::Stream{seed}, std::nullopt, core::Stream{seed}};
    if (!zone.is_up(0)) { continue; }
    ++ups;
    const auto rest = static_cast<double>(zone.next_down_ns(0));
    rest_ns += rest;
    rest_squares += rest * rest;
  }
  check_share(static_cast<double>(ups) / count, times.availability(), count);
  // The rest of a span that is met at a moment has the mean E[X²] / 2 E[X] = m (1 + cv²) / 2.
  const double mean = times.up.mean_ns() * (1 + cv_of(up) * cv_of(up)) / 2;
  const double got = rest_ns / ups;
  CHECK(std::abs(got - mean) <= 4 * std::sqrt((rest_squares / ups - got * got) / ups));
}

TEST_CASE("An interruption bucket lets its share of instances survive a month", "[spot]") {
  CHECK(hazard_per_hour(0.10) == Approx(0.10536051565782628 / 730).epsilon(1e-13));
  CHECK(hazard_per_hour(0) == 0);
  constexpr int count = 20'000;
  for (const double probability : {0.05, 0.20}) {
    for (const double correlation : {0.0, 0.3, 1.0}) {
      CAPTURE(probability, correlation);
      const SpotConfig config =
          with({SpotZone::interrupted("z", hazard_per_hour(probability), correlation, DwellTime::exponential(1h))});
      int survivors = 0;
      for (std::uint64_t seed = 0; seed < count; ++seed) {
        SpotMarket spot = market(config, seed);
        const auto [now, grant] = first_grant(spot);
        if (grant.gone_ns == core::never_ns || grant.gone_ns - now > 730 * core::ns_per_hour) { ++survivors; }
      }
      check_share(static_cast<double>(survivors) / count, 1 - probability, count);
    }
  }
}

TEST_CASE("The correlation is the share of ends that a zone's instances have in common", "[spot]") {
  constexpr int count = 20'000;
  for (const double correlation : {0.1, 0.3, 0.8, 1.0}) {
    for (const SpotZone& zone : {SpotZone::interrupted("z", 1, correlation, DwellTime::exponential(1s)),
                                 SpotZone::alternating("z", exponential(1h, 1s), correlation)}) {
      CAPTURE(correlation, zone.own_hazard_per_hour);
      int with_pool = 0;
      int together = 0;
      for (std::uint64_t seed = 0; seed < count; ++seed) {
        SpotMarket spot = market(with({zone}), seed);
        const auto [now, first] = first_grant(spot);
        const auto second = spot.request(now, std::vector<std::int64_t>{1});
        UpTimes pool{zone, core::Stream{seed}.child("zone z"), std::nullopt, core::Stream{0}};
        if (first.gone_ns == pool.next_down_ns(now)) { ++with_pool; }
        if (first.gone_ns == second.value().gone_ns) { ++together; }
      }
      // Hazards ρ in common and 1 − ρ each: one instance ends with its pool with probability ρ, two of them together
      // with ρ ÷ (ρ + 2 (1 − ρ)).
      check_share(static_cast<double>(with_pool) / count, correlation, count);
      check_share(static_cast<double>(together) / count, correlation / (2 - correlation), count);
    }
  }
}

TEST_CASE("The notice comes before the end, and never before the grant", "[spot]") {
  const auto trace = std::make_shared<const SpotTrace>(
      SpotTrace{.up = {{0, 3600 * core::ns_per_second}}, .length_ns = 7200 * core::ns_per_second});
  SpotConfig config = with({SpotZone::replay("z", trace)});
  config.notice = 120s;
  SpotMarket spot = market(config);
  const std::vector<std::int64_t> none{0};
  const auto at = [](std::int64_t seconds) { return seconds * core::ns_per_second; };
  CHECK(spot.request(0, none) == SpotMarket::Grant{0, at(3480), at(3600)});
  CHECK(spot.request(at(3500), none) == SpotMarket::Grant{0, at(3500), at(3600)});
  CHECK(spot.next_return_ns(at(3500)) == at(7200));
  CHECK(spot.request(at(3600), none) == std::nullopt);
  CHECK(spot.request(at(7199), none) == std::nullopt);
  CHECK(spot.request(at(7200), none) == SpotMarket::Grant{0, at(10'680), at(10'800)});
  CHECK(spot.zone_name(0) == "z");
  // What lies beyond the horizon is never.
  const std::int64_t end = core::to_ns(a_year.length());
  CHECK(spot.request(end - at(3600), none) == std::nullopt);
  CHECK(spot.next_return_ns(end - at(3600)) == core::never_ns);
  SpotMarket shifted = market(with({SpotZone::replay("z", trace, 30min)}));
  CHECK(shifted.request(end - at(600), none) == SpotMarket::Grant{0, core::never_ns, core::never_ns});
}

TEST_CASE("A fleet that spreads asks the zone in which it has the fewest", "[spot]") {
  const std::vector<SpotZone> zones{SpotZone::always_up("a"), SpotZone::always_up("b"), SpotZone::always_up("c")};
  SpotMarket spreading = market(with(zones));
  std::vector<std::int64_t> alive(3);
  for (int i = 0; i < 9; ++i) { ++alive[spreading.request(i, alive).value().zone]; }
  CHECK(alive == std::vector<std::int64_t>{3, 3, 3});
  CHECK(spreading.request(9, std::vector<std::int64_t>{2, 1, 1})->zone == 1);
  CHECK(spreading.request(9, alive) == SpotMarket::Grant{0, core::never_ns, core::never_ns});
  CHECK(spreading.next_return_ns(9) == core::never_ns);

  SpotConfig packed = with(zones);
  packed.spreads = false;
  SpotMarket packing = market(packed);
  CHECK(packing.request(0, std::vector<std::int64_t>{5, 0, 0})->zone == 0);

  // One that is down is passed over by both.
  const auto down = std::make_shared<const SpotTrace>(SpotTrace{.up = {}, .length_ns = 1});
  for (const bool spreads : {true, false}) {
    SpotConfig config = with({SpotZone::replay("a", down), SpotZone::always_up("b")});
    config.spreads = spreads;
    CHECK(market(config).request(0, std::vector<std::int64_t>{0, 5})->zone == 1);
  }
}

TEST_CASE("When a zone is up does not depend on who asks, nor on the zones beside it", "[spot]") {
  const SpotZone a = SpotZone::alternating("a", exponential(3h, 40min), 0.5);
  const SpotZone b = SpotZone::alternating("b", exponential(1h, 2h), 0.5);
  SpotMarket seldom = market(with({a}), 5);
  SpotMarket often = market(with({b, a}), 5);
  SpotMarket again = market(with({b, a}), 5);
  SpotMarket other = market(with({a}), 6);
  bool other_differs = false;
  for (std::int64_t hour = 0; hour < 8'000; ++hour) {
    const std::int64_t now = hour * core::ns_per_hour;
    for (std::int64_t more = 0; more < hour % 4; ++more) {
      CHECK(often.request(now, std::vector<std::int64_t>{0, 1}) == again.request(now, std::vector<std::int64_t>{0, 1}));
    }
    // Where b has so many that a is asked whenever it can be.
    const bool in_a = seldom.request(now, std::vector<std::int64_t>{0}).has_value();
    const auto grant = often.request(now, std::vector<std::int64_t>{9, 0});
    CHECK(again.request(now, std::vector<std::int64_t>{9, 0}) == grant);
    CHECK(in_a == (grant && grant->zone == 1));
    if (other.request(now, std::vector<std::int64_t>{0}).has_value() != in_a) { other_differs = true; }
  }
  CHECK(other_differs);
}

TEST_CASE("While the region is down, no zone is up", "[spot]") {
  const std::optional<UpDown> region = exponential(20h, 2h);
  const SpotZone a = SpotZone::alternating("a", exponential(3h, 1h));
  const SpotZone b = SpotZone::always_up("b");
  const core::Stream root{9};
  const auto times = [&](const SpotZone& zone, const std::optional<UpDown>& of_region) {
    return UpTimes{zone, root.child("zone " + zone.name), of_region, root.child("region")};
  };
  UpTimes a_alone = times(a, std::nullopt);
  UpTimes a_in_region = times(a, region);
  UpTimes b_in_region = times(b, region);
  UpTimes region_alone{SpotZone::alternating("r", *region), root.child("region"), std::nullopt, root};
  SpotConfig config = with({a, b});
  config.region = region;
  SpotMarket spot{config, a_year, root};
  const std::vector<std::int64_t> none(2);
  int downs = 0;
  for (std::int64_t minute = 0; minute < 100'000; minute += 7) {
    const std::int64_t now = minute * 60 * core::ns_per_second;
    const bool up = region_alone.is_up(now);
    REQUIRE(b_in_region.is_up(now) == up);
    REQUIRE(a_in_region.is_up(now) == (up && a_alone.is_up(now)));
    REQUIRE(spot.request(now, none).has_value() == up);
    if (up) {
      REQUIRE(b_in_region.next_down_ns(now) == region_alone.next_down_ns(now));
      if (a_alone.is_up(now)) {
        REQUIRE(a_in_region.next_down_ns(now) == std::min(a_alone.next_down_ns(now), region_alone.next_down_ns(now)));
      }
    } else {
      ++downs;
      REQUIRE(spot.next_return_ns(now) == region_alone.next_return_ns(now));
    }
  }
  CHECK(downs > 100);
}

}  // namespace sim
