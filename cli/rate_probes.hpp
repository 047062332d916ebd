// --find-max: the highest rate that holds an objective, found by trying.
//
//  * `RunOnce`           one load test of a plan into a folder
//  * `find_max_preface`  what is said before the first byte
//  * `find_max`          the search (loadgen/judge/rate_search.hpp), each probe a recording of its own under probes/
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "cli/console.hpp"
#include "cli/load_arguments.hpp"
#include "loadgen/load_plan.hpp"
#include "loadgen/sender.hpp"
#include "loadgen/summary.hpp"

namespace cli {

using RunOnce = std::function<loadgen::SenderEnd(const std::optional<loadgen::LoadPlanConfig>& plan,
                                                 loadgen::LoadPlanFacts& facts, const std::filesystem::path& folder)>;

std::string find_max_preface(const LoadArguments& load, const loadgen::LoadPlanFacts& facts);

// The summary is that of the probe at the highest rate that held, or of the last one. Throws core::ConfigError.
loadgen::LoadSummary find_max(const LoadArguments& load, const loadgen::LoadPlanFacts& facts,
                              const std::filesystem::path& folder, const RunOnce& run_once,
                              const std::atomic<bool>& interrupt, const Console& console);

}  // namespace cli
