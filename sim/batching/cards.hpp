// What a model needs and what a GPU gives: the figures behind tier (i) of an iteration's cost.
//
//  * `ModelCard`   the shape of a language model: what an iteration reads, multiplies and keeps (configs/models/)
//  * `GpuCard`     memory, bandwidth, arithmetic and links of a GPU, and what share of them is achieved (configs/gpus/)
//  * `quantised`   the card of the same model with weights of fewer bits
//  * `distilled`   the card of a smaller model of the same family
//  * `read_model_card`, `read_gpu_card`   the YAML of a card
//
// A card holds published figures only (a config.json, a datasheet), with their address and date. The shares that are
// achieved, and the overhead, are fitted to published measurements (docs/fidelity.md); where there are none, a card
// says which other card it follows.
//
// Example:
//   const ModelCard model = quantised(read_model_card("configs/models/llama-3-70b.yaml", text), Quantisation::fp8);
//   weight_bytes(model);                    // 72.7 GB: the layers in 8 bits, both embeddings in 16
//   compute_precision(model, a100);         // fp16: an A100 has no 8-bit floats, it multiplies in 16 bits
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

// What tensor cores multiply. fp16 stands for bf16 as well.
enum class Precision { fp16, fp8, int8, fp4, int4 };
inline constexpr std::size_t precisions = 5;
inline constexpr std::array<std::string_view, precisions> precision_names{"fp16", "fp8", "int8", "fp4", "int4"};

// Where the figures of a card come from.
struct Origin {
  std::string source;  // an address
  std::string date;    // 2024-04-18: of publication
  std::string licence;
  std::string note;  // empty, or what the figures leave out
};

struct ModelCard {
  std::string name;
  std::vector<std::string> aliases;
  std::uint32_t layers = 0;
  std::uint32_t hidden_size = 0;
  std::uint32_t heads = 0;     // of queries
  std::uint32_t kv_heads = 0;  // of keys and values
  std::uint32_t head_dim = 0;
  std::int64_t parameters = 0;  // all of them, embeddings and all experts included
  std::int64_t vocabulary = 0;
  bool tied_embeddings = false;  // one table of vocabulary × hidden size at both ends, not two

  // Mixture of experts: of `experts` a token visits `experts_per_token`, chosen anew in every layer. None: 0.
  std::uint32_t experts = 0;
  std::uint32_t experts_per_token = 0;
  std::int64_t expert_parameters = 0;  // of one expert, summed over the layers

  // Multi-head latent attention keeps one vector for all heads, which tensor parallelism cannot split. Otherwise 0.
  std::uint32_t kv_elements_per_layer = 0;
  // Layers that see the whole context; the others see the last `window_tokens`.
  std::uint32_t full_attention_layers = 0;
  std::uint32_t window_tokens = 0;

  std::int64_t context_tokens = 0;
  double weight_bits = 16;  // of the layers, the scales of quantised weights included; embeddings have 16
  double expert_bits = 16;
  double kv_bits = 16;
  Precision compute = Precision::fp16;
  std::string quality;  // of a quantised card: what it loses
  Origin origin;
};

// Throws core::ConfigError. `name`: of the file, for messages.
ModelCard read_model_card(std::string_view name, std::string_view text);

std::int64_t active_parameters(const ModelCard& model);  // that a token meets: all but the experts it does not visit
double weight_bytes(const ModelCard& model);             // of the whole model

enum class Quantisation { fp8, int8, fp4, int4 };
inline constexpr std::array<std::string_view, 4> quantisation_names{"fp8", "int8", "fp4", "int4"};

// Weights of fewer bits; a part that has as few already stays as it is. Embeddings and KV memory stay at 16 bits.
//
//          bits a weight                 multiplied in                   quality
//   fp8     8                            fp8, else 16 bits               lossless at all sizes (1)
//   int8    8                            int8                            1 to 3 % of the score (1)
//   fp4     4.5: a scale of 8 for 16     fp4 (Blackwell), else 16 bits   within 1 % of the score (2)
//   int4    4.16: 20 bits for 128        16 bits: weight-only            rivals 8 bits (1)
//
// (1) Kurtic et al., "Give Me BF16 or Give Me Death?", 2024, arXiv:2411.02355: Llama 3.1, academic benchmarks.
// (2) NVIDIA, "Introducing NVFP4", 2025-06-24: DeepSeek-R1-0528. An average: measure your own task.
//
// So int4 speeds up what waits for memory (few answers at a time) and nothing else, and on a GPU without 8-bit floats
// fp8 does the same.
ModelCard quantised(const ModelCard& model, Quantisation quantisation);

// A model with `size` (above 0, up to 1) of the parameters, shrunk in layers and width by one factor x:
//
//   x³ × parameters of the layers + x × those of the embeddings = size × all of them
//
// Vocabulary, context, head size and the heads of keys and values stay as they are, as within the families of Llama 3
// and Qwen 2.5: from 70B (80 layers of 8,192) to the size of 8B this gives 37 layers of 3,839, published are 32 of
// 4,096. Of a mixture each expert shrinks, their number does not. Whole numbers, at least 1. An assumption: a student
// may have any shape; fewer and wider layers are faster at the same size.
ModelCard distilled(const ModelCard& model, double size);

// What an engine adds to the GPU's own time, once an iteration, a layer, a sequence.
struct EngineOverhead {
  double per_iteration_s = 0;
  double per_layer_s = 0;
  double per_sequence_s = 0;
  // Engines without CUDA graphs, those of 2023, launch kernel by kernel: no layer is faster than its launches. 0: none.
  double floor_per_layer_s = 0;
};

struct GpuCard {
  std::string name;
  std::vector<std::string> aliases;
  std::int64_t memory_bytes = 0;  // as its driver reports it
  std::int64_t memory_bytes_per_s = 0;
  std::array<double, precisions> peak_flop_per_s{};  // dense, by Precision; 0: the chip has none
  std::int64_t link_bytes_per_s = 0;                 // to other GPUs, in one direction
  double link_latency_s = 0;                         // of one all-reduce of next to nothing

  // Achieved shares.
  std::array<double, precisions> compute_share{};  // of the peak, by Precision
  double bandwidth_share = 0;                      // of the memory's, reading weights
  double attention_compute_share = 0;              // of the 16-bit peak, attention of prompts
  double attention_bandwidth_share = 0;            // of the memory's, reading the KV memory
  double communication_share = 0;                  // of the link's

  EngineOverhead overhead;
  std::string fit;  // what the shares and the overhead come from
  Origin origin;
};

// Throws core::ConfigError.
GpuCard read_gpu_card(std::string_view name, std::string_view text);

// The model's own, or 16 bits where the chip has not got it.
Precision compute_precision(const ModelCard& model, const GpuCard& gpu);

}  // namespace sim
