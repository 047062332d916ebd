// Spending held against budgets, each with its period.
//
//  * `PeriodAmount`    an amount and the months it is for
//  * `budget_share`    spending ÷ budget as the numbers stand, and with the budget pro-rated to the same months (C-05)
//  * `implied_budget`  the budget that makes a spending this share
//  * `CapRule`         a spending may take at most a share of its budget
//  * `fitting`         the options that a fixed budget can pay
//
// Example:
//   const BudgetShare share = budget_share({Money::parse("350000"), 6}, {Money::parse("1200000"), 12});
//   // share.as_stated 29.17 %, share.same_period 58.33 %
//
// In a scenario:
//   budget_share: {spend: $350_000, spend_months: 6, budget: $1_200_000, budget_months: 12, cap: 8%}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct PeriodAmount {
  core::Money amount;
  std::int64_t months = 12;
  core::Money over(std::int64_t other_months) const;  // pro-rated
  bool operator==(const PeriodAmount&) const = default;
};

struct BudgetShare {
  PeriodAmount spend;
  PeriodAmount budget;
  core::Quantity as_stated;    // amount ÷ amount, whatever the periods
  core::Quantity same_period;  // ÷ the budget pro-rated to the months of the spending
  std::vector<std::string> sentences() const;
  bool operator==(const BudgetShare&) const = default;
};
BudgetShare budget_share(const PeriodAmount& spend, const PeriodAmount& budget);

// To the cent, half to even: $80,000 at 6 % are $1,333,333.33. `share` above 0.
core::Money implied_budget(core::Money spend, core::Quantity share);

struct CapRule {
  core::Quantity share;  // 0.08
  // spend ≤ share × budget, without rounding a quotient.
  bool allows(core::Money spend, core::Money budget) const { return spend <= most(budget); }
  core::Money most(core::Money budget) const { return core::cost(share, budget); }
  core::Money head_room(core::Money spend, core::Money budget) const { return most(budget) - spend; }  // < 0: over
  bool operator==(const CapRule&) const = default;
};

struct NamedAmount {
  std::string name;
  core::Money amount;
  bool operator==(const NamedAmount&) const = default;
};
// In the given order; an option that costs the budget to the last digit fits.
std::vector<std::string> fitting(const std::vector<NamedAmount>& options, core::Money budget);
// `fixed_budget: {amount: $200_000, months: 3}`.
std::optional<PeriodAmount> read_fixed_budget(const core::Section& root);

struct BudgetQuestion {
  PeriodAmount spend;
  PeriodAmount budget;
  CapRule cap;
  bool operator==(const BudgetQuestion&) const = default;
};
// Both periods are required: a budget without one is how 29 % and 58 % get confused. The cap is 8 % when absent.
std::optional<BudgetQuestion> read_budget_share(const core::Section& root);

}  // namespace decision
