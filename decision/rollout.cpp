#include "decision/rollout.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

// The months of the plan on the calendar: the k-th begins on the same day of the month, or on its last day.
core::Date month_of(core::Date begins, int k) {
  const std::chrono::year_month_day day{begins};
  const std::chrono::year_month month = std::chrono::year_month{day.year(), day.month()} + std::chrono::months{k};
  const std::chrono::year_month_day wished{month.year(), month.month(), day.day()};
  return wished.ok() ? std::chrono::sys_days{wished} : std::chrono::sys_days{month / std::chrono::last};
}

Ramp read_ramp(const core::Section& section, std::int64_t days) {
  const std::size_t shape = section.choice("shape", {"flat", "linear", "phases"});
  const auto share = [&] {
    const Quantity percent = read_measured(section, "to", Unit::share).value;
    if (percent < Quantity{} || percent > Quantity::whole(100))
      throw section.error("to", figure(percent) + " %", "0 to 100 %");
    return quotient(percent, Quantity::whole(100));
  };
  if (shape == 0) return Ramp::flat(share(), days);
  if (shape == 1) return Ramp::linear(share(), days);
  std::vector<Phase> phases;
  for (const std::vector<double>& row : section.rows("phases", 2, {.min = 0, .max = 1e6})) {
    const auto day = static_cast<std::int64_t>(row[0]);
    if (static_cast<double>(day) != row[0] || day >= days || (!phases.empty() && day <= phases.back().first_day)) {
      throw section.error("phases", fmt::format("day {}", row[0]),
                          fmt::format("whole days from 0 to {}, each later than the last", days - 1));
    }
    if (row[1] > 100) throw section.error("phases", fmt::format("{} %", row[1]), "0 to 100 % of the users");
    // Percents written with up to seven decimals come through exactly.
    phases.push_back({day, quotient(Quantity::parse(fmt::format("{:.7f}", row[1])), Quantity::whole(100))});
  }
  return Ramp::phases(phases, days);
}

}  // namespace

CapReadings cap_readings(Money cap, Money full, std::int64_t months) {
  const Money whole = full * months;
  return {share_of(cap, whole), share_of(cap * 2, whole), share_of(cap, full)};
}

std::vector<std::string> CapReadings::sentences() const {
  return {fmt::format("As the total of the period, at one share all along: {} of the users.", percent_text(flat)),
          fmt::format("As the total of the period, on a line from 0: up to {} at its end.", percent_text(linear)),
          fmt::format("As a cap of each month: {} of the users.", percent_text(per_month)),
          "The text says no more than the amount and the quarter; its total is the literal reading (C-04)."};
}

Ramp Ramp::flat(Quantity share, std::int64_t days) {
  return {std::vector<Quantity>(static_cast<std::size_t>(days), share)};
}

Ramp Ramp::linear(Quantity end, std::int64_t days) {
  Ramp ramp;
  for (std::int64_t day = 0; day < days; ++day) {
    ramp.daily.push_back(product(end, Quantity::ratio(2 * day + 1, core::Int128{2} * days)));
  }
  return ramp;
}

Ramp Ramp::phases(const std::vector<Phase>& phases, std::int64_t days) {
  Ramp ramp = flat({}, days);
  for (const Phase& phase : phases) {
    std::fill(ramp.daily.begin() + std::min(phase.first_day, days), ramp.daily.end(), phase.share);
  }
  return ramp;
}

RolloutBill rollout_bill(const RolloutPlan& plan, Money full) {
  RolloutBill bill;
  const Quantity days = Quantity::whole(static_cast<std::int64_t>(plan.ramp.daily.size()));
  const Money whole = full * plan.months;
  // What is spent by the end of a day is rounded once, and days and weeks are differences of it: they sum exactly.
  Quantity user_days;
  Money spent;
  Money spent_before_week;
  Money spent_before_month;
  int month = 1;
  for (std::size_t day = 0; day < plan.ramp.daily.size(); ++day) {
    const core::Date date = plan.begins + std::chrono::days{static_cast<int>(day)};
    if (plan.per == CapPeriod::month && date >= month_of(plan.begins, month)) {
      spent_before_month = spent;
      ++month;
    }
    user_days += plan.ramp.daily[day];
    spent = part_of(whole, user_days, days);
    if (!bill.binds && spent - spent_before_month > plan.cap) {
      bill.binds = date;
      bill.share = plan.ramp.daily[day];
    }
    if (day % 7 == 6 || day + 1 == plan.ramp.daily.size()) {
      bill.weekly.push_back(spent - spent_before_week);
      spent_before_week = spent;
    }
  }
  bill.total = spent;
  const std::string_view of = plan.per == CapPeriod::month ? " a month" : "";
  bill.sentence = bill.binds ? fmt::format("The cap of {}{} binds on {}, at {} of the users.", amount(plan.cap), of,
                                           core::format_date(*bill.binds), percent_text(*bill.share))
                             : fmt::format("The cap of {}{} does not bind: {} are spent in all.", amount(plan.cap), of,
                                           amount(bill.total));
  return bill;
}

std::optional<RolloutPlan> read_rollout(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("rollout");
  if (!section) return std::nullopt;
  RolloutPlan plan;
  plan.cap = section->money("cap");
  if (plan.cap <= Money{}) throw section->error("cap", plan.cap.to_string(), "an amount above 0");
  plan.per = section->choice("per", {"quarter", "month"}, 0, "the literal text; all readings are shown (C-04)") == 0
                 ? CapPeriod::whole
                 : CapPeriod::month;
  const bool is_simulated = root.has("traffic");
  if (section->has("full_bill") &&
      section->text("full_bill", {.expected = "an amount a month, or simulated"}) == "simulated") {
    if (!is_simulated) throw section->error("full_bill", "'simulated' without traffic", "an amount a month");
  } else if (section->has("full_bill")) {
    plan.full = section->money("full_bill");
    if (*plan.full <= Money{}) throw section->error("full_bill", plan.full->to_string(), "an amount above 0");
  }
  if (is_simulated && !section->has("begins")) {
    plan.begins = root.section("horizon").date("start");
    section->assume("begins", core::format_date(plan.begins), "the start of the horizon");
  } else {
    plan.begins = section->date("begins");
  }
  const std::int64_t days = section->integer(
      "days", {.min = 1, .max = 3660, .unit = "days", .fallback = 91, .why = "thirteen weeks of a quarter"});
  plan.months =
      section->integer("months", {.min = 1, .max = 120, .unit = "months", .fallback = 3, .why = "a quarter has three"});
  plan.ramp = read_ramp(*section, days);
  return plan;
}

}  // namespace decision
