#include "decision/capacity_review.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/time.hpp"
#include "decision/capacity_answers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Quantity;
using decision::CapacityRules;
using decision::OptionCapacity;
using decision::Ready;
using decision::ReviewItem;
using test_support::check_says;
using test_support::complaint;

namespace {

CapacityRules read(std::string_view text) {
  core::Document document{"review.yaml", text};
  const auto rules = decision::read_capacity_rules(document.root());
  document.finish();
  return rules.value();
}

// Ten requests at once on four replicas of eight places, a target that is held, and a drill.
OptionCapacity ready_option() {
  OptionCapacity option{.name = "fleet"};
  core::HourUsage hour;
  hour.arrivals = hour.served = 7200;
  hour.busy_slot_ns = core::Int128{36'000} * core::ns_per_second;
  hour.alive_instance_ns = hour.ready_instance_ns = core::Int128{4} * core::ns_per_hour;
  hour.peak_instances = 4;
  option.usage.hours = {hour, hour};
  option.usage.outcomes = {0, 14'399, 1, 0, 0, 0, 0};
  decision::FleetFacts fleet;
  fleet.scales = true;
  fleet.max_replicas = 10;
  fleet.places = 8;
  fleet.places_are = "slots";
  fleet.peak_replicas = 4;
  fleet.quota = 6;  // 4, a spare, a quarter of 4
  fleet.zones = 2;
  fleet.reaction = decision::Spread{7'500'000'000, 14'250'000'000};
  fleet.ready_after = {30'000'000'000, 40'000'000'000};
  fleet.cold_start = {{"weights", {30'000'000'000, 40'000'000'000}}};
  fleet.aim_millis = 4000;
  option.parts = {{.part = "", .hours = option.usage.hours, .fleet = fleet}};
  const decision::Target latency{decision::Measure::latency, 9500, 1'000'000'000};
  option.targets = {{latency, 900'000'000, decision::Held::yes, ""}};
  option.availability = 999'000'000;
  decision::DrillVerdict drill;
  drill.checks = {{latency, 960'000'000, 950'000'000, true}};
  drill.held = drill.held_without = true;
  drill.recovered_ns = 0;
  drill.lost = 600;
  drill.lost_without = 100;
  option.drills = {{"surge", core::ns_per_hour, drill}};
  return option;
}

decision::CapacityLoad flat_load() {
  using namespace std::chrono_literals;
  return {core::Date{2026y / 12 / 1}, std::vector<std::int64_t>(120, 120'000)};
}

decision::OptionGates gates_of(std::string option, bool approve) {
  decision::OptionGates gates;
  gates.option = std::move(option);
  gates.verdict.approve = approve;
  return gates;
}

const ReviewItem& item(const decision::CapacityReview& review, std::string_view name) {
  const auto found =
      std::find_if(review.items.begin(), review.items.end(), [&](const ReviewItem& one) { return one.name == name; });
  REQUIRE(found != review.items.end());
  return *found;
}

}  // namespace

TEST_CASE("A fleet with room for everything is a go", "[decision][capacity]") {
  const auto review = review_capacity({}, ready_option(), flat_load());
  CHECK(review.verdict() == Ready::go);
  CHECK(review.sentence() == "GO: no hard item stands against it.");
  for (const ReviewItem& one : review.items) {
    CAPTURE(one.name, one.figure, one.mend);
    CHECK(one.state == Ready::go);
    CHECK(one.mend.empty());
  }
  CHECK(item(review, "objectives").figure == "1 of 1 held");
  CHECK(item(review, "head_room").figure == "20.8 % full at 6, peak 4");
  CHECK(item(review, "quota").figure == "6 instances to ask for");
  CHECK(item(review, "spare_replica").figure == "41.7 % full without 1 replica");
  CHECK(item(review, "spare_zone").figure == "62.5 % full without a zone");
  CHECK(item(review, "ramp").figure == "2 needed, 3 ordered 1 min before");
  CHECK(item(review, "drills (surge)").figure == "no bad minutes, 500 lost");
  // 14,400 requests in 2 hours are 5,184,000 in 30 days; a thousandth may be bad.
  CHECK(review.errors->allowed == Quantity::whole(5184));
  CHECK(review.errors->burn_rate == Quantity::parse("0.069444444"));
  CHECK(review.worst->used == Quantity::parse("0.096450617"));  // 500 ÷ 5,184
  CHECK(review.worst->days == Quantity::parse("0.432"));        // 5,184 ÷ 500 hours
}

TEST_CASE("What is too small is a no-go, with the item that decides and what mends it", "[decision][capacity]") {
  OptionCapacity option = ready_option();
  decision::FleetFacts& fleet = *option.parts[0].fleet;
  fleet.quota = 5;
  fleet.peak_replicas = 5;  // all that the quota holds
  option.targets[0].held = decision::Held::no;
  option.drills[0].verdict.held = false;
  option.drills[0].verdict.checks[0].held = false;
  const auto review = review_capacity({}, option, flat_load());
  CHECK(review.verdict() == Ready::no_go);
  CHECK(review.sentence() ==
        "NO-GO: objectives, head_room and quota decide. Soft items that say no-go: drills (surge).");
  CHECK(item(review, "objectives").mend == "missed: latency p95");
  CHECK(item(review, "head_room").mend == "the scaler wanted 5 of at most 5 replicas: raise max and the quota");
  CHECK(item(review, "quota").mend == "ask for 6 instances");
  check_says(item(review, "drills (surge)").mend, "missed: latency p95");

  // At a fuller peak the same three replicas that are left are too few.
  option.parts[0].hours[0].busy_slot_ns = core::Int128{100'000} * core::ns_per_second;
  const auto fuller = review_capacity({}, option, flat_load());
  CHECK(item(fuller, "spare_replica").state == Ready::no_go);
  CHECK(item(fuller, "spare_replica").figure == "115.7 % full without 1 replica");  // 27.78 ÷ 24
}

TEST_CASE("A soft item that fails warns, and decides once it is hard", "[decision][capacity]") {
  OptionCapacity option = ready_option();
  option.drills[0].verdict.held = false;
  option.drills[0].verdict.checks[0].held = false;
  const auto review = review_capacity({}, option, flat_load());
  CHECK(review.verdict() == Ready::go);
  CHECK(review.sentence() == "GO: no hard item stands against it. Soft items that say no-go: drills (surge).");
  const auto strict = review_capacity(read("capacity_review: {hard: [drills]}"), option, flat_load());
  CHECK(strict.verdict() == Ready::no_go);
  CHECK(strict.sentence() == "NO-GO: drills (surge) decides.");
}

TEST_CASE("A vendor's limits are held against the busiest minute", "[decision][capacity]") {
  OptionCapacity option = ready_option();
  option.parts[0].fleet.reset();
  option.parts[0].api = decision::ApiFacts{.requests_per_minute = 100, .peak_requests_per_minute = 120};
  const auto review = review_capacity({}, option, flat_load());
  CHECK(item(review, "limits").state == Ready::no_go);
  CHECK(item(review, "limits").figure == "120.0 % of the requests a minute");
  CHECK(item(review, "limits").mend == "ask for 144 requests a minute");
  option.parts[0].hours.assign(1, {});  // what others did not hand on
  option.parts[0].api->peak_requests_per_minute.reset();
  CHECK(item(review_capacity({}, option, flat_load()), "limits").figure == "nothing came");
  option = ready_option();
  option.parts[0].fleet.reset();
  option.parts[0].api = decision::ApiFacts{.requests_per_minute = 120, .peak_requests_per_minute = 120};
  CHECK(item(review_capacity({}, option, flat_load()), "limits").state == Ready::go);
}

TEST_CASE("What the scenario does not say is asked for and never a go", "[decision][capacity]") {
  OptionCapacity option = ready_option();
  option.targets.clear();
  option.availability.reset();
  option.drills.clear();
  option.parts[0].fleet->quota.reset();
  option.parts[0].fleet->zones = 0;
  const auto review = review_capacity({}, option, {.start = flat_load().start});
  CHECK(review.verdict() == Ready::not_known);
  CHECK(review.sentence() == "NOT KNOWN: objectives, error_budget and quota decide.");
  CHECK(item(review, "spare_zone").mend == "say `nodes: {zones: […]}`");
  CHECK(item(review, "quota").mend == "ask for 6 instances and say `nodes: {quota: …}`");
  CHECK(item(review, "ramp").state == Ready::not_known);
  CHECK(item(review, "drills").state == Ready::not_known);
  CHECK_FALSE(review.errors.has_value());

  option.parts[0].fleet.reset();
  option.parts[0].api = decision::ApiFacts{};
  const auto api = review_capacity({}, option, flat_load());
  CHECK(item(api, "limits").state == Ready::not_known);
  check_says(item(api, "limits").mend, "ask for 144 requests a minute and say `limits`");
}

TEST_CASE("Rules have defaults that are assumptions, and a topic is hard or soft once", "[decision][capacity]") {
  const CapacityRules rules = read("capacity_review: {}");
  CHECK(rules.margin == Quantity::parse("0.2"));
  CHECK(rules.spares == 1);
  const CapacityRules said = read(
      "capacity_review: {margin: 50%, max_filled: 80%, spares: 2, rollout_surge: 0%, budget_days: 28, hard: [drills], "
      "soft: [quota]}");
  CHECK(said.margin == Quantity::parse("0.5"));
  CHECK(said.max_filled == Quantity::parse("0.8"));
  CHECK(said.hard[static_cast<std::size_t>(decision::Topic::drills)]);
  CHECK_FALSE(said.hard[static_cast<std::size_t>(decision::Topic::quota)]);
  check_says(complaint([] { read("capacity_review: {hard: [quotas]}"); }), "found 'quotas', expected 'quota'");
  check_says(complaint([] { read("capacity_review: {hard: [quota], soft: [quota]}"); }), "found 'quota' again");
  check_says(complaint([] { read("capacity_review: {max_filled: 120%}"); }), "expected 1 % to 100 %");
  check_says(complaint([] { read("capacity_review: {margn: 1%}"); }), "margn");
  core::Document document{"review.yaml", "capacity_review: {}"};
  decision::read_capacity_rules(document.root());
  CHECK(document.assumptions().size() == 5);
}

TEST_CASE("A review is answered side by side and option by option, and a no-go rejects its option",
          "[decision][capacity]") {
  OptionCapacity good = ready_option();
  OptionCapacity bad = ready_option();
  bad.name = "small";
  bad.parts[0].fleet->quota = 5;
  decision::Answers answers;
  answers.sections = capacity_answers({}, {good, bad}, flat_load());
  REQUIRE(answers.sections.size() == 3);
  const decision::Answer& both = answers.sections[0];
  CHECK(both.table.rows.front() == std::vector<std::string>{"", "fleet", "small"});
  CHECK(both.table.rows[1] == std::vector<std::string>{"verdict", "go", "no-go"});
  for (const auto& row : both.table.rows) CHECK(row.size() == both.table.alignment.size());
  check_says(both.sentences.back(), "The load is 2 requests/s on average and 2 in the busiest hour, from 2026-12-01");
  REQUIRE(both.curves.size() == 2);
  CHECK(both.curves[0].series[0].y == std::vector<double>{2, 2});
  CHECK(both.curves[1].series.size() == 2);
  CHECK(both.curves[1].series[1].y == std::vector<double>{4, 4});
  CHECK(answers.sections[1].of == "fleet");
  CHECK(answers.sections[1].passes == true);
  CHECK(answers.sections[2].passes == false);
  CHECK(answers.approves());  // one of them is ready
  answers.sections.erase(answers.sections.begin() + 1);
  CHECK_FALSE(answers.approves());

  // Who is ready must pass the gates as well.
  answers.sections = capacity_answers({}, {good, bad}, flat_load());
  answers.gates = {gates_of("fleet", false), gates_of("small", true)};
  CHECK_FALSE(answers.approves());
  answers.gates = {gates_of("", true)};
  CHECK(answers.approves());
  answers.gates = {gates_of("", false)};
  CHECK_FALSE(answers.approves());
}
