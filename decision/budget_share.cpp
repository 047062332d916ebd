#include "decision/budget_share.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

std::string months_text(std::int64_t months) { return months == 1 ? "1 month" : fmt::format("{} months", months); }

PeriodAmount read_amount(const core::Section& section, std::string_view amount_key, std::string_view months_key) {
  PeriodAmount read{section.money(amount_key), section.integer(months_key, {.min = 1, .max = 1200, .unit = "months"})};
  if (read.amount <= Money{}) throw section.error(amount_key, read.amount.to_string(), "an amount above 0");
  return read;
}

}  // namespace

Money PeriodAmount::over(std::int64_t other_months) const {
  return part_of(amount, Quantity::whole(other_months), Quantity::whole(months));
}

BudgetShare budget_share(const PeriodAmount& spend, const PeriodAmount& budget) {
  return {spend, budget, share_of(spend.amount, budget.amount), share_of(spend.amount, budget.over(spend.months))};
}

std::vector<std::string> BudgetShare::sentences() const {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{} in {} are {} of the budget of {} for {}.", amount(spend.amount),
                              months_text(spend.months), percent_text(as_stated), amount(budget.amount),
                              months_text(budget.months)));
  if (spend.months != budget.months) {
    lines.push_back(fmt::format("Of the same {} of that budget ({}) they are {} (C-05).", months_text(spend.months),
                                amount(budget.over(spend.months)), percent_text(same_period)));
  }
  return lines;
}

Money implied_budget(Money spend, Quantity share) { return part_of(spend, Quantity::whole(1), share).rounded(2); }

std::vector<std::string> fitting(const std::vector<NamedAmount>& options, Money budget) {
  std::vector<std::string> names;
  for (const NamedAmount& option : options) {
    if (option.amount <= budget) names.push_back(option.name);
  }
  return names;
}

std::optional<PeriodAmount> read_fixed_budget(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("fixed_budget");
  if (!section) return std::nullopt;
  return read_amount(*section, "amount", "months");
}

std::optional<BudgetQuestion> read_budget_share(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("budget_share");
  if (!section) return std::nullopt;
  BudgetQuestion question{.spend = read_amount(*section, "spend", "spend_months"),
                          .budget = read_amount(*section, "budget", "budget_months"),
                          .cap = {Quantity::parse("0.08")}};
  if (section->has("cap")) {
    question.cap.share = quotient(read_measured(*section, "cap", Unit::share).value, Quantity::whole(100));
    if (question.cap.share <= Quantity{}) throw section->error("cap", "0 %", "a share above 0 %");
  } else {
    section->assume("cap", "8%", "within 8 % of the quarterly budget for machine learning (S0)");
  }
  return question;
}

}  // namespace decision
