#include "decision/words.hpp"

#include "tests/support/catch.hpp"

using core::Money;
using decision::amount;
using decision::exact_amount;
using decision::percent;

TEST_CASE("Amounts are grouped, to the cent, half to even", "[decision][words]") {
  CHECK(amount(Money::parse("1234567.005")) == "$1,234,567.00");
  CHECK(amount(Money::parse("1234567.015")) == "$1,234,567.02");
  CHECK(amount(Money::parse("999.994")) == "$999.99");
  CHECK(amount(Money::parse("-1000")) == "-$1,000.00");
  CHECK(amount(Money::parse("12"), "EUR") == "12.00 EUR");
}

TEST_CASE("Rupees are grouped in lakhs and crores wherever an amount is said", "[decision][words]") {
  CHECK(amount(Money::parse("999"), "INR") == "999.00 INR");
  CHECK(amount(Money::parse("1234"), "INR") == "1,234.00 INR");
  CHECK(amount(Money::parse("10000000"), "INR") == "1,00,00,000.00 INR");
  CHECK(amount(Money::parse("-123456789"), "INR") == "-12,34,56,789.00 INR");
  CHECK(exact_amount(Money::parse("123456.5"), "INR") == "1,23,456.50 INR");
  CHECK(decision::small_amount(Money::parse("1234567.8"), "INR") == "12,34,567.80 INR");
  CHECK(decision::grouped("1234567.25", decision::Grouping::thousands) == "1,234,567.25");
}

TEST_CASE("An amount that rounds to nothing has no sign", "[decision][words]") {
  CHECK(amount(Money::parse("-0.001")) == "$0.00");
}

TEST_CASE("Unit prices keep all their digits", "[decision][words]") {
  CHECK(exact_amount(Money::parse("0.000000008056640625")) == "$0.000000008056640625");
  CHECK(exact_amount(Money::parse("0.15")) == "$0.15");
  CHECK(exact_amount(Money::parse("27344")) == "$27,344.00");
  CHECK(exact_amount(Money::parse("0.5")) == "$0.50");
}

TEST_CASE("What one request costs keeps three significant digits", "[decision][words]") {
  CHECK(decision::small_amount(Money::parse("445.364")) == "$445.36");
  CHECK(decision::small_amount(Money::parse("1")) == "$1.00");
  CHECK(decision::small_amount(Money::parse("0.53221")) == "$0.532");
  CHECK(decision::small_amount(Money::parse("-0.000012345")) == "-$0.0000123");
  CHECK(decision::small_amount(Money::parse("0.000000000000000001")) == "$0.000000000000000001");
  CHECK(decision::small_amount(Money{}) == "$0.00");
}

TEST_CASE("A share is cut, so that what misses 99.9 % never reads 99.9 %", "[decision][words]") {
  CHECK(percent(999'000'000) == "99.9 %");
  CHECK(percent(998'999'999) == "99.899 %");
  CHECK(percent(1'000'000'000) == "100 %");
  CHECK(percent(0) == "0 %");
  CHECK(percent(-1'500'000) == "-0.15 %");
}

TEST_CASE("Names are listed as a sentence lists them", "[decision][words]") {
  CHECK(decision::listing({}).empty());
  CHECK(decision::listing({"a"}) == "a");
  CHECK(decision::listing({"a", "b"}) == "a and b");
  CHECK(decision::listing({"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("One thing is no plural", "[decision]") {
  CHECK(decision::counted(0, "hour") == "0 hours");
  CHECK(decision::counted(1, "hour") == "1 hour");
  CHECK(decision::counted(1234, "hour") == "1,234 hours");
}
