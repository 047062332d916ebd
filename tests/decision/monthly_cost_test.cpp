#include "decision/monthly_cost.hpp"

#include "tests/support/catch.hpp"

using core::Horizon;
using core::Money;
using decision::divided;
using decision::monthly_cost;
using decision::MonthlyCost;
using pricing::Bill;
using pricing::BillLine;
using pricing::Frequency;
using namespace std::chrono_literals;

namespace {

Bill bill_of(const char* recurring, const char* one_time = "0") {
  Bill bill{"2026-12", "USD", {}};
  BillLine line;
  line.amount = Money::parse(recurring);
  bill.lines.push_back(line);
  line.amount = Money::parse(one_time);
  line.frequency = Frequency::one_time;
  bill.lines.push_back(line);
  return bill;
}

const core::Date december{2026y / 12 / 1};

}  // namespace

TEST_CASE("A whole month costs its recurring lines", "[decision][monthly]") {
  CHECK(monthly_cost({bill_of("744.5", "99")}, Horizon::months(december, 1)) ==
        MonthlyCost{Money::parse("744.5"), false});
  CHECK(monthly_cost({bill_of("730")}, Horizon::average_months(december, 1)) ==
        MonthlyCost{Money::parse("730"), false});
}

TEST_CASE("Whole months cost their mean", "[decision][monthly]") {
  CHECK(monthly_cost({bill_of("10"), bill_of("20"), bill_of("60")}, Horizon::months(december, 3)) ==
        MonthlyCost{Money::parse("30"), false});
}

TEST_CASE("Part of a month is carried over to 730 hours, and says so", "[decision][monthly]") {
  CHECK(monthly_cost({bill_of("24")}, Horizon::hours(december, 24)) == MonthlyCost{Money::parse("730"), true});
  // From the 16th to the 31st is no whole month either.
  CHECK(monthly_cost({bill_of("384")}, Horizon::months(core::Date{2026y / 12 / 16}, 1)).projected);
}

TEST_CASE("Division rounds once, half to even, on either side of zero", "[decision][monthly]") {
  CHECK(divided(Money::atto(5), 2) == Money::atto(2));
  CHECK(divided(Money::atto(7), 2) == Money::atto(4));
  CHECK(divided(Money::atto(-5), 2) == Money::atto(-2));
  CHECK(divided(Money::atto(-7), 2) == Money::atto(-4));
  CHECK(divided(Money::atto(8), 3) == Money::atto(3));
  CHECK(divided(Money::atto(7), 3) == Money::atto(2));
  CHECK(divided(Money::atto(-8), 3) == Money::atto(-3));
}
