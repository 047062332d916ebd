#include "pricing/bill.hpp"

#include <limits>

#include "core/money.hpp"
#include "tests/support/catch.hpp"

namespace pricing {
namespace {

using core::Money;

BillLine line(const char* amount, Frequency frequency) {
  BillLine result;
  result.amount = Money::parse(amount);
  result.frequency = frequency;
  return result;
}

}  // namespace

TEST_CASE("A bill sums what it prices and says when that is not all", "[bill]") {
  Bill bill{"2026-12",
            "USD",
            {line("0.1", Frequency::recurring), line("0.2", Frequency::recurring), line("1000", Frequency::one_time)}};
  CHECK(bill.total(Frequency::recurring) == Money::parse("0.3"));
  CHECK(bill.total(Frequency::one_time) == Money::parse("1000"));
  CHECK(bill.total() == Money::parse("1000.3"));
  CHECK(bill.complete());
  bill.lines.emplace_back();
  CHECK_FALSE(bill.complete());
  CHECK(bill.total() == Money::parse("1000.3"));
  CHECK(Bill{}.complete());
}

TEST_CASE("The lines of a part stand in the bill of the whole under its name", "[bill]") {
  Bill whole{"2026-12", "USD", {line("1", Frequency::recurring)}};
  BillLine unknown = line("2", Frequency::recurring);
  unknown.item = "g6.xlarge, on demand";
  const Bill part{"2026-12", "USD", {unknown, line("4", Frequency::recurring)}};
  append_part(whole, "heavy", part);
  REQUIRE(whole.lines.size() == 3);
  CHECK(whole.lines[1].item == "heavy: g6.xlarge, on demand");
  CHECK(whole.total() == Money::parse("7"));
}

TEST_CASE("G11: an H100 at $2.50 an hour and 700 tokens a second, busy all and a tenth of the time", "[bill][golden]") {
  const Money hour = Money::parse("2.50");
  const auto busy = cost_per(hour, 1'000'000, 700 * 3600);
  const auto tenth = cost_per(hour, 1'000'000, 70 * 3600);
  CHECK(busy->to_fixed(3) == "0.992");
  CHECK(busy == Money::parse("0.992063492063492063"));  // 2.5 / 2.52, cut after 18 digits: the next is a 4
  CHECK(tenth->to_fixed(2) == "9.92");
}

TEST_CASE("A cost per unit is rounded half to even, and of nothing there is none", "[bill]") {
  CHECK(cost_per(Money::parse("10"), 1000, 0) == std::nullopt);
  CHECK(cost_per(Money::parse("10"), 1000, 4000) == Money::parse("2.5"));
  CHECK(cost_per(Money::atto(1), 1, 2)->count() == 0);
  CHECK(cost_per(Money::atto(3), 1, 2)->count() == 2);
  CHECK(cost_per(Money::atto(5), 1, 2)->count() == 2);
  CHECK(cost_per(Money::atto(2), 1, 3)->count() == 1);
  CHECK(cost_per(Money::atto(-3), 1, 2)->count() == -2);
  CHECK(cost_per(Money::atto(-1), 1, 2)->count() == 0);
  // A hundred billion, of a million, over the largest count: no intermediate leaves 128 bits.
  CHECK(cost_per(Money::parse("1e11"), 1'000'000, std::numeric_limits<std::int64_t>::max()) ==
        Money::parse("0.010842021724855044"));
}

}  // namespace pricing
