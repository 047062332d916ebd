// Everything that a scenario says, read, checked and ready to run.
//
// One file is read by several: the simulator, pricing and decision each take their sections; what is left over is an
// error. Nothing is simulated here.
//
// Example:
//   const Plan plan = read_plan(read_scenario_text("smoke.yaml"), {"traffic.daily_users=2_000_000"}, std::nullopt);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/measured.hpp"
#include "cli/resources.hpp"
#include "decision/questions.hpp"
#include "pricing/catalog.hpp"
#include "pricing/cost_plan.hpp"
#include "reports/result.hpp"
#include "sim/scenario.hpp"

namespace cli {

struct Plan {
  sim::Scenario scenario;
  pricing::Catalog catalog;
  std::vector<pricing::CostPlan> cost_plans;  // one per option, in the same order
  std::vector<MeasuredOption> measured;       // the same
  reports::About about;                       // all but the seed
  decision::Questions questions;
  // No: a decision from figures that the scenario states; no options, no traffic, and a horizon without periods.
  bool is_simulated() const { return !scenario.options.empty(); }
};

// `sets` and `months` come from the command line. Throws core::ConfigError.
Plan read_plan(const ScenarioText& text, const std::vector<std::string>& sets, std::optional<int> months);
// Reads it as it is; what it is asked for is added to `declarations`.
void declare_plan(const ScenarioText& text, core::Declarations& declarations);

std::string version();  // "0.1.0"

}  // namespace cli
