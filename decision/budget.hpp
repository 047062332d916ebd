// The `decision` section of a scenario: what weighs how much, and what may be spent.
//
//  * `Weights`      how much cost, latency, quality and time to ship count; they sum to 1
//  * `Budget`       an amount a month
//  * `BudgetCheck`  an option's monthly cost held against it
//
// Example:
//   decision: {weights: {cost: 0.4, latency: 0.25, quality: 0.25, time_to_ship: 0.1},
//              budget: {amount: $150_000, per: month}}
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct Weight {
  std::string criterion;  // "cost", "latency", "quality" or "time_to_ship"
  double share = 0;
  bool operator==(const Weight&) const = default;
};

struct Budget {
  core::Money per_month;
  bool operator==(const Budget&) const = default;
};

struct DecisionConfig {
  std::vector<Weight> weights;  // empty: none were given
  std::optional<Budget> budget;
  bool operator==(const DecisionConfig&) const = default;
};

// Reads the `decision` section; without one nothing is weighed and nothing is capped.
DecisionConfig read_decision(const core::Section& root);

struct BudgetCheck {
  core::Money budget;   // a month
  core::Money monthly;  // what the option costs a month
  bool within() const { return monthly <= budget; }
  core::Money left() const { return budget - monthly; }  // negative: over it
  bool operator==(const BudgetCheck&) const = default;
};

}  // namespace decision
