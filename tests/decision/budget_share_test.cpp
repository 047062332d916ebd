#include "decision/budget_share.hpp"

#include "decision/exact.hpp"
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
  core::Document document{"budget.yaml", "fixed_budget: {amount: $200_000, months: 3}"};
  CHECK(decision::read_fixed_budget(document.root())->amount == Money::parse("200000"));
  document.finish();
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
