// Arbitrary bytes as a scenario, and after a NUL as the latency table that it may name: the answer is one printable
// error that says where, or a scenario that keeps its promises and, if it is small, runs: on both engines, with the
// same result.
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

std::string load(std::string_view name, std::string_view latency_table) {
  static const std::string log =
      core::histogram_log_header({}) +
      core::histogram_log_line({.length = core::Duration{1'000'000'000}, .histogram = measured()});
  static const std::string percentiles = core::format_percentile_table(core::make_percentile_table(measured()));
  if (name == "latency/a") return std::string{latency_table};
  if (name == "tokens/a") return std::string{tokens};
  if (name == "a.hlog") return log;
  if (name == "a.hgrm") return percentiles;
  if (name == "a.csv") return std::string{trace};
  throw ConfigError{"loader: found no such file"};
}

void check(const ConfigError& error) {
  const std::string_view line = error.what();
  constexpr std::string_view places[] = {"s.yaml:", "loader:", "latency/a:", "tokens/a",
                                         "a.hlog:", "a.hgrm:", "a.csv:"};
  require(std::any_of(std::begin(places), std::end(places), [&](auto place) { return line.starts_with(place); }),
          "an error that does not say where", line);
  require(core::utf8::escape_unprintable(line) == line, "an error that is not one printable line", line);
  require(line.size() < 10'000, "an endless error", line);
}

void check(const sim::FleetConfig& fleet) {
  require(fleet.slots_per_replica >= 1 && fleet.initial_replicas >= 1 && fleet.queue_limit >= 0, "an empty fleet");
  require(fleet.timeout > core::Duration{0}, "no patience");
  require(fleet.cold_start.total() >= core::Duration{0} && fleet.cold_start.total() <= std::chrono::hours{96},
          "an endless cold start");
  std::int64_t most = fleet.initial_replicas;
  if (fleet.autoscaler) {
    most = fleet.autoscaler->max_replicas;
    require(fleet.autoscaler->min_replicas >= 1 && fleet.autoscaler->min_replicas <= fleet.initial_replicas &&
                fleet.initial_replicas <= most,
            "replicas beyond their limits");
    require(fleet.autoscaler->target > 0, "a target of nothing");
  }
  require(most * fleet.slots_per_replica <= 1 << 24, "more slots than there may be");
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
  if (process == Process::trace || process == Process::sessions) return false;
  return std::all_of(scenario.options.begin(), scenario.options.end(), [](const sim::OptionConfig& option) {
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
    require(checks.conservation && checks.littles_law && checks.busy_time, "books that do not balance");
    require(fast[i].usage == events[i].usage && fast[i].fleet == events[i].fleet &&
                fast[i].latency_ns == events[i].latency_ns && fast[i].wait_ns == events[i].wait_ns &&
                fast[i].checks == events[i].checks,
            "two engines, two answers");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::size_t end = bytes.find('\0');
  const std::string_view latency_table = end == std::string_view::npos ? table : bytes.substr(end + 1);
  try {
    const core::Document document{"s.yaml", bytes.substr(0, end)};
    const sim::Scenario scenario = sim::read_scenario(
        document.root(), [&](std::string_view name) { return load(name, latency_table); },
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
