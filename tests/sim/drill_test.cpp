// Drills: read, refused, and brought into a scenario; the minutes that they are judged by.
#include "sim/drills/drill.hpp"

#include <string>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "sim/simulation.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using test_support::complaint;

namespace {

constexpr std::string_view head =
    "scenario: s\n"
    "horizon: {start: 2026-12-01, days: 2}\n"
    "traffic: {daily_users: 20_000, requests_per_user_day: 10, growth: {kind: linear, to: 40_000},\n"
    "  tokens: {input: 500, output: 100}}\n";
constexpr std::string_view options =
    "options:\n"
    "  - {name: api, kind: managed_api, latency: {time_to_first_token: 300ms, per_output_token: 9ms}, timeout: 5s}\n"
    "  - {name: fleet, kind: self_hosted, instance: any, serving: {histogram: {exponential: {mean: 2s}}, slots: 4},\n"
    "     replicas: 2, queue: {limit: 30}}\n";

std::string scenario_with(std::string_view drills, std::string_view more = "") {
  return fmt::format("{}{}{}{}", head, more, options, drills.empty() ? "" : fmt::format("drills:\n  - {}\n", drills));
}

sim::Scenario read(std::string_view drills, std::string_view more = "") {
  return scenario_run::read_scenario(scenario_with(drills, more)).scenario;
}

std::string refused(std::string_view drills) {
  return complaint([&] { read(drills); });
}

}  // namespace

TEST_CASE("A drill is read with its time, its length and those who suffer it", "[sim][drills]") {
  const sim::Scenario scenario = read("{name: rush, fault: surge, factor: 3, at: 2026-12-02T06:30, for: 15m}");
  REQUIRE(scenario.drills.size() == 1);
  const sim::Drill& drill = scenario.drills.front();
  CHECK(drill.fault.kind == sim::FaultKind::surge);
  CHECK(drill.fault.amount == 3);
  CHECK(drill.fault.begin_ns == (30 * 60 + 30) * core::ns_per_minute);
  CHECK(drill.fault.end_ns == (30 * 60 + 45) * core::ns_per_minute);
  CHECK(drill.watch_end_ns == (32 * 60 + 45) * core::ns_per_minute);
  CHECK(drill.options == std::vector<std::string>{"api", "fleet"});
  CHECK(read("{name: x, fault: vendor_outage, at: 18h}").drills.front().options == std::vector<std::string>{"api"});
  CHECK(read("{name: x, fault: rollback, share: 25%, at: 18h}").drills.front().options ==
        std::vector<std::string>{"fleet"});
}

TEST_CASE("Drills that make no sense are refused where they stand", "[sim][drills]") {
  using test_support::check_says;
  check_says(refused("{name: x, fault: surge, factor: 3, at: 49h}"),
             "at: found '49h', expected a time within the horizon, 48 hours from 2026-12-01");
  check_says(refused("{name: x, fault: surge, factor: 3, at: 2026-11-30T23:59}"), "a time within the horizon");
  check_says(refused("{name: x, fault: surge, factor: 3, at: 2026-12-01T24:00}"), "expected a time such as");
  check_says(refused("{name: x, fault: surge, factor: 3, at: 12}"), "found '12', which has no unit");
  check_says(refused("{name: x, fault: surge, factor: 3, at: 90s}"), "whole minutes");
  check_says(refused("{name: x, fault: surge, factor: -3, at: 1h}"), "found '-3'");
  check_says(refused("{name: x, fault: surg, factor: 3, at: 1h}"), "did you mean 'surge'?");
  check_says(refused("{name: x, fault: surge, at: 1h}"), "factor");
  check_says(refused("{name: x, fault: cold_cache, at: 1h}"), "a scenario with a cache");
  check_says(refused("{name: x, fault: vendor_outage, at: 1h, options: [fleet]}"),
             "found 'fleet', which cannot suffer a vendor_outage, expected one of those that can (api)");
  check_says(refused("{name: x, fault: vendor_outage, at: 1h, options: [apo]}"), "did you mean 'api'?");
  check_says(refused("{name: x, fault: rollback, share: 120%, at: 1h}"), "share");
  check_says(refused("{name: x, fault: surge, factor: 2, at: 1h}\n  - {name: x, fault: surge, factor: 2, at: 2h}"),
             "found 'x' again");
}

TEST_CASE("A part that a drill does not find is said with those that there are", "[sim][drills]") {
  using test_support::check_says;
  constexpr std::string_view mixture =
      "  - {name: mix, kind: mixture, route: {kind: failover, chain: [near, far]}, parts: [\n"
      "     {name: near, kind: self_hosted, instance: any, serving: {histogram: 2s, slots: 4}, replicas: 2,\n"
      "      nodes: {zones: [east, west]}},\n"
      "     {name: far, kind: managed_api, latency: {time_to_first_token: 300ms, per_output_token: 9ms}}]}\n";
  const auto refused_of = [&](std::string_view drill) {
    return complaint(
        [&] { scenario_run::read_scenario(fmt::format("{}{}{}drills:\n  - {}\n", head, options, mixture, drill)); });
  };
  check_says(refused_of("{name: x, fault: vendor_outage, at: 1h, part: fer}"),
             "drills.x.part: found 'fer', expected a part of a mixture that can suffer a vendor_outage: far; "
             "did you mean 'far'?");
  // With options as well: a list of nobody would help nobody.
  check_says(refused_of("{name: x, fault: vendor_outage, at: 1h, part: near, options: [mix]}"),
             "drills.x.part: found 'near', expected a part of a mixture that can suffer a vendor_outage: far");
  check_says(refused_of("{name: x, fault: zone_loss, zone: wset, at: 1h}"),
             "drills.x.zone: found 'wset', expected a zone of the instances of an option (nodes.zones, or those of "
             "spot): zone, east, west; did you mean 'west'?");
}

TEST_CASE("A drill is simulated up to the end of its watch, on the same growth, and strikes whom it names",
          "[sim][drills]") {
  const sim::Scenario scenario =
      read("{name: x, fault: slow_dependency, factor: 3, at: 90m, for: 20m, options: [api]}");
  const sim::Scenario calm = sim::before_drill(scenario, scenario.drills.front());
  CHECK(calm.horizon.hour_count() == 4);  // 1:30 + 0:20 + 2 h of watch
  CHECK(calm.drills.empty());
  // A linear growth over the whole horizon stays one over two days.
  core::traffic::Demand whole{scenario.traffic.demand, scenario.horizon};
  core::traffic::Demand cut{calm.traffic.demand, calm.horizon};
  CHECK(cut.minute(200) == whole.minute(200));

  const sim::Scenario struck = sim::with_drill(scenario, scenario.drills.front());
  const auto& api = std::get<sim::ManagedApiConfig>(struck.options[0].serving);
  REQUIRE(api.faults.size() == 1);
  CHECK(api.faults.front() == scenario.drills.front().fault);
  CHECK(std::get<sim::SlotFleetConfig>(struck.options[1].serving).fleet.faults.empty());
}

TEST_CASE("A surge multiplies the demand of its minutes, and no request before it is another one", "[sim][drills]") {
  const sim::Scenario scenario = read("{name: x, fault: surge, factor: 3, at: 1h, for: 10m}");
  const sim::Scenario struck = sim::with_drill(scenario, scenario.drills.front());
  const sim::Scenario calm = sim::before_drill(scenario, scenario.drills.front());
  core::traffic::Demand with{struck.traffic.demand, struck.horizon};
  core::traffic::Demand without{calm.traffic.demand, calm.horizon};
  CHECK(with.minute(59) == without.minute(59));
  CHECK(with.minute(60) == 3 * without.minute(60));
  CHECK(with.minute(69) == 3 * without.minute(69));
  CHECK(with.minute(70) == without.minute(70));

  core::traffic::RequestStream a{struck.traffic, struck.horizon, core::Stream{7}};
  core::traffic::RequestStream b{calm.traffic, calm.horizon, core::Stream{7}};
  const auto x = std::make_unique<core::traffic::Block>();
  const auto y = std::make_unique<core::traffic::Block>();
  REQUIRE(a.fill(*x));
  REQUIRE(b.fill(*y));
  // The first hour: up to the surge the same, in number and in luck.
  while (x->hour == 0 && y->hour == 0) {
    REQUIRE(x->count == y->count);
    for (std::size_t i = 0; i < x->count; ++i) {
      REQUIRE(x->arrival_ns[i] == y->arrival_ns[i]);
      REQUIRE(x->luck[i] == y->luck[i]);
    }
    REQUIRE(a.fill(*x));
    REQUIRE(b.fill(*y));
  }
  CHECK(x->hour == y->hour);
}

TEST_CASE("The timeline counts what the usage counts, and each minute's own answers", "[sim][drills]") {
  sim::Scenario scenario = read("");
  constexpr std::int64_t limit_ns = 1'100'000'000;
  scenario.watches = {{.measure = core::Watch::Measure::latency, .limit_ns = limit_ns}};
  sim::Simulation simulation{scenario, 3};
  for (const sim::OptionResult& result : sim::run(simulation)) {
    REQUIRE(result.timeline);
    core::Timeline::Minute sum;
    core::Timeline::Count count;
    for (std::size_t i = 0; i < result.timeline->minutes.size(); ++i) {
      sum.arrivals += result.timeline->minutes[i].arrivals;
      sum.answered += result.timeline->minutes[i].answered;
      sum.lost += result.timeline->minutes[i].lost;
      count.answered += result.timeline->count(i, 0).answered;
      count.over += result.timeline->count(i, 0).over;
    }
    const core::Usage& usage = result.usage;
    CHECK(sum.arrivals == usage.total().arrivals);
    CHECK(sum.answered == usage.count(core::Outcome::served));
    CHECK(sum.lost == usage.count(core::Outcome::rejected) + usage.count(core::Outcome::timed_out));
    CHECK(count.answered == sum.answered);
    // The histogram's buckets are a thousandth wide: its count beyond the limit is that of a limit so much off.
    std::int64_t certainly = 0;
    std::int64_t perhaps = 0;
    for (const core::Histogram::Bucket& bucket : result.latency_ns.recorded_buckets()) {
      if (bucket.highest > limit_ns + limit_ns / 500) certainly += bucket.count;
      if (bucket.highest > limit_ns - limit_ns / 500) perhaps += bucket.count;
    }
    CHECK(certainly <= count.over);
    CHECK(count.over <= perhaps);
    CHECK(count.over > 0);
  }
}
