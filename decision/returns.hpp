// What an outlay brings back, and when.
//
//  * `Returns`         incremental revenue of a period, what it costs, and the days lost before it begins
//  * `roi`             revenue ÷ cost, as if the revenue began today
//  * `timed_roi`       the same of what is left of the period: (revenue - lost days × revenue a day) ÷ cost
//  * `break_even_delay`  the delay at which the timed return is just the multiple asked for
//  * `payback`         the day on which the revenue has paid the cost, and whether that is inside the fiscal quarter
//  * `opportunity_cost`  what a delay costs: revenue a day × days, and what is spent meanwhile
//
// Revenue is taken to arrive evenly over its period. A delay longer than the period leaves nothing (never less than 0).
// That a return of 3.6 is above 2 and yet rejected is no slip of the reader's (C-01): 3.636 × (91 - 45) ÷ 91 = 1.838.
//
// In a scenario:
//   returns: {revenue: $120_000, per: quarter, cost: $33_000, lost_days: 45, begins: 2026-10-01}
//
// Example:
//   const Returns plan{Money::parse("120000"), Quantity::whole(91), Money::parse("33000"), Quantity::whole(45)};
//   figure(timed_roi(plan)) == "1.838"
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/fiscal.hpp"

namespace decision {

struct Returns {
  core::Money revenue;         // more than without the outlay, over the period
  core::Quantity period_days;  // 91 for a quarter, 365 for a year
  core::Money cost;
  core::Quantity lost_days;  // of the period, before the revenue begins
  std::optional<core::Date> begins = std::nullopt;
  bool operator==(const Returns&) const = default;
};

core::Quantity roi(const Returns& returns);        // 3.636363636
core::Quantity timed_roi(const Returns& returns);  // at `lost_days`
core::Money lost_revenue(const Returns& returns);  // of the lost days, at most the revenue

// period × (1 - multiple × cost ÷ revenue), in days. Nothing when even the raw return is below the multiple.
std::optional<core::Quantity> break_even_delay(const Returns& returns, core::Quantity multiple);

// A stretch of days with an even revenue; several make a profile.
struct RevenueSpan {
  core::Quantity days;
  core::Money revenue;
  bool operator==(const RevenueSpan&) const = default;
};

// Days until `profile` has brought `cost`; nothing when it never does.
std::optional<core::Quantity> payback_days(core::Money cost, const std::vector<RevenueSpan>& profile);

struct Payback {
  core::Quantity days;          // after the revenue begins
  core::Date on;                // the day in which it falls
  FiscalQuarter begun_in = {};  // the quarter of the first day of revenue
  FiscalQuarter paid_in = {};
  bool within_quarter = false;  // the two are one
  bool operator==(const Payback&) const = default;
};
// `lost_days` come before the revenue. Nothing when the cost is not paid back within the period.
std::optional<Payback> payback(const Returns& returns, core::Date begins, const FiscalYear& year);

// revenue ÷ period × delay + spent, to the last digit.
core::Money opportunity_cost(core::Money revenue, core::Quantity period_days, core::Quantity delay_days,
                             core::Money spent = {});

// All of it in sentences, the two returns side by side (C-01).
std::vector<std::string> say_returns(const Returns& returns, core::Quantity multiple);

// The `returns` section, if there is one. `per` is asked for: the same revenue a quarter or a year pays back in 22 or
// in 88 days. Throws core::ConfigError.
std::optional<Returns> read_returns(const core::Section& root);

}  // namespace decision
