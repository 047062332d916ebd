// Every line that a slip in the words about an engine can print, and what is assumed where a scenario is silent.
#include "sim/batching/engine_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/scenario.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/sim/serving_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;
using scenario_run::Files;
using test_support::check_says;
using test_support::complaint;

namespace {

const sim::InstanceGpus no_gpu{};
const sim::InstanceGpus one_l4{.model = "L4", .memory_gib = 24, .count = 1};
const sim::InstanceGpus four_a100{.model = "A100", .memory_gib = 80, .count = 4};

struct Words {
  std::string serving = "model: llama-3-8b";
  std::string traffic = "daily_users: 10, requests_per_user_day: 1, tokens: {input: 100, output: 50}";
  std::string fleet = "replicas: 1";
  sim::InstanceGpus gpus = one_l4;
  Files files{};
};

struct Read {
  sim::BatchingFleetConfig fleet;
  std::vector<core::Assumption> assumptions;
};

Read read(const Words& words) {
  const std::string text = fmt::format(
      "scenario: s\nhorizon: {{start: 2026-12-01, hours: 1}}\ntraffic: {{{}}}\noptions:\n  - name: a\n    kind: "
      "self_hosted\n    instance: x/y\n    serving: {{{}}}\n    {}\n",
      words.traffic, words.serving, words.fleet);
  const core::Document document{"s.yaml", text};
  Files files = words.files;
  files.emplace("p.yaml", serving_run::profile({.kv_tokens = 20'000}));
  const sim::Scenario scenario =
      sim::read_scenario(document.root(), scenario_run::load_from(files), [&](const core::Section& option) {
        return sim::InstanceFacts{.metering = {}, .name = option.text("instance"), .gpus = words.gpus};
      });
  document.finish();
  return {std::get<sim::BatchingFleetConfig>(scenario.options.front().serving), document.assumptions()};
}

// The line a user would meet, or nothing.
std::string message(const Words& words) {
  return complaint([&] { read(words); });
}

const core::Assumption* find(const std::vector<core::Assumption>& all, std::string_view key) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.key == key; });
  return at == all.end() ? nullptr : &*at;
}

// Key, value and reason, or what is missing.
std::string assumed(const std::vector<core::Assumption>& all, std::string_view key) {
  const core::Assumption* const found = find(all, fmt::format("options.a.serving.{}", key));
  return found == nullptr ? fmt::format("nothing about {}", key) : fmt::format("{} ({})", found->value, found->why);
}

constexpr std::string_view shared_prompts =
    "{\"timestamp\": 0, \"input_length\": 600, \"output_length\": 5, \"hash_ids\": [1, 2]}\n{\"timestamp\": 9, "
    "\"input_length\": 700, \"output_length\": 5, \"hash_ids\": [1, 3]}\n";

Words with_trace(std::string serving) {
  return {.serving = std::move(serving),
          .traffic = "arrivals: {process: trace, file: t.jsonl}",
          .files = {{"t.jsonl", std::string{shared_prompts}}}};
}

std::int64_t decode_ps(const sim::BatchingFleetConfig& fleet) { return fleet.cost.decode(1, 100).first_ps; }

}  // namespace

TEST_CASE("A model and nothing else is served with the defaults of vLLM, and says so", "[sim][serving]") {
  const Read read_it = read({});
  const sim::EngineConfig& engine = read_it.fleet.engine;
  CHECK(engine.batching == sim::Batching::chunked_prefill);
  CHECK(engine.max_batch == 256);
  CHECK(engine.token_budget == 2'048);
  CHECK(engine.kv_block_tokens == 16);
  CHECK(engine.watermark_blocks == engine.kv_blocks / 100);
  CHECK(engine.request_overhead == 0ns);
  CHECK(engine.priority_classes == 1);
  CHECK(engine.prefixes == nullptr);
  CHECK(engine.timeout == sim::no_timeout);
  CHECK(engine.queue_limit == sim::no_limit);
  CHECK(read_it.fleet.routing == sim::Routing::round_robin);
  CHECK(read_it.fleet.replicas_per_instance == 1);
  CHECK(read_it.fleet.priority_of.empty());
  CHECK(read_it.fleet.fleet.slots_per_replica == 256);
  // 0.9 × 23034 MiB less 16.06 GB of weights and 0.67 GB for activations, at 131,072 B a token.
  const double left = 0.9 * 23'034 * 1024 * 1024 - 2.0 * 8'030'261'248 - 8'192.0 * 10 * 4'096 * 2;
  const auto tokens = static_cast<std::int64_t>(left / 131'072);
  CHECK(engine.kv_blocks == tokens / 16);

  const std::vector<core::Assumption>& all = read_it.assumptions;
  CHECK(assumed(all, "batching") == "chunked_prefill (the default of vLLM and SGLang)");
  CHECK(assumed(all, "max_batch") == "256 requests (vLLM's max_num_seqs)");
  CHECK(assumed(all, "token_budget") == "2048 tokens an iteration (vLLM's max_num_batched_tokens)");
  CHECK(assumed(all, "gpu") == "l4 (the GPU of x/y)");
  CHECK(assumed(all, "tensor_parallel") == "1 GPUs (the fewest GPUs that hold the model and one request)");
  CHECK(assumed(all, "replicas_per_gpu") == "1 replicas (a GPU of its own for each replica)");
  CHECK(assumed(all, "replicas_per_instance") == "1 replicas (as many as the instance has GPUs for)");
  CHECK(assumed(all, "router") == "round_robin (what a plain service does)");
  CHECK(assumed(all, "prefix_cache") == "false (the traffic does not say how prompts begin)");
  CHECK(assumed(all, "overhead") == "0 s (none beside what the cost holds: tokenising and streaming take no time)");
  check_says(assumed(all, "model"), "llama-3-8b on 1 × l4 (a roofline; By analogy:");
  check_says(assumed(all, "kv_memory"), "blocks of 16 tokens, watermark 1 %, 90 % of the GPU's memory");
  CHECK(std::any_of(all.begin(), all.end(), [&](const core::Assumption& a) {
    return a.key == "options.a.serving.kv_memory" && a.why.find("16.1 GB of weights; 0.9 × 24.2 GB") == 0;
  }));
}

TEST_CASE("A model, a GPU or a profile that is unknown is named", "[sim][serving]") {
  CHECK(message({.serving = "model: llama-4"}) ==
        "s.yaml:8:22: options.a.serving.model: found 'llama-4', expected a file or a shipped name: "
        "'models/llama-4': found no such file");
  CHECK(message({.serving = "model: mine.yaml"}) ==
        "s.yaml:8:22: options.a.serving.model: found 'mine.yaml', expected a file or a shipped name: "
        "'mine.yaml': found no such file");
  CHECK(message({.serving = "profile: q.yaml"}) ==
        "s.yaml:8:24: options.a.serving.profile: found 'q.yaml', expected a file or a shipped name: "
        "'q.yaml': found no such file");
  CHECK(message({.serving = "model: llama-3-8b, gpu: L5", .gpus = no_gpu}) ==
        "s.yaml:8:39: options.a.serving.gpu: found 'L5', expected a file or a shipped name: "
        "'gpus/l5': found no such file");
  CHECK(message({.gpus = no_gpu}) ==
        "s.yaml:8:5: options.a.serving.gpu: found nothing, and no GPU in x/y, expected a GPU such as L4, or an "
        "instance that has one");
  CHECK(message({.gpus = {.model = "P100", .memory_gib = 16, .count = 1}}) ==
        "s.yaml:8:5: options.a.serving.gpu: found nothing, and no card for the P100 of x/y, expected a GPU card "
        "(configs/gpus), or a profile");
  CHECK(
      message({.serving = "model: llama-3-8b, quantization: fp7"}) ==
      "s.yaml:8:48: options.a.serving.quantization: found 'fp7', expected fp8, int8, fp4 or int4; did you mean 'fp8'?");
}

TEST_CASE("The GPU is the instance's, by any of its names", "[sim][serving]") {
  for (const std::string_view name : {"L4", "l4", "NVIDIA L4", "nvidia_l4"}) {
    CHECK(message({.serving = fmt::format("model: llama-3-8b, gpu: {}", name)}).empty());
  }
  for (const std::string_view name : {"A100", "A100 80GB", "a100-80gb", "NVIDIA A100 80GB"}) {
    CHECK(message({.serving = fmt::format("model: llama-3-8b, gpu: {}", name), .gpus = four_a100}).empty());
  }
  CHECK(message({.serving = "model: llama-3-8b, gpu: H100"}) ==
        "s.yaml:8:39: options.a.serving.gpu: found 'H100', expected l4, the GPU of x/y");
  CHECK(message({.serving = "model: llama-3-8b, gpu: A100 40GB", .gpus = four_a100}) ==
        "s.yaml:8:39: options.a.serving.gpu: found 'A100 40GB', expected a100-80gb, the GPU of x/y");
  CHECK(message({.serving = "model: llama-3-8b, gpu: L5"}) ==
        "s.yaml:8:39: options.a.serving.gpu: found 'L5', expected l4, the GPU of x/y");
}

TEST_CASE("A slip in a card of one's own is told, and does not hide the card", "[sim][serving]") {
  const std::string card = scenario_run::read_file(scenario_run::configs() / "gpus" / "l4.yaml");
  std::string slip = card;
  slip.replace(slip.find("bandwidth: 0.91"), 15, "bandwidth: 9.1 ");
  check_says(message({.files = {{"gpus/l4", slip}}}), "gpus/l4:11:14: achieved.bandwidth: found '9.1'");
  check_says(message({.serving = "model: llama-3-8b, gpu: L4", .files = {{"gpus/l4", slip}}}), "achieved.bandwidth");
}

TEST_CASE("What does not fit a GPU is said with its arithmetic", "[sim][serving]") {
  CHECK(
      message({.serving = "model: llama-3-70b"}) ==
      "s.yaml:8:22: options.a.serving.model: found llama-3-70b on 1 × l4: 141.1 GB of weights; 0.9 × 24.2 GB = 21.7 GB "
      "a GPU: does not fit, expected a model that fits: more GPUs (tensor_parallel), larger ones, or a quantization");
  check_says(message({.serving = "model: llama-3.1-405b, tensor_parallel: 2", .gpus = four_a100}),
             "llama-3.1-405b on 2 × a100-80gb: 811.7 GB of weights / 2 GPUs = 405.9 GB each; 0.9 × 85.9 GB = 77.3 GB a "
             "GPU: does not fit");
}

TEST_CASE("Without a word about it, a replica takes the fewest GPUs that hold a request", "[sim][serving]") {
  const Read small = read({.gpus = four_a100});
  CHECK(small.fleet.replicas_per_instance == 4);
  const Read large = read({.serving = "model: llama-3-70b", .gpus = four_a100});
  CHECK(large.fleet.replicas_per_instance == 2);
  CHECK(assumed(large.assumptions, "tensor_parallel") ==
        "2 GPUs (the fewest GPUs that hold the model and one request)");
  const Read smaller = read({.serving = "model: llama-3-70b, quantization: fp8", .gpus = four_a100});
  CHECK(smaller.fleet.replicas_per_instance == 4);
  CHECK(smaller.fleet.engine.kv_blocks > 0);
  check_says(assumed(smaller.assumptions, "quantization"), "fp8 (fp8: lossless at all sizes");
}

TEST_CASE("The fewest GPUs hold a request beside the watermark, too", "[sim][serving]") {
  // On one GPU there is room for so many tokens, and for as long a request there would be none beside a watermark of
  // half of them: another GPU is taken, not a user bothered.
  const std::string model =
      "schema: model-card/v1\nname: wide\nlayers: 32\nhidden_size: 4096\nheads: 32\nkv_heads: 32\nhead_dim: "
      "128\nparameters: 8_000_000_000\nvocabulary: 1000\ntied_embeddings: false\ncontext_tokens: 100_000\nweight_bits: "
      "16\nkv_bits: 16\nsource: s\ndate: 2026-01-01\nlicence: l\n";
  const std::int64_t tokens =
      16 * read({.serving = "model: wide.yaml", .files = {{"wide.yaml", model}}}).fleet.engine.kv_blocks;
  CHECK(tokens > 5'000);
  CHECK(tokens < 50'000);
  sim::InstanceGpus two = one_l4;
  two.count = 2;
  const auto words = [&](std::int64_t output) {
    return Words{
        .serving = "model: wide.yaml, kv_memory: {watermark: 50%}",
        .traffic = fmt::format("daily_users: 10, requests_per_user_day: 1, tokens: {{input: 100, output: {}}}", output),
        .gpus = two,
        .files = {{"wide.yaml", model}}};
  };
  CHECK(read(words(tokens / 4)).fleet.replicas_per_instance == 2);
  CHECK(read(words(tokens * 3 / 4)).fleet.replicas_per_instance == 1);
}

TEST_CASE("Requests beyond the context or the KV memory are refused when the scenario is read", "[sim][serving]") {
  const auto traffic = [](std::int64_t output) {
    return fmt::format("daily_users: 10, requests_per_user_day: 1, tokens: {{input: 100, output: {}}}", output);
  };
  CHECK(message({.traffic = traffic(8'092)}).empty());
  CHECK(message({.traffic = traffic(8'093)}) ==
        "s.yaml:8:22: options.a.serving.model: found requests of up to 8,193 tokens (prompts up to 100, answers up to "
        "8,093), expected at most 8,192 tokens, the context of llama-3-8b (a distribution of "
        "tokens takes a max)");
  // 20,000 tokens are 1,250 blocks; 1 % of them, 12, are kept free.
  CHECK(message({.serving = "profile: p.yaml", .traffic = traffic(1'238 * 16 - 100)}).empty());
  CHECK(message({.serving = "profile: p.yaml", .traffic = traffic(1'238 * 16 - 99)}) ==
        "s.yaml:8:24: options.a.serving.profile: found requests of up to 19,809 tokens (prompts up to 100, answers up "
        "to 19,709), expected at most 19,808 tokens, what the KV memory holds of one request (20,000 less the "
        "watermark; as p.yaml says)");
  // A block of the prefix cache more, for the last one of a prompt may be nearly empty.
  const std::string longest = "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 19296, \"hash_ids\": [1]}\n";
  Words prefixed = with_trace("profile: p.yaml");
  prefixed.files["t.jsonl"] = longest;
  check_says(message(prefixed), "at most 19,808 tokens, what the KV memory holds of one request");
  prefixed.serving += ", prefix_cache: false";
  CHECK(message(prefixed).empty());
}

TEST_CASE("An instance has so many GPUs, and replicas share them or take several", "[sim][serving]") {
  CHECK(
      message({.serving = "model: llama-3-8b, tensor_parallel: 2"}) ==
      "s.yaml:8:51: options.a.serving.tensor_parallel: found 2 GPUs for a replica, expected at most 1: x/y has 1 × L4");
  CHECK(message({.serving = "model: llama-3-8b, tensor_parallel: 0"}) ==
        "s.yaml:8:51: options.a.serving.tensor_parallel: found '0', expected a whole number from 1 to 1024 GPUs");
  CHECK(message({.serving = "model: llama-3-8b, replicas_per_instance: 5", .gpus = four_a100}) ==
        "s.yaml:8:57: options.a.serving.replicas_per_instance: found 5 replicas, expected at most 4: 1 GPUs a replica, "
        "1 replicas a GPU, 4 GPUs in x/y");
  CHECK(message({.serving = "model: llama-3-8b, tensor_parallel: 2, replicas_per_gpu: 2", .gpus = four_a100}) ==
        "s.yaml:8:72: options.a.serving.replicas_per_gpu: found 2 replicas on a GPU, each on 2 GPUs, expected either "
        "several GPUs for a replica, or several replicas on a GPU");
  CHECK(read({.serving = "model: llama-3-8b, tensor_parallel: 2", .gpus = four_a100}).fleet.replicas_per_instance == 2);
  CHECK(read({.serving = "model: llama-3-8b, replicas_per_gpu: 2", .gpus = four_a100}).fleet.replicas_per_instance ==
        8);
  CHECK(read({.serving = "profile: p.yaml, replicas_per_gpu: 3", .gpus = no_gpu}).fleet.replicas_per_instance == 3);
  const Files on_eight{{"p.yaml", serving_run::profile() + "gpus: 8\n"}};
  CHECK(message({.serving = "profile: p.yaml", .gpus = four_a100, .files = on_eight}) ==
        "s.yaml:8:24: options.a.serving.profile: found a replica on 8 GPUs, expected at most 4: x/y has 4 × A100");
}

TEST_CASE("Replicas on one GPU take its memory and its time in equal parts", "[sim][serving]") {
  const sim::BatchingFleetConfig whole = read({.gpus = four_a100}).fleet;
  const sim::BatchingFleetConfig half =
      read({.serving = "model: llama-3-8b, replicas_per_gpu: 2", .gpus = four_a100}).fleet;
  CHECK(decode_ps(half) == 2 * decode_ps(whole));
  // Each holds the weights and keeps room for activations: less than half of the contexts.
  CHECK(half.engine.kv_blocks < whole.engine.kv_blocks / 2);
}

TEST_CASE("Weights of fewer bits leave more memory, and are read faster", "[sim][serving]") {
  const sim::BatchingFleetConfig published = read({}).fleet;
  const sim::BatchingFleetConfig fewer = read({.serving = "model: llama-3-8b, quantization: int4"}).fleet;
  // The layers, 6.98 G parameters, in 4.16 bits instead of 16: 10.3 GB, at 131,072 B a token.
  const double layers = 8'030'261'248.0 - 2.0 * 128'256 * 4'096;
  CHECK(static_cast<double>(fewer.engine.kv_blocks - published.engine.kv_blocks) ==
        Approx(layers * (16 - 4.16) / 8 / 131'072 / 16).margin(1));
  CHECK(decode_ps(fewer) < decode_ps(published) / 2);
}

TEST_CASE("A profile stands alone", "[sim][serving]") {
  const auto beside = [](std::string_view key, std::string_view value) {
    return message({.serving = fmt::format("profile: p.yaml, {}: {}", key, value)});
  };
  CHECK(beside("model", "llama-3-8b") ==
        "s.yaml:8:39: options.a.serving.model: found 'model' beside a profile, expected one of them: a profile is of "
        "one model on its GPUs");
  check_says(beside("gpu", "L4"), "serving.gpu: found 'gpu' beside a profile");
  check_says(beside("quantization", "fp8"), "serving.quantization: found 'quantization' beside a profile");
  check_says(beside("tensor_parallel", "2"), "serving.tensor_parallel: found 'tensor_parallel' beside a profile");
  check_says(beside("kv_memory", "{share: 80%}"), "serving.kv_memory: unknown key 'share' (known: block, watermark)");
  check_says(beside("slots", "4"),
             "s.yaml:8:32: options.a.serving: unknown key 'slots' (known: model, profile, batching, ");
  check_says(assumed(read({.serving = "profile: p.yaml"}).assumptions, "profile"),
             "p.yaml (measured: made up, 2026-11-02)");
}

TEST_CASE("An engine's settings have limits", "[sim][serving]") {
  const auto with = [](std::string_view setting) {
    return message({.serving = fmt::format("profile: p.yaml, {}", setting)});
  };
  CHECK(
      with("batching: continuous") ==
      "s.yaml:8:42: options.a.serving.batching: found 'continuous', expected chunked_prefill, prefill_first or static");
  CHECK(with("max_batch: 0") ==
        "s.yaml:8:43: options.a.serving.max_batch: found '0', expected a whole number from 1 to 65_536 requests");
  check_says(with("token_budget: 0"), "token_budget: found '0', expected a whole number from 1 to 1_048_576");
  check_says(with("batching: static, token_budget: 9"), "serving: unknown key 'token_budget'");
  CHECK(with("kv_memory: {block: 24}") ==
        "s.yaml:8:51: options.a.serving.kv_memory.block: found 24, expected a power of two, as 1, 16 or 32");
  check_says(with("kv_memory: {block: 2048}"), "kv_memory.block: found '2048', expected a whole number from 1 to 1024");
  check_says(with("kv_memory: {watermark: 60%}"), "kv_memory.watermark: found '60%', expected");
  check_says(message({.serving = "model: llama-3-8b, kv_memory: {share: 120%}"}), "kv_memory.share: found '120%'");
  check_says(with("overhead: {per_iteration: 11s}"), "overhead.per_iteration: found '11s'");
  check_says(with("overhead: {per_sequence: -1us}"), "overhead.per_sequence: found '-1us'");
  check_says(with("overhead: {per_token: 1us}"), "serving.overhead: unknown key 'per_token'");
  CHECK(with("router: round-robin") ==
        "s.yaml:8:40: options.a.serving.router: found 'round-robin', expected round_robin, random, least_outstanding, "
        "power_of_two or prefix_affine; did you mean 'round_robin'?");
  check_says(with("replicas_per_gpu: 65"), "replicas_per_gpu: found '65', expected a whole number from 1 to 64");
  check_says(with("max_batches: 3"), "serving: unknown key 'max_batches'; did you mean 'max_batch'?");
}

TEST_CASE("What an engine is told, it does", "[sim][serving]") {
  const sim::BatchingFleetConfig fleet =
      read({.serving = "profile: p.yaml, batching: prefill_first, max_batch: 7, token_budget: 99, kv_memory: {block: "
                       "32, watermark: 10%}, router: power_of_two, overhead: {per_iteration: 2ms, per_sequence: 3us, "
                       "per_request: 5ms}",
            .fleet = "timeout: 9s\n    queue: {limit: 3}\n    replicas: 1"})
          .fleet;
  CHECK(fleet.engine.batching == sim::Batching::prefill_first);
  CHECK(fleet.engine.max_batch == 7);
  CHECK(fleet.engine.token_budget == 99);
  CHECK(fleet.engine.kv_block_tokens == 32);
  CHECK(fleet.engine.kv_blocks == 625);
  CHECK(fleet.engine.watermark_blocks == 62);
  CHECK(fleet.engine.timeout == 9s);
  CHECK(fleet.engine.queue_limit == 3);
  CHECK(fleet.engine.request_overhead == 5ms);
  CHECK(fleet.routing == sim::Routing::power_of_two);
  CHECK(decode_ps(fleet) == 3'003'000'000);
}

TEST_CASE("A table reaches a largest batch", "[sim][serving]") {
  const Files files{
      {"p.yaml", serving_run::profile(
                     {.attention = "attention_tables:\n  decode: {batches: [1, 64], contexts: [0, 999], times: [[1, "
                                   "2], [3, 4]]}\n  prefill: {contexts: [0], chunks: [1, 999], times: [[1, 2]]}\n"})}};
  CHECK(message({.serving = "profile: p.yaml", .files = files}).empty());  // 64 is the default there
  CHECK(
      message({.serving = "profile: p.yaml, max_batch: 65", .files = files}) ==
      "s.yaml:8:43: options.a.serving.max_batch: found 65 requests, expected at most 64, the largest batch in p.yaml");
  CHECK(message({.serving = "profile: p.yaml, max_batch: 64", .files = files}).empty());
}

TEST_CASE("Nobody waits at an engine that lets nobody wait", "[sim][serving]") {
  CHECK(message({.fleet = "queue: {limit: 0}\n    replicas: 1"}) ==
        "s.yaml:9:20: options.a.queue.limit: found 0, expected at least 1: every request waits for the next iteration "
        "of an engine");
  CHECK(message({.fleet = "queue: {limit: 1}\n    replicas: 1"}).empty());
}

TEST_CASE("A fleet has no more engines and no more places than a machine can hold", "[sim][serving]") {
  CHECK(message({.serving = "profile: p.yaml", .fleet = "replicas: 100_000", .gpus = no_gpu}) ==
        "s.yaml:8:5: options.a.serving.max_batch: found 256 slots on each of 100_000 replicas, expected at most "
        "16_777_216 slots in all");
  CHECK(message({.serving = "profile: p.yaml, max_batch: 1, replicas_per_gpu: 2",
                 .fleet = "replicas: 50_001",
                 .gpus = no_gpu}) ==
        "s.yaml:8:5: options.a.serving.replicas_per_instance: found 2 engines on each of 50_001 replicas, expected at "
        "most 100_000 engines in all");
}

TEST_CASE("Iterations that take hours are a slip", "[sim][serving]") {
  Files files{
      {"p.yaml",
       serving_run::profile(
           {.attention =
                "attention: {decode: {base: 0, per_sequence: 0, per_token: 300_000}, prefill: {base: 0, per_pair: 0}}",
            .kv_tokens = 20'000})}};
  CHECK(message({.serving = "profile: p.yaml", .files = files}) ==
        "s.yaml:8:24: options.a.serving.profile: found iterations of up to 6.08e+03 s, with 256 requests of up to 150 "
        "tokens, expected at most an hour: other times, a smaller max_batch or a smaller token_budget");
  CHECK(message({.serving = "profile: p.yaml, max_batch: 8", .files = files}).empty());
  check_says(message({.serving = "profile: p.yaml, max_batch: 65536, overhead: {per_sequence: 1s}"}),
             "iterations of up to 6.55e+04 s");
  check_says(message({.serving = "profile: p.yaml, max_batch: 1000, overhead: {per_iteration: 100ms, per_sequence: "
                                 "1s}, replicas_per_gpu: 4"}),
             "iterations of up to 4e+03 s");
}

TEST_CASE("Prefixes are cached when the traffic has them, unless told otherwise", "[sim][serving]") {
  const Read cached = read(with_trace("profile: p.yaml"));
  REQUIRE(cached.fleet.engine.prefixes != nullptr);
  CHECK(cached.fleet.engine.prefixes->prefix_ids.size() == 4);
  CHECK(assumed(cached.assumptions, "prefix_cache") ==
        "true (the trace says how prompts begin, and engines make use of it)");
  CHECK(read(with_trace("profile: p.yaml, prefix_cache: false")).fleet.engine.prefixes == nullptr);
  CHECK(message({.serving = "profile: p.yaml, prefix_cache: true"}) ==
        "s.yaml:8:46: options.a.serving.prefix_cache: found a traffic that does not say how prompts begin, expected a "
        "trace with hash_ids for a prefix cache to be of use");
  CHECK(message({.serving = "profile: p.yaml, prefix_cache: true",
                 .traffic = "arrivals: {process: trace, file: t.csv}",
                 .files = {{"t.csv", "time,input,output\n0,5,5\n"}}}) ==
        "s.yaml:8:46: options.a.serving.prefix_cache: found a traffic that does not say how prompts begin, expected a "
        "trace with hash_ids for a prefix cache to be of use");
  CHECK(message(with_trace("profile: p.yaml, batching: static, prefix_cache: true")) ==
        "s.yaml:8:64: options.a.serving.prefix_cache: found static batches, expected no prefix cache: such engines "
        "have none");
  CHECK(message(with_trace("profile: p.yaml, kv_memory: {block: 1024}")) ==
        "s.yaml:8:43: options.a.serving.kv_memory: found blocks of 1024 tokens, expected at most 512, a block of the "
        "trace");
}

TEST_CASE("An order of priority names each class once", "[sim][serving]") {
  const auto with = [](std::string_view priority, std::string_view classes) {
    return Words{.serving = fmt::format("profile: p.yaml, priority: {}", priority),
                 .traffic = fmt::format(
                     "daily_users: 10, requests_per_user_day: 1, tokens: {{input: 100, output: 50}}{}", classes)};
  };
  constexpr std::string_view three = ", classes: [{name: a, share: 50%}, {name: b, share: 30%}, {name: c, share: 20%}]";
  const sim::BatchingFleetConfig fleet = read(with("[c, a, b]", three)).fleet;
  CHECK(fleet.priority_of == std::vector<std::uint32_t>{1, 2, 0});
  CHECK(fleet.engine.priority_classes == 3);
  CHECK(message(with("[a, b]", three)) ==
        "s.yaml:8:42: options.a.serving.priority: found a, b, expected each class of the traffic once (a, b, c)");
  check_says(message(with("[a, b, b]", three)), "found a, b, b, expected each class of the traffic once (a, b, c)");
  check_says(message(with("[a, b, c, d]", three)), "found a, b, c, d, expected each class");
  CHECK(message(with("[a]", "")) ==
        "s.yaml:8:42: options.a.serving.priority: found a traffic without classes, expected traffic.classes to put in "
        "order");
  const sim::BatchingFleetConfig alike = read({.serving = "profile: p.yaml", .traffic = with("", three).traffic}).fleet;
  CHECK(alike.priority_of == std::vector<std::uint32_t>{0, 0, 0});
  CHECK(alike.engine.priority_classes == 1);
}

TEST_CASE("A serving section without a model hints at what is meant", "[sim][serving]") {
  check_says(message({.serving = "modell: llama-3-8b"}), "(is 'modell' meant?)");
  check_says(message({.serving = "profil: p.yaml"}), "(is 'profil' meant?)");
}

TEST_CASE("A transform changes the card, never the latency itself", "[sim][serving]") {
  const auto first_ps = [](const Words& words) {
    return static_cast<double>(read(words).fleet.cost.decode(1, 500).first_ps);
  };
  const Words plain{};
  Words distilled = plain;
  distilled.fleet = "replicas: 1\n    transform: {distil: {size: 25%, accuracy: 95%}}";
  Words both = plain;
  both.fleet = "replicas: 1\n    transform: {distil: {size: 25%, accuracy: 95%}, quantise: {to: int8, accuracy: 99%}}";
  // One answer at a time waits for the weights: a quarter of them, and overheads.
  CHECK(first_ps(distilled) < 0.35 * first_ps(plain));
  CHECK(first_ps(distilled) > 0.2 * first_ps(plain));
  CHECK(first_ps(both) < 0.8 * first_ps(distilled));
  Words quantised = plain;
  quantised.fleet = "replicas: 1\n    transform: {quantise: int8}";
  Words as_before = plain;
  as_before.serving = "model: llama-3-8b, quantization: int8";
  CHECK(first_ps(quantised) == first_ps(as_before));
  CHECK(assumed(read(quantised).assumptions, "quantization") == assumed(read(as_before).assumptions, "quantization"));

  const auto complaint_of = [&](const std::string& transform, const std::string& serving = "model: llama-3-8b") {
    return message({.serving = serving, .fleet = "replicas: 1\n    transform: " + transform});
  };
  check_says(complaint_of("{distil: {size: 25%}}"), "options.a.transform.distil.accuracy: found nothing");
  check_says(complaint_of("{}"), "options.a.transform: found no transform, expected distil, quantise or both");
  check_says(complaint_of("{quantise: int7}"), "options.a.transform.quantise: found 'int7'");
  check_says(complaint_of("{quantise: int8}", "model: llama-3-8b, quantization: int8"),
             "found a quantization beside a transform, expected one of them");
  check_says(complaint_of("{quantise: int8}", "profile: p.yaml"), "found a transform of what was measured");
  check_says(complaint_of("{quantise: int8}", "histogram: 1s, slots: 2"),
             "options.a.transform: found a transform of what was measured");
}
