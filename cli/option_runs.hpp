// The options of a plan, simulated and priced.
//
//  * `simulate`  all options of a scenario on several threads, with the identities checked
//  * `priced`    what the results cost, period by period
//
// Example:
//   Simulated simulated = simulate(plan.scenario, {.seed = 1, .threads = 2}, interrupted);
//   const std::vector<reports::OptionRun> runs = priced(plan, horizon, std::move(simulated.results), 1);
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "cli/pipeline.hpp"
#include "cli/plan.hpp"
#include "core/calendar.hpp"
#include "reports/result.hpp"
#include "sim/result.hpp"
#include "sim/scenario.hpp"

namespace cli {

struct SimulateWith {
  std::uint64_t seed = 1;
  std::size_t threads = 1;
};

struct Simulated {
  std::vector<sim::OptionResult> results;  // in the order of the scenario's options
  PipelineEnd end;
};

// Throws std::logic_error when an identity is violated: our own fault.
Simulated simulate(const sim::Scenario& scenario, const SimulateWith& with, const std::atomic<bool>& interrupt,
                   const ProgressReport& progress = {});

// `results`: of options of the plan, by their names. `seed`: of the spot prices that vary.
std::vector<reports::OptionRun> priced(const Plan& plan, const core::Horizon& horizon,
                                       std::vector<sim::OptionResult> results, std::uint64_t seed);

}  // namespace cli
