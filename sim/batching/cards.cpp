#include "sim/batching/cards.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/time.hpp"
#include "core/yaml_reader.hpp"

namespace sim {

namespace {

using namespace std::chrono_literals;

// Far beyond what there is: such a number is a slip.
constexpr std::int64_t most_layers = 10'000;
constexpr std::int64_t most_width = 10'000'000;
constexpr std::int64_t most_parameters = 1'000'000'000'000'000;
constexpr std::int64_t most_tokens = 1'000'000'000;

std::uint32_t small(const core::Section& card, std::string_view key, std::int64_t most) {
  return static_cast<std::uint32_t>(card.integer(key, {.min = 1, .max = most}));
}

std::vector<std::string> read_aliases(const core::Section& card) {
  return card.has("aliases") ? card.texts("aliases") : std::vector<std::string>{};
}

Origin read_origin(const core::Section& card) {
  return {.source = card.text("source"),
          .date = card.text("date"),
          .licence = card.text("licence"),
          .note = card.has("note") ? card.text("note") : ""};
}

// Keys that only make sense together: all of them, or none.
bool has_all(const core::Section& card, const std::vector<std::string_view>& keys) {
  const auto has = [&](std::string_view key) { return card.has(key); };
  const auto first = std::find_if(keys.begin(), keys.end(), has);
  if (first == keys.end()) return false;
  for (const std::string_view key : keys) {
    if (!card.has(key)) throw card.error(key, "nothing", fmt::format("a number, as there is {}", *first));
  }
  return true;
}

void read_experts(const core::Section& card, ModelCard& model) {
  if (!has_all(card, {"experts", "experts_per_token", "expert_parameters"})) return;
  model.experts = small(card, "experts", most_width);
  model.experts_per_token = small(card, "experts_per_token", model.experts);
  model.expert_parameters = card.integer("expert_parameters", {.min = 1, .max = most_parameters});
  if (model.expert_parameters > model.parameters / model.experts) {
    throw card.error("expert_parameters", fmt::format("{} × {}", model.experts, model.expert_parameters),
                     fmt::format("no more than all parameters, {}", model.parameters));
  }
}

void read_windows(const core::Section& card, ModelCard& model) {
  model.full_attention_layers = model.layers;
  if (!has_all(card, {"full_attention_layers", "window_tokens"})) return;
  model.full_attention_layers = small(card, "full_attention_layers", model.layers);
  model.window_tokens = small(card, "window_tokens", most_tokens);
}

Precision read_precision(const core::Section& card, std::string_view key) {
  const std::vector<std::string_view> names{precision_names.begin(), precision_names.end()};
  return card.has(key) ? static_cast<Precision>(card.choice(key, names)) : Precision::fp16;
}

double optional_bits(const core::Section& card, std::string_view key, double otherwise) {
  return card.has(key) ? card.number(key, {.min = 1, .max = 32}) : otherwise;
}

// {fp16: …, fp8: …}: fp16 always, the others where the chip has them.
std::array<double, precisions> read_by_precision(const core::Section& parent, std::string_view key,
                                                 const core::NumberRule& each, double scale) {
  const core::Section section = parent.section(key);
  std::array<double, precisions> values{};
  for (std::size_t i = 0; i < precisions; ++i) {
    if (i == 0 || section.has(precision_names[i])) values[i] = scale * section.number(precision_names[i], each);
  }
  return values;
}

double seconds(const core::Section& section, std::string_view key) {
  return static_cast<double>(section.duration(key, {.min = 0ns, .max = 1s}).count()) * 1e-9;
}

double share(const core::Section& section, std::string_view key) {
  return section.share(key, {.min = 0.001, .max = 1});
}

// Of one table at both ends, or of two.
std::int64_t embedding_parameters(const ModelCard& model) {
  return model.vocabulary * model.hidden_size * (model.tied_embeddings ? 1 : 2);
}

struct QuantisationRule {
  double bits;
  Precision compute;
  std::string_view quality;
};
constexpr std::array<QuantisationRule, quantisation_names.size()> rules{{
    {8, Precision::fp8, "fp8: lossless at all sizes on academic benchmarks (arXiv:2411.02355)"},
    {8, Precision::int8, "int8: 1 to 3 % lower scores on academic benchmarks (arXiv:2411.02355)"},
    {4.5, Precision::fp4, "fp4: scores within 1 % of those at 8 bits (NVIDIA, NVFP4, 2025-06-24)"},
    {4.16, Precision::fp16, "int4, weight-only: rivals 8 bits on academic benchmarks (arXiv:2411.02355)"},
}};

}  // namespace

ModelCard read_model_card(std::string_view name, std::string_view text) {
  const core::Document document{std::string{name}, text};
  const core::Section card = document.root();
  card.choice("schema", {"model-card/v1"});
  ModelCard model;
  model.name = card.text("name");
  model.aliases = read_aliases(card);
  model.layers = small(card, "layers", most_layers);
  model.hidden_size = small(card, "hidden_size", most_width);
  model.heads = small(card, "heads", most_width);
  model.kv_heads = small(card, "kv_heads", model.heads);
  model.head_dim = small(card, "head_dim", most_width);
  model.parameters = card.integer("parameters", {.min = 1, .max = most_parameters});
  model.vocabulary = card.integer("vocabulary", {.min = 1, .max = most_width});
  model.tied_embeddings = card.boolean("tied_embeddings");
  if (embedding_parameters(model) >= model.parameters) {
    throw card.error("parameters", fmt::format("{}", model.parameters),
                     fmt::format("more than the embeddings alone: vocabulary × hidden_size{} = {}",
                                 model.tied_embeddings ? "" : " × 2", embedding_parameters(model)));
  }
  read_experts(card, model);
  if (card.has("kv_elements_per_layer")) {
    model.kv_elements_per_layer = small(card, "kv_elements_per_layer", most_width);
  }
  read_windows(card, model);
  model.context_tokens = card.integer("context_tokens", {.min = 1, .max = most_tokens});
  model.weight_bits = card.number("weight_bits", {.min = 1, .max = 32});
  model.expert_bits = optional_bits(card, "expert_bits", model.weight_bits);
  model.kv_bits = card.number("kv_bits", {.min = 1, .max = 32});
  model.compute = read_precision(card, "compute");
  model.origin = read_origin(card);
  document.finish();
  return model;
}

std::int64_t active_parameters(const ModelCard& model) {
  return model.parameters - std::int64_t{model.experts - model.experts_per_token} * model.expert_parameters;
}

double weight_bytes(const ModelCard& model) {
  const std::int64_t embeddings = embedding_parameters(model);
  const std::int64_t experts = std::int64_t{model.experts} * model.expert_parameters;
  const std::int64_t others = model.parameters - embeddings - experts;
  return static_cast<double>(embeddings) * 2 + static_cast<double>(others) * model.weight_bits / 8 +
         static_cast<double>(experts) * model.expert_bits / 8;
}

ModelCard quantised(const ModelCard& model, Quantisation quantisation) {
  const QuantisationRule& rule = rules[static_cast<std::size_t>(quantisation)];
  ModelCard card = model;
  card.weight_bits = std::min(card.weight_bits, rule.bits);
  card.expert_bits = std::min(card.expert_bits, rule.bits);
  card.compute = rule.compute;
  card.quality = rule.quality;
  return card;
}

ModelCard distilled(const ModelCard& model, double size) {
  const auto embeddings = static_cast<double>(embedding_parameters(model));
  const auto all = static_cast<double>(model.parameters);
  // By halving: 60 steps are beyond the last bit, and the same everywhere.
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    const double x = (low + high) / 2;
    (x * x * x * (all - embeddings) + x * embeddings < size * all ? low : high) = x;
  }
  const auto shrunk = [&](std::uint32_t of) {
    return std::max<std::uint32_t>(static_cast<std::uint32_t>(std::lround(high * static_cast<double>(of))), 1);
  };
  ModelCard card = model;
  card.layers = shrunk(model.layers);
  card.hidden_size = shrunk(model.hidden_size);
  card.heads = shrunk(model.heads);
  card.kv_heads = std::min(model.kv_heads, card.heads);
  card.full_attention_layers = model.full_attention_layers == model.layers
                                   ? card.layers
                                   : std::min(shrunk(model.full_attention_layers), card.layers);
  card.parameters = std::max(static_cast<std::int64_t>(std::llround(size * all)), embedding_parameters(card) + 1);
  if (model.experts > 0) {
    card.expert_parameters =
        std::min(static_cast<std::int64_t>(std::llround(size * static_cast<double>(model.expert_parameters))),
                 (card.parameters - embedding_parameters(card)) / model.experts);
  }
  return card;
}

GpuCard read_gpu_card(std::string_view name, std::string_view text) {
  const core::Document document{std::string{name}, text};
  const core::Section card = document.root();
  card.choice("schema", {"gpu-card/v1"});
  GpuCard gpu;
  gpu.name = card.text("name");
  gpu.aliases = read_aliases(card);
  gpu.memory_bytes = card.bytes("memory", {.min = 1, .max = std::int64_t{1} << 50U});
  gpu.memory_bytes_per_s = card.bytes_per_second("memory_bandwidth");
  gpu.peak_flop_per_s = read_by_precision(card, "peak_tflops", {.min = 0.001, .max = 1e9}, 1e12);
  const core::Section link = card.section("interconnect");
  gpu.link_bytes_per_s = link.bytes_per_second("bandwidth");
  gpu.link_latency_s = seconds(link, "latency");

  const core::Section achieved = card.section("achieved");
  gpu.compute_share = read_by_precision(achieved, "compute", {.min = 0.001, .max = 1}, 1);
  const core::Section shares = achieved.section("compute");
  for (std::size_t i = 0; i < precisions; ++i) {
    if ((gpu.peak_flop_per_s[i] > 0) == (gpu.compute_share[i] > 0)) continue;
    throw shares.error(precision_names[i], gpu.compute_share[i] > 0 ? "a share" : "nothing",
                       "the precisions of peak_tflops, each with its share");
  }
  gpu.bandwidth_share = share(achieved, "bandwidth");
  gpu.attention_compute_share = share(achieved, "attention_compute");
  gpu.attention_bandwidth_share = share(achieved, "attention_bandwidth");
  gpu.communication_share = share(achieved, "communication");

  const core::Section overhead = card.section("overhead");
  gpu.overhead.per_iteration_s = seconds(overhead, "per_iteration");
  gpu.overhead.per_layer_s = seconds(overhead, "per_layer");
  gpu.overhead.per_sequence_s = seconds(overhead, "per_sequence");
  if (overhead.has("floor_per_layer")) gpu.overhead.floor_per_layer_s = seconds(overhead, "floor_per_layer");
  gpu.fit = card.text("fit");
  gpu.origin = read_origin(card);
  document.finish();
  return gpu;
}

Precision compute_precision(const ModelCard& model, const GpuCard& gpu) {
  return gpu.peak_flop_per_s[static_cast<std::size_t>(model.compute)] > 0 ? model.compute : Precision::fp16;
}

}  // namespace sim
