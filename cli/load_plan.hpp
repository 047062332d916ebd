// From the command line of `billcast load` to the plan of its requests.
//
//  * `plan_of`      what is to be sent, of a scenario's traffic or a rate; nothing for a closed loop without a scenario
//  * `survey_plan`  counts it, and refuses what is beyond the bounds
//  * `write_plan`   --plan-only
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "cli/console.hpp"
#include "cli/load_arguments.hpp"
#include "loadgen/load_plan.hpp"
#include "loadgen/summary.hpp"

namespace cli {

// Fills what `facts` says of the plan before it is counted. Throws core::ConfigError.
std::optional<loadgen::LoadPlanConfig> plan_of(const LoadArguments& load, loadgen::LoadPlanFacts& facts);

// Fills requests, length, rates and hash. Throws core::ConfigError for a plan without requests, and one beyond
// --max-rate or --max-duration.
void survey_plan(const std::optional<loadgen::LoadPlanConfig>& plan, const LoadArguments& load,
                 loadgen::LoadPlanFacts& facts, const std::atomic<bool>& interrupt);

// An exit code. `file`: "-" is the console's.
int write_plan(const std::string& file, const std::optional<loadgen::LoadPlanConfig>& plan, const Console& console);

}  // namespace cli
