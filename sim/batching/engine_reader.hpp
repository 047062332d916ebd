// Reads how a language model is served, iteration by iteration.
//
//   instance: aws/g6.xlarge
//   serving:
//     model: llama-3-8b               # a card that ships with billcast (configs/models/), or a file
//     gpu: L4                         # default: the instance's
//     quantization: fp8               # fp8 | int8 | fp4 | int4; default: the weights as published
//     tensor_parallel: 2              # GPUs that share one replica; default: the fewest that hold the model
//     # or, instead of these four, what was measured (sim/batching/profile.hpp):
//     profile: a100-llama.yaml
//     batching: chunked_prefill       # chunked_prefill | prefill_first | static
//     max_batch: 256                  # requests in an engine at once
//     token_budget: 2048              # of an iteration
//     kv_memory: {block: 16, watermark: 1%, share: 90%}      # share: of the GPU's memory that the engine takes
//     overhead: {per_iteration: 0ms, per_sequence: 0us, per_request: 0ms}      # beside what the cost already holds
//     prefix_cache: true              # keep prompt blocks for prompts that begin alike; of a trace that names them
//     priority: [interactive, batch]  # classes of the traffic, the most important first; default: no order
//     router: round_robin             # round_robin | random | least_outstanding | power_of_two | prefix_affine
//     replicas_per_instance: 4        # default: as many as the instance has GPUs for
//     replicas_per_gpu: 1             # that share a GPU's memory and its time in equal parts
//
// What cannot be served is said here, with its arithmetic: a model that does not fit the GPU, requests beyond the
// model's context or the KV memory, more GPUs than the instance has, iterations of more than an hour.
#pragma once

#include <cstdint>
#include <string>

#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"
#include "sim/batching/batching_fleet.hpp"
#include "sim/batching/transform.hpp"

namespace sim {

// The GPUs of an instance: a matter of the price table, told by the caller.
struct InstanceGpus {
  std::string model;            // "A100"
  std::int64_t memory_gib = 0;  // of each
  std::int64_t count = 0;       // 0: none, or not known
};

// Whether the section is for this reader.
bool serves_by_iteration(const core::Section& serving);

// All but `fleet`, timeout and queue limit. `transform`: of the model on its card. Throws core::ConfigError.
BatchingFleetConfig read_engine(const core::Section& serving, const std::string& instance, const InstanceGpus& gpus,
                                const core::traffic::TrafficConfig& traffic, const core::traffic::TextLoader& load_text,
                                const ModelTransform& transform = {});

}  // namespace sim
