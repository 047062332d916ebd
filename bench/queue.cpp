// M/M/50 at 90 % load, first come first served: how many requests a second and core, with every book kept (latency and
// wait histograms, usage, the identities checked)? The baseline is the general event core; ns-3 and SimPy on the same
// queue stand in bench/peers.sh. Beside it the same with everything that may go wrong switched on and nothing that
// does: spot in a zone that is never down, clients whose patience and retries are hardly needed.
//
// The arithmetic: a draw of the stream is about 4 ns, of the service 2.5 ns; the walk through 64 slots is 6 levels of
// about 1.3 ns, one after another; two histograms 3 ns. About 18 ns, 55 million a second.

#include <memory>
#include <string>

#include <fmt/format.h>

#include "bench/measure.hpp"
#include "bench/scenario_text.hpp"
#include "sim/simulation.hpp"

namespace {

constexpr const char* spot =
    ", purchase: {spot: {share: 100%, notice: 120s, zones: [{name: a, up: 3000d, down: 1s}]}}, "
    "cold_start: {provision: 60s, image: 0s, warmup: 0s}";
constexpr const char* clients = ", timeout: 30s, patience: {exponential: {mean: 60s}}, retry: {max: 2, budget: 20%}";

double simulate(int hours, sim::Engine engine, const std::string& more = "") {
  const sim::Scenario scenario = bench::read(fmt::format(
      "scenario: queue\n"
      "horizon: {{start: 2026-12-01, hours: {}}}\n"
      "traffic: {{daily_users: 3_888_000, requests_per_user_day: 1, tokens: {{input: 1, output: 1}}}}\n"  // 45 a second
      "options:\n"
      "  - {{name: queue, kind: self_hosted, instance: any, replicas: 1,\n"
      "     serving: {{histogram: {{exponential: {{mean: 1s}}}}, slots: 50}}{}}}\n",
      hours, more));
  sim::Simulation simulation{scenario, 1, engine};
  const sim::OptionResult result = sim::run(simulation).front();
  if (!result.checks.conservation || !result.checks.littles_law || !result.checks.busy_time) {
    throw std::runtime_error{"the books do not balance"};
  }
  return static_cast<double>(result.usage.total().arrivals);
}

}  // namespace

int main() {
  fmt::print("# M/M/50, load 0.9, seed 1, {} build, one core\n", BUILD_TYPE);
  std::vector<bench::Contestant> contestants{
      {.name = "queue-event-core", .run = [] { return simulate(12, sim::Engine::events); }},
      {.name = "queue", .run = [] { return simulate(240, sim::Engine::fast); }},
      {.name = "queue-with-spot", .run = [] { return simulate(240, sim::Engine::fast, spot); }},
      {.name = "queue-with-spot-and-clients",
       .run = [] { return simulate(240, sim::Engine::fast, std::string{spot} + clients); }},
  };
  bench::in_turns(contestants, 5);
  bench::print(contestants);
}
