#include "tests/explorer/trial.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "cli/identities.hpp"
#include "cli/option_runs.hpp"
#include "cli/plan.hpp"
#include "core/yaml_reader.hpp"
#include "sim/drills/drill.hpp"
#include "sim/simulation.hpp"
#include "tests/explorer/drawn_scenario.hpp"

namespace explorer {
namespace {

const std::atomic<bool> never{false};

struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void demand(bool holds, const std::string& option, std::string_view what) {
  if (!holds) throw Broken{fmt::format("{}: {}", option, what)};
}

bool same(const core::Histogram& a, const core::Histogram& b) {
  const auto x = a.recorded_buckets();
  const auto y = b.recorded_buckets();
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const auto& p, const auto& q) { return p.highest == q.highest && p.count == q.count; });
}

void demand_same(const sim::OptionResult& a, const sim::OptionResult& b, std::string_view who) {
  demand(a.usage == b.usage, a.name, fmt::format("{}: another usage", who));
  demand(same(a.latency_ns, b.latency_ns), a.name, fmt::format("{}: other latencies", who));
  demand(same(a.time_to_first_token_ns, b.time_to_first_token_ns), a.name, fmt::format("{}: other first tokens", who));
  demand(same(a.wait_ns, b.wait_ns), a.name, fmt::format("{}: other waits", who));
  demand(a.timeline == b.timeline, a.name, fmt::format("{}: another timeline", who));
  demand(a.classes.size() == b.classes.size(), a.name, fmt::format("{}: other classes", who));
  for (std::size_t i = 0; i < a.classes.size(); ++i) {
    demand(same(a.classes[i].latency_ns, b.classes[i].latency_ns), a.name, fmt::format("{}: other classes", who));
  }
}

void check_usage(const sim::OptionResult& result) {
  const core::Usage& usage = result.usage;
  const core::HourUsage total = usage.total();
  const std::int64_t outcomes = std::accumulate(usage.outcomes.begin(), usage.outcomes.end(), std::int64_t{0});
  demand(outcomes == total.arrivals, result.name, "outcomes that do not sum to the arrivals");
  for (const std::int64_t count : usage.outcomes) demand(count >= 0, result.name, "a negative outcome");
  for (const core::HourUsage& hour : usage.hours) {
    demand(hour.served >= 0 && hour.input_tokens >= 0 && hour.output_tokens >= 0 && hour.billed_instance_seconds >= 0 &&
               hour.spot_billed_seconds >= 0 && hour.spot_billed_seconds <= hour.billed_instance_seconds &&
               hour.alive_instance_ns >= hour.ready_instance_ns && hour.ready_instance_ns >= 0 &&
               hour.cache_read_tokens + hour.cache_write_tokens + hour.provisioned_input_tokens +
                       hour.batch_input_tokens <=
                   hour.input_tokens &&
               hour.provisioned_output_tokens + hour.batch_output_tokens <= hour.output_tokens,
           result.name, "an hour whose parts are more than the whole");
  }
  demand(core::Int128{total.billed_instance_seconds} * core::ns_per_second >= total.alive_instance_ns, result.name,
         "instances that lived longer than was billed");
  demand(result.latency_ns.total_count() == usage.count(core::Outcome::served) + usage.count(core::Outcome::cache_hit),
         result.name, "latencies that are not those of the answers");
}

void check_timeline(const sim::OptionResult& result) {
  if (!result.timeline) return;
  core::Timeline::Minute sum;
  for (const core::Timeline::Minute& minute : result.timeline->minutes) {
    sum.arrivals += minute.arrivals;
    sum.answered += minute.answered;
    sum.lost += minute.lost;
  }
  const core::Usage& usage = result.usage;
  demand(sum.arrivals == usage.total().arrivals, result.name, "a timeline with other arrivals than the usage");
  demand(sum.answered == usage.count(core::Outcome::served) + usage.count(core::Outcome::cache_hit), result.name,
         "a timeline with other answers than the usage");
  demand(sum.arrivals - sum.answered - sum.lost == usage.count(core::Outcome::in_flight), result.name,
         "a timeline that loses others than the usage");
}

void check_bills(const reports::OptionRun& run) {
  for (const pricing::Bill& bill : run.bills) {
    core::Money sum;
    for (const pricing::BillLine& line : bill.lines) sum += line.amount.value_or(core::Money{});
    demand(sum == bill.total(), run.simulated.name, "a bill whose lines do not sum to its total");
    for (const pricing::BillLine& line : bill.lines) {
      demand(!line.amount || *line.amount >= core::Money{}, run.simulated.name, "a bill line below zero");
    }
  }
}

std::vector<sim::OptionResult> run_once(const sim::Scenario& scenario, std::uint64_t seed, sim::Engine engine) {
  sim::Simulation simulation{scenario, seed, engine};
  std::vector<sim::OptionResult> results = sim::run(simulation);
  cli::demand_identities(results, seed);
  return results;
}

// Up to the hour of the fault nobody knows of it.
void check_drill(const sim::Scenario& scenario, const sim::Drill& drill, std::uint64_t seed) {
  const auto struck = run_once(sim::with_drill(scenario, drill), seed, sim::Engine::fast);
  const auto calm = run_once(sim::before_drill(scenario, drill), seed, sim::Engine::fast);
  const auto stepped = run_once(sim::with_drill(scenario, drill), seed, sim::Engine::events);
  const auto hour = static_cast<std::size_t>(drill.fault.begin_ns / core::ns_per_hour);
  for (std::size_t i = 0; i < struck.size(); ++i) {
    check_usage(struck[i]);
    check_timeline(struck[i]);
    demand_same(struck[i], stepped[i], "the event core in the drill");
    for (std::size_t h = 0; h + 1 < hour; ++h) {
      demand(struck[i].usage.hours[h].arrivals == calm[i].usage.hours[h].arrivals, struck[i].name,
             "a drill that changes the hours before it");
    }
  }
}

void check_all(const DrawnScenario& drawn, std::uint64_t seed) {
  cli::Plan plan = cli::read_plan({.name = "explorer.yaml", .text = drawn.text(), .folder = {}}, {}, std::nullopt);
  sim::Scenario& scenario = plan.scenario;
  scenario.watches = {{.measure = core::Watch::Measure::latency, .limit_ns = 4 * core::ns_per_second},
                      {.measure = core::Watch::Measure::time_to_first_token, .limit_ns = core::ns_per_second}};
  const auto fast = run_once(scenario, seed, sim::Engine::fast);
  const auto events = run_once(scenario, seed, sim::Engine::events);
  cli::Simulated threaded = cli::simulate(scenario, {.seed = seed, .threads = 2}, never);
  for (std::size_t i = 0; i < fast.size(); ++i) {
    demand_same(fast[i], events[i], "the event core");
    demand_same(fast[i], threaded.results[i], "two threads");
    check_usage(fast[i]);
    check_timeline(fast[i]);
  }
  for (const reports::OptionRun& run : cli::priced(plan, scenario.horizon, std::move(threaded.results), seed)) {
    check_bills(run);
  }
  for (const sim::Drill& drill : scenario.drills) check_drill(scenario, drill, seed);
}

}  // namespace

std::string try_out(std::uint64_t seed, const Features& left_out) {
  try {
    check_all(DrawnScenario{seed, left_out}, seed);
  } catch (const core::ConfigError& error) {
    return fmt::format("drawn, but refused: {}", error.what());
  } catch (const std::exception& error) { return error.what(); }
  return "";
}

Features shrink(std::uint64_t seed) {
  Features left_out;
  bool smaller = true;
  while (smaller) {
    smaller = false;
    const DrawnScenario drawn{seed, left_out};
    for (const std::string& feature : drawn.features()) {
      Features fewer = left_out;
      fewer.insert(feature);
      const std::string wrong = try_out(seed, fewer);
      if (wrong.empty() || wrong.starts_with("drawn, but refused")) continue;
      left_out = std::move(fewer);
      smaller = true;
    }
  }
  return left_out;
}

}  // namespace explorer
