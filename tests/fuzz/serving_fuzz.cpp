// Arbitrary bytes as a serving profile, a model card or a GPU card: one printable error that says where, or costs and
// capacities that are whole, positive numbers. The first byte says as which.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/utf8.hpp"
#include "core/yaml_reader.hpp"
#include "sim/batching/cards.hpp"
#include "sim/batching/profile.hpp"
#include "sim/batching/roofline.hpp"

namespace {

void require(bool holds, const char* what, std::string_view detail = "") {
  if (holds) return;
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(detail.size()), detail.data());
  std::abort();
}

constexpr std::string_view model_text =
    "schema: model-card/v1\nname: a\nlayers: 32\nhidden_size: 4096\nheads: 32\nkv_heads: 8\nhead_dim: 128\n"
    "parameters: 8_030_261_248\nvocabulary: 128_256\ntied_embeddings: false\ncontext_tokens: 8192\nweight_bits: 16\n"
    "kv_bits: 16\nsource: s\ndate: d\nlicence: l\n";
constexpr std::string_view gpu_text =
    "schema: gpu-card/v1\nname: a\nmemory: 24GB\nmemory_bandwidth: 300GB/s\npeak_tflops: {fp16: 121, fp8: 242}\n"
    "interconnect: {bandwidth: 1GB/s, latency: 5us}\n"
    "achieved: {compute: {fp16: 0.5, fp8: 0.4}, bandwidth: 0.8, attention_compute: 0.4, attention_bandwidth: 0.6, "
    "communication: 0.3}\n"
    "overhead: {per_iteration: 500us, per_layer: 40us, per_sequence: 50us}\nfit: f\nsource: s\ndate: d\nlicence: l\n";

// A single answer and a single token: what every cost must bear before its reader has looked at larger batches.
void check(const sim::IterationCost& cost) {
  const sim::DecodeCost decode = cost.decode(1, 1);
  require(decode.first_ps >= 0 && decode.growth_ps >= 0 && decode.steps >= 1, "an iteration of less than no time");
  sim::PrefillWork work;
  work.add(1, 0);
  require(cost.mixed_ps(0, 0, work) >= 0, "a prompt of less than no time");
  require(cost.longest_ps(1, 1, 1, 1) >= static_cast<double>(decode.first_ps) * (1 - 1e-12), "longer than the longest");
}

void check_profile(std::string_view text) {
  const sim::ServingProfile profile = sim::read_serving_profile("p.yaml", text);
  require(profile.gpus >= 1 && profile.kv_tokens >= 1 && profile.context_length >= 1 && profile.largest_batch >= 1,
          "a profile of nothing");
  check(profile.cost);
  // Beyond the tables, too, where the last line goes on.
  require(profile.cost.decode(1U << 16U, 1U << 16U).first_ps >= 1, "a batch of no time");
}

void check_cards(const sim::ModelCard& model, const sim::GpuCard& gpu) {
  require(sim::active_parameters(model) >= 0 && sim::weight_bytes(model) > 0, "a model of nothing");
  for (const std::uint32_t gpus : {1U, 8U}) {
    const sim::KvCapacity kv = sim::kv_capacity(model, gpu, gpus);
    require(kv.tokens >= 0 && kv.kv_bytes_per_token > 0, "less than no memory");
    require(core::utf8::escape_unprintable(kv.arithmetic) == kv.arithmetic, "unprintable arithmetic", kv.arithmetic);
    check(sim::roofline_cost(model, gpu, gpus, 16));
  }
  for (std::size_t kind = 0; kind < sim::quantisation_names.size(); ++kind) {
    const sim::ModelCard smaller = sim::quantised(model, static_cast<sim::Quantisation>(kind));
    require(sim::weight_bytes(smaller) <= sim::weight_bytes(model), "a quantised model that is larger");
    check(sim::roofline_cost(smaller, gpu, 2, 16));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  static const sim::ModelCard usual_model = sim::read_model_card("m.yaml", model_text);
  static const sim::GpuCard usual_gpu = sim::read_gpu_card("g.yaml", gpu_text);
  try {
    switch (data[0]) {
      case 'm':
        check_cards(sim::read_model_card("m.yaml", text), usual_gpu);
        break;
      case 'g':
        check_cards(usual_model, sim::read_gpu_card("g.yaml", text));
        break;
      default:
        check_profile(text);
    }
  } catch (const core::ConfigError& error) {
    const std::string_view line = error.what();
    require(line.substr(1).starts_with(".yaml:"), "an error that does not say where", line);
    require(core::utf8::escape_unprintable(line) == line, "an error that is not one printable line", line);
    require(line.size() < 10'000, "an endless error", line);
  }
  return 0;
}
