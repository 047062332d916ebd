#include "reports/result.hpp"

#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using reports::Result;
using test_support::check_says;

TEST_CASE("Unit costs are the recurring cost over what was answered, made and used", "[reports][result]") {
  const Result result = test_support::sample_result();
  const reports::OptionReport& option = result.options[0];
  // 150.000075 + 150.075 + 232.128 + 2 × 0.003333333333333333
  const Money total = Money::parse("532.209741666666666666");
  CHECK(option.monthly == decision::MonthlyCost{total, false});
  CHECK(option.unit_costs.per_thousand_answered_requests == decision::divided(total * 1000, 1195));
  CHECK(option.unit_costs.per_million_output_tokens == total * 4);  // 250,000 tokens
  CHECK(option.unit_costs.per_daily_user_month == decision::divided(total, 1000));
  CHECK(option.budget.value().left() == Money::parse("500") - total);
}

TEST_CASE("A unit cost whose divisor is 0 or unknown is nothing, not 0", "[reports][result]") {
  reports::About about = test_support::about();
  about.daily_users.reset();
  reports::OptionRun run = test_support::managed_api();
  run.simulated.usage.outcomes = {0, 0, 5, 0, 0, 0, 0};
  for (core::HourUsage& hour : run.simulated.usage.hours) hour.output_tokens = 0;
  const Result result = reports::assemble(about, {run});
  CHECK(result.options[0].unit_costs == reports::UnitCosts{});
}

TEST_CASE("An option with an unpriced line is left out of the verdict by name", "[reports][result]") {
  const Result result = test_support::sample_result();
  REQUIRE(result.verdict.reasons.size() == 2);
  CHECK(result.verdict.winners.empty());  // the API misses availability: 1195 of 1199
  check_says(
      result.verdict.reasons[0],
      "managed|api is out: time_to_first_token p95 is 1.03 s, the target is at most 800 ms; availability is 99.666 %");
  check_says(result.verdict.reasons[1], "there is no price for weights");
}

TEST_CASE("A missing price in what is bought once also leaves the bill incomplete", "[reports][result]") {
  reports::OptionRun run = test_support::managed_api();
  run.simulated.usage.outcomes = {195, 1000, 0, 0, 0, 0, 0};
  run.one_time.lines = {test_support::line("training", "p9.huge", "1", "Hours", "", "")};
  const Result result = reports::assemble(test_support::about(), {run});
  check_says(result.verdict.reasons.front(), "there is no price for p9.huge");
}

TEST_CASE("Each price row is listed once, in the order of first use", "[reports][result]") {
  const Result result = test_support::sample_result();
  REQUIRE(result.prices.size() == 4);
  CHECK(result.prices[0].source.offer == "input");
  CHECK(result.prices[2].source.sku == "egress");
  CHECK(result.prices[3].source.hash == std::string(64, 'b'));
}

TEST_CASE("Weights that are not used yet are said to be", "[reports][result]") {
  reports::About about = test_support::about();
  CHECK(reports::assemble(about, {}).notes.size() == 1);
  about.decision.weights.clear();
  CHECK(reports::assemble(about, {}).notes.empty());
}

TEST_CASE("A distribution keeps every value of its histogram", "[reports][result]") {
  const core::Histogram h = test_support::times(300, 2);
  const reports::Distribution d = reports::distribution_of(h);
  CHECK(d.count == 1000);
  CHECK(d.p95_ns == h.value_at_quantile(0.95));
  core::Histogram again{3'600'000'000'000};
  for (std::size_t i = 0; i < d.bucket_values_ns.size(); ++i) again.record_n(d.bucket_values_ns[i], d.bucket_counts[i]);
  CHECK(again == h);
  CHECK(reports::distribution_of(core::Histogram{1000}) == reports::Distribution{});
}

TEST_CASE("A mixture's parts are options of their own, without targets, and its bill is theirs", "[reports][result]") {
  const Result result = reports::assemble(test_support::about(), {test_support::mixture()});
  const reports::OptionReport& option = result.options.at(0);
  REQUIRE(option.parts.size() == 2);
  CHECK(option.parts[0].slo_checks.empty());
  CHECK_FALSE(option.parts[0].budget.has_value());
  CHECK(option.slo_checks.size() == 3);
  CHECK(option.monthly.amount == option.parts[0].monthly.amount + option.parts[1].monthly.amount);
  CHECK(option.bills[0].lines.back().item == "self-hosted: weights");
  REQUIRE(option.overhead.has_value());
  CHECK(option.overhead->answer == "managed|api");
  CHECK(option.overhead->others == std::vector<std::string>{"self-hosted"});
  CHECK(option.overhead->monthly == option.parts[1].monthly);
  CHECK(option.overhead->answer_monthly == option.parts[0].monthly);
}
