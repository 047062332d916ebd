// What an option costs a month.
//
//  * `monthly_cost`  the recurring part of its bills, as an amount a month
//  * `divided`       exact money by a whole number, rounded once half to even
//
// Over whole billing periods it is their mean. A horizon that ends within a period (a week; an interrupted run) is
// carried over to a month of 730 hours (8760 / 12), which says nothing about the days that were not simulated;
// `projected` is set, and reports say so.
#pragma once

#include <cstdint>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "pricing/bill.hpp"

namespace decision {

struct MonthlyCost {
  core::Money amount;
  bool projected = false;
  bool operator==(const MonthlyCost&) const = default;
};

// `bills`: one per period of `horizon`.
MonthlyCost monthly_cost(const std::vector<pricing::Bill>& bills, const core::Horizon& horizon);

// `divisor` > 0.
core::Money divided(core::Money money, std::int64_t divisor);

}  // namespace decision
