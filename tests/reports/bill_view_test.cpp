#include "reports/bill_view.hpp"

#include "core/random.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"

using core::Money;
using pricing::Bill;
using pricing::BillLine;
using pricing::Frequency;
using reports::in_cents;
using reports::merged_lines;
using test_support::line;

TEST_CASE("Three thirds of a cent print as one cent, on the line where it fills up", "[reports][bill]") {
  const BillLine third = line("network", "egress", "1", "GB", "", "0.003333333333333333");
  const auto shown = in_cents({third, third, third});
  CHECK(shown[0] == Money{});
  CHECK(shown[1] == Money::parse("0.01"));
  CHECK(shown[2] == Money{});
}

TEST_CASE("Printed lines sum to the printed total, and none is off by a cent or more", "[reports][bill][property]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    core::Stream chance{seed};
    std::vector<BillLine> lines;
    Money total;
    for (std::uint64_t n = chance.next() % 30 + 1; n > 0; --n) {
      BillLine l;
      l.amount = Money::atto(core::Int128{chance.next() % 1'000'000'000'000} * 1'234'567);
      total += *l.amount;
      lines.push_back(l);
    }
    const auto shown = in_cents(lines);
    Money printed;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      printed += shown[i].value();
      // |round(a) − round(b) − (a − b)| ≤ 2 × half a cent.
      const Money off = *shown[i] - *lines[i].amount;
      CHECK(off <= Money::parse("0.01"));
      CHECK(-off <= Money::parse("0.01"));
    }
    CHECK(printed == total.rounded(2));
  }
}

TEST_CASE("An unpriced line shows no amount", "[reports][bill]") {
  const auto shown = in_cents({line("storage", "weights", "1", "GB", "", ""), line("a", "b", "1", "GB", "1", "1.005")});
  CHECK_FALSE(shown[0].has_value());
  CHECK(shown[1] == Money::parse("1"));  // 1.005 to even
}

TEST_CASE("Equal lines of several periods are added up", "[reports][bill]") {
  const Bill december{"2026-12", "USD", {line("compute", "g6", "10", "Hours", "0.8", "8")}};
  const Bill january{"2027-01",
                     "USD",
                     {line("compute", "g6", "5", "Hours", "0.8", "4"), line("cache", "node", "1", "Hours", "1", "1")}};
  const auto merged = merged_lines({december, january}, Frequency::recurring);
  REQUIRE(merged.size() == 2);
  CHECK(merged[0].quantity == core::Quantity::whole(15));
  CHECK(merged[0].amount == Money::parse("12"));
  CHECK(merged[0].unit_price == Money::parse("0.8"));
  CHECK(merged_lines({december, january}, Frequency::one_time).empty());
}

TEST_CASE("A price that changes between periods is not shown as one", "[reports][bill]") {
  const Bill a{"2026-12", "USD", {line("compute", "g6", "1", "Hours", "0.8", "0.8")}};
  const Bill b{"2027-01", "USD", {line("compute", "g6", "1", "Hours", "0.9", "0.9")}};
  const auto merged = merged_lines({a, b}, Frequency::recurring);
  REQUIRE(merged.size() == 1);
  CHECK_FALSE(merged[0].unit_price.has_value());
  CHECK(merged[0].amount == Money::parse("1.7"));
}

TEST_CASE("A sum with an unpriced part is unpriced", "[reports][bill]") {
  const Bill a{"2026-12", "USD", {line("compute", "g6", "1", "Hours", "0.8", "0.8")}};
  const Bill b{"2027-01", "USD", {line("compute", "g6", "1", "Hours", "", "")}};
  CHECK_FALSE(merged_lines({a, b}, Frequency::recurring).front().amount.has_value());
  CHECK_FALSE(merged_lines({b, a}, Frequency::recurring).front().amount.has_value());
}

TEST_CASE("A price row is named by table, sku and offer", "[reports][bill]") {
  BillLine l = line("compute", "g6", "1", "Hours", "0.8", "0.8");
  CHECK(reports::price_row(l) == "scenario");
  l.source = pricing::PriceSource{"aws", "ec2.g6", "on_demand", "", "", "", ""};
  CHECK(reports::price_row(l) == "aws/ec2.g6/on_demand");
  l.source->offer.clear();
  CHECK(reports::price_row(l) == "aws/ec2.g6");
  CHECK(reports::price_row(line("a", "b", "1", "GB", "", "")).empty());
}
