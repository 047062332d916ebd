#include "decision/currency.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using decision::Grouping;
using test_support::check_says;
using test_support::complaint;

TEST_CASE("A crore is ten million rupees, grouped as in India", "[decision][currency]") {
  const Money amount = Money::parse("1") * decision::crore;
  CHECK(decision::amount_in(amount, "INR", Grouping::indian) == "1,00,00,000.00 INR");
  CHECK(decision::amount_in(amount, "INR", Grouping::thousands) == "10,000,000.00 INR");
  CHECK(decision::amount(amount, "INR") == "1,00,00,000.00 INR");  // the page groups by the same rule
  CHECK(decision::amount_in(Money::parse("-123456.789"), "INR", Grouping::indian) == "-1,23,456.79 INR");
  CHECK(decision::amount_in(Money::parse("999"), "INR", Grouping::indian) == "999.00 INR");
}

TEST_CASE("A rate has a date and a source, and goes both ways", "[decision][currency]") {
  const auto read = [](std::string_view text) {
    core::Document document{"fx.yaml", text};
    const auto rate = decision::read_fx(document.root());
    document.finish();
    return rate.value();
  };
  const auto rate = read("fx: {currency: INR, usd: 0.0125, as_of: 2026-11-02, source: a bank}");
  CHECK(rate.grouping == Grouping::indian);
  CHECK(rate.to_dollars(Money::parse("10000000")) == Money::parse("125000"));
  CHECK(rate.from_dollars(Money::parse("125000")) == Money::parse("10000000"));
  CHECK(rate.sentence() == "1 INR = $0.0125 on 2026-11-02 (a bank)");
  check_says(complaint([&] { read("fx: {currency: INR, usd: 0.0125, source: a bank}"); }), "fx.as_of");
  check_says(complaint([&] { read("fx: {currency: INR, usd: 0.0125, as_of: 2026-11-02}"); }), "fx.source");
}
