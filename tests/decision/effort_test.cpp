#include "decision/effort.hpp"

#include <string>

#include "decision/exact.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::Effort;
using decision::PromptBreakage;
using decision::PromptUpkeep;
using decision::Validation;
using test_support::check_says;
using test_support::complaint;

TEST_CASE("Two engineers for three weeks are 30 engineer-days and fit no sprint of 20", "[decision][effort]") {
  const Effort effort = Effort::weeks(2, 3);
  CHECK(effort.engineer_days() == Quantity::whole(30));
  CHECK(effort.sprint_capacity() == Quantity::whole(20));
  CHECK(effort.sprints() == Quantity::parse("1.5"));
  CHECK_FALSE(effort.fits_one_sprint());
  CHECK(effort.sentence() == "30 engineer-days, 1.5 sprints: does not fit one sprint of 20 engineer-days");
  CHECK(Effort::weeks(2, 2).fits_one_sprint());
}

TEST_CASE("28,000 for two engineers and 12 days is a day rate of 1,167 or of 2,333", "[decision][effort]") {
  const auto rate = decision::implied_day_rate(Money::parse("28000"), 2, Quantity::whole(12));
  CHECK(rate.per_engineer_day.to_fixed(2) == "1166.67");
  CHECK(rate.per_calendar_day.to_fixed(2) == "2333.33");
  const Effort sprint{.engineers = 2, .working_days = Quantity::whole(12)};
  CHECK(sprint_cost(sprint, rate.per_engineer_day, Money::parse("5000")).rounded(2) == Money::parse("33000"));
}

TEST_CASE("A lift of 6.2 % in 12 days is 0.517 % a day, and 0.6 would take 7.2 %", "[decision][effort]") {
  const Quantity days = Quantity::whole(12);
  CHECK(decision::signal_weighted_roi(Quantity::parse("6.2"), Quantity::whole(1), days).to_fixed(3) == "0.517");
  CHECK(decision::signal_weighted_roi(Quantity::whole(5), Quantity::whole(1), days).to_fixed(3) == "0.417");
  CHECK(decision::required_lift(Quantity::parse("0.6"), Quantity::whole(1), days) == Quantity::parse("7.2"));
  CHECK(decision::required_lift(Quantity::parse("0.6"), Quantity::parse("0.8"), days) == Quantity::whole(9));
}

TEST_CASE("Fine-tuning for 33,000 is paid by 28.3 weeks of prompt upkeep, or by 14.1", "[decision][effort]") {
  const Money outlay = Money::parse("33000");
  const Money slow = decision::hourly_of(Money::parse("1166.666666666666666667"));
  const Money dear = decision::hourly_of(Money::parse("2333.333333333333333333"));
  CHECK(slow.to_fixed(2) == "145.83");
  CHECK(PromptUpkeep{Quantity::whole(8), slow}.break_even_weeks(outlay).value().to_fixed(1) == "28.3");
  CHECK(PromptUpkeep{Quantity::whole(8), dear}.break_even_weeks(outlay).value().to_fixed(1) == "14.1");
  CHECK_FALSE(PromptUpkeep{Quantity{}, dear}.break_even_weeks(outlay).has_value());
}

TEST_CASE("Eight hours of upkeep do not exceed eight", "[decision][effort]") {
  CHECK_FALSE(PromptUpkeep{Quantity::parse("8.0"), {}}.exceeds(Quantity::whole(8)));
  CHECK(PromptUpkeep{Quantity::parse("8.000000001"), {}}.exceeds(Quantity::whole(8)));
}

TEST_CASE("A model update that breaks 30 % of 200 prompts breaks 60 of them", "[decision][effort]") {
  const PromptBreakage breakage{200, Quantity::parse("0.3"), Quantity::parse("0.5"), 4};
  CHECK(breakage.broken_per_update() == Quantity::whole(60));
  CHECK(breakage.hours_a_year() == Quantity::whole(120));
  CHECK(breakage.hours_a_week().to_fixed(2) == "2.31");
}

TEST_CASE("A validation is a row of dates with a decision at the end of each", "[decision][effort]") {
  Validation plan{.begins = core::parse_date("2026-12-01"), .expected_lift = Quantity::whole(2)};
  const auto steps = plan.timeline();
  REQUIRE(steps.size() == 3);
  CHECK(core::format_date(steps[0].ends) == "2026-12-08");
  CHECK(core::format_date(steps[1].ends) == "2026-12-18");
  CHECK(core::format_date(steps[2].ends) == "2026-12-28");
  check_says(steps[0].question, "a lift of 2 %");
  CHECK_FALSE(plan.is_non_starter());
  plan.prototype_days = 11;
  CHECK(plan.is_non_starter());
  check_says(plan.timeline()[1].question, "non-starter");
}

TEST_CASE("Effort, prompts and validation are read from a scenario", "[decision][effort]") {
  core::Document document{"effort.yaml",
                          "effort: {engineers: 2, weeks: 3}\n"
                          "prompts: {hours_per_week: 8, day_rate: $1_167, library: 200, hours_each: 0.5, "
                          "updates_per_year: 4}\n"
                          "validation: {begins: 2026-12-01, expected_lift: 2%}\n"};
  CHECK(decision::read_effort(document.root()).value() == Effort::weeks(2, 3));
  CHECK(decision::read_prompts(document.root()).value().breakage.value().hours_a_year() == Quantity::whole(120));
  CHECK(decision::read_validation(document.root()).value().spike_days == 7);
  document.finish();
  CHECK(document.assumptions().size() == 5);
}

TEST_CASE("An effort is either weeks or working days", "[decision][effort]") {
  const auto read = [](std::string_view text) {
    core::Document document{"effort.yaml", text};
    decision::read_effort(document.root());
  };
  check_says(complaint([&] { read("effort: {engineers: 2}"); }), "found neither");
  check_says(complaint([&] { read("effort: {engineers: 2, weeks: 3, working_days: 12}"); }), "found both");
}
