// Turns what was used into a bill.
//
//  * `bill`      the recurring lines of one billing period
//  * `one_time`  what is bought once: training, labels, people
//
// Every amount is a metered quantity times a price row, rounded once. A row that the catalog does not have, or whose
// price is unknown, gives an unpriced line, so that `Bill::complete()` is false and nobody reads a total too low.
//
// Example:
//   for (const core::BillingPeriod& period : horizon.periods) {
//     bills.push_back(bill(plan, catalog, usage, period, core::Stream{seed}.child("prices")));
//   }
//   bills.push_back(one_time(plan, catalog));
#pragma once

#include <cstdint>

#include "core/calendar.hpp"
#include "core/random.hpp"
#include "core/usage.hpp"
#include "pricing/bill.hpp"
#include "pricing/catalog.hpp"
#include "pricing/cost_plan.hpp"

namespace pricing {

// `chance`: of the prices that vary (pricing/spot_price.hpp); the same for all options of a run.
Bill bill(const CostPlan& plan, const Catalog& catalog, const core::Usage& usage, const core::BillingPeriod& period,
          const core::Stream& chance);
Bill one_time(const CostPlan& plan, const Catalog& catalog);

// Instances that are paid for whether they run or not: `share` of the mean number of instances over the whole usage
// (not of one period: a commitment outlives it), rounded half to even to whole instances.
std::int64_t committed_instances(core::Quantity share, const core::Usage& usage);

// The hours of the calendar month that the period lies in; 730 in a calendar of average months. Storage is billed by
// the share of the month.
std::int64_t hours_of_month(const core::BillingPeriod& period);

}  // namespace pricing
