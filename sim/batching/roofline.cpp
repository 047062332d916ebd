#include "sim/batching/roofline.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"

namespace sim {

namespace {

// What no card of this world needs is cut off, for a whole number must hold it; whoever reads the cards refuses it.
constexpr double longest = 1e17;
std::int64_t to_ps(double seconds) { return std::llround(std::min(seconds * 1e12, longest)); }
std::int64_t to_fs(double seconds) { return std::llround(std::min(seconds * 1e15, longest)); }

std::uint32_t kv_heads_of_a_gpu(const ModelCard& model, std::uint32_t tensor_parallel) {
  return (model.kv_heads + tensor_parallel - 1) / tensor_parallel;
}

// Keys and values of one token, in one layer, on one GPU.
double kv_bytes_of_a_layer(const ModelCard& model, std::uint32_t tensor_parallel) {
  const double elements = model.kv_elements_per_layer > 0
                              ? model.kv_elements_per_layer
                              : 2.0 * kv_heads_of_a_gpu(model, tensor_parallel) * model.head_dim;
  return elements * model.kv_bits / 8;
}

// The two rates that a model meets on a GPU, and what one token adds.
class Linear {
 public:
  Linear(const ModelCard& model, const GpuCard& gpu, std::uint32_t tensor_parallel) : model_{model} {
    const double tp = tensor_parallel;
    const double embedding = static_cast<double>(model.vocabulary) * model.hidden_size;
    const double experts = static_cast<double>(model.experts) * static_cast<double>(model.expert_parameters);
    const double others = static_cast<double>(model.parameters) - embedding * (model.tied_embeddings ? 1 : 2) - experts;
    const auto precision = static_cast<std::size_t>(compute_precision(model, gpu));
    s_per_byte_ = 1 / (tp * static_cast<double>(gpu.memory_bytes_per_s) * gpu.bandwidth_share);
    fixed_bytes_ = others * model.weight_bits / 8 + embedding * 2;
    expert_bytes_ = static_cast<double>(model.expert_parameters) * model.expert_bits / 8;
    const double met =
        others + static_cast<double>(model.experts_per_token) * static_cast<double>(model.expert_parameters);
    compute_s_per_token_ = 2 * met / (tp * gpu.peak_flop_per_s[precision] * gpu.compute_share[precision]);
    overhead_s_ = gpu.overhead.per_iteration_s + model.layers * gpu.overhead.per_layer_s;
    floor_s_ = model.layers * gpu.overhead.floor_per_layer_s;
    if (tensor_parallel > 1) {
      const double all_reduces = 2.0 * model.layers;
      overhead_s_ += all_reduces * gpu.link_latency_s;
      communication_s_per_token_ = all_reduces * 2 * (tp - 1) / tp * model.hidden_size * 2 /
                                   (static_cast<double>(gpu.link_bytes_per_s) * gpu.communication_share);
    }
  }

  // `unvisited`: the share of experts that no token visits, (1 - k/E)^tokens.
  double seconds(double tokens, double unvisited) const {
    const double memory_s = (fixed_bytes_ + model_.experts * (1 - unvisited) * expert_bytes_) * s_per_byte_;
    const double compute_s = tokens * compute_s_per_token_;
    const double gpu_s =
        std::sqrt(memory_s * memory_s + compute_s * compute_s) + tokens * communication_s_per_token_ + overhead_s_;
    return std::max(gpu_s, floor_s_);
  }

 private:
  const ModelCard& model_;
  double s_per_byte_ = 0;
  double fixed_bytes_ = 0;
  double expert_bytes_ = 0;
  double compute_s_per_token_ = 0;
  double communication_s_per_token_ = 0;
  double overhead_s_ = 0;
  double floor_s_ = 0;
};

std::string gigabytes(double bytes) { return fmt::format("{:.1f} GB", bytes / 1e9); }

}  // namespace

double kv_bytes_per_token(const ModelCard& model, std::uint32_t tensor_parallel) {
  return model.full_attention_layers * kv_bytes_of_a_layer(model, tensor_parallel);
}

IterationCost roofline_cost(const ModelCard& model, const GpuCard& gpu, std::uint32_t tensor_parallel,
                            std::uint32_t most_tokens) {
  assert(tensor_parallel >= 1 && most_tokens >= 1);
  const double tp = tensor_parallel;
  const Linear linear{model, gpu, tensor_parallel};
  const double missed = model.experts > 0 ? 1 - static_cast<double>(model.experts_per_token) / model.experts : 1;
  std::vector<std::int64_t> linear_ps(std::size_t{most_tokens} + 1);
  double unvisited = 1;
  for (std::size_t tokens = 1; tokens < linear_ps.size(); ++tokens) {
    unvisited *= missed;
    linear_ps[tokens] = to_ps(linear.seconds(static_cast<double>(tokens), unvisited));
  }

  const double fp16_flop_per_s = gpu.peak_flop_per_s[0];
  const double s_per_kv_byte = 1 / (static_cast<double>(gpu.memory_bytes_per_s) * gpu.attention_bandwidth_share);
  const double window_bytes = static_cast<double>(model.layers - model.full_attention_layers) * model.window_tokens *
                              kv_bytes_of_a_layer(model, tensor_parallel);
  const double pair_flop = 4.0 * model.heads * model.head_dim * model.full_attention_layers;
  const double head_flop = 2 * static_cast<double>(model.vocabulary) * model.hidden_size;

  IterationCost cost{
      std::move(linear_ps),
      LinearAttention{.decode_per_sequence_ps = to_ps(window_bytes * s_per_kv_byte),
                      .decode_per_token_ps = to_ps(kv_bytes_per_token(model, tensor_parallel) * s_per_kv_byte),
                      .prefill_per_pair_fs = to_fs(pair_flop / (tp * fp16_flop_per_s * gpu.attention_compute_share))}};
  cost.add_overhead(0, to_ps(head_flop / (tp * fp16_flop_per_s * gpu.compute_share[0]) + gpu.overhead.per_sequence_s));
  return cost;
}

KvCapacity kv_capacity(const ModelCard& model, const GpuCard& gpu, std::uint32_t tensor_parallel, double memory_share,
                       std::uint32_t replicas_per_gpu) {
  assert(tensor_parallel >= 1 && replicas_per_gpu >= 1 && memory_share > 0 && memory_share <= 1);
  const double tp = tensor_parallel;
  const double weights = weight_bytes(model);
  KvCapacity kv;
  kv.usable_bytes = memory_share * static_cast<double>(gpu.memory_bytes) / replicas_per_gpu;
  kv.weight_bytes = weights / tp;
  kv.activation_bytes = 8192.0 * 10 * model.hidden_size / tp * 2;
  kv.kv_bytes_per_token = kv_bytes_per_token(model, tensor_parallel);
  const double left = kv.usable_bytes - kv.weight_bytes - kv.activation_bytes;
  if (left > 0) kv.tokens = static_cast<std::int64_t>(left / kv.kv_bytes_per_token);

  kv.arithmetic = gigabytes(weights) + " of weights";
  if (tensor_parallel > 1)
    kv.arithmetic += fmt::format(" / {} GPUs = {} each", tensor_parallel, gigabytes(kv.weight_bytes));
  kv.arithmetic += fmt::format("; {:.6g} × {}", memory_share, gigabytes(static_cast<double>(gpu.memory_bytes)));
  if (replicas_per_gpu > 1) kv.arithmetic += fmt::format(" / {} replicas", replicas_per_gpu);
  kv.arithmetic += fmt::format(" = {} a {}", gigabytes(kv.usable_bytes), replicas_per_gpu > 1 ? "replica" : "GPU");
  if (kv.weight_bytes >= kv.usable_bytes) {
    kv.arithmetic += ": does not fit";
  } else if (kv.tokens == 0) {
    kv.arithmetic +=
        fmt::format(", {} of it for activations: leaves nothing for contexts", gigabytes(kv.activation_bytes));
  } else {
    kv.arithmetic += fmt::format(", {} of it for activations: leaves {} for contexts, {} tokens of {:.0f} B",
                                 gigabytes(kv.activation_bytes), gigabytes(left), core::format_count(kv.tokens),
                                 kv.kv_bytes_per_token);
  }
  return kv;
}

}  // namespace sim
