// An iteration's cost from two cards, and the memory that is left for contexts: tier (i).
//
//  * `roofline_cost`  a model on a GPU, or on several by tensor parallelism, as an IterationCost
//  * `kv_capacity`    how many tokens of context fit beside the weights, with the arithmetic in words
//
// After Williams, Waterman and Patterson, Roofline (CACM 2009): what reads R bytes and multiplies F times takes
// max(R / bandwidth, F / peak), each times the share that is achieved. Here, for T tokens on `tp` GPUs:
//
//   linear(T)  = √(memory² + compute²) + communication + overhead
//     memory        (weights read) / tp / (memory bandwidth × bandwidth share)
//     compute       2 × (weights met) × T / tp / (peak × compute share)
//     communication 2 all-reduces a layer: latency + 2 (tp - 1)/tp × T × hidden size × 2 B / (link × its share); tp > 1
//     overhead      per iteration + layers × per layer
//   decode     = K × KV bytes of a token and a GPU / (memory bandwidth × attention bandwidth share)
//   prefill    = pairs × 4 × heads × head size × layers / tp / (16-bit peak × attention compute share)
//   a sequence = 2 × vocabulary × hidden size / tp / (16-bit peak × share) + overhead per sequence
//
// The root instead of the maximum, since neither limit is reached beside the other: a maximum has its largest error,
// up to √2, just where engines are run. It is never smaller than the maximum.
//
// Weights read: the layers, and the last embedding; of a mixture the experts that T tokens visit, on average
// E (1 - (1 - k/E)^T) of E when a token visits k of them at random. Weights met: k of E experts, and no embedding,
// since the first is looked up and the last is multiplied once a sequence. Layers with a window read the window for
// each sequence; its arithmetic in prompts is left out, as are the arithmetic of decode attention and activations.
//
// An engine that launches kernel by kernel has a floor: linear(T) ≥ layers × floor per layer.
//
// How far from measurements: docs/fidelity.md. What no roofline knows: engines differ by a factor of 1.3 on one GPU.
//
// Example:
//   const KvCapacity kv = kv_capacity(model, gpu, 2);
//   if (kv.tokens == 0) throw section.error("gpus", kv.arithmetic, "GPUs with more memory, or more of them");
//   const IterationCost cost = roofline_cost(model, gpu, 2, 8192);
#pragma once

#include <cstdint>
#include <string>

#include "sim/batching/cards.hpp"
#include "sim/batching/iteration_cost.hpp"

namespace sim {

// `tensor_parallel` ≥ 1 GPUs share each layer. `most_tokens` ≥ 1: of the largest iteration.
IterationCost roofline_cost(const ModelCard& model, const GpuCard& gpu, std::uint32_t tensor_parallel,
                            std::uint32_t most_tokens);

// Bytes of one token in the KV memory of one GPU: 2 × layers with full attention × KV heads / tp × head size × bytes. A
// head is the least that a GPU holds: with more GPUs than KV heads, each has a copy. Latent vectors are not split at
// all.
double kv_bytes_per_token(const ModelCard& model, std::uint32_t tensor_parallel);

struct KvCapacity {
  std::int64_t tokens = 0;        // that fit at once; 0: the model does not fit
  double usable_bytes = 0;        // the share of one GPU's memory that one replica may use
  double weight_bytes = 0;        // on one GPU
  double activation_bytes = 0;    // kept for what an iteration of 8192 tokens has in flight
  double kv_bytes_per_token = 0;  // on one GPU
  std::string arithmetic;         // in one line
};

// `memory_share`: of a GPU, as vLLM's gpu_memory_utilization; the rest is the driver's and the communication library's.
// `replicas_per_gpu` ≥ 1 share a GPU in equal parts.
//
// Activations: 8192 tokens × 10 × hidden size / tp × 2 B, as vLLM keeps free what its largest iteration took in a
// trial: about 3.5 × hidden size of a gated layer twice, and what flows past it. An assumption; 0.7 GB for 8B
// parameters.
KvCapacity kv_capacity(const ModelCard& model, const GpuCard& gpu, std::uint32_t tensor_parallel,
                       double memory_share = 0.9, std::uint32_t replicas_per_gpu = 1);

}  // namespace sim
