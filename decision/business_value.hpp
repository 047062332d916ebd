// What a better answer is worth: churn, latency, accuracy, and the function that turns a metric into money.
//
//  * `churn_value`        users × revenue a user × change of churn
//  * `LatencyElasticity`  churn per millisecond, linear (an assumption), and so dollars a millisecond
//  * `LatencyExchange`    how much latency must fall for a loss of accuracy to be acceptable
//  * `SwapValue`          a better model: value of its gain less what it costs more, and the value at which it breaks
//  even
//  * `KpiMapping`         a technical metric as a business figure, by a function that somebody must give
//
// No value is ever invented. Without a mapping a metric's worth is unknown, options rank by cost and latency only, and
// the break-even value is what can be said: "worth it if an accuracy point brings more than this".
//
// In a scenario:
//   users_value: {daily_users: 1_000_000, revenue_per_user: $2}        # a month
//   latency_churn: {milliseconds: 20, churn_points: 0.3, accuracy_points: 1}
//   latency_exchange: {accuracy_loss: 1%, latency_gain: 30%, offered: {accuracy_loss: 0.7%, latency_gain: 25%}}
//   swaps: [{name: swap, gain_points: 5, extra_monthly: $2_000, one_time: $30_000, value_per_point: unknown}]
//   kpi: {metric: accuracy, is: chargebacks avoided, points: [{at: 90, worth: $0}, {at: 95, worth: $20_000}]}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct UsersValue {
  std::int64_t daily_users = 0;
  std::optional<core::Money> revenue_per_user;  // a month; nothing: nobody knows
  bool operator==(const UsersValue&) const = default;
};
std::optional<UsersValue> read_users_value(const core::Section& root);

// A month. `churn_points`: percentage points of churn avoided. Nothing when the revenue is not known.
std::optional<core::Money> churn_value(const UsersValue& users, core::Quantity churn_points);

struct LatencyElasticity {
  core::Quantity milliseconds = core::Quantity::whole(20);                 // S0: 20 ms less …
  core::Quantity churn_points = core::Quantity::ratio(3, 10);              // … is 0.3 points less of churn
  core::Quantity accuracy_points = core::Quantity::whole(1);               // which outweighs this much accuracy
  core::Quantity points_per_ms() const;                                    // 0.015
  std::optional<core::Money> value_per_ms(const UsersValue& users) const;  // a month
  // What an accuracy point is worth at most, since the latency outweighs it.
  std::optional<core::Money> most_per_accuracy_point(const UsersValue& users) const;
  bool operator==(const LatencyElasticity&) const = default;
};
// Keys that are left out have the source's numbers, noted as assumptions.
std::optional<LatencyElasticity> read_latency_elasticity(const core::Section& root);

// "A loss of 1 % of accuracy is acceptable if latency falls by 30 %": a straight line through nothing.
struct LatencyExchange {
  core::Quantity accuracy_loss = core::Quantity::whole(1);  // percent
  core::Quantity latency_gain = core::Quantity::whole(30);  // percent
  core::Quantity needed_gain(core::Quantity loss) const;    // percent of latency, for a loss of accuracy in percent
  bool accepts(core::Quantity loss, core::Quantity gain) const { return gain >= needed_gain(loss); }
  std::string sentence(core::Quantity loss, core::Quantity gain) const;
  bool operator==(const LatencyExchange&) const = default;
};
struct ExchangeQuestion {
  LatencyExchange rule;
  core::Quantity accuracy_loss;  // offered, both in percent
  core::Quantity latency_gain;
  bool operator==(const ExchangeQuestion&) const = default;
};
std::optional<ExchangeQuestion> read_latency_exchange(const core::Section& root);

struct SwapValue {
  std::string name;
  core::Quantity gain_points;  // of accuracy; below 0: a loss
  core::Money extra_monthly;   // what it costs more, required (C-14); below 0: less
  core::Money one_time;
  std::int64_t months = 12;
  std::optional<core::Money> value_per_point;  // a month
  core::Money extra() const;                   // over the horizon
  std::optional<core::Money> net() const;      // nothing without a value of a point
  // The value of a point, a month, at which the swap breaks even; nothing without a gain.
  std::optional<core::Money> break_even_per_point() const;
  std::string sentence() const;
  bool operator==(const SwapValue&) const = default;
};
// What a swap costs more has no default; what a point is worth may be `unknown`.
std::vector<SwapValue> read_swaps(const core::Section& root);

struct KpiPoint {
  core::Quantity at;
  core::Money worth;  // a month
  bool operator==(const KpiPoint&) const = default;
};
struct KpiMapping {
  std::string metric;
  std::string kpi;
  std::vector<KpiPoint> points;  // rising `at`; straight lines between, level beyond; empty: no function was given
  std::optional<core::Money> worth(core::Quantity value) const;
  std::optional<core::Money> gain(core::Quantity from, core::Quantity to) const;
  std::string sentence() const;  // what it is, or that the value is unknown and what is ranked instead
  bool operator==(const KpiMapping&) const = default;
};
// A `kpi` without `points` is a mapping without a function: it refuses to value anything.
std::optional<KpiMapping> read_kpi(const core::Section& root);

}  // namespace decision
