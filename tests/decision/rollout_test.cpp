#include "decision/rollout.hpp"

#include <numeric>

#include "decision/exact.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::CapPeriod;
using decision::Ramp;
using decision::RolloutPlan;
using test_support::check_says;
using test_support::complaint;

namespace {

const Money full = Money::parse("150000");
const Money cap = Money::parse("30000");

RolloutPlan plan(Ramp ramp, CapPeriod per = CapPeriod::whole) {
  return {.cap = cap, .per = per, .full = full, .begins = core::parse_date("2026-10-01"), .ramp = std::move(ramp)};
}

RolloutPlan read(std::string_view text) {
  core::Document document{"rollout.yaml", text};
  const auto read_plan = decision::read_rollout(document.root());
  document.finish();
  return read_plan.value();
}

}  // namespace

TEST_CASE("30,000 a quarter of 150,000 a month are 6.67, 13.33 or 20 % by the reading", "[decision][rollout]") {
  const auto readings = decision::cap_readings(cap, full);
  CHECK(decision::percent_text(readings.flat) == "6.67 %");
  CHECK(decision::percent_text(readings.linear) == "13.33 %");
  CHECK(decision::percent_text(readings.per_month) == "20.00 %");
  check_says(readings.sentences().back(), "C-04");
}

TEST_CASE("Each reading spends the cap and no more", "[decision][rollout]") {
  const auto readings = decision::cap_readings(cap, full);
  const auto flat = rollout_bill(plan(Ramp::flat(readings.flat, 91)), full);
  CHECK(flat.total.rounded(2) == cap);
  const auto linear = rollout_bill(plan(Ramp::linear(readings.linear, 91)), full);
  CHECK(linear.total.rounded(2) == cap);
  CHECK_FALSE(linear.binds.has_value());
  // A month of the calendar has up to 31 of the 91 days, and so 31 × 450,000 ÷ 91 × 20 % = $30,659.
  const auto monthly = rollout_bill(plan(Ramp::flat(readings.per_month, 91), CapPeriod::month), full);
  CHECK(core::format_date(monthly.binds.value()) == "2026-10-31");
  CHECK(monthly.total == Money::parse("90000"));
}

TEST_CASE("At full scale the cap binds on the seventh day", "[decision][rollout]") {
  // 30,000 ÷ (450,000 ÷ 91) = 6.07 days.
  const auto bill = rollout_bill(plan(Ramp::flat(Quantity::whole(1), 91)), full);
  CHECK(core::format_date(bill.binds.value()) == "2026-10-07");
  CHECK(bill.sentence == "The cap of $30,000.00 binds on 2026-10-07, at 100.00 % of the users.");
}

TEST_CASE("On a line to full scale the cap binds on the 34th day", "[decision][rollout]") {
  // 91 × √(2 × 30 ÷ 450) = 33.23 days.
  const auto bill = rollout_bill(plan(Ramp::linear(Quantity::whole(1), 91)), full);
  CHECK(core::format_date(bill.binds.value()) == "2026-11-03");
  CHECK(bill.total.rounded(2) == Money::parse("225000"));
}

TEST_CASE("The weeks of a rollout sum to its total to the last digit", "[decision][rollout]") {
  for (const std::int64_t days : {1, 7, 90, 91, 92}) {
    const auto bill = rollout_bill(plan(Ramp::linear(Quantity::parse("0.371"), days)), full);
    const Money sum = std::accumulate(bill.weekly.begin(), bill.weekly.end(), Money{});
    CHECK(sum == bill.total);
    CHECK(bill.weekly.size() == static_cast<std::size_t>((days + 6) / 7));
  }
}

TEST_CASE("Phases hold until the next one", "[decision][rollout]") {
  const Ramp ramp = Ramp::phases({{2, Quantity::parse("0.01")}, {4, Quantity::parse("0.05")}}, 6);
  const Quantity none;
  const Quantity first = Quantity::parse("0.01");
  const Quantity second = Quantity::parse("0.05");
  CHECK(ramp.daily == std::vector<Quantity>{none, none, first, first, second, second});
}

TEST_CASE("A rollout is read in each shape", "[decision][rollout]") {
  const std::string head = "rollout: {cap: $30_000, begins: 2026-10-01, full_bill: $150_000, ";
  CHECK(read(head + "shape: linear, to: 100%}") == plan(Ramp::linear(Quantity::whole(1), 91)));
  CHECK(read(head + "per: month, shape: flat, to: 20%}") ==
        plan(Ramp::flat(Quantity::parse("0.2"), 91), CapPeriod::month));
  CHECK(read(head + "shape: phases, phases: [[0, 1], [28, 5]]}").ramp.daily[28] == Quantity::parse("0.05"));
  check_says(complaint([&] { read(head + "shape: phases, phases: [[0, 1], [0, 5]]}"); }), "each later than the last");
  check_says(complaint([&] { read(head + "shape: phases, phases: [[0, 101]]}"); }), "0 to 100 %");
  check_says(complaint([&] { read(head + "shape: flat, to: 120%}"); }), "0 to 100 %");
  check_says(complaint([&] { read("rollout: {cap: $0, begins: 2026-10-01, shape: flat, to: 5%}"); }), "above 0");
}

TEST_CASE("A cap that is spent to the last digit does not bind, and a hair less does", "[decision][rollout]") {
  RolloutPlan exact = plan(Ramp::flat(Quantity::parse("0.2"), 91));
  exact.cap = Money::parse("90000");
  CHECK(rollout_bill(exact, full).total == exact.cap);
  CHECK_FALSE(rollout_bill(exact, full).binds.has_value());
  exact.cap = Money::parse("89999.999999999999999999");
  CHECK(core::format_date(rollout_bill(exact, full).binds.value()) == "2026-12-30");
}

TEST_CASE("A rollout of a simulated bill begins with the horizon", "[decision][rollout]") {
  const auto simulated = [](const std::string& rollout) {
    const core::Document document{"s.yaml", "horizon: {start: 2026-10-01}\ntraffic: {}\nrollout: {" + rollout + "}\n"};
    return decision::read_rollout(document.root()).value();
  };
  const RolloutPlan plan_of = simulated("cap: $30_000, full_bill: simulated, shape: flat, to: 5%");
  CHECK_FALSE(plan_of.full.has_value());
  CHECK(core::format_date(plan_of.begins) == "2026-10-01");
  CHECK(core::format_date(simulated("cap: $30_000, begins: 2026-11-01, shape: flat, to: 5%").begins) == "2026-11-01");
  check_says(
      complaint([] { read("rollout: {cap: $30_000, full_bill: simulated, begins: 2026-10-01, shape: flat, to: 5%}"); }),
      "without traffic");
}
