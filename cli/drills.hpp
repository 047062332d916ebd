// Runs the drills of a plan: each against the same hours without it.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "cli/option_runs.hpp"
#include "cli/plan.hpp"
#include "reports/result.hpp"

namespace cli {

// In the order of the scenario; those that `interrupt` cut short are left out. `begun` is told each drill's name and
// the hours it covers, and hands out who is to watch its progress.
std::vector<reports::DrillReport> run_drills(
    const Plan& plan, const SimulateWith& with, const std::atomic<bool>& interrupt,
    const std::function<ProgressReport(const std::string& name, core::Duration hours)>& begun = {});

}  // namespace cli
