#include "decision/exact.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"

using core::Money;
using core::Quantity;
using decision::figure;
using decision::part_of;
using decision::percent_text;
using decision::share_of;

TEST_CASE("A share of an amount is rounded to a billionth", "[decision][exact]") {
  CHECK(share_of(Money::parse("350000"), Money::parse("1200000")) == Quantity::parse("0.291666667"));
  CHECK(percent_text(share_of(Money::parse("350000"), Money::parse("1200000"))) == "29.17 %");
  CHECK_THROWS_AS(share_of(Money::parse("1"), Money{}), std::invalid_argument);
}

TEST_CASE("A part of an amount is exact wherever it can be", "[decision][exact]") {
  CHECK(part_of(Money::parse("120000"), Quantity::whole(46), Quantity::whole(91)) ==
        Money::parse("60659.340659340659340659"));
  CHECK(part_of(Money::parse("-1"), Quantity::whole(1), Quantity::whole(3)) == Money::parse("-0.333333333333333333"));
  // Billions of dollars times billions of parts leave 128 bits only when they are multiplied first.
  CHECK(part_of(Money::parse("5000000000000"), Quantity::whole(7'000'000'000), Quantity::whole(7'000'000'000)) ==
        Money::parse("5000000000000"));
  CHECK_THROWS_AS(part_of(Money::parse("100000000000000000000"), Quantity::whole(9'000'000'000), Quantity::nano(1)),
                  std::overflow_error);
}

TEST_CASE("Parts of one amount are rounded half to even", "[decision][exact]") {
  CHECK(part_of(Money::atto(5), Quantity::whole(1), Quantity::whole(2)) == Money::atto(2));
  CHECK(part_of(Money::atto(7), Quantity::whole(1), Quantity::whole(2)) == Money::atto(4));
}

TEST_CASE("Figures are grouped and carry no idle zeros", "[decision][exact]") {
  CHECK(figure(Quantity::parse("1333333.333333333"), 2) == "1,333,333.33");
  CHECK(figure(Quantity::parse("21.840")) == "21.84");
  CHECK(figure(Quantity::parse("-1000")) == "-1,000");
  CHECK(figure(Quantity::parse("-0.0001")) == "0");
}
