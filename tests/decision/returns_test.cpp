#include "decision/returns.hpp"

#include <string>

#include "decision/exact.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::FiscalYear;
using decision::payback_days;
using decision::Returns;
using test_support::check_says;
using test_support::complaint;

namespace {

Returns outlay(std::string_view lost_days = "0") {
  return {Money::parse("120000"), Quantity::whole(91), Money::parse("33000"), Quantity::parse(lost_days)};
}

std::string timed(std::string_view lost_days) { return timed_roi(outlay(lost_days)).to_fixed(3); }

Returns read(std::string_view text) {
  core::Document document{"returns.yaml", text};
  const auto returns = decision::read_returns(document.root());
  document.finish();
  return returns.value();
}

}  // namespace

TEST_CASE("A return of 3.636 shrinks with every lost day of the quarter", "[decision][returns]") {
  CHECK(roi(outlay()).to_fixed(3) == "3.636");
  CHECK(timed("0") == "3.636");
  CHECK(timed("12") == "3.157");
  CHECK(timed("30") == "2.438");
  CHECK(timed("45") == "1.838");
  CHECK(timed("91") == "0.000");
  CHECK(timed("120") == "0.000");  // what is gone cannot be lost twice
}

TEST_CASE("At the break-even delay of 40.95 days the return is exactly 2", "[decision][returns]") {
  CHECK(break_even_delay(outlay(), Quantity::whole(2)).value() == Quantity::parse("40.95"));
  CHECK(timed_roi(outlay("40.95")) == Quantity::whole(2));
  Returns of_ninety = outlay();
  of_ninety.period_days = Quantity::whole(90);
  CHECK(break_even_delay(of_ninety, Quantity::whole(2)).value() == Quantity::parse("40.5"));
  CHECK_FALSE(break_even_delay(outlay(), Quantity::whole(4)).has_value());
}

TEST_CASE("Both returns are said, and that the timing decides", "[decision][returns]") {
  const auto lines = say_returns(outlay("45"), Quantity::whole(2));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "$120,000.00 of revenue for $33,000.00 is a return of 3.636 ×.");
  CHECK(lines[1] == "After 45 lost days of 91 it is 1.838 ×: $59,340.66 of revenue are gone.");
  CHECK(lines[2] == "It is 2 × at a delay of 40.95 days.");
  check_says(lines[3], "the timing decides (C-01)");
}

TEST_CASE("Half a million pays 120,000 back in 21.84 days of a quarter or 87.6 of a year", "[decision][returns]") {
  const Money cost = Money::parse("120000");
  const Money revenue = Money::parse("500000");
  CHECK(payback_days(cost, {{Quantity::whole(91), revenue}}).value() == Quantity::parse("21.84"));
  CHECK(payback_days(cost, {{Quantity::whole(365), revenue}}).value() == Quantity::parse("87.6"));
  CHECK(roi(Returns{revenue, Quantity::whole(91), cost, {}}).to_fixed(2) == "4.17");
}

TEST_CASE("A revenue that grows pays back along its profile", "[decision][returns]") {
  // 30,000 in 30 days, then 60,000 in 30: the missing 90,000 - 30,000 take them all, 80,000 five sixths.
  const std::vector<decision::RevenueSpan> profile{{Quantity::whole(30), Money::parse("30000")},
                                                   {Quantity::whole(30), Money::parse("60000")}};
  CHECK(payback_days(Money::parse("90000"), profile).value() == Quantity::whole(60));
  CHECK(payback_days(Money::parse("80000"), profile).value() == Quantity::parse("54.99999999"));
  CHECK_FALSE(payback_days(Money::parse("90001"), profile).has_value());
}

TEST_CASE("Payback is inside the second quarter under both readings", "[decision][returns]") {
  const core::Date april = core::parse_date("2026-04-01");
  Returns plan{Money::parse("500000"), Quantity::whole(91), Money::parse("120000"), {}};
  const auto quarter = payback(plan, april, FiscalYear{}).value();
  CHECK(core::format_date(quarter.on) == "2026-04-22");
  CHECK(quarter.within_quarter);
  plan.period_days = Quantity::whole(365);
  const auto year = payback(plan, april, FiscalYear{}).value();
  CHECK(core::format_date(year.on) == "2026-06-27");
  CHECK(year.paid_in.name() == "Q2 FY2026");
  CHECK(year.within_quarter);
  plan.lost_days = Quantity::whole(10);
  CHECK_FALSE(payback(plan, april, FiscalYear{}).value().within_quarter);
  plan.revenue = Money::parse("100000");
  CHECK_FALSE(payback(plan, april, FiscalYear{}).has_value());
}

TEST_CASE("A release missed by 21 days costs 27,692 of a quarter's 120,000", "[decision][returns]") {
  const Money lost = decision::opportunity_cost(Money::parse("120000"), Quantity::whole(91), Quantity::whole(21));
  CHECK(lost.to_fixed(2) == "27692.31");
  CHECK(decision::opportunity_cost(Money::parse("120000"), Quantity::whole(91), Quantity::whole(21),
                                   Money::parse("200000")) == lost + Money::parse("200000"));
}

TEST_CASE("Returns are read with their period, which has no default", "[decision][returns]") {
  const Returns plan = read("returns: {revenue: $120_000, per: quarter, cost: $33_000, lost_days: 45d}");
  CHECK(timed_roi(plan).to_fixed(3) == "1.838");
  CHECK(read("returns: {revenue: $1, per: days, period_days: 90, cost: $1}").period_days == Quantity::whole(90));
  check_says(complaint([] { read("returns: {revenue: $1, cost: $1}"); }), "returns.per");
  check_says(complaint([] { read("returns: {revenue: $1, per: year, cost: $0}"); }), "expected an amount above 0");
  check_says(complaint([] { read("returns: {revenue: $1, per: year, cost: $1, lost_days: -1}"); }), "days from 0 on");
}
