// A better model that comes late: what the missed release and the spending cost against what the gain brings.
//
//  * `MissedRelease`  the revenue that waits, the delay, what is spent, and the gain in accuracy points
//  * `other_cost`     what an avoided budget increase held beside the cloud spending (C-10)
//  * `cost`           the revenue of the lost days, the spending and that rest: opportunity cost, exact
//  * `break_even_per_point`  what a point must bring a month before the delay is worth it
//
// One story of the sources spends $200,000 on cloud and avoids a budget increase of $250,000 by not doing so. Both are
// inputs; the $50,000 between them are taken as costs of the same work that are not cloud, and said to be an
// assumption.
//
// In a scenario:
//   missed_release:
//     {revenue: $120_000, per: quarter, delay: 21d, spend: $200_000, avoided: $250_000, gain_points: 5,
//      value_per_point: unknown, months: 12}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct MissedRelease {
  core::Money revenue;  // that the release brings, over the period
  core::Quantity period_days;
  core::Quantity delay_days;
  core::Money spend;
  std::optional<core::Money> avoided;  // the budget increase that not doing it avoids
  core::Quantity gain_points;
  std::optional<core::Money> value_per_point;  // a month; nothing: nobody knows
  std::int64_t months = 12;                    // over which the gain counts

  core::Money lost_revenue() const;
  core::Money other_cost() const;  // avoided - spend, never below 0; 0 where nothing was avoided
  core::Money cost() const;
  std::optional<core::Money> gain() const;                  // over the months
  std::optional<core::Money> break_even_per_point() const;  // nothing without a gain of points
  std::vector<std::string> sentences() const;               // the verdict first
  bool operator==(const MissedRelease&) const = default;
};

// Throws core::ConfigError. `value_per_point` is an amount or `unknown`: it has no default.
std::optional<MissedRelease> read_missed_release(const core::Section& root);

}  // namespace decision
