// A spending cap over a phased rollout: how far it may go, what each week costs, and the day on which the cap binds.
//
//  * `cap_readings`  the largest rollout under a cap, in all readings of "capped at $30,000 for the first quarter"
//  (C-04)
//  * `Ramp`          the share of users served, day by day: flat, linear, or in phases
//  * `rollout_bill`  what a ramp costs by week and in all, and when it passes the cap
//  * `read_rollout`  the `rollout` section of a scenario
//
// The bill at full scale spreads evenly over the days of the period (91 days for three months): full × months ÷ days.
// It is linear in the share; where that is wrong (a fleet has a floor), simulate the shares and give the bills instead.
// Weeks sum to the total to the last digit.
//
// Example:
//   const CapReadings r = cap_readings(Money::parse("30000"), Money::parse("150000"));
//   // flat 6.67 %, linear ramp to 13.33 %, per month 20 %
//
// In a scenario:
//   rollout: {cap: $30_000, per: quarter, full_bill: $150_000, begins: 2026-10-01, days: 91, shape: linear, to: 100%}
//   rollout: {cap: $30_000, full_bill: simulated, shape: linear, to: 100%}        the bill of each simulated option,
//   from
//                                                                                 the start of the horizon
//   rollout: {…, shape: phases, phases: [[0, 1], [28, 5], [56, 20]]}        day, percent of users from then on
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

enum class CapPeriod : std::uint8_t { whole, month };  // the cap is for all of the rollout, or for each month of it

struct CapReadings {
  core::Quantity flat;       // the cap is the period's total, the same share all along
  core::Quantity linear;     // the period's total, on a line from 0: the share at its end
  core::Quantity per_month;  // the cap is a month's
  std::vector<std::string> sentences() const;
  bool operator==(const CapReadings&) const = default;
};
// `full`: the monthly bill at full scale, above 0. Shares above 1 mean that the cap never binds.
CapReadings cap_readings(core::Money cap, core::Money full, std::int64_t months = 3);

struct Phase {
  std::int64_t first_day = 0;
  core::Quantity share;
  bool operator==(const Phase&) const = default;
};

struct Ramp {
  std::vector<core::Quantity> daily;  // 0.05: 5 % of the users on that day
  static Ramp flat(core::Quantity share, std::int64_t days);
  static Ramp linear(core::Quantity end, std::int64_t days);  // the middle of each day on a line from 0 to `end`
  static Ramp phases(const std::vector<Phase>& phases, std::int64_t days);  // 0 before the first
  bool operator==(const Ramp&) const = default;
};

struct RolloutPlan {
  core::Money cap;
  CapPeriod per = CapPeriod::whole;
  std::optional<core::Money> full;  // the monthly bill at full scale, unless it is simulated
  std::int64_t months = 3;          // that the days of the ramp are
  core::Date begins;
  Ramp ramp;
  bool operator==(const RolloutPlan&) const = default;
};

struct RolloutBill {
  std::vector<core::Money> weekly;  // of seven days from the beginning; the last may be shorter
  core::Money total;
  std::optional<core::Date> binds;      // the first day at whose end more than the cap is spent
  std::optional<core::Quantity> share;  // of users on that day
  std::string sentence;
  bool operator==(const RolloutBill&) const = default;
};
// `full`: as above. O(days).
RolloutBill rollout_bill(const RolloutPlan& plan, core::Money full);

// Throws core::ConfigError. Without `per`, the whole period (the literal text), noted as an assumption; without
// `begins`, the start of the horizon; without `full_bill`, what was simulated.
std::optional<RolloutPlan> read_rollout(const core::Section& root);

}  // namespace decision
