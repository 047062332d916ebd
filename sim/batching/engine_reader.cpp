#include "sim/batching/engine_reader.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/traffic/longest.hpp"
#include "core/traffic/named_text.hpp"
#include "sim/batching/cards.hpp"
#include "sim/batching/profile.hpp"
#include "sim/batching/roofline.hpp"

namespace sim {

namespace {

using namespace std::chrono_literals;
using core::Section;
using core::traffic::load_named;
using core::traffic::LongestRequest;
using core::traffic::TextLoader;
using core::traffic::TrafficConfig;

// What the cost says of an engine, wherever it comes from.
struct Engine {
  IterationCost cost;
  std::int64_t kv_tokens = 0;
  std::string kv_arithmetic;  // where that comes from
  std::int64_t context_tokens = 0;
  std::string context_of;  // "llama-3-8b"
  std::int64_t gpus = 1;   // of one replica
  std::int64_t most_batch = 0;
};

// "NVIDIA A100 80GB" is the card gpus/a100-80gb; a name with a slash or an ending is a file's.
std::string card_name(std::string_view folder, std::string_view typed) {
  if (typed.find('/') != std::string_view::npos || typed.ends_with(".yaml")) return std::string{typed};
  std::string name;
  for (const char c : typed)
    name += c == ' ' || c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  for (const std::string_view maker : {"nvidia-", "amd-"}) {
    if (name.starts_with(maker)) name.erase(0, maker.size());
  }
  return fmt::format("{}/{}", folder, name);
}

// A card that is there and has a slip in it is an error all the same.
std::optional<GpuCard> find_gpu_card(const std::string& name, const TextLoader& load_text) {
  const std::string file = card_name("gpus", name);
  std::string text;
  try {
    text = load_text(file);
  } catch (const core::ConfigError&) { return std::nullopt; }
  return read_gpu_card(file, text);
}

GpuCard card_of(const InstanceGpus& gpus, const Section& serving, const std::string& instance,
                const TextLoader& load_text) {
  for (const std::string& name : {fmt::format("{}-{}GB", gpus.model, gpus.memory_gib), gpus.model}) {
    if (auto card = find_gpu_card(name, load_text)) return *std::move(card);
  }
  throw serving.error("gpu", fmt::format("nothing, and no card for the {} of {}", gpus.model, instance),
                      "a GPU card (configs/gpus), or a profile");
}

GpuCard read_gpu(const Section& serving, const std::string& instance, const InstanceGpus& gpus,
                 const TextLoader& load_text) {
  if (!serving.has("gpu")) {
    if (gpus.count == 0) {
      throw serving.error("gpu", fmt::format("nothing, and no GPU in {}", instance),
                          "a GPU such as L4, or an instance that has one");
    }
    GpuCard card = card_of(gpus, serving, instance, load_text);
    serving.assume("gpu", card.name, fmt::format("the GPU of {}", instance));
    return card;
  }
  const std::string typed = serving.text("gpu", {.expected = "a GPU such as L4"});
  if (gpus.count == 0) {
    const std::string file = card_name("gpus", typed);
    return read_gpu_card(file, load_named(serving, "gpu", file, load_text));
  }
  GpuCard own = card_of(gpus, serving, instance, load_text);
  // "A100" is good enough for either of them: the instance says which.
  const auto given = find_gpu_card(typed, load_text);
  const bool same = given ? given->name == own.name : card_name("", typed) == card_name("", gpus.model);
  if (!same)
    throw serving.error("gpu", fmt::format("'{}'", typed), fmt::format("{}, the GPU of {}", own.name, instance));
  return own;
}

// The fewest GPUs, in powers of two, that hold the model and leave room for one request.
std::int64_t fewest_gpus(const ModelCard& model, const GpuCard& gpu, double share, std::uint32_t per_gpu,
                         std::int64_t most, std::uint64_t tokens) {
  std::int64_t count = 1;
  while (count * 2 <= most && kv_capacity(model, gpu, static_cast<std::uint32_t>(count), share, per_gpu).tokens <
                                  static_cast<std::int64_t>(tokens)) {
    count *= 2;
  }
  return count;
}

std::int64_t read_gpu_count(const Section& serving, const std::string& instance, const InstanceGpus& gpus,
                            std::int64_t fallback, std::string_view why) {
  const std::int64_t count =
      serving.integer("tensor_parallel", {.min = 1, .max = 1024, .unit = "GPUs", .fallback = fallback, .why = why});
  if (gpus.count > 0 && count > gpus.count) {
    throw serving.error("tensor_parallel", fmt::format("{} GPUs for a replica", count),
                        fmt::format("at most {}: {} has {} × {}", gpus.count, instance, gpus.count, gpus.model));
  }
  return count;
}

Engine read_cards(const Section& serving, const std::string& instance, const InstanceGpus& gpus,
                  std::uint64_t tokens_of_one, double memory_share, std::uint32_t per_gpu, std::uint32_t most_tokens,
                  const TextLoader& load_text, const ModelTransform& transform) {
  const std::string model_file = card_name("models", serving.text("model", {.expected = "a model such as llama-3-8b"}));
  ModelCard model = read_model_card(model_file, load_named(serving, "model", model_file, load_text));
  if (transform.distil_size) {
    model = distilled(model, *transform.distil_size);
    serving.assume("model",
                   fmt::format("{} distilled to {}: {} layers of {}", model.name,
                               core::config_share(*transform.distil_size), model.layers, model.hidden_size),
                   "layers and width shrunk in one proportion");
  }
  if (transform.quantise) {
    if (serving.has("quantization")) {
      throw serving.error("quantization", "a quantization beside a transform", "one of them");
    }
    model = quantised(model, *transform.quantise);
    serving.assume("quantization", quantisation_names[static_cast<std::size_t>(*transform.quantise)], model.quality);
  } else if (serving.has("quantization")) {
    const std::size_t kind = serving.choice("quantization", {quantisation_names.begin(), quantisation_names.end()});
    model = quantised(model, static_cast<Quantisation>(kind));
    serving.assume("quantization", quantisation_names[kind], model.quality);
  }
  const GpuCard gpu = read_gpu(serving, instance, gpus, load_text);
  const std::int64_t most = gpus.count > 0 ? gpus.count : 64;
  const std::int64_t fewest = fewest_gpus(model, gpu, memory_share, per_gpu, most, tokens_of_one);
  const std::int64_t count =
      read_gpu_count(serving, instance, gpus, fewest, "the fewest GPUs that hold the model and one request");
  const KvCapacity kv = kv_capacity(model, gpu, static_cast<std::uint32_t>(count), memory_share, per_gpu);
  if (kv.tokens <= 0) {
    throw serving.error("model", fmt::format("{} on {} × {}: {}", model.name, count, gpu.name, kv.arithmetic),
                        "a model that fits: more GPUs (tensor_parallel), larger ones, or a quantization");
  }
  serving.assume("model", fmt::format("{} on {} × {}", model.name, count, gpu.name),
                 fmt::format("a roofline; {}; docs/fidelity.md says how far such figures are off", gpu.fit));
  serving.assume("kv_memory", fmt::format("{} tokens a replica", core::format_count(kv.tokens)), kv.arithmetic);
  return {.cost = roofline_cost(model, gpu, static_cast<std::uint32_t>(count), most_tokens),
          .kv_tokens = kv.tokens,
          .kv_arithmetic = kv.arithmetic,
          .context_tokens = model.context_tokens,
          .context_of = model.name,
          .gpus = count,
          .most_batch = std::int64_t{1} << 30U};
}

Engine read_profile(const Section& serving, const std::string& instance, const InstanceGpus& gpus,
                    const TextLoader& load_text) {
  for (const char* const key : {"model", "gpu", "quantization", "tensor_parallel"}) {
    if (serving.has(key)) {
      throw serving.error(key, fmt::format("'{}' beside a profile", key),
                          "one of them: a profile is of one model on its GPUs");
    }
  }
  const std::string file = serving.text("profile", {.expected = "a serving profile (serving-profile/v1)"});
  ServingProfile profile = read_serving_profile(file, load_named(serving, "profile", file, load_text));
  if (gpus.count > 0 && profile.gpus > gpus.count) {
    throw serving.error("profile", fmt::format("a replica on {} GPUs", profile.gpus),
                        fmt::format("at most {}: {} has {} × {}", gpus.count, instance, gpus.count, gpus.model));
  }
  serving.assume("profile", file, fmt::format("measured: {}, {}", profile.origin, profile.date));
  return {.cost = std::move(profile.cost),
          .kv_tokens = profile.kv_tokens,
          .kv_arithmetic = fmt::format("as {} says", file),
          .context_tokens = profile.context_length,
          .context_of = file,
          .gpus = profile.gpus,
          .most_batch = profile.largest_batch};
}

void check_lengths(const Section& serving, const EngineConfig& config, const Engine& engine,
                   const LongestRequest& longest) {
  const char* const key = serving.has("profile") ? "profile" : "model";
  const std::string request =
      fmt::format("requests of up to {} tokens (prompts up to {}, answers up to {})",
                  core::format_count(static_cast<std::int64_t>(longest.tokens)),
                  core::format_count(longest.input_tokens), core::format_count(longest.output_tokens));
  if (static_cast<std::int64_t>(longest.tokens) > engine.context_tokens) {
    throw serving.error(key, request,
                        fmt::format("at most {} tokens, the context of {} (a distribution of tokens takes a max)",
                                    core::format_count(engine.context_tokens), engine.context_of));
  }
  const std::int64_t usable = (config.kv_blocks - config.watermark_blocks) * config.kv_block_tokens;
  // A prompt's last block of the prefix cache may be nearly empty.
  const std::uint64_t held = longest.tokens + (config.prefixes ? core::traffic::Trace::prefix_block_tokens : 0);
  if (static_cast<std::int64_t>(held) > usable) {
    throw serving.error(
        key, request,
        fmt::format("at most {} tokens, what the KV memory holds of one request ({} less the watermark; {})",
                    core::format_count(usable), core::format_count(engine.kv_tokens), engine.kv_arithmetic));
  }
}

// What the KV memory must hold so that one request finds room beside the watermark, in whole blocks.
std::uint64_t tokens_for_one(const LongestRequest& longest, bool has_prefixes, double watermark, std::uint32_t block) {
  const std::uint64_t held = longest.tokens + (has_prefixes ? core::traffic::Trace::prefix_block_tokens : 0);
  return static_cast<std::uint64_t>(std::ceil(static_cast<double>(held) / (1 - watermark))) + block;
}

// A slip in a cost, or a batch without measure: whole numbers of picoseconds must hold what engines sum up.
void check_times(const Section& serving, const EngineConfig& config, const Engine& engine,
                 const LongestRequest& longest, std::int64_t per_gpu) {
  constexpr double most_ps = 3'600e12;
  const double batch = config.max_batch;
  const double request = std::max(static_cast<double>(longest.tokens), 1.0);
  const double memory = static_cast<double>(engine.kv_tokens) + batch;
  const bool is_static = config.batching == Batching::static_batches;
  // Padding and shared beginnings are no tokens in memory, but attention looks at them.
  const double context = is_static || config.prefixes ? batch * request : std::min(batch * request, memory);
  const double tokens = is_static ? std::min(batch * request, memory) + batch
                                  : batch + std::max(static_cast<double>(config.token_budget), request);
  const double ps = engine.cost.longest_ps(batch, context, tokens, request) * static_cast<double>(per_gpu);
  if (ps <= most_ps) return;
  throw serving.error(serving.has("profile") ? "profile" : "model",
                      fmt::format("iterations of up to {:.3g} s, with {} requests of up to {} tokens", ps * 1e-12,
                                  config.max_batch, core::format_count(static_cast<std::int64_t>(longest.tokens))),
                      "at most an hour: other times, a smaller max_batch or a smaller token_budget");
}

void read_prefix_cache(const Section& serving, const TrafficConfig& traffic, EngineConfig& config) {
  const std::shared_ptr<const core::traffic::Trace>& trace = traffic.arrivals.trace.trace;
  const bool has_prefixes = !traffic.sizes && trace->has_prefixes();
  const bool wanted = serving.boolean("prefix_cache", has_prefixes,
                                      has_prefixes ? "the trace says how prompts begin, and engines make use of it"
                                                   : "the traffic does not say how prompts begin");
  if (!wanted) return;
  if (!has_prefixes) {
    throw serving.error("prefix_cache", "a traffic that does not say how prompts begin",
                        "a trace with hash_ids for a prefix cache to be of use");
  }
  if (config.batching == Batching::static_batches) {
    throw serving.error("prefix_cache", "static batches", "no prefix cache: such engines have none");
  }
  constexpr std::uint32_t cached = core::traffic::Trace::prefix_block_tokens;
  if (config.kv_block_tokens > cached) {
    throw serving.error("kv_memory", fmt::format("blocks of {} tokens", config.kv_block_tokens),
                        fmt::format("at most {}, a block of the trace", cached));
  }
  config.prefixes = trace;
}

void read_priority(const Section& serving, const TrafficConfig& traffic, BatchingFleetConfig& fleet) {
  std::vector<std::string> classes;
  for (const core::traffic::TrafficClass& c : traffic.classes) classes.push_back(c.name);
  fleet.priority_of.assign(classes.size(), 0);
  if (!serving.has("priority")) return;
  const std::vector<std::string> order = serving.texts("priority");
  if (classes.empty()) throw serving.error("priority", "a traffic without classes", "traffic.classes to put in order");
  if (!std::is_permutation(order.begin(), order.end(), classes.begin(), classes.end())) {
    throw serving.error("priority", fmt::format("{}", fmt::join(order, ", ")),
                        fmt::format("each class of the traffic once ({})", fmt::join(classes, ", ")));
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto at = std::find(classes.begin(), classes.end(), order[i]);
    fleet.priority_of[static_cast<std::size_t>(at - classes.begin())] = static_cast<std::uint32_t>(i);
  }
  fleet.engine.priority_classes = static_cast<std::uint32_t>(order.size());
}

std::uint32_t positive(std::int64_t value) { return static_cast<std::uint32_t>(value); }

}  // namespace

bool serves_by_iteration(const Section& serving) { return serving.has("model") || serving.has("profile"); }

BatchingFleetConfig read_engine(const Section& serving, const std::string& instance, const InstanceGpus& gpus,
                                const TrafficConfig& traffic, const TextLoader& load_text,
                                const ModelTransform& transform) {
  const LongestRequest longest = core::traffic::longest_request(traffic);
  EngineConfig config;
  config.batching = static_cast<Batching>(
      serving.choice("batching", {"chunked_prefill", "prefill_first", "static"}, 0, "the default of vLLM and SGLang"));
  std::optional<Engine> measured;
  if (serving.has("profile") && transform.is_any()) {
    throw serving.error("profile", "a transform of what was measured",
                        "a model by its card, or a profile of the other");
  }
  if (serving.has("profile")) measured = read_profile(serving, instance, gpus, load_text);
  constexpr std::int64_t vllm_batch = 256;
  const bool reaches = !measured || measured->most_batch >= vllm_batch;
  config.max_batch = positive(serving.integer(
      "max_batch", {.min = 1,
                    .max = 65'536,
                    .unit = "requests",
                    .fallback = reaches ? vllm_batch : measured->most_batch,
                    .why = reaches ? "vLLM's max_num_seqs" : "the largest batch of the profile, below vLLM's 256"}));
  if (config.batching != Batching::static_batches) {
    config.token_budget = positive(serving.integer("token_budget", {.min = 1,
                                                                    .max = 1 << 20,
                                                                    .unit = "tokens an iteration",
                                                                    .fallback = 2048,
                                                                    .why = "vLLM's max_num_batched_tokens"}));
  }
  double memory_share = 0.9;
  double watermark = 0.01;
  constexpr std::string_view vllm_share = "vLLM's gpu_memory_utilization";
  constexpr std::string_view vllm_watermark = "vLLM's watermark";
  if (const auto kv = serving.optional_section("kv_memory")) {
    const std::int64_t block =
        kv->integer("block", {.min = 1, .max = 1024, .unit = "tokens", .fallback = 16, .why = "vLLM's block size"});
    if (!std::has_single_bit(static_cast<std::uint64_t>(block))) {
      throw kv->error("block", fmt::format("{}", block), "a power of two, as 1, 16 or 32");
    }
    config.kv_block_tokens = positive(block);
    watermark = kv->share("watermark", {.min = 0, .max = 0.5, .fallback = watermark, .why = vllm_watermark});
    if (!serving.has("profile")) {
      memory_share = kv->share("share", {.min = 0.01, .max = 1, .fallback = memory_share, .why = vllm_share});
    }
  } else {
    serving.assume("kv_memory", "blocks of 16 tokens, watermark 1 %, 90 % of the GPU's memory", "vLLM's defaults");
  }
  const std::int64_t per_gpu = serving.integer(
      "replicas_per_gpu",
      {.min = 1, .max = 64, .unit = "replicas", .fallback = 1, .why = "a GPU of its own for each replica"});

  // An iteration has at most so many tokens; beyond, the last line of the cost goes on.
  const std::uint32_t most_tokens = std::min<std::uint32_t>(std::max(config.token_budget, config.max_batch), 16'384);
  const bool has_prefixes = !traffic.sizes && traffic.arrivals.trace.trace->has_prefixes();
  const std::uint64_t tokens_of_one = tokens_for_one(longest, has_prefixes, watermark, config.kv_block_tokens);
  Engine engine = measured ? *std::move(measured)
                           : read_cards(serving, instance, gpus, tokens_of_one, memory_share, positive(per_gpu),
                                        most_tokens, load_text, transform);
  if (config.max_batch > engine.most_batch) {
    throw serving.error("max_batch", fmt::format("{} requests", config.max_batch),
                        fmt::format("at most {}, the largest batch in {}", engine.most_batch, engine.context_of));
  }
  if (per_gpu > 1 && engine.gpus > 1) {
    throw serving.error("replicas_per_gpu", fmt::format("{} replicas on a GPU, each on {} GPUs", per_gpu, engine.gpus),
                        "either several GPUs for a replica, or several replicas on a GPU");
  }
  config.kv_blocks = engine.kv_tokens / config.kv_block_tokens;
  config.watermark_blocks = static_cast<std::int64_t>(std::floor(watermark * static_cast<double>(config.kv_blocks)));
  read_prefix_cache(serving, traffic, config);
  check_lengths(serving, config, engine, longest);

  if (const auto overhead = serving.optional_section("overhead")) {
    constexpr core::DurationRule part{
        .min = 0ns, .max = 10s, .fallback = 0ns, .why = "none beside what the cost holds"};
    // One after the other: arguments of a call are read in an order that compilers choose.
    const core::Duration per_iteration = overhead->duration("per_iteration", part);
    const core::Duration per_sequence = overhead->duration("per_sequence", part);
    engine.cost.add_overhead(core::to_ns(per_iteration) * 1000, core::to_ns(per_sequence) * 1000);
    config.request_overhead = overhead->duration("per_request", part);
  } else {
    serving.assume("overhead", "0 s", "none beside what the cost holds: tokenising and streaming take no time");
  }
  check_times(serving, config, engine, longest, per_gpu);
  if (per_gpu > 1) engine.cost.slow_down(per_gpu);

  const std::int64_t fit = gpus.count > 0 ? gpus.count / engine.gpus * per_gpu : per_gpu;
  const std::int64_t replicas = serving.integer(
      "replicas_per_instance",
      {.min = 1, .max = 1024, .unit = "replicas", .fallback = fit, .why = "as many as the instance has GPUs for"});
  if (replicas > fit) {
    throw serving.error("replicas_per_instance", fmt::format("{} replicas", replicas),
                        fmt::format("at most {}: {} GPUs a replica, {} replicas a GPU, {} GPUs in {}", fit, engine.gpus,
                                    per_gpu, std::max<std::int64_t>(gpus.count, engine.gpus), instance));
  }
  const auto routing = static_cast<Routing>(
      serving.choice("router", {"round_robin", "random", "least_outstanding", "power_of_two", "prefix_affine"}, 0,
                     "what a plain service does"));
  BatchingFleetConfig fleet{.fleet = {},
                            .engine = std::move(config),
                            .cost = std::move(engine.cost),
                            .routing = routing,
                            .replicas_per_instance = replicas};
  read_priority(serving, traffic, fleet);
  return fleet;
}

}  // namespace sim
