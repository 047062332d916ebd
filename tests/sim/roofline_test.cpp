// Known figures of known models, what must hold of any two cards, and the numbers that scripts/roofline.py finds.
#include "sim/batching/roofline.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "tests/support/catch.hpp"

using sim::Quantisation;

namespace {

std::string text_of(std::string_view folder, std::string_view name) {
  std::ifstream stream{fmt::format("{}/configs/{}/{}.yaml", PROJECT_SOURCE, folder, name), std::ios::binary};
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>{stream}, {}};
}
sim::ModelCard model(std::string_view name) { return sim::read_model_card(name, text_of("models", name)); }
sim::GpuCard gpu(std::string_view name) { return sim::read_gpu_card(name, text_of("gpus", name)); }

sim::PrefillWork prompts(std::uint32_t count, std::uint32_t tokens) {
  sim::PrefillWork work;
  for (std::uint32_t i = 0; i < count; ++i) work.add(tokens, 0);
  return work;
}

double ms(std::int64_t ps) { return static_cast<double>(ps) * 1e-9; }

}  // namespace

TEST_CASE("KV memory per token is what is known of known models", "[roofline]") {
  CHECK(sim::kv_bytes_per_token(model("llama-3-8b"), 1) == 131'072);
  CHECK(sim::kv_bytes_per_token(model("llama-2-70b"), 1) == 327'680);
  CHECK(sim::kv_bytes_per_token(model("llama-2-7b"), 1) == 524'288);
  CHECK(sim::kv_bytes_per_token(model("deepseek-v3"), 1) == 61 * 576 * 2);
}

TEST_CASE("GPUs share KV heads, but no head and no latent vector is split", "[roofline]") {
  const sim::ModelCard llama = model("llama-2-70b");  // 8 KV heads
  CHECK(sim::kv_bytes_per_token(llama, 2) == 327'680 / 2);
  CHECK(sim::kv_bytes_per_token(llama, 8) == 327'680 / 8);
  CHECK(sim::kv_bytes_per_token(llama, 16) == 327'680 / 8);
  CHECK(sim::kv_bytes_per_token(model("starcoder"), 4) == sim::kv_bytes_per_token(model("starcoder"), 1));
  CHECK(sim::kv_bytes_per_token(model("deepseek-v3"), 8) == sim::kv_bytes_per_token(model("deepseek-v3"), 1));
}

TEST_CASE("What fits is said with its arithmetic", "[roofline]") {
  const sim::KvCapacity kv = sim::kv_capacity(model("llama-3-8b"), gpu("a100-80gb"), 1);
  CHECK(kv.arithmetic ==
        "16.1 GB of weights; 0.9 × 85.9 GB = 77.3 GB a GPU, 0.7 GB of it for activations: leaves 60.6 GB for contexts, "
        "462,171 tokens of 131072 B");
  CHECK(kv.tokens == 462'171);
  const sim::KvCapacity halves = sim::kv_capacity(model("llama-3-8b"), gpu("a100-80gb"), 1, 0.9, 2);
  CHECK(halves.arithmetic.starts_with("16.1 GB of weights; 0.9 × 85.9 GB / 2 replicas = 38.7 GB a replica, "));
  CHECK(halves.tokens == Approx((kv.usable_bytes / 2 - kv.weight_bytes - kv.activation_bytes) / 131'072).margin(1));
}

TEST_CASE("What does not fit is said with its arithmetic", "[roofline]") {
  const sim::KvCapacity kv = sim::kv_capacity(model("llama-2-70b"), gpu("l4"), 2);
  CHECK(kv.tokens == 0);
  CHECK(kv.arithmetic == "138.0 GB of weights / 2 GPUs = 69.0 GB each; 0.9 × 24.2 GB = 21.7 GB a GPU: does not fit");
  // 16.06 of 16.10 GB: the weights, but nothing beside them.
  sim::GpuCard small = gpu("t4");
  small.memory_bytes = 16'100'000'000;
  const sim::KvCapacity nothing_left = sim::kv_capacity(model("llama-3-8b"), small, 1, 1.0);
  CHECK(nothing_left.tokens == 0);
  CHECK(nothing_left.arithmetic ==
        "16.1 GB of weights; 1 × 16.1 GB = 16.1 GB a GPU, 0.7 GB of it for activations: leaves nothing for contexts");
}

TEST_CASE("An iteration of more tokens never takes less time", "[roofline]") {
  for (const char* const name : {"llama-3-8b", "mixtral-8x7b", "deepseek-v3", "gpt-oss-120b"}) {
    for (const std::uint32_t gpus : {1U, 8U}) {
      CAPTURE(name, gpus);
      const sim::IterationCost cost = sim::roofline_cost(model(name), gpu("h100"), gpus, 2000);
      std::int64_t last = 0;
      for (std::uint32_t batch = 1; batch <= 3000; ++batch) {
        const std::int64_t next = cost.decode(batch, 100 * batch).first_ps;
        REQUIRE(next > last);
        last = next;
      }
    }
  }
}

TEST_CASE("Two GPUs take about half the time for a large iteration, and one answer gains less", "[roofline]") {
  const sim::IterationCost one = sim::roofline_cost(model("llama-3-70b"), gpu("h200"), 1, 8192);
  const sim::IterationCost two = sim::roofline_cost(model("llama-3-70b"), gpu("h200"), 2, 8192);
  CHECK(ms(two.mixed_ps(0, 0, prompts(8, 1024))) / ms(one.mixed_ps(0, 0, prompts(8, 1024))) ==
        Approx(0.54).margin(0.04));
  const double single = ms(two.decode(1, 100).first_ps) / ms(one.decode(1, 100).first_ps);
  CHECK(single > 0.54);
  CHECK(single < 0.7);
}

TEST_CASE("Few answers wait for memory, many for arithmetic: fewer bits help the few", "[roofline]") {
  const sim::ModelCard plain = model("llama-3-8b");
  const sim::IterationCost before = sim::roofline_cost(plain, gpu("a100-80gb"), 1, 8192);
  const auto speed_up = [&](Quantisation kind, std::uint32_t tokens) {
    const sim::IterationCost after = sim::roofline_cost(quantised(plain, kind), gpu("a100-80gb"), 1, 8192);
    return ms(before.mixed_ps(0, 0, prompts(1, tokens))) / ms(after.mixed_ps(0, 0, prompts(1, tokens)));
  };
  CHECK(speed_up(Quantisation::int4, 1) > 1.8);
  CHECK(speed_up(Quantisation::int4, 8000) == Approx(1).margin(0.01));  // weight-only: 16-bit arithmetic
  CHECK(speed_up(Quantisation::fp8, 1) > 1.4);
  CHECK(speed_up(Quantisation::fp8, 8000) == Approx(1).margin(0.01));  // an A100 has no 8-bit floats
  CHECK(speed_up(Quantisation::int8, 8000) > 1.6);
}

TEST_CASE("A mixture reads the experts that its tokens visit", "[roofline]") {
  const sim::GpuCard card = gpu("a100-80gb");
  const sim::ModelCard mixtral = model("mixtral-8x7b");
  sim::ModelCard dense = mixtral;  // all experts, always
  dense.experts = 0;
  dense.experts_per_token = 0;
  dense.expert_parameters = 0;
  const sim::IterationCost cost = sim::roofline_cost(mixtral, card, 4, 512);
  const sim::IterationCost all = sim::roofline_cost(dense, card, 4, 512);
  // One token reads 2 of 8 experts, a quarter of nine tenths of the weights; twenty miss next to none.
  CHECK(cost.decode(1, 1).first_ps < all.decode(1, 1).first_ps * 6 / 10);
  CHECK(ms(cost.decode(20, 20).first_ps) == Approx(ms(all.decode(20, 20).first_ps)).epsilon(0.02));
}

TEST_CASE("An engine that launches kernel by kernel has a floor", "[roofline]") {
  sim::GpuCard card = gpu("h100");
  card.overhead.floor_per_layer_s = 0.5e-3;
  card.overhead.per_sequence_s = 0;
  const sim::IterationCost cost = sim::roofline_cost(model("llama-3-8b"), card, 4, 64);
  CHECK(ms(cost.decode(1, 0).first_ps) == Approx(32 * 0.5).epsilon(0.001));
}

TEST_CASE("The formulas are those that were fitted: scripts/roofline.py prints these numbers", "[roofline]") {
  struct Pinned {
    const char* model;
    const char* quantisation;
    const char* gpu;
    std::uint32_t gpus;
    double decode_ms;
    double mixed_ms;
    std::int64_t tokens;
  };
  for (const Pinned& p : {
           Pinned{"llama-3-8b", "-", "a100-80gb", 1, 17.779332, 99.234346, 462172},
           Pinned{"llama-3.1-70b", "fp8", "h100", 4, 13.995132, 75.316057, 713738},
           Pinned{"mixtral-8x7b", "-", "a100-80gb", 4, 20.270937, 71.935841, 1641548},
           Pinned{"gpt-oss-120b", "-", "b200", 2, 5.899438, 10.941376, 7606780},
           Pinned{"deepseek-v3", "-", "h200", 8, 18.846590, 44.846810, 731765},
           Pinned{"llama-2-13b", "int4", "l4", 1, 205.112997, 879.883610, 16657},
       }) {
    CAPTURE(p.model, p.gpu);
    sim::ModelCard card = model(p.model);
    for (std::size_t i = 0; i < sim::quantisation_names.size(); ++i) {
      if (sim::quantisation_names[i] == p.quantisation) card = quantised(card, static_cast<Quantisation>(i));
    }
    const sim::IterationCost cost = sim::roofline_cost(card, gpu(p.gpu), p.gpus, 2048);
    CHECK(ms(cost.decode(32, 40'000).first_ps) == Approx(p.decode_ms).epsilon(1e-5));
    CHECK(ms(cost.mixed_ps(32, 40'000, prompts(2, 700))) == Approx(p.mixed_ms).epsilon(1e-5));
    CHECK(sim::kv_capacity(card, gpu(p.gpu), p.gpus).tokens == Approx(static_cast<double>(p.tokens)).margin(1));
  }
}
