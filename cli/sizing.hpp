// The sizing of a model on several GPUs: trials, prices, and the answer; who simulates is handed in.
//
//  * `SizingCandidate`  a GPU, how many a replica takes, and what runs trials with them
//  * `SizingLoad`       what is asked of all of them
//  * `size_gpu`         the fewest replicas that hold, and the cheapest instances for them
//
// First every request is tried alone on an idle replica: what does not hold then holds with no number of replicas. Then
// one replica is given more than it can answer: fewer replicas than the load takes do not hold, however well they look
// in a short trial. Only then the search begins.
//
// More GPUs for a replica make it faster, and more than once it is cheaper so: where one GPU holds an objective only
// just, it can serve hardly anybody at a time.
//
// Several replicas share an instance that has the GPUs for them. Which instance is cheapest depends on how many
// replicas there are (eight GPUs are cheaper in one piece, unless one is enough), so prices come last.
//
// Example:
//   const SizingCandidate one{.gpu = "L4", .name = {"L4", {}}, .tensor_parallel = 1, .run = …};
//   const SizingCandidate two{.gpu = "L4", .name = {"L4", {}}, .tensor_parallel = 2, .run = …};
//   sizing.gpus.push_back(size_gpu({one, two}, load, catalog));
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
  std::string gpu;                   // as it is shown: "A100-80GB"
  pricing::GpuName name;             // as the price tables know it
  std::int64_t tensor_parallel = 0;  // GPUs of a replica
  std::string does_not_fit;          // why; empty: it does, and can be run
  std::function<sim::Trial(std::int64_t replicas)> run;
  std::function<sim::Trial()> run_alone;
  std::function<double()> saturated_per_s;
};

struct SizingLoad {
  std::vector<decision::LatencyObjective> objectives;
  double rate_per_s = 0;
  std::int64_t max_replicas = 1;
  // Of the mean load in a month of 730 hours.
  std::int64_t monthly_output_tokens = 0;
  std::int64_t monthly_tokens = 0;  // input and output
};

// `candidates`: of one GPU, with more and more of it for a replica; at least one. The cheapest of those that hold, and
// among equals the one with fewer GPUs for a replica; or why the last of them does not hold.
reports::SizedGpu size_gpu(const std::vector<SizingCandidate>& candidates, const SizingLoad& load,
                           const pricing::Catalog& catalog);

// The instances for so many replicas that cost least; among equals the fewest, then the first by name. Nothing when no
// row of the catalog with an on-demand price has `tensor_parallel` of this GPU.
std::optional<reports::SizedInstances> cheapest_instances(const pricing::Catalog& catalog, const pricing::GpuName& gpu,
                                                          std::int64_t tensor_parallel, std::int64_t replicas);

}  // namespace cli
