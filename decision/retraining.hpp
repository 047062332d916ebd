// How often to retrain: what each cadence costs a year, and what accuracy it keeps.
//
//  * `DriftPlan`      accuracy after a training, how many points it loses a day, and what a training costs
//  * `cadence_table`  for each cadence its trainings, its cost and the mean and worst accuracy of a year
//
// Accuracy falls on a straight line from one training to the next (an assumption; measure your own drift): after T days
// it has lost rate × T, on average half of that. Monthly and daily retraining of the same product are both found in the
// sources (C-17); the table sets them side by side.
//
// In a scenario:
//   retraining: {accuracy: 95%, lost_points_per_day: 0.05, each: $500, cadences: [day, month]}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/tco.hpp"

namespace decision {

struct DriftPlan {
  core::Quantity accuracy;  // percent, right after a training
  core::Quantity lost_points_per_day;
  core::Money each;  // training
  bool operator==(const DriftPlan&) const = default;
};

struct CadenceRow {
  Cadence every = Cadence::month;
  std::int64_t trainings = 12;  // a year
  core::Money cost;             // a year
  core::Quantity mean_accuracy;
  core::Quantity worst_accuracy;  // never below 0
  std::string sentence() const;
  bool operator==(const CadenceRow&) const = default;
};
std::vector<CadenceRow> cadence_table(const DriftPlan& plan, const std::vector<Cadence>& cadences);

struct RetrainingQuestion {
  DriftPlan plan;
  std::vector<Cadence> cadences;
  bool operator==(const RetrainingQuestion&) const = default;
};
// Nothing has a default: how fast accuracy drifts is the whole answer.
std::optional<RetrainingQuestion> read_retraining(const core::Section& root);

}  // namespace decision
