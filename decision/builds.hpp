// Ways to the same model, by how long they take and what they cost: from scratch or fine-tuned, and kept fresh after.
//
//  * `Build`        days, cost, and retrainings a year with the cost of each
//  * `BuildPlan`    the ways, the first being the one that the others are held against, and the currency they are in
//  * `ratio_of_days`, `ratio_of_cost`  the first ÷ another: "4.35 times faster"
//
// A cost that nobody knows is taken in proportion to the days, at the cost a day of the first: the same team works on
// it. That is an assumption, and noted. A retraining whose cost nobody knows is asked for.
//
// Amounts are in dollars, or in the currency of the scenario's `fx`, and may say lakh or crore.
//
// In a scenario:
//   fx: {currency: INR, usd: 0.0119, as_of: 2026-11-02, source: …}
//   builds:
//     - {name: from scratch, takes: 182.5d, cost: 1 crore}
//     - {name: fine-tuned, takes: 6w, cost: unknown, retrained: 12, each: 2 lakh}       retrained: times a year
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/currency.hpp"

namespace decision {

struct Build {
  std::string name;
  core::Quantity days;  // above 0
  core::Money cost;     // in the plan's currency
  bool is_cost_assumed = false;
  std::int64_t retrained = 0;                     // times a year
  std::optional<core::Money> each;                // nothing: nobody knows
  std::optional<core::Money> first_year() const;  // with its retrainings; nothing when their cost is not known
  bool operator==(const Build&) const = default;
};

struct BuildPlan {
  std::vector<Build> ways;  // two or more
  std::optional<FxRate> fx;
  std::string say(core::Money money) const;  // "1,00,00,000.00 INR ($119,000.00)"
  bool operator==(const BuildPlan&) const = default;
};

core::Quantity ratio_of_days(const Build& first, const Build& other);
// Nothing when the other is free.
std::optional<core::Quantity> ratio_of_cost(const Build& first, const Build& other);

// Throws core::ConfigError: fewer than two ways, no time, a first way without a cost.
std::optional<BuildPlan> read_builds(const core::Section& root, const std::optional<FxRate>& fx);

}  // namespace decision
