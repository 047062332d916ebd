#include "decision/business_value.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::KpiMapping;
using decision::SwapValue;
using decision::UsersValue;
using test_support::check_says;
using test_support::complaint;

namespace {

const UsersValue million{1'000'000, Money::parse("2")};

KpiMapping read(std::string_view text) {
  core::Document document{"kpi.yaml", text};
  const auto mapping = decision::read_kpi(document.root());
  document.finish();
  return mapping.value();
}

}  // namespace

TEST_CASE("A churn of 0.4 points avoided among a million users at 2 dollars is 8,000", "[decision][value]") {
  CHECK(decision::churn_value(million, Quantity::parse("0.4")) == Money::parse("8000"));
  CHECK_FALSE(decision::churn_value({1'000'000, std::nullopt}, Quantity::parse("0.4")).has_value());
}

TEST_CASE("20 ms for 0.3 points of churn are 0.015 points a millisecond", "[decision][value]") {
  const decision::LatencyElasticity elasticity;
  CHECK(elasticity.points_per_ms() == Quantity::parse("0.015"));
  CHECK(elasticity.value_per_ms(million) == Money::parse("300"));
  CHECK(elasticity.most_per_accuracy_point(million) == Money::parse("6000"));
  CHECK_FALSE(elasticity.value_per_ms({1'000'000, std::nullopt}).has_value());
}

TEST_CASE("One percent of accuracy is exchanged for 30 % of latency, 0.7 for 21", "[decision][value]") {
  const decision::LatencyExchange exchange;
  CHECK(exchange.needed_gain(Quantity::parse("0.7")) == Quantity::whole(21));
  CHECK(exchange.accepts(Quantity::whole(1), Quantity::whole(30)));
  CHECK_FALSE(exchange.accepts(Quantity::whole(1), Quantity::parse("29.999")));
}

TEST_CASE("A swap breaks even at a value of a point, whether or not that is known", "[decision][value]") {
  SwapValue swap{.name = "quantise",
                 .gain_points = Quantity::whole(3),
                 .extra_monthly = Money::parse("1500"),
                 .one_time = Money::parse("6000"),
                 .months = 12,
                 .value_per_point = {}};
  CHECK(swap.extra() == Money::parse("24000"));
  CHECK_FALSE(swap.net().has_value());
  // 24,000 ÷ (3 × 12)
  CHECK(swap.break_even_per_point().value().to_fixed(2) == "666.67");
  check_says(swap.sentence(), "of unknown value");
  swap.value_per_point = Money::parse("1000");
  CHECK(swap.net() == Money::parse("12000"));
  swap.gain_points = Quantity::whole(-1);
  CHECK_FALSE(swap.break_even_per_point().has_value());
}

TEST_CASE("A metric without a function has no value", "[decision][value]") {
  const KpiMapping none = read("kpi: {metric: accuracy, is: chargebacks avoided}");
  CHECK_FALSE(none.gain(Quantity::whole(90), Quantity::whole(95)).has_value());
  CHECK(none.sentence() ==
        "What accuracy is worth is not known: no function turns it into chargebacks avoided. Options rank by cost and "
        "latency only.");
}

TEST_CASE("A mapping is straight between its points and level beyond", "[decision][value]") {
  const KpiMapping mapping =
      read("kpi: {metric: accuracy, is: chargebacks, points: [{at: 90, worth: $0}, {at: 95, worth: $20_000}]}");
  CHECK(mapping.worth(Quantity::whole(92)) == Money::parse("8000"));
  CHECK(mapping.worth(Quantity::whole(80)) == Money{});
  CHECK(mapping.worth(Quantity::whole(99)) == Money::parse("20000"));
  CHECK(mapping.gain(Quantity::whole(91), Quantity::whole(93)) == Money::parse("8000"));
  check_says(complaint([] { read("kpi: {metric: a, is: b, points: [{at: 95, worth: $0}, {at: 90, worth: $1}]}"); }),
             "more than 95");
  check_says(complaint([] { read("kpi: {metric: a, is: b, points: [{at: 95, worth: $0}]}"); }), "at least two");
}

TEST_CASE("Elasticity, exchange and swaps are read, with the source's numbers where none are given",
          "[decision][value]") {
  core::Document document{"value.yaml",
                          "latency_churn: {milliseconds: 10}\n"
                          "latency_exchange: {offered: {accuracy_loss: 0.7%, latency_gain: 25%}}\n"
                          "swaps: [{name: b, gain_points: 5, extra_monthly: $2_000, one_time: $0, value_per_point: "
                          "unknown}]\n"};
  const core::Section root = document.root();
  CHECK(decision::read_latency_elasticity(root)->points_per_ms() == Quantity::parse("0.03"));
  const auto exchange = decision::read_latency_exchange(root).value();
  CHECK(exchange.rule.sentence(exchange.accuracy_loss, exchange.latency_gain) ==
        "A loss of 0.7 % of accuracy asks for 21 % less latency; 25 % are offered: accepted.");
  CHECK(decision::read_swaps(root).at(0).break_even_per_point() == Money::parse("400"));
  document.finish();
  CHECK(document.assumptions().size() == 5);
  const auto no_cost = [] {
    core::Document wrong{"value.yaml", "swaps: [{name: b, gain_points: 5, one_time: $0, value_per_point: $1}]"};
    decision::read_swaps(wrong.root());
  };
  check_says(complaint(no_cost), "swaps.b.extra_monthly");
}
