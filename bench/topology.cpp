// What does a request cost when it goes its way through a mixture? The same traffic through one managed API, through
// one fixed fleet, and through mixtures of such; all books kept.
//
// The arithmetic: beside the 10 to 18 ns of a plain option a request is written down and read again (80 bytes), given
// to its part in another block (6 ns), its end is kept and taken (40 + 16 bytes, two or three moves, 8 ns), and it
// stands in a second ledger (three histograms, 8 ns): 25 ns. What goes on to a second part is sorted, too: 50 ns for
// each of those.

#include <memory>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "bench/measure.hpp"
#include "bench/scenario_text.hpp"
#include "sim/simulation.hpp"

namespace {

constexpr std::string_view api =
    "kind: managed_api, latency: {time_to_first_token: {lognormal: {p50: 300ms, p95: 900ms}}, per_output_token: "
    "{lognormal: {p50: 9ms, p95: 15ms}}}";
constexpr std::string_view fleet =
    "kind: self_hosted, instance: any, serving: {histogram: {exponential: {mean: 1s}}, slots: 50}, replicas: 12";

double simulate(std::string_view option) {
  const sim::Scenario scenario =
      bench::read(fmt::format("scenario: topology\n"
                              "horizon: {{start: 2026-12-01, hours: 4}}\n"
                              "traffic: {{daily_users: 43_200_000, requests_per_user_day: 1, tokens: {{from: "
                              "azure-conversation-2023}}}}\n"  // 500 a
                                                               // second
                              "options:\n"
                              "  - {{name: o, {}}}\n",
                              option));
  sim::Simulation simulation{scenario, 1};
  const sim::OptionResult result = sim::run(simulation).front();
  if (!result.checks.conservation || !result.checks.littles_law || !result.checks.busy_time) {
    throw std::runtime_error{"the books do not balance"};
  }
  return static_cast<double>(result.usage.total().arrivals);
}

std::string mixture(std::string_view first, std::string_view second, std::string_view route) {
  return fmt::format("kind: mixture, parts: [{{name: a, {}}}, {{name: b, {}}}], route: {{{}}}", first, second, route);
}

void compare(const std::vector<std::pair<std::string, std::string>>& options) {
  std::vector<bench::Contestant> contestants;
  for (const auto& [name, option] : options) {
    contestants.push_back({.name = name, .run = [&option = option] { return simulate(option); }});
  }
  bench::in_turns(contestants, 5);
  bench::print(contestants);
}

}  // namespace

int main() {
  fmt::print("# mixtures against their first part alone, seed 1, {} build, one core\n", BUILD_TYPE);
  compare({{"api", std::string{api}},
           {"api-cascade-20%", mixture(api, api, "kind: cascade, first: a, then: b, escalate: 20%")},
           {"api-split", mixture(api, api, "kind: split, shares: {a: 70%, b: 30%}")},
           {"api-shadow", mixture(api, api, "kind: shadow, answer: a, mirror: b")},
           {"api-dual", mixture(api, api, "kind: dual, answer: a, mirror: b")},
           {"api-failover", mixture(api, api, "kind: failover, chain: [a, b]")}});
  compare({{"fleet", std::string{fleet}},
           {"fleet-cascade-20%", mixture(fleet, fleet, "kind: cascade, first: a, then: b, escalate: 20%")}});
}
