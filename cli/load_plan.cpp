#include "cli/load_plan.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "cli/program.hpp"
#include "cli/resources.hpp"
#include "core/format.hpp"
#include "core/yaml_reader.hpp"
#include "sim/scenario.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr core::Duration usual_length = 10s;

// Only what makes the requests is read, so that a file may hold nothing else; its other keys are somebody else's
// matter.
loadgen::LoadPlanConfig scenario_plan(const LoadArguments& load) {
  const ScenarioText text = read_scenario_text(*load.scenario);
  core::Document document{text.name, text.text};
  for (const std::string& set : load.sets) document.set(set);
  const core::Section root = document.root();
  Resources resources{text.folder};
  loadgen::LoadPlanConfig plan;
  plan.horizon = sim::read_horizon(root.section("horizon"));
  plan.traffic =
      core::traffic::read_traffic(root.section("traffic"), [&](std::string_view name) { return resources.load(name); });
  if (root.has("cache")) {
    const core::Section cache = root.section("cache");
    for (const char* key : {"kind", "policy", "entries", "memory", "bytes_per_entry", "ttl", "hit_latency",
                            "similarity", "hit_share", "wrong", "lookup_latency", "embedding"}) {
      cache.leave(key);
    }
    const core::Section popularity = cache.section("popularity");
    plan.popularity =
        loadgen::Popularity{popularity.number("zipf", {.min = 0, .max = 20}),
                            static_cast<std::uint32_t>(popularity.integer("keys", {.min = 1, .max = 1'000'000'000}))};
  }
  for (const char* key : {"scenario", "slo", "options", "decision", "prices", "cache_tier"}) root.leave(key);
  document.finish();
  if (load.from >= plan.horizon.length()) {
    throw core::ConfigError{fmt::format("--from: found {}, expected a time within the horizon of {}",
                                        core::config_duration(load.from),
                                        core::config_duration(plan.horizon.length()))};
  }
  plan.from = load.from;
  plan.speed = load.speed;
  plan.seed = load.seed;
  return plan;
}

core::Duration length_of(const LoadArguments& load) {
  if (load.duration) return *load.duration;
  return load.requests ? load.max_duration : usual_length;
}

std::string traffic_words(const LoadArguments& load) {
  if (load.concurrency > 0) {
    return fmt::format("{} users, thinking {}", core::format_count(load.concurrency),
                       load.think_time.count() == 0 ? "not at all" : core::config_duration(load.think_time));
  }
  if (!load.scenario) return fmt::format("{}, {}/s", load.arrivals_words, core::config_number(*load.rate_per_s));
  std::string words = *load.scenario;
  if (load.from.count() > 0) words += fmt::format(" from {}", core::config_duration(load.from));
  if (load.speed != 1) words += fmt::format(", {} times as fast", core::config_number(load.speed));
  return words;
}

}  // namespace

std::optional<loadgen::LoadPlanConfig> plan_of(const LoadArguments& load, loadgen::LoadPlanFacts& facts) {
  facts.arguments = load.words;
  facts.closed_loop = load.concurrency > 0;
  facts.concurrency = load.concurrency;
  facts.think_time = load.think_time;
  facts.seed = load.seed;
  facts.catch_up = load.drops_late ? "drop" : "burst";
  facts.most_connections = load.connections;
  facts.timeout = load.timeout;
  facts.drain = load.drain;
  if (load.duration && *load.duration > load.max_duration) {
    throw core::ConfigError{fmt::format("--duration: found {}, expected at most {}; --max-duration allows more",
                                        core::config_duration(*load.duration),
                                        core::config_duration(load.max_duration))};
  }
  if (load.find_max) return std::nullopt;  // each probe has a plan of its own
  facts.traffic = traffic_words(load);
  std::optional<loadgen::LoadPlanConfig> plan;
  if (load.scenario) plan = scenario_plan(load);
  else if (load.rate_per_s) plan = loadgen::steady_plan(*load.rate_per_s, load.arrivals, length_of(load), load.seed);
  if (!plan) return plan;
  plan->ramp_up = load.ramp_up;
  if (!facts.closed_loop) {
    plan->length = length_of(load);
    if (load.requests) plan->most_requests = *load.requests;
  }
  return plan;
}

void survey_plan(const std::optional<loadgen::LoadPlanConfig>& plan, const LoadArguments& load,
                 loadgen::LoadPlanFacts& facts, const std::atomic<bool>& interrupt) {
  if (facts.closed_loop) {
    facts.length = length_of(load);
    facts.requests = load.requests.value_or(0);
    return;
  }
  if (!plan) return;
  const loadgen::PlanSurvey survey = loadgen::survey(*plan, {}, [&] { return interrupt.load(); });
  if (survey.requests == 0) {
    throw core::ConfigError{
        fmt::format("the plan: found no request within {}, expected at least one; choose a longer "
                    "--duration or another --from",
                    core::config_duration(plan->length))};
  }
  facts.requests = survey.requests;
  facts.plan_sha256 = survey.sha256;
  // A plan that ends with a number of requests is over when the last of them is due.
  facts.length = load.duration || !load.requests || survey.requests < *load.requests ? plan->length
                                                                                     : survey.last + core::Duration{1};
  facts.peak_per_s = survey.peak_per_s;
  facts.mean_per_s = static_cast<double>(survey.requests) / core::to_seconds(facts.length);
  // A second that the plan does not fill says less than the mean.
  const double densest = std::max(facts.peak_per_s, facts.length >= 1s ? 0 : facts.mean_per_s);
  if (densest > load.max_rate_per_s) {
    throw core::ConfigError{
        fmt::format("the plan: found {:.0f} requests in its busiest second, expected at most {:.0f}; "
                    "--max-rate allows more",
                    densest, load.max_rate_per_s)};
  }
}

int write_plan(const std::string& file, const std::optional<loadgen::LoadPlanConfig>& plan, const Console& console) {
  if (!plan)
    throw core::ConfigError{
        "--plan-only: found a closed loop, expected --rate or a scenario: its users decide as they go"};
  if (file == "-") {
    loadgen::survey(*plan, console.out);
    return exit_done;
  }
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  const std::unique_ptr<std::FILE, Close> out{std::fopen(file.c_str(), "wb")};
  const auto fail = [&] { throw core::ConfigError{fmt::format("cannot write '{}': {}", file, std::strerror(errno))}; };
  if (!out) fail();
  const loadgen::PlanSurvey survey = loadgen::survey(*plan, [&](std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), out.get()) != text.size()) fail();
  });
  if (std::fflush(out.get()) != 0) fail();
  console.error(fmt::format("{}: {} requests, sha256 {}\n", file, core::format_count(survey.requests), survey.sha256));
  return exit_done;
}

}  // namespace cli
