#include "decision/answers/rollout.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

Quantity percent_of(Quantity share) { return product(share, Quantity::whole(100)); }

// The stated bill without a name, or those of the options.
std::vector<OptionBill> bills_of(const RolloutPlan& plan, const OptionFacts& options) {
  if (plan.full) return {{"", *plan.full}};
  std::vector<OptionBill> bills;
  for (const OptionFact& option : options) {
    if (option.monthly_cost && *option.monthly_cost > Money{}) bills.push_back({option.name, *option.monthly_cost});
  }
  return bills;
}

std::string whose(const OptionBill& bill) { return bill.name.empty() ? "" : bill.name + ": "; }

Table weeks_of(const RolloutPlan& plan, const std::vector<OptionBill>& bills) {
  Table table{.alignment = "rl", .rows = {{"week", "from"}}};
  const std::size_t weeks = (plan.ramp.daily.size() + 6) / 7;
  for (std::size_t week = 0; week < weeks; ++week) {
    const core::Date from = plan.begins + std::chrono::days{7 * static_cast<int>(week)};
    table.rows.push_back({fmt::format("{}", week + 1), core::format_date(from)});
  }
  for (const OptionBill& bill : bills) {
    table.alignment += 'r';
    table.rows.front().push_back(bill.name.empty() ? "bill" : bill.name);
    const std::vector<Money> weekly = rollout_bill(plan, bill.monthly).weekly;
    for (std::size_t week = 0; week < weekly.size(); ++week) table.rows[week + 1].push_back(amount(weekly[week]));
  }
  return table;
}

// What is spent by the end of each week, and what may be: a cap of each month may be spent once a month.
Curve spent_by_week(const RolloutPlan& plan, const std::vector<OptionBill>& bills) {
  Curve curve{
      .title = "Spent so far, against the cap", .shape = Curve::Shape::line, .x = "week", .y = "$", .series = {}};
  std::vector<double> weeks;
  for (std::size_t week = 0; week <= (plan.ramp.daily.size() + 6) / 7; ++week) {
    weeks.push_back(static_cast<double>(week));
  }
  for (const OptionBill& bill : bills) {
    Series series{.name = bill.name.empty() ? "spent" : bill.name, .x = weeks, .y = {0}};
    Money spent;
    for (const Money& week : rollout_bill(plan, bill.monthly).weekly) {
      spent += week;
      series.y.push_back(as_double(spent));
    }
    curve.series.push_back(std::move(series));
  }
  const double cap = as_double(plan.cap);
  if (plan.per == CapPeriod::whole) curve.series.push_back({"cap", {0, weeks.back()}, {cap, cap}});
  else curve.series.push_back({"cap", {0, weeks.back()}, {0, cap * static_cast<double>(plan.months)}});
  return curve;
}

}  // namespace

std::optional<Answer> answer_rollout(const Questions& questions, const OptionFacts& options) {
  if (!questions.rollout) return std::nullopt;
  const RolloutPlan& plan = *questions.rollout;
  Answer answer{.section = "rollout"};
  const std::vector<OptionBill> bills = bills_of(plan, options);
  if (bills.empty()) {
    answer.sentences.emplace_back("The bill at full scale is not known (full_bill), nor simulated.");
    return answer;
  }
  for (const OptionBill& full : bills) {
    const CapReadings readings = cap_readings(plan.cap, full.monthly, plan.months);
    const RolloutBill bill = rollout_bill(plan, full.monthly);
    const std::string of = whose(full);
    answer.figures.push_back({of + "full_bill", in_dollars(full.monthly), "$/month"});
    answer.figures.push_back({of + "flat", percent_of(readings.flat), "%"});
    answer.figures.push_back({of + "linear", percent_of(readings.linear), "%"});
    answer.figures.push_back({of + "per_month", percent_of(readings.per_month), "%"});
    answer.figures.push_back({of + "total", in_dollars(bill.total), "$"});
    for (std::size_t week = 0; week < bill.weekly.size(); ++week) {
      answer.figures.push_back({fmt::format("{}week_{}", of, week + 1), in_dollars(bill.weekly[week]), "$"});
    }
    if (!full.name.empty()) {
      answer.sentences.push_back(
          fmt::format("{} costs {} a month at full scale, simulated.", full.name, amount(full.monthly)));
    }
    answer.sentences.push_back(of + bill.sentence);
    for (const std::string& sentence : readings.sentences()) answer.sentences.push_back(of + sentence);
  }
  answer.table = weeks_of(plan, bills);
  answer.curves = {spent_by_week(plan, bills)};
  return answer;
}

std::optional<Answer> answer_fallbacks(const Questions& questions, const OptionFacts& options) {
  if (questions.fallbacks.empty()) return std::nullopt;
  const std::optional<RolloutPlan>& plan = questions.rollout;
  Answer answer{.section = "fallbacks"};
  const std::vector<OptionBill> bills = plan ? bills_of(*plan, options) : std::vector<OptionBill>{};
  if (bills.empty()) {
    answer.sentences.emplace_back(
        "Fallbacks are ranked against the cap of `rollout` and its full_bill; one of the two is not known.");
    return answer;
  }
  const Money cap =
      plan->per == CapPeriod::month ? plan->cap : part_of(plan->cap, Quantity::whole(1), Quantity::whole(plan->months));
  std::vector<OptionBill> known;
  for (const OptionFact& option : options) {
    if (option.monthly_cost) known.push_back({option.name, *option.monthly_cost});
  }
  for (const OptionBill& bill : bills) {
    const Fallbacks ranked =
        rank_fallbacks(bill.monthly, cap, resolve(questions.fallbacks, known, bill.name, bill.monthly));
    const std::string of = whose(bill);
    answer.sentences.push_back(of + ranked.verdict);
    for (const Fallback& fallback : ranked.ranked) {
      answer.figures.push_back(
          {fmt::format("{}{}", of, fmt::join(fallback.knobs, " + ")), in_dollars(fallback.bill), "$"});
      answer.sentences.push_back(of + fallback.sentence());
    }
    for (const std::string& knob : ranked.asks) {
      const std::string asked = fmt::format("What {} loses is not known: say `loses`.", knob);
      if (std::find(answer.sentences.begin(), answer.sentences.end(), asked) == answer.sentences.end()) {
        answer.sentences.push_back(asked);
      }
    }
  }
  return answer;
}

}  // namespace decision
