// How often to refresh: what a refresh interval costs to run, and what stale answers cost.
//
//  * `FreshnessPlan`  a fixed monthly cost, a cost of each refresh, and what an hour of mean age loses a month
//  * `through`        the first two from two known bills (streaming every few minutes; a daily batch)
//  * `freshness_cost` at one interval; `best_interval` where the sum is least
//
// With an interval T a result is T ÷ 2 old on average, and a month of 730 hours has 730 h ÷ T refreshes:
//   cost(T) = fixed + per_refresh × 730 h ÷ T + loss_per_hour × T ÷ 2,  least at T = √(2 × 730 h × per_refresh ÷ loss)
// That losses grow in proportion to age is an assumption. Without a loss there is no optimum: the plan then says up to
// which loss the slower refresh is the better one.
//
// In a scenario:
//   freshness: {fast: {every: 5m, bill: $10_000}, slow: {every: 24h, bill: $4_000}, loss_per_hour: $100}
#pragma once

#include <optional>
#include <string>

#include "core/money.hpp"
#include "core/time.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct FreshnessPlan {
  core::Money fixed;  // a month
  core::Money per_refresh;
  std::optional<core::Money> loss_per_hour;  // a month, for each hour of mean age; nothing: nobody knows
  bool operator==(const FreshnessPlan&) const = default;
};

struct KnownBill {
  core::Duration every{};
  core::Money bill;  // a month
};
// Throws std::invalid_argument when the faster refresh does not cost more, or when the fixed part would be below 0.
FreshnessPlan through(const KnownBill& fast, const KnownBill& slow);

struct FreshnessCost {
  core::Money infrastructure;
  std::optional<core::Money> missed;
  bool operator==(const FreshnessCost&) const = default;
};
FreshnessCost freshness_cost(const FreshnessPlan& plan, core::Duration every);  // `every` above 0

// To the second, within the two limits; nothing without a loss.
std::optional<core::Duration> best_interval(const FreshnessPlan& plan, core::Duration least, core::Duration most);

// What an hour of mean age may lose a month before the slower of two intervals stops being the cheaper one.
core::Money break_even_loss(const FreshnessPlan& plan, core::Duration fast, core::Duration slow);

struct FreshnessQuestion {
  KnownBill fast;
  KnownBill slow;
  FreshnessPlan plan;
};
std::optional<FreshnessQuestion> read_freshness(const core::Section& root);

}  // namespace decision
