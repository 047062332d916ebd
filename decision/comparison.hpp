// Options side by side on one page: people, cloud and revenue; cost, performance and complexity; one sentence.
//
//  * `CostImpact`   rows of engineer-days, cloud spending and revenue lift, each beside the baseline
//  * `cpc_triad`    cost, performance and complexity of each option on axes from 0 to 1
//  * `signal_cost_sentence`  "We can achieve 2 % lift while staying under …", or what is missing to say so
//
// Axes of the triad are shares of the largest value, so that 0 means nothing and the largest option lies at 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct ImpactRow {
  std::string name;
  core::Quantity engineer_days;
  core::Money cloud_once;                   // one-off: 45 days of GPU time
  core::Money cloud_monthly;                // recurring: 5 GPU-hours a day (C-21)
  std::optional<core::Money> revenue_lift;  // a month; nothing: nobody knows
  bool operator==(const ImpactRow&) const = default;
};
struct CostImpact {
  std::vector<ImpactRow> rows;
  std::size_t baseline = 0;                                 // index of a row
  std::vector<std::optional<core::Quantity>> effort_ratio;  // engineer-days ÷ the baseline's; nothing when that is 0
  std::vector<std::string> asks;                            // rows whose revenue nobody knows
  bool operator==(const CostImpact&) const = default;
};
// std::invalid_argument with fewer than two rows: a matrix compares.
CostImpact cost_impact(std::vector<ImpactRow> rows, std::size_t baseline);

struct TriadInput {
  std::string name;
  double cost = 0;
  double performance = 0;
  double complexity = 0;  // all from 0 on
};
struct TriadPoint {
  std::string name;
  double cost = 0;
  double performance = 0;
  double complexity = 0;  // each from 0 to 1
};
std::vector<TriadPoint> cpc_triad(const std::vector<TriadInput>& options);

struct SignalCost {
  std::optional<core::Quantity> lift;          // percent
  std::optional<core::Quantity> budget_share;  // share
  std::optional<core::Quantity> velocity_days;
  bool operator==(const SignalCost&) const = default;
};
struct Sentence {
  std::optional<std::string> text;
  std::vector<std::string> missing;  // why there is none
  bool operator==(const Sentence&) const = default;
};
Sentence signal_cost_sentence(const SignalCost& inputs);
// `signal_cost: {lift: 2%, budget_share: 6%, velocity_days: 12}`; each may be left out, and is then missing.
std::optional<SignalCost> read_signal_cost(const core::Section& root);

// `impact: {baseline: NAME, rows: [{name, engineer_days, cloud_once, cloud_monthly, revenue_lift: $… or unknown}]}`
std::optional<CostImpact> read_impact(const core::Section& root);

}  // namespace decision
