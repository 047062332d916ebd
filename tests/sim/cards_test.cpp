// Every card that ships, what a card says of a model, and every line that a slip in one can print.
#include "sim/batching/cards.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using sim::Precision;
using sim::Quantisation;
using test_support::check_says;
using test_support::complaint;

namespace {

struct Shipped {
  std::string name;
  std::string text;
};

std::vector<Shipped> shipped(std::string_view folder) {
  std::vector<Shipped> files;
  for (const auto& entry : std::filesystem::directory_iterator{fmt::format("{}/configs/{}", PROJECT_SOURCE, folder)}) {
    std::ifstream stream{entry.path(), std::ios::binary};
    files.push_back({entry.path().stem().string(), {std::istreambuf_iterator<char>{stream}, {}}});
  }
  return files;
}

std::string text_of(std::string_view folder, std::string_view name) {
  for (const Shipped& file : shipped(folder)) {
    if (file.name == name) return file.text;
  }
  FAIL("no card " << std::string{name});
  return {};
}

sim::ModelCard model(std::string_view name) { return sim::read_model_card(name, text_of("models", name)); }
sim::GpuCard gpu(std::string_view name) { return sim::read_gpu_card(name, text_of("gpus", name)); }

std::string replaced(std::string text, std::string_view old_part, std::string_view new_part) {
  const std::size_t at = text.find(old_part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old_part.size(), new_part);
}

constexpr std::string_view model_text =
    "schema: model-card/v1\n"
    "name: tiny\n"
    "layers: 2\n"
    "hidden_size: 64\n"
    "heads: 4\n"
    "kv_heads: 2\n"
    "head_dim: 16\n"
    "parameters: 1_000_000\n"
    "vocabulary: 1000\n"
    "tied_embeddings: false\n"
    "context_tokens: 100\n"
    "weight_bits: 16\n"
    "kv_bits: 16\n"
    "source: somewhere\n"
    "date: 2026-01-01\n"
    "licence: free\n";

constexpr std::string_view gpu_text =
    "schema: gpu-card/v1\n"
    "name: tiny\n"
    "memory: 24GiB\n"
    "memory_bandwidth: 600GB/s\n"
    "peak_tflops: {fp16: 70, int8: 140}\n"
    "interconnect: {bandwidth: 32GB/s, latency: 5us}\n"
    "achieved:\n"
    "  compute: {fp16: 0.5, int8: 0.5}\n"
    "  bandwidth: 0.8\n"
    "  attention_compute: 0.4\n"
    "  attention_bandwidth: 0.6\n"
    "  communication: 0.3\n"
    "overhead: {per_iteration: 500us, per_layer: 40us, per_sequence: 50us}\n"
    "fit: made up\n"
    "source: somewhere\n"
    "date: 2026-01-01\n"
    "licence: free\n";

// What the user reads when `old_part` of the card says `new_part`.
std::string of_model(std::string_view old_part, std::string_view new_part) {
  return complaint([&] { sim::read_model_card("m.yaml", replaced(std::string{model_text}, old_part, new_part)); });
}
std::string of_gpu(std::string_view old_part, std::string_view new_part) {
  return complaint([&] { sim::read_gpu_card("g.yaml", replaced(std::string{gpu_text}, old_part, new_part)); });
}

}  // namespace

TEST_CASE("Every model card that ships can be read, and no two share a name", "[cards]") {
  std::set<std::string> names;
  for (const Shipped& file : shipped("models")) {
    CAPTURE(file.name);
    const sim::ModelCard card = sim::read_model_card(file.name, file.text);
    CHECK(card.name == file.name);
    CHECK(names.insert(card.name).second);
    for (const std::string& alias : card.aliases) CHECK(names.insert(alias).second);
    CHECK(sim::active_parameters(card) <= card.parameters);
    CHECK(card.origin.source.starts_with("https://"));
  }
  CHECK(names.size() > 40);
}

TEST_CASE("Every GPU card that ships can be read, and no two share a name", "[cards]") {
  std::set<std::string> names;
  for (const Shipped& file : shipped("gpus")) {
    CAPTURE(file.name);
    const sim::GpuCard card = sim::read_gpu_card(file.name, file.text);
    CHECK(card.name == file.name);
    CHECK(names.insert(card.name).second);
    for (const std::string& alias : card.aliases) CHECK(names.insert(alias).second);
    CHECK(card.fit.size() > 20);
    CHECK(card.origin.source.starts_with("https://"));
  }
  CHECK(names.size() > 20);
}

TEST_CASE("Weights are as heavy as what can be downloaded", "[cards]") {
  CHECK(sim::weight_bytes(model("llama-3-8b")) == 2.0 * 8'030'261'248);
  CHECK(sim::weight_bytes(model("llama-2-70b")) == 2.0 * 68'976'648'192);
  // 8 bits but for two tables of 129280 × 7168.
  CHECK(sim::weight_bytes(model("deepseek-v3")) == 671'026'419'200.0 + 2 * 129'280.0 * 7168);
  // The published files take 65.2 GB.
  CHECK(sim::weight_bytes(model("gpt-oss-120b")) == Approx(65.2e9).epsilon(0.01));
}

TEST_CASE("Of a mixture, a token meets what its publisher calls active", "[cards]") {
  CHECK(sim::active_parameters(model("mixtral-8x7b")) == Approx(12.9e9).epsilon(0.01));
  CHECK(sim::active_parameters(model("qwen-3-235b-a22b")) == Approx(22e9).epsilon(0.02));
  CHECK(sim::active_parameters(model("deepseek-v3")) == Approx(37e9).epsilon(0.02));
  // "5.1B": without the first embedding.
  CHECK(sim::active_parameters(model("gpt-oss-120b")) - 201'088 * 2880 == Approx(5.1e9).epsilon(0.02));
  CHECK(sim::active_parameters(model("llama-3-8b")) == 8'030'261'248);
}

TEST_CASE("Quantising shrinks the layers, leaves the embeddings, and says what is lost", "[cards]") {
  const sim::ModelCard card = model("llama-3-70b");
  const double embeddings = 2 * 2 * 128'256.0 * 8192;
  const double layers = sim::weight_bytes(card) - embeddings;
  CHECK(sim::weight_bytes(quantised(card, Quantisation::fp8)) == embeddings + layers / 2);
  CHECK(sim::weight_bytes(quantised(card, Quantisation::int8)) == embeddings + layers / 2);
  CHECK(sim::weight_bytes(quantised(card, Quantisation::int4)) == Approx(embeddings + layers * 4.16 / 16));
  CHECK(sim::weight_bytes(quantised(card, Quantisation::fp4)) == Approx(embeddings + layers * 4.5 / 16));
  check_says(quantised(card, Quantisation::int8).quality, "1 to 3 % lower scores");
  check_says(quantised(card, Quantisation::int4).quality, "weight-only");
  CHECK(quantised(card, Quantisation::int4).kv_bits == 16);
  CHECK(card.quality.empty());
}

TEST_CASE("What has fewer bits already keeps them", "[cards]") {
  CHECK(quantised(model("gpt-oss-120b"), Quantisation::fp8).expert_bits == 4.25);
  CHECK(sim::weight_bytes(quantised(model("deepseek-v3"), Quantisation::fp8)) ==
        sim::weight_bytes(model("deepseek-v3")));
}

TEST_CASE("A GPU multiplies in the model's precision, or in 16 bits", "[cards]") {
  const sim::ModelCard fp8 = quantised(model("llama-3-8b"), Quantisation::fp8);
  CHECK(sim::compute_precision(fp8, gpu("h100")) == Precision::fp8);
  CHECK(sim::compute_precision(fp8, gpu("a100-80gb")) == Precision::fp16);
  CHECK(sim::compute_precision(quantised(fp8, Quantisation::int8), gpu("a100-80gb")) == Precision::int8);
  CHECK(sim::compute_precision(quantised(fp8, Quantisation::int4), gpu("a100-80gb")) == Precision::fp16);
  CHECK(sim::compute_precision(quantised(fp8, Quantisation::fp4), gpu("h100")) == Precision::fp16);
  CHECK(sim::compute_precision(quantised(fp8, Quantisation::fp4), gpu("b200")) == Precision::fp4);
}

TEST_CASE("A slip in a model card is told with its place", "[cards]") {
  CHECK(sim::read_model_card("m.yaml", model_text).full_attention_layers == 2);
  check_says(of_model("model-card/v1", "model-card/v2"), "m.yaml:1:9: schema: found 'model-card/v2'");
  check_says(of_model("layers: 2", "layers: 0"), "m.yaml:3:9: layers: found '0', expected a whole number from 1");
  check_says(of_model("kv_heads: 2", "kv_heads: 8"), "kv_heads: found '8'");
  check_says(of_model("kv_heads: 2\n", ""), "kv_heads");
  check_says(of_model("kv_heads: 2", "kv_head: 2"), "kv_heads");
  check_says(of_model("parameters: 1_000_000", "parameters: 128_000"),
             "m.yaml:8:13: parameters: found 128000, expected more than the embeddings alone: "
             "vocabulary × hidden_size × 2 = 128000");
  check_says(of_model("weight_bits: 16", "weight_bits: 64"), "weight_bits: found '64'");
  check_says(of_model("kv_bits: 16", "kv_bits: 16\ncompute: fp7"), "compute: found 'fp7'");
  check_says(of_model("kv_bits: 16", "kv_bits: 16\nexperts: 4"),
             "experts_per_token: found nothing, expected a number, as there is experts");
  check_says(of_model("kv_bits: 16", "kv_bits: 16\nexperts: 4\nexperts_per_token: 5\nexpert_parameters: 1"),
             "experts_per_token: found '5'");
  check_says(of_model("kv_bits: 16", "kv_bits: 16\nexperts: 4\nexperts_per_token: 2\nexpert_parameters: 250_001"),
             "expert_parameters: found 4 × 250001, expected no more than all parameters, 1000000");
  check_says(of_model("kv_bits: 16", "kv_bits: 16\nwindow_tokens: 4"),
             "full_attention_layers: found nothing, expected a number, as there is window_tokens");
  check_says(of_model("kv_bits: 16", "kv_bits: 16\nfull_attention_layers: 3\nwindow_tokens: 4"),
             "full_attention_layers: found '3'");
  check_says(of_model("kv_bits: 16", "kv_bits: 16\nkv_elements_per_layer: 0"), "kv_elements_per_layer: found '0'");
  check_says(of_model("licence: free\n", ""), "licence");
  check_says(of_model("licence: free", "licence: free\nlayer: 2"), "layer");
}

TEST_CASE("A slip in a GPU card is told with its place", "[cards]") {
  const sim::GpuCard card = sim::read_gpu_card("g.yaml", gpu_text);
  CHECK(card.peak_flop_per_s[static_cast<std::size_t>(Precision::int8)] == 140e12);
  CHECK(card.link_latency_s == Approx(5e-6));
  CHECK(card.overhead.floor_per_layer_s == 0);
  check_says(of_gpu("memory: 24GiB", "memory: 24"), "g.yaml:3:9: memory: found '24'");
  check_says(of_gpu("600GB/s", "600GB"), "memory_bandwidth: found '600GB'");
  check_says(of_gpu("{fp16: 70, int8: 140}", "{int8: 140}"), "peak_tflops.fp16");
  check_says(of_gpu("int8: 140", "int8: 140, fp7: 140"), "fp7");
  check_says(of_gpu("int8: 0.5", "fp8: 0.5"),
             "achieved.compute.fp8: found a share, expected the precisions of peak_tflops, each with its share");
  check_says(of_gpu(", int8: 0.5", ""), "achieved.compute.int8: found nothing");
  check_says(of_gpu("bandwidth: 0.8", "bandwidth: 1.2"), "achieved.bandwidth: found '1.2'");
  check_says(of_gpu("communication: 0.3", "communication: 0"), "achieved.communication: found '0'");
  check_says(of_gpu("latency: 5us", "latency: 5"), "interconnect.latency: found '5'");
  check_says(of_gpu("per_layer: 40us", "per_layer: 2s"), "overhead.per_layer: found '2s'");
  check_says(of_gpu("fit: made up\n", ""), "fit");
}

TEST_CASE("A distilled model has its share of the parameters and the shape of its family", "[sim][serving]") {
  const auto card = [](const char* name) {
    return sim::read_model_card(name, scenario_run::load_from()(std::string{"models/"} + name));
  };
  const sim::ModelCard large = card("llama-3-70b");
  const sim::ModelCard small = card("llama-3-8b");
  const double size = static_cast<double>(small.parameters) / static_cast<double>(large.parameters);
  const sim::ModelCard student = sim::distilled(large, size);
  CHECK(student.parameters == small.parameters);
  CHECK(student.layers == 37);          // published: 32
  CHECK(student.hidden_size == 3'839);  // published: 4,096
  CHECK(student.kv_heads == small.kv_heads);
  CHECK(student.vocabulary == small.vocabulary);
  CHECK(sim::weight_bytes(student) == Approx(sim::weight_bytes(small)).epsilon(0.001));
  // The same model, and the smallest: nothing becomes nothing.
  const sim::ModelCard same = sim::distilled(large, 1);
  CHECK(same.layers == large.layers);
  CHECK(same.hidden_size == large.hidden_size);
  CHECK(same.parameters == large.parameters);
  const sim::ModelCard least = sim::distilled(large, 0.001);
  CHECK(least.layers >= 1);
  CHECK(least.heads >= 1);
  CHECK(least.parameters > least.vocabulary * least.hidden_size);
}
