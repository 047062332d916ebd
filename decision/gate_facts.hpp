// Facts that gates ask for and that other sections of the same scenario already answer.
//
//  * `GateSources`   what was read of the scenario
//  * `add_facts`     computes what can be computed; a value that was given stays, and a difference is noted
//
//   timed_roi            from `returns`              delivery_days        lost days of `returns`
//   signal_weighted_roi  from the lift, the label accuracy of `data`, and the engineer-days
//   examples, clean_examples, label_accuracy, diversity, uniqueness   from `data`
//   budget_share         of the same period, from `budget_share`
//   prompt_coverage      from `adoption.prompts`     prompt_maintenance   hours a week, from `prompts`
//   prototype_days       from `validation`
//
// The source of the signal-weighted return counts 12 days for two engineers, its costs 24 engineer-days (C-08): the
// days of one engineer are used here, and a note says what the other reading gives.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decision/adoption.hpp"
#include "decision/budget_share.hpp"
#include "decision/data_quality.hpp"
#include "decision/effort.hpp"
#include "decision/gates.hpp"
#include "decision/returns.hpp"

namespace decision {

struct GateSources {
  std::optional<Returns> returns;
  std::optional<DataSet> data;
  std::optional<Effort> effort;
  std::optional<BudgetQuestion> budget;
  std::optional<Prompts> prompts;
  std::optional<Validation> validation;
  std::optional<Adoption> adoption;
};
GateSources read_gate_sources(const core::Section& root);

// The notes: what was computed beside what was given, and C-08.
std::vector<std::string> add_facts(Facts& facts, const GateSources& sources);

}  // namespace decision
