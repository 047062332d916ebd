#include "decision/budget.hpp"

#include <string>
#include <string_view>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using decision::BudgetCheck;
using decision::DecisionConfig;
using test_support::check_says;

namespace {

DecisionConfig read(std::string_view text) {
  core::Document document{"decision.yaml", text};
  DecisionConfig config = decision::read_decision(document.root());
  document.finish();
  return config;
}

std::string error_of(std::string_view text) {
  try {
    read(text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

}  // namespace

TEST_CASE("Weights and budget are read as they stand", "[decision][budget]") {
  const DecisionConfig config = read(
      "decision: {weights: {cost: 0.4, latency: 0.25, quality: 0.25, time_to_ship: 0.1},\n"
      "           budget: {amount: $150_000, per: month}}\n");
  REQUIRE(config.weights.size() == 4);
  CHECK(config.weights[0] == decision::Weight{"cost", 0.4});
  CHECK(config.weights[3] == decision::Weight{"time_to_ship", 0.1});
  CHECK(config.budget.value().per_month == Money::parse("150000"));
}

TEST_CASE("A scenario may decide nothing", "[decision][budget]") { CHECK(read("{}") == DecisionConfig{}); }

TEST_CASE("Weights that do not sum to 1 are refused with their sum", "[decision][budget]") {
  CHECK(error_of("decision:\n  weights: {cost: 0.4, latency: 0.5}\n") ==
        "decision.yaml:2:12: decision.weights: found weights that sum to 0.9, expected weights that sum to 1");
}

TEST_CASE("Weights may miss 1 by what rounding takes, and by no more", "[decision][budget]") {
  CHECK(
      read("decision: {weights: {cost: 0.3333333333, latency: 0.3333333333, quality: 0.3333333333}}").weights.size() ==
      3);
  check_says(error_of("decision: {weights: {cost: 0.33333333, latency: 0.33333333, quality: 0.33333333}}"),
             "sum to 0.99999999");
}

TEST_CASE("A criterion that nobody knows is refused", "[decision][budget]") {
  check_says(error_of("decision: {weights: {cost: 0.5, latencey: 0.5, latency: 0.5}}"),
             "unknown key 'latencey'; did you mean 'latency'?");
}

TEST_CASE("A budget is an amount above 0 a month", "[decision][budget]") {
  check_says(error_of("decision: {budget: {amount: $0, per: month}}"),
             "decision.budget.amount: found 0, expected an amount above 0");
  check_says(error_of("decision: {budget: {amount: $5, per: mouth}}"), "month");
  check_says(error_of("decision: {budget: {amount: $5}}"), "decision.budget.per");
}

TEST_CASE("An option that costs its budget to the last digit is within it", "[decision][budget]") {
  CHECK(BudgetCheck{Money::parse("100"), Money::parse("100")}.within());
  CHECK_FALSE(BudgetCheck{Money::parse("100"), Money::parse("100.000000000000000001")}.within());
  CHECK(BudgetCheck{Money::parse("100"), Money::parse("130")}.left() == Money::parse("-30"));
}
