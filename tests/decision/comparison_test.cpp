#include "decision/comparison.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::signal_cost_sentence;
using test_support::check_says;
using test_support::complaint;

TEST_CASE("120 engineer-days are 8 times a sprint of 15", "[decision][comparison]") {
  const auto impact = decision::cost_impact(
      {{"fine-tune", Quantity::whole(120), Money::parse("9000"), Money::parse("375"), Money::parse("20000")},
       {"baseline", Quantity::whole(15), {}, Money::parse("100"), std::nullopt}},
      1);
  CHECK(impact.effort_ratio[0] == Quantity::whole(8));
  CHECK(impact.effort_ratio[1] == Quantity::whole(1));
  CHECK(impact.asks == std::vector<std::string>{"baseline"});
  CHECK_THROWS_AS(decision::cost_impact({{"alone", {}, {}, {}, {}}}, 0), std::invalid_argument);
}

TEST_CASE("The triad puts every option on three axes from 0 to 1", "[decision][comparison]") {
  const auto points = decision::cpc_triad({{"a", 200, 91, 3}, {"b", 50, 84, 0}, {"c", 100, 45.5, 6}});
  CHECK(points[0].cost == 1);
  CHECK(points[1].cost == 0.25);
  CHECK(points[2].performance == 0.5);
  CHECK(points[1].complexity == 0);
  CHECK(points[2].complexity == 1);
}

TEST_CASE("The sentence of signal and cost is said whole or not at all", "[decision][comparison]") {
  const auto whole = signal_cost_sentence({Quantity::whole(2), Quantity::parse("0.06"), Quantity::whole(12)});
  CHECK(whole.text.value() ==
        "We can achieve 2 % lift while staying under 6 % of the ML budget and preserving 12 days of product velocity.");
  const auto refused = signal_cost_sentence({Quantity::whole(2), std::nullopt, std::nullopt});
  CHECK_FALSE(refused.text.has_value());
  CHECK(refused.missing == std::vector<std::string>{"budget share", "days of product velocity"});
}

TEST_CASE("The inputs of the sentence are read, and what is left out is missing", "[decision][comparison]") {
  core::Document document{"signal.yaml", "signal_cost: {lift: 2%, budget_share: 6%}"};
  const auto inputs = decision::read_signal_cost(document.root()).value();
  document.finish();
  CHECK(inputs.budget_share == Quantity::parse("0.06"));
  CHECK(signal_cost_sentence(inputs).missing == std::vector<std::string>{"days of product velocity"});
}

TEST_CASE("An impact matrix is read with its baseline", "[decision][comparison]") {
  const auto read = [](std::string_view text) {
    core::Document document{"impact.yaml", text};
    const auto impact = decision::read_impact(document.root());
    document.finish();
    return impact.value();
  };
  const std::string rows =
      "rows: [{name: fine-tune, engineer_days: 120, cloud_once: $0, cloud_monthly: $375, revenue_lift: unknown}, "
      "{name: baseline, engineer_days: 15, cloud_once: $0, cloud_monthly: $0, revenue_lift: $0}]}";
  CHECK(read("impact: {baseline: baseline, " + rows).effort_ratio[0] == Quantity::whole(8));
  check_says(complaint([&] { read("impact: {baseline: basline, " + rows); }), "one of fine-tune, baseline");
}
