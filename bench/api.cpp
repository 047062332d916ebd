// A managed API with limits, errors and retries on, of which little is throttled: how much slower than the plain one,
// with every book kept? The baseline is the API that has nothing but a latency.
//
// The arithmetic: the plain API is a stream (4 ns), two latencies (4 ns) and two histograms (3 ns). A token bucket is
// two 128-bit products and a comparison, 2 ns; a draw for an error 1.5 ns. Only `serve` is measured for the rows that
// end in -serve: the blocks are drawn beforehand.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/measure.hpp"
#include "bench/scenario_text.hpp"
#include "sim/simulation.hpp"

namespace {

using core::traffic::Block;

// 1,000 requests a second.
sim::Scenario scenario_of(const std::string& api) {
  return bench::read(
      fmt::format("scenario: api\n"
                  "horizon: {{start: 2026-12-01, hours: 2}}\n"
                  "traffic: {{daily_users: 86_400_000, requests_per_user_day: 1, tokens: {{input: 500, "
                  "output: 200}}}}\n"
                  "options:\n"
                  "  - {{name: api, kind: managed_api, timeout: 60s{},\n"
                  "     latency: {{time_to_first_token: {{lognormal: {{p50: 300ms, p95: 900ms}}}}, "
                  "per_output_token: 9ms}}}}\n",
                  api));
}

const std::vector<std::unique_ptr<Block>>& blocks() {
  static const std::vector<std::unique_ptr<Block>> all = [] {
    std::vector<std::unique_ptr<Block>> drawn;
    const sim::Scenario scenario = scenario_of("");
    core::traffic::RequestStream stream{scenario.traffic, scenario.horizon, core::Stream{1}};
    auto block = std::make_unique<Block>();
    while (stream.fill(*block)) {
      drawn.push_back(std::move(block));
      block = std::make_unique<Block>();
    }
    return drawn;
  }();
  return all;
}

double serve(const std::string& api) {
  const sim::Scenario scenario = scenario_of(api);
  sim::Simulation simulation{scenario, 1};
  for (const auto& block : blocks()) simulation.serve(0, *block);
  const sim::OptionResult result = simulation.finish().front();
  if (!result.checks.conservation || !result.checks.littles_law || !result.checks.busy_time) {
    throw std::runtime_error{"the books do not balance"};
  }
  return static_cast<double>(result.usage.total().arrivals);
}

}  // namespace

int main() {
  fmt::print("# managed API, 1,000 requests/s, seed 1, {} build, one core, `serve` alone\n", BUILD_TYPE);
  const std::string requests = ", limits: {requests_per_minute: 63_000}";
  const std::string all =
      ", limits: {requests_per_minute: 63_000, tokens_per_minute: 50_000_000, requests_per_day: 100_000_000}";
  const std::string retry = ", retry: {max: 3, budget: 20%}";
  std::vector<bench::Contestant> contestants{
      {.name = "api-plain-serve", .run = [] { return serve(""); }},
      {.name = "api-limit-retry-serve", .run = [&] { return serve(requests + retry); }},
      {.name = "api-limits-retry-serve", .run = [&] { return serve(all + retry); }},
      {.name = "api-limits-errors-outages-serve",
       .run =
           [&] {
             return serve(all + retry + ", errors: {share: 0.1%}, outages: {mean_between: 30d, mean_repair: 5m}");
           }},
      {.name = "api-concurrency-serve", .run = [&] { return serve(", limits: {concurrency: 4_000}" + retry); }},
      {.name = "api-corrected-serve",
       .run =
           [&] {
             return serve(
                 ", limits: {output_tokens_per_minute: 70_000_000, estimate: max_output, max_output_tokens: 1000}" +
                 retry);
           }},
      {.name = "api-hedging-serve", .run = [&] { return serve(all + retry + ", hedging: {after: 1s}"); }},
      {.name = "api-prompt-cache-serve",
       .run = [&] { return serve(all + retry + ", prompt_cache: {prefix_tokens: 400, minimum_tokens: 100}"); }},
      {.name = "api-half-throttled-serve",
       .run = [&] { return serve(", limits: {requests_per_minute: 30_000}" + retry); }},
  };
  bench::in_turns(contestants, 5);
  bench::print(contestants);
}
