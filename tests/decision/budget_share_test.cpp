#include "decision/budget_share.hpp"

#include "decision/exact.hpp"
#include "decision/volume.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::budget_share;
using decision::CapRule;
using decision::percent_text;
using test_support::check_says;
using test_support::complaint;

TEST_CASE("350,000 of 1.2 million is 29.17, 58.33 or 14.58 %, by the periods of both", "[decision][budget]") {
  const auto annual = budget_share({Money::parse("350000"), 6}, {Money::parse("1200000"), 12});
  CHECK(percent_text(annual.as_stated) == "29.17 %");
  CHECK(percent_text(annual.same_period) == "58.33 %");
  const auto quarterly = budget_share({Money::parse("350000"), 6}, {Money::parse("1200000"), 3});
  CHECK(percent_text(quarterly.as_stated) == "29.17 %");
  CHECK(percent_text(quarterly.same_period) == "14.58 %");
  const auto lines = annual.sentences();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "$350,000.00 in 6 months are 29.17 % of the budget of $1,200,000.00 for 12 months.");
  CHECK(lines[1] == "Of the same 6 months of that budget ($600,000.00) they are 58.33 % (C-05).");
}

TEST_CASE("80,000 at 6 % imply a budget of 1,333,333 and 120,000 at 8 % one of 1.5 million", "[decision][budget]") {
  CHECK(decision::implied_budget(Money::parse("80000"), Quantity::parse("0.06")) == Money::parse("1333333.33"));
  CHECK(decision::implied_budget(Money::parse("120000"), Quantity::parse("0.08")) == Money::parse("1500000"));
}

TEST_CASE("The cap rule holds to the last digit", "[decision][budget]") {
  const CapRule rule{Quantity::parse("0.08")};
  CHECK(rule.allows(Money::parse("80000"), Money::parse("1333333.33")));
  CHECK(rule.allows(Money::parse("120000"), Money::parse("1500000")));
  CHECK_FALSE(rule.allows(Money::parse("120000"), Money::parse("1499999.99")));
  CHECK_FALSE(rule.allows(Money::parse("120000.000000000000000001"), Money::parse("1500000")));
  CHECK(rule.head_room(Money::parse("80000"), Money::parse("1333333")).to_fixed(2) == "26666.64");
}

TEST_CASE("What costs more than the fixed budget is not feasible", "[decision][budget]") {
  const std::vector<decision::NamedAmount> options{
      {"prompts", Money::parse("40000")}, {"custom", Money::parse("250000")}, {"just", Money::parse("200000")}};
  CHECK(fitting(options, Money::parse("200000")) == std::vector<std::string>{"prompts", "just"});
}

TEST_CASE("A budget without its period is refused", "[decision][budget]") {
  const auto read = [](std::string_view text) {
    core::Document document{"budget.yaml", text};
    return decision::read_budget_share(document.root());
  };
  check_says(complaint([&] { read("budget_share: {spend: $5, spend_months: 6, budget: $7}"); }), "budget_months");
  const auto question = read("budget_share: {spend: $80_000, spend_months: 3, budget: $1_333_333, budget_months: 3}");
  CHECK(question.value().cap.share == Quantity::parse("0.08"));
  check_says(complaint([&] { read("budget_share: {spend: $0, spend_months: 6, budget: $7, budget_months: 3}"); }),
             "above 0");
}

TEST_CASE("150,000 a month for a million daily users are 15 cents a month and half a cent a day",
          "[decision][volume]") {
  const auto each = decision::per_user(Money::parse("150000"), 1'000'000);
  CHECK(each.month == Money::parse("0.15"));
  CHECK(each.day == Money::parse("0.005"));
  // Ten requests a user-day at $0.0005 make the bill again.
  CHECK(decision::linear_bill(1'000'000, Quantity::whole(10), Money::parse("0.0005")) == Money::parse("150000"));
  CHECK(decision::linear_bill(1'000'000, Quantity::whole(10), Money::parse("0.0005"), Money::parse("7")) ==
        Money::parse("150007"));
}

TEST_CASE("Five GPU hours a day at 2.50 stand for 2,500 of a million users", "[decision][volume]") {
  const auto pilot =
      decision::implied_pilot(Quantity::whole(5), Money::parse("2.5"), Money::parse("150000"), 1'000'000);
  CHECK(pilot.daily_users == Quantity::whole(2500));
  CHECK(pilot.factor == Quantity::whole(400));
  CHECK(pilot.monthly_bill == Money::parse("375"));
}

TEST_CASE("150,000 at 12 cents per thousand are 1.25 billion queries, and 50,000 at 4 cents", "[decision][volume]") {
  const Quantity volume = decision::queries_of(Money::parse("150000"), Money::parse("0.12"));
  CHECK(volume == Quantity::whole(1'250'000'000));
  CHECK(decision::bill_of(volume, Money::parse("0.04")) == Money::parse("50000"));
  const auto change = decision::price_change(Money::parse("0.12"), Money::parse("0.04"));
  CHECK(percent_text(change.change, 1) == "-66.7 %");
  CHECK(change.saved_per_million == Money::parse("80"));
}

TEST_CASE("A thousand a second are 2.592 billion in 30 days and 2.628 billion in 730 hours", "[decision][volume]") {
  const auto volume = decision::monthly_volume(Quantity::whole(1000));
  CHECK(volume.thirty_days == Quantity::whole(2'592'000'000));
  CHECK(volume.average_month == Quantity::whole(2'628'000'000));
}
