// Worked by hand: two hours of 3,600 and 7,200 requests, each of which holds a place for 5 s.
#include "decision/capacity_figures.hpp"

#include "core/time.hpp"
#include "tests/support/catch.hpp"

using core::HourUsage;
using core::Quantity;
using decision::FleetFacts;

namespace {

HourUsage hour(std::int64_t arrivals, std::int64_t nodes) {
  HourUsage h;
  h.arrivals = h.served = arrivals;
  h.busy_slot_ns = core::Int128{arrivals} * 5 * core::ns_per_second;
  h.alive_instance_ns = h.ready_instance_ns = core::Int128{nodes} * core::ns_per_hour;
  h.peak_instances = nodes + 1;
  return h;
}

const std::vector<HourUsage> two_hours{hour(3600, 2), hour(7200, 4)};

FleetFacts fleet() {
  FleetFacts facts;
  facts.scales = true;
  facts.min_replicas = 1;
  facts.max_replicas = 10;
  facts.places = 8;
  return facts;
}

Quantity parse(const char* text) { return Quantity::parse(text); }

}  // namespace

TEST_CASE("Load by the hour has a mean, a busiest hour and their ratio", "[decision][capacity]") {
  const decision::LoadFigures load = decision::load_of({hour(3600, 1), hour(7200, 1), hour(7200, 1), hour(1800, 1)});
  CHECK(load.peak_hour == 1);                // the first of two alike
  CHECK(load.mean_per_s == parse("1.375"));  // 19,800 in 4 hours
  CHECK(load.peak_per_s == Quantity::whole(2));
  CHECK(load.peak_to_mean == parse("1.454545455"));  // 2 ÷ 1.375
  CHECK_FALSE(decision::load_of({HourUsage{}}).peak_to_mean.has_value());
}

TEST_CASE("The busiest hour fills 10 of 32 places, and more of them with a replica, a node or a zone fewer",
          "[decision][capacity]") {
  FleetFacts facts = fleet();
  const decision::FleetFigures figures = fleet_figures(facts, two_hours, 1, parse("0.25"));
  CHECK(figures.mean_instances == Quantity::whole(3));
  CHECK(figures.peak_instances == 5);
  CHECK(figures.peak_instances_hour == 1);
  CHECK(figures.busiest_hour == 1);
  CHECK(figures.at_once == Quantity::whole(10));  // 7,200 × 5 s ÷ 3,600 s
  CHECK(figures.ready_nodes == Quantity::whole(4));
  CHECK(figures.filled == parse("0.3125"));         // 10 ÷ (4 × 8)
  CHECK(figures.filled_at_most == parse("0.125"));  // 10 ÷ (10 × 8)
  CHECK(figures.head_room() == parse("0.875"));
  CHECK(figures.without_replica.filled == parse("0.416666667"));  // 10 ÷ (3 × 8)
  CHECK_FALSE(figures.without_zone.has_value());                  // nobody said
  CHECK(figures.nodes_to_request == 8);                           // 5, a spare, and ⌈1.25⌉ of a roll-out
  CHECK_FALSE(figures.gpus_to_request.has_value());

  facts.zones = 2;
  facts.gpus_per_node = 4;
  facts.quota = 2;
  const decision::FleetFigures more = fleet_figures(facts, two_hours, 1, parse("0.25"));
  CHECK(more.without_zone->filled == parse("0.625"));  // 10 ÷ (2 × 8)
  CHECK(more.gpus_to_request == 32);
  CHECK(more.most_replicas == 2);  // the quota holds no more
  CHECK(more.filled_at_most == parse("0.625"));

  facts.zones = 1;
  CHECK_FALSE(fleet_figures(facts, two_hours, 1, {}).without_zone->filled.has_value());  // nothing is left
  CHECK_FALSE(fleet_figures(facts, two_hours, 4, {}).without_replica.filled.has_value());
}

TEST_CASE("A node that carries two replicas takes both along", "[decision][capacity]") {
  FleetFacts facts = fleet();
  facts.places = 4;
  facts.replicas_per_node = 2;
  const decision::FleetFigures figures = fleet_figures(facts, two_hours, 1, {});
  CHECK(figures.filled == parse("0.3125"));                       // 10 ÷ (4 × 2 × 4)
  CHECK(figures.without_replica.filled == parse("0.357142857"));  // 10 ÷ 28
  CHECK(figures.without_node.filled == parse("0.416666667"));     // 10 ÷ 24
  CHECK(figures.nodes_to_request == 6);                           // 5, and half a node is one
}

TEST_CASE("Quotas to ask for are the busiest minute and a margin, in requests and tokens", "[decision][capacity]") {
  HourUsage busy;
  busy.arrivals = 6500;
  busy.cache_hits = 500;  // never reach the vendor
  busy.served = 6000;
  busy.input_tokens = 6'000'000;
  busy.output_tokens = 1'200'000;
  const decision::ApiFacts facts{
      .requests_per_minute = 200, .tokens_per_minute = 150'000, .peak_requests_per_minute = 150};
  const auto lines = api_figures(facts, {HourUsage{}, busy}, parse("0.2"));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == decision::QuotaLine{"requests a minute", 150, 200, 180});
  CHECK(lines[0].used() == parse("0.75"));
  CHECK(lines[1] == decision::QuotaLine{"input tokens a minute", 150'000, 0, 180'000});
  CHECK_FALSE(lines[1].used().has_value());
  CHECK(lines[2] == decision::QuotaLine{"output tokens a minute", 30'000, 0, 36'000});
  CHECK(lines[3] == decision::QuotaLine{"tokens a minute", 180'000, 150'000, 216'000});
  CHECK(lines[3].used() == parse("1.2"));
  // Minutes that nobody counted: the mean one of the busiest hour.
  CHECK(decision::api_figures({}, {busy}, {}).front().need == 100);
  CHECK(decision::api_figures({}, {HourUsage{}}, {}).empty());
}

TEST_CASE("What is ordered two minutes before a leap of the load does not carry it, unless the least does",
          "[decision][capacity]") {
  FleetFacts facts = fleet();
  facts.reaction = decision::Spread{7'500'000'000, 14'250'000'000};
  facts.ready_after = {60'000'000'000, 100'000'000'000};
  facts.aim_millis = 4000;
  std::vector<std::int64_t> minutes(20, 60'000);                           // 1 request/s: 5 at once
  for (std::size_t i = 10; i < minutes.size(); ++i) minutes[i] = 600'000;  // 10 a second: 50 at once
  const decision::RampFigures ramp = ramp_of(facts, two_hours, minutes);
  CHECK(ramp.steepest_minute == 10);
  CHECK(ramp.steepest_per_s == Quantity::whole(9));
  CHECK(ramp.scale_minutes == 2);  // 114.25 s
  CHECK(ramp.worst_minute == 10);
  CHECK(ramp.needed == 7);   // ⌈50 ÷ 8⌉
  CHECK(ramp.ordered == 2);  // ⌈5 ÷ 4⌉, at minute 8
  CHECK_FALSE(ramp.keeps_up());
  facts.min_replicas = 7;
  CHECK(ramp_of(facts, two_hours, minutes).keeps_up());
  facts.quota = 3;
  CHECK(ramp_of(facts, two_hours, minutes).ordered == 3);
  facts.aim_millis.reset();
  CHECK(ramp_of(facts, two_hours, minutes).ordered == 0);  // not known
}

TEST_CASE("99.9 % of a million requests a month allow a thousand bad ones", "[decision][capacity]") {
  core::Usage usage;
  usage.hours.resize(720);
  usage.outcomes = {100'000, 899'750, 100, 50, 0, 100, 7};  // 250 bad, 7 not decided
  const auto month = decision::budget_of_errors(usage, 999'000'000, 30);
  REQUIRE(month);
  CHECK(month->allowed == Quantity::whole(1000));
  CHECK(month->bad == 250);
  CHECK(month->used == parse("0.25"));
  CHECK(month->burn_rate == parse("0.25"));
  usage.hours.resize(72);  // the same in three days burns as fast and has used a tenth of that
  const auto days = decision::budget_of_errors(usage, 999'000'000, 30);
  CHECK(days->allowed == Quantity::whole(10'000));
  CHECK(days->used == parse("0.025"));
  CHECK(days->burn_rate == parse("0.25"));
  CHECK_FALSE(decision::budget_of_errors({}, 999'000'000, 30).has_value());
}
