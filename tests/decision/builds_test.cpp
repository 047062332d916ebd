#include "decision/builds.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::BuildPlan;
using test_support::check_says;
using test_support::complaint;

namespace {

BuildPlan read(std::string_view text) {
  core::Document document{"builds.yaml", text};
  const auto plan = decision::read_builds(document.root(), decision::read_fx(document.root()));
  document.finish();
  return plan.value();
}

}  // namespace

TEST_CASE("A way whose cost nobody knows costs as much a day as the first, and that is an assumption",
          "[decision][builds]") {
  core::Document document{"builds.yaml",
                          "builds: [{name: a, takes: 100d, cost: $5_000}, {name: b, takes: 20d, cost: unknown}]"};
  const BuildPlan plan = decision::read_builds(document.root(), std::nullopt).value();
  CHECK(plan.ways[1].cost == Money::parse("1000"));
  CHECK(plan.ways[1].is_cost_assumed);
  REQUIRE(document.assumptions().size() == 1);
  check_says(document.assumptions()[0].why, "the same team");
  CHECK(ratio_of_days(plan.ways[0], plan.ways[1]) == Quantity::whole(5));
  CHECK(ratio_of_cost(plan.ways[0], plan.ways[1]) == Quantity::whole(5));
}

TEST_CASE("Crores and lakhs are amounts, and a first year holds its retrainings", "[decision][builds]") {
  const BuildPlan plan = read(
      "fx: {currency: INR, usd: 0.0125, as_of: 2026-11-02, source: a bank}\n"
      "builds:\n"
      "  - {name: a, takes: 26w, cost: 1 crore, retrained: 12, each: 1.5 lakh}\n"
      "  - {name: b, takes: 6w, cost: 12_50_000, retrained: 12, each: unknown}\n");
  CHECK(plan.ways[0].cost == Money::parse("10000000"));
  CHECK(plan.ways[0].first_year() == Money::parse("11800000"));
  CHECK(plan.ways[1].cost == Money::parse("1250000"));
  CHECK(plan.ways[1].first_year() == std::nullopt);
  CHECK(plan.say(plan.ways[0].cost) == "1,00,00,000.00 INR ($125,000.00)");
  CHECK(ratio_of_cost(plan.ways[0], plan.ways[1]) == Quantity::whole(8));
}

TEST_CASE("Slips in ways of building are named", "[decision][builds]") {
  check_says(complaint([] { read("builds: [{name: a, takes: 3d, cost: $1}]"); }), "two or more");
  check_says(complaint([] { read("builds: [{name: a, takes: 3d, cost: unknown}, {name: b, takes: 1d, cost: $1}]"); }),
             "held against this one");
  check_says(complaint([] { read("builds: [{name: a, takes: 3d, cost: one crore}, {name: b, takes: 1d, cost: $1}]"); }),
             "an amount such as 1.5 crore");
  check_says(complaint([] { read("builds: [{name: a, takes: 0d, cost: $1}, {name: b, takes: 1d, cost: $1}]"); }),
             "more than 0 days");
}
