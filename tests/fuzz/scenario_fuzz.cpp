// Arbitrary bytes as a scenario, and after a NUL as the latency table or the serving profile that it may name: the
// answer is one printable error that says where, or a scenario that keeps its promises and, if it is small, runs: on
// both engines, with the same result.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/histogram_log.hpp"
#include "core/percentile_table.hpp"
#include "core/traffic/longest.hpp"
#include "core/utf8.hpp"
#include "core/yaml_reader.hpp"
#include "sim/scenario.hpp"
#include "sim/simulation.hpp"

namespace {

using core::ConfigError;
using core::traffic::Block;

void require(bool holds, const char* what, std::string_view detail = "") {
  if (holds) return;
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(detail.size()), detail.data());
  std::abort();
}

constexpr std::string_view table =
    "schema: latency-table/v1\nunit: ms\norigin: o\ndate: 2026-11-20\nquantiles: [[0, 10], [0.5, 20], [1, 40]]\n";
constexpr std::string_view tokens =
    "schema: token-table/v1\norigin: o\ndate: 2026-11-20\nlicence: l\ncitation: c\nmethod: m\n"
    "strata: [{input: [1, 2], output: [3]}, {input: [9, 1_000_000_000], output: [4_000]}]\n";
constexpr std::string_view profile =
    "schema: serving-profile/v1\norigin: o\ndate: d\nunit: ms\nkv_tokens: 4_000\ntokens: [[1, 20], [64, 50]]\n"
    "attention: {decode: {base: 1, per_sequence: 1, per_token: 0.01}, prefill: {base: 1, per_pair: 0.0001}}\n";
constexpr std::string_view model_card =
    "schema: model-card/v1\nname: a\nlayers: 2\nhidden_size: 64\nheads: 4\nkv_heads: 2\nhead_dim: 16\n"
    "parameters: 1_000_000\nvocabulary: 1000\ntied_embeddings: false\ncontext_tokens: 5_000\nweight_bits: 16\n"
    "kv_bits: 16\nsource: s\ndate: d\nlicence: l\n";
constexpr std::string_view gpu_card =
    "schema: gpu-card/v1\nname: a\nmemory: 16MB\nmemory_bandwidth: 1GB/s\npeak_tflops: {fp16: 0.01}\n"
    "interconnect: {bandwidth: 1GB/s, latency: 5us}\n"
    "achieved: {compute: {fp16: 0.5}, bandwidth: 0.8, attention_compute: 0.4, attention_bandwidth: 0.6, "
    "communication: 0.3}\n"
    "overhead: {per_iteration: 500us, per_layer: 40us, per_sequence: 50us}\nfit: f\nsource: s\ndate: d\nlicence: l\n";
constexpr std::string_view prefixes =
    "{\"timestamp\": 0, \"input_length\": 1000, \"output_length\": 9, \"hash_ids\": [1, 2]}\n"
    "{\"timestamp\": 400, \"input_length\": 1000, \"output_length\": 90, \"hash_ids\": [1, 2]}\n"
    "{\"timestamp\": 900, \"input_length\": 1500, \"output_length\": 0, \"hash_ids\": [1, 3, 4]}\n"
    "{\"timestamp\": 900, \"input_length\": 0, \"output_length\": 3, \"hash_ids\": []}\n";
constexpr std::string_view trace = "time,input,output\n0.0,50,20\n3.4,1160,380\n";

const core::Histogram& measured() {
  static const core::Histogram histogram = [] {
    core::Histogram values{std::int64_t{1} << 62};
    values.record_n(100, 900);
    values.record_n(1'000'000'000, 100);  // a day and more, if the unit is not ns
    return values;
  }();
  return histogram;
}

std::string load(std::string_view name, std::string_view given) {
  static const std::string log =
      core::histogram_log_header({}) +
      core::histogram_log_line({.length = core::Duration{1'000'000'000}, .histogram = measured()});
  static const std::string percentiles = core::format_percentile_table(core::make_percentile_table(measured()));
  if (name == "latency/a") return std::string{given.empty() ? table : given};
  if (name == "a.yaml") return std::string{given.empty() ? profile : given};
  if (name == "models/a") return std::string{model_card};
  if (name == "gpus/a") return std::string{gpu_card};
  if (name == "a.jsonl") return std::string{prefixes};
  if (name == "tokens/a") return std::string{tokens};
  if (name == "a.hlog") return log;
  if (name == "a.hgrm") return percentiles;
  if (name == "a.csv") return std::string{trace};
  throw ConfigError{"loader: found no such file"};
}

void check(const ConfigError& error) {
  const std::string_view line = error.what();
  constexpr std::string_view places[] = {
      "s.yaml:", "loader:", "latency/a:", "tokens/a", "a.hlog:", "a.hgrm:", "a.csv:", "a.yaml:", "models/a", "gpus/a"};
  require(std::any_of(std::begin(places), std::end(places), [&](auto place) { return line.starts_with(place); }),
          "an error that does not say where", line);
  require(core::utf8::escape_unprintable(line) == line, "an error that is not one printable line", line);
  require(line.size() < 10'000, "an endless error", line);
}

void check(const sim::FleetConfig& fleet) {
  require(
      fleet.slots_per_replica >= 1 && fleet.initial_replicas >= (fleet.autoscaler ? 0 : 1) && fleet.queue_limit >= 0,
      "an empty fleet");
  require(fleet.timeout > core::Duration{0}, "no patience");
  require(fleet.cold_start.typical() >= core::Duration{0} && fleet.cold_start.typical() <= std::chrono::hours{96},
          "an endless cold start");
  std::int64_t most = fleet.initial_replicas;
  if (fleet.autoscaler) {
    most = fleet.autoscaler->max_replicas;
    require(fleet.autoscaler->min_replicas >= 0 && fleet.autoscaler->min_replicas <= fleet.initial_replicas &&
                fleet.initial_replicas <= most,
            "replicas beyond their limits");
  }
  require(most * fleet.slots_per_replica <= 1 << 24, "more slots than there may be");
}

void check(const sim::BatchingFleetConfig& batching) {
  check(batching.fleet);
  const sim::EngineConfig& engine = batching.engine;
  require(engine.max_batch >= 1 && engine.token_budget >= 1 && engine.kv_block_tokens >= 1, "an engine of nothing");
  require(engine.watermark_blocks >= 0 && engine.watermark_blocks <= engine.kv_blocks, "a watermark above the memory");
  require(engine.queue_limit >= 1 && engine.timeout == batching.fleet.timeout, "an engine that lets nobody wait");
  require(batching.replicas_per_instance >= 1 && engine.priority_classes >= 1, "no engines");
  require(batching.priority_of.size() == batching.classes.size(), "classes without a priority");
  for (const std::uint32_t priority : batching.priority_of) {
    require(priority < engine.priority_classes, "a priority beyond the last");
  }
  // At the ends of what may be asked: no sum overflows, no table ends.
  for (const std::uint32_t batch : {1U, engine.max_batch}) {
    const sim::DecodeCost decode = batching.cost.decode(batch, batch);
    require(decode.first_ps >= 1 && decode.growth_ps >= 0 && decode.steps >= 1, "an iteration of no time");
    sim::PrefillWork work;
    work.add(engine.token_budget, 0);
    require(batching.cost.mixed_ps(batch, batch, work) >= 0, "an iteration of less than no time");
  }
}

// Draws at the ends of luck and of the number of tokens.
void check(const sim::ServiceModel& model) {
  static const auto block = std::make_unique<Block>();
  static const auto times = std::make_unique<sim::ServiceTimes>();
  block->count = 0;
  for (const std::uint64_t luck : {std::uint64_t{0}, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    for (const std::uint32_t output_tokens : {0U, 1U, 1'000'000'000U, ~0U}) {
      block->luck[block->count] = luck;
      block->output_tokens[block->count++] = output_tokens;
    }
  }
  model.draw(*block, *times);
  for (std::size_t i = 0; i < block->count; ++i) {
    require(times->service_ns[i] >= 1 && times->service_ns[i] <= std::int64_t{1} << 61, "a service of no time");
    if (model.has_first_token()) require(times->first_token_ns[i] >= 0, "a token before its request");
  }
}

// What runs within some milliseconds under the sanitizers.
bool is_small(const sim::Scenario& scenario) {
  if (scenario.horizon.hour_count() > 24 || scenario.options.size() > 4) return false;
  if (scenario.cache && (scenario.cache->entries > 10'000 || scenario.cache->keys > 100'000)) return false;
  using Process = core::traffic::ArrivalsConfig::Process;
  const Process process = scenario.traffic.arrivals.process;
  if (process == Process::sessions) return false;
  if (process == Process::trace &&
      scenario.traffic.arrivals.trace.expected_requests(scenario.horizon.length()) > 2'000) {
    return false;
  }
  // Of engines that step, every token may be an iteration.
  const bool is_short = core::traffic::longest_request(scenario.traffic).tokens <= 2'000;
  return std::all_of(scenario.options.begin(), scenario.options.end(), [&](const sim::OptionConfig& option) {
    if (const auto* const batching = std::get_if<sim::BatchingFleetConfig>(&option.serving)) {
      const sim::FleetConfig& fleet = batching->fleet;
      const std::int64_t instances = fleet.autoscaler ? fleet.autoscaler->max_replicas : fleet.initial_replicas;
      return is_short && instances * batching->replicas_per_instance <= 100;
    }
    const auto* const fleet = std::get_if<sim::SlotFleetConfig>(&option.serving);
    if (fleet == nullptr) return true;
    const sim::FleetConfig& config = fleet->fleet;
    return (config.autoscaler ? config.autoscaler->max_replicas : config.initial_replicas) * config.slots_per_replica <=
           1'000;
  });
}

std::vector<sim::OptionResult> simulate(const sim::Scenario& scenario, sim::Engine engine) {
  sim::Simulation simulation{scenario, 1, engine};
  if (simulation.expected_requests() > 2'000) return {};
  return sim::run(simulation);
}

void check(const sim::Scenario& scenario) {
  require(!scenario.options.empty() && scenario.horizon.hour_count() >= 1, "a scenario of nothing");
  for (const sim::OptionConfig& option : scenario.options) {
    if (const auto* const api = std::get_if<sim::ManagedApiConfig>(&option.serving)) {
      check(sim::ServiceModel{api->latency});
    } else if (const auto* const batching = std::get_if<sim::BatchingFleetConfig>(&option.serving)) {
      check(*batching);
    } else {
      check(std::get<sim::SlotFleetConfig>(option.serving).fleet);
      check(std::get<sim::SlotFleetConfig>(option.serving).service);
    }
  }
  if (!is_small(scenario)) return;
  const std::vector<sim::OptionResult> fast = simulate(scenario, sim::Engine::fast);
  const std::vector<sim::OptionResult> events = simulate(scenario, sim::Engine::events);
  for (std::size_t i = 0; i < fast.size(); ++i) {
    const sim::Checks& checks = fast[i].checks;
    require(checks.conservation && checks.littles_law && checks.busy_time && checks.kv_memory,
            "books that do not balance");
    require(fast[i].usage == events[i].usage && fast[i].fleet == events[i].fleet &&
                fast[i].latency_ns == events[i].latency_ns && fast[i].wait_ns == events[i].wait_ns &&
                fast[i].checks == events[i].checks && fast[i].engine == events[i].engine &&
                fast[i].time_per_output_token_ns == events[i].time_per_output_token_ns,
            "two engines, two answers");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::size_t end = bytes.find('\0');
  const std::string_view given = end == std::string_view::npos ? std::string_view{} : bytes.substr(end + 1);
  try {
    const core::Document document{"s.yaml", bytes.substr(0, end)};
    const sim::Scenario scenario = sim::read_scenario(
        document.root(), [&](std::string_view name) { return load(name, given); },
        [](const core::Section& option) {
          option.text("instance");
          return sim::InstanceFacts{};
        });
    check(scenario);
    for (const core::Assumption& assumption : document.assumptions()) {
      require(core::utf8::escape_unprintable(assumption.key) == assumption.key, "an unprintable key", assumption.key);
      require(!assumption.why.empty(), "an assumption without a reason", assumption.key);
    }
    document.finish();
  } catch (const ConfigError& error) { check(error); }
  return 0;
}
