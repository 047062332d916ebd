#include "decision/answers/budget.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;

}  // namespace

std::optional<Answer> answer_budget_share(const Questions& questions, const OptionFacts&) {
  if (!questions.sources.budget) return std::nullopt;
  const BudgetQuestion& asked = *questions.sources.budget;
  const BudgetShare share = budget_share(asked.spend, asked.budget);
  const Money budget = asked.budget.over(asked.spend.months);
  const Money room = asked.cap.head_room(asked.spend.amount, budget);
  Answer answer{.section = "budget_share"};
  answer.figures = {{"as_stated", in_percent(share.as_stated), "%"},
                    {"same_period", in_percent(share.same_period), "%"},
                    {"cap", in_percent(asked.cap.share), "%"},
                    {"head_room", in_dollars(room), "$"}};
  answer.sentences = share.sentences();
  answer.sentences.push_back(
      asked.cap.allows(asked.spend.amount, budget)
          ? fmt::format("The cap of {} allows {}: it fits, with {} left.", percent_text(asked.cap.share),
                        amount(asked.cap.most(budget)), amount(room))
          : fmt::format("The cap of {} allows {}: it does not fit, {} are too much. A budget of {} would hold it.",
                        percent_text(asked.cap.share), amount(asked.cap.most(budget)), amount(Money{} - room),
                        amount(implied_budget(asked.spend.amount, asked.cap.share))));
  return answer;
}

std::optional<Answer> answer_fixed_budget(const Questions& questions, const OptionFacts& options) {
  if (!questions.fixed_budget) return std::nullopt;
  const PeriodAmount& budget = *questions.fixed_budget;
  Answer answer{.section = "fixed_budget"};
  answer.figures = {{"budget", in_dollars(budget.amount), "$"}};
  std::vector<NamedAmount> costs;
  for (const OptionFact& option : options) {
    if (!option.monthly_cost) {
      answer.sentences.push_back(
          fmt::format("What {} costs is not known in full: it is not held against the budget.", option.name));
      continue;
    }
    costs.push_back({option.name, *option.monthly_cost * budget.months + option.one_time_cost.value_or(Money{})});
    const Money left = budget.amount - costs.back().amount;
    answer.figures.push_back({"left after " + option.name, in_dollars(left), "$"});
    answer.sentences.push_back(fmt::format(
        "{} costs {} in {} months: {}.", option.name, amount(costs.back().amount), budget.months,
        left >= Money{} ? fmt::format("it fits {}, with {} left", amount(budget.amount), amount(left))
                        : fmt::format("not feasible, {} more than {}", amount(Money{} - left), amount(budget.amount))));
  }
  const std::vector<std::string> fit = fitting(costs, budget.amount);
  if (!costs.empty()) {
    answer.sentences.push_back(fit.empty() ? "No option fits the fixed budget."
                                           : fmt::format("Feasible: {}.", listing(fit)));
  }
  return answer;
}

std::optional<Answer> answer_pilot(const Questions& questions, const OptionFacts&) {
  if (!questions.pilot) return std::nullopt;
  const ImpliedPilot& pilot = *questions.pilot;
  Answer answer{.section = "pilot"};
  answer.figures = {{"monthly_bill", in_dollars(pilot.monthly_bill), "$"},
                    {"daily_users", pilot.daily_users, "users"},
                    {"factor", pilot.factor, "×"}};
  answer.sentences = {
      fmt::format("The pilot costs {} a month and stands for {} daily users, {} times fewer; if cost "
                  "grew in proportion, which no fleet's does.",
                  amount(pilot.monthly_bill), figure(pilot.daily_users, 1), figure(pilot.factor, 1))};
  return answer;
}

std::optional<Answer> answer_price_change(const Questions& questions, const OptionFacts&) {
  if (!questions.price_change) return std::nullopt;
  const PriceQuestion& asked = *questions.price_change;
  const PriceChange change = decision::price_change(asked.old_per_thousand, asked.new_per_thousand);
  const Money before = bill_of(asked.queries, asked.old_per_thousand);
  const Money after = bill_of(asked.queries, asked.new_per_thousand);
  Answer answer{.section = "price_change"};
  answer.figures = {{"change", in_percent(change.change), "%"},
                    {"saved_per_million", in_dollars(change.saved_per_million), "$"},
                    {"old_bill", in_dollars(before), "$/month"},
                    {"new_bill", in_dollars(after), "$/month"},
                    {"saved", in_dollars(before - after), "$/month"}};
  answer.sentences = {fmt::format("{} instead of {} per 1,000 queries is {}, {} for a million queries.",
                                  exact_amount(asked.new_per_thousand), exact_amount(asked.old_per_thousand),
                                  percent_text(change.change), amount(change.saved_per_million) + " saved"),
                      fmt::format("{} queries a month cost {} instead of {}: {} a month saved.",
                                  figure(asked.queries, 0), amount(after), amount(before), amount(before - after))};
  return answer;
}

std::optional<Answer> answer_fx(const Questions& questions, const OptionFacts&) {
  if (!questions.fx) return std::nullopt;
  return Answer{.section = "fx", .sentences = {questions.fx->sentence() + "."}};
}

}  // namespace decision
