// Answers the break-even questions of a plan: each evaluation reads the scenario anew with the key set, and simulates
// it.
//
//  * `check_break_evens`   reads the scenario with every key at both ends, so that a slip is found before an hour of
//  work
//  * `answer_break_evens`  simulates
//
// Example:
//   const std::vector<decision::Answer> answers = answer_break_evens(plan, again, with, interrupt);
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/option_runs.hpp"
#include "cli/plan.hpp"
#include "decision/answers.hpp"

namespace cli {

// What `read_plan` was given for the plan.
struct PlanInputs {
  const ScenarioText& text;
  const std::vector<std::string>& sets;
  std::optional<int> months;
};

// Throws core::ConfigError.
void check_break_evens(const Plan& plan, const PlanInputs& inputs);

// In the order of the scenario. One that `interrupt` cut short says what is known by then, and is the last. `begun` is
// told the hours of each simulation, and hands out who is to watch its progress. Costs up to `evaluations` simulations
// of one or two options each. Throws core::ConfigError: what an option costs is not known in full.
std::vector<decision::Answer> answer_break_evens(const Plan& plan, const PlanInputs& inputs, const SimulateWith& with,
                                                 const std::atomic<bool>& interrupt,
                                                 const std::function<ProgressReport(core::Duration hours)>& begun = {});

}  // namespace cli
