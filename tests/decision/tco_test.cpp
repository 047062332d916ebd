#include "decision/tco.hpp"

#include <numeric>
#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::make_tco;
using decision::Tco;
using decision::TcoLine;
using decision::TcoPart;
using test_support::check_says;
using test_support::complaint;

namespace {

Money sum(const std::vector<Money>& months) { return std::accumulate(months.begin(), months.end(), Money{}); }

std::vector<TcoLine> lines() {
  return {{.name = "serving", .part = TcoPart::inference, .recurring = true, .amount = Money::parse("1000.33")},
          {.name = "training", .part = TcoPart::training, .amount = Money::parse("10000.01"), .amortise = 36},
          {.name = "audit",
           .part = TcoPart::compliance,
           .recurring = true,
           .amount = Money::parse("70"),
           .first_month = 4,
           .owner = "legal"},
          {.name = "labels", .part = TcoPart::labels, .amount = Money::parse("800"), .first_month = 3},
          {.name = "more labels", .part = TcoPart::labels, .amount = Money::parse("100.07"), .first_month = 12}};
}

decision::TcoPlan read(std::string_view text) {
  core::Document document{"tco.yaml", text};
  const auto plan = decision::read_tco(document.root());
  document.finish();
  return plan.value();
}

}  // namespace

TEST_CASE("The parts of a total cost sum to it to the last digit, and so do its months", "[decision][tco]") {
  const Tco tco = make_tco(lines());
  Money parts;
  for (const auto& part : tco.parts) parts += part.total();
  CHECK(parts == tco.total());
  CHECK(sum(tco.cash) == tco.total());
  CHECK(sum(tco.amortised) + tco.not_written_off == tco.total());
  CHECK(tco.one_time == Money::parse("10900.08"));
  CHECK(tco.recurring == Money::parse("1000.33") * 12 + Money::parse("70") * 9);
  CHECK(tco.parts.size() == 4);
}

TEST_CASE("A cost is paid in its month and written off over its months", "[decision][tco]") {
  const Tco tco = make_tco(lines());
  CHECK(tco.cash[0] == Money::parse("11000.34"));
  CHECK(tco.cash[2] == Money::parse("1800.33"));
  // Two thirds of the training are left after a year; the labels of month 3 are gone in ten months.
  CHECK(tco.not_written_off.rounded(2) == Money::parse("6666.67"));
  CHECK((tco.amortised[2] - tco.amortised[1]).rounded(6) == Money::parse("80"));
}

TEST_CASE("A total cost has at least twelve months", "[decision][tco]") {
  CHECK_THROWS_AS(make_tco(lines(), 11), std::invalid_argument);
  CHECK_THROWS_AS(make_tco({{.name = "late", .amount = Money{}, .first_month = 13}}), std::invalid_argument);
  check_says(complaint([] { read("tco: {months: 6}"); }), "from 12 to 120");
}

TEST_CASE("Retraining monthly is 12 times a year and daily 365", "[decision][tco]") {
  CHECK(decision::times_a_year(decision::Cadence::month) == 12);
  CHECK(decision::times_a_year(decision::Cadence::day) == 365);
  const auto monthly = make_tco({decision::retraining_line("m", Money::parse("500"), decision::Cadence::month)});
  const auto daily = make_tco({decision::retraining_line("d", Money::parse("500"), decision::Cadence::day)});
  CHECK(monthly.total() == Money::parse("6000"));
  CHECK(daily.total().rounded(2) == Money::parse("182500"));
}

TEST_CASE("Two models for 14 days cost 14 days of the second", "[decision][tco]") {
  CHECK(decision::overlap_cost(Money::parse("12000"), Quantity::whole(14)).to_fixed(2) == "5523.29");
  CHECK(decision::overlap_cost(Money::parse("12000"), Quantity::ratio(365, 12)).rounded(2) == Money::parse("12000"));
}

TEST_CASE("A total cost is read, and what leaving costs stands beside it", "[decision][tco]") {
  const auto plan = read(
      "tco:\n  lines:\n    - {name: training, part: training, once: $28_000, amortise: 24}\n"
      "    - {name: retraining, part: retraining, each: $500, every: month}\n"
      "    - {name: audit, part: compliance, monthly: $1_000, owner: legal}\n"
      "  exit: {egress: $900, retuning_days: 10, day_rate: $1_167, price_risk: unknown}\n"
      "  overlap: {monthly: $12_000, days: 14}\n");
  CHECK(plan.lines.size() == 4);
  CHECK(plan.lines[1].amount == Money::parse("500"));
  CHECK(plan.exit->known() == Money::parse("12570"));
  CHECK_FALSE(plan.exit->price_risk.has_value());
}

TEST_CASE("Compliance and monitoring have an owner", "[decision][tco]") {
  check_says(complaint([] { read("tco: {lines: [{name: audit, part: compliance, monthly: $5}]}"); }),
             "expected who answers for compliance");
  check_says(complaint([] { read("tco: {lines: [{name: a, part: labels, monthly: $5, once: $5}]}"); }),
             "one of `once`");
  check_says(complaint([] { read("tco: {lines: [{name: a, part: labels, monthly: $5, amortise: 3}]}"); }),
             "only that is written off");
}
