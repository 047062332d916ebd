// The sizing of a model on several GPUs: trials, prices, and the answer; who simulates is handed in.
//
//  * `SizingCandidate`  a GPU, how many a replica takes, and what runs a trial with it
//  * `SizingLoad`       what is asked of all of them
//  * `size_gpu`         the fewest replicas that hold, and the cheapest instances for them
//
// First every request is tried alone on an idle replica: what does not hold then holds with no number of replicas, and
// the reason is said instead of a search up to the most.
//
// Several replicas share an instance that has the GPUs for them. Which instance is cheapest depends on how many
// replicas there are (eight GPUs are cheaper in one piece, unless one is enough), so prices come last.
//
// Example:
//   SizingCandidate l4{.gpu = "L4", .tensor_parallel = 1, .likely_replicas = 12, .run = run, .run_alone = run_alone};
//   sizing.gpus.push_back(size_gpu(l4, load, catalog));
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "decision/latency_objective.hpp"
#include "pricing/catalog.hpp"
#include "reports/sizing.hpp"
#include "sim/batching/sizing_trial.hpp"

namespace cli {

struct SizingCandidate {
  std::string gpu;                   // as the price tables know it: "A100-80GB"
  std::int64_t tensor_parallel = 0;  // GPUs of a replica; 0 with `does_not_fit`
  std::string does_not_fit;          // why; empty: it does
  std::int64_t likely_replicas = 1;  // a guess to begin with
  std::function<sim::Trial(std::int64_t replicas)> run;
  std::function<sim::Trial()> run_alone;
};

struct SizingLoad {
  std::vector<decision::LatencyObjective> objectives;
  std::int64_t max_replicas = 1;
  // Of the mean load in a month of 730 hours.
  std::int64_t monthly_output_tokens = 0;
  std::int64_t monthly_tokens = 0;  // input and output
};

reports::SizedGpu size_gpu(const SizingCandidate& candidate, const SizingLoad& load, const pricing::Catalog& catalog);

// The instances for so many replicas that cost least; among equals the fewest, then the first by name. Nothing when no
// row of the catalog with an on-demand price has `tensor_parallel` of this GPU.
std::optional<reports::SizedInstances> cheapest_instances(const pricing::Catalog& catalog, const std::string& gpu,
                                                          std::int64_t tensor_parallel, std::int64_t replicas);

}  // namespace cli
