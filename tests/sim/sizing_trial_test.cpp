#include "sim/batching/sizing_trial.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

#include "sim/batching/sizing.hpp"
#include "tests/support/catch.hpp"

namespace sim {
namespace {

using namespace std::chrono_literals;
using core::traffic::ArrivalsConfig;
using core::traffic::TokenSizes;
using core::traffic::TrafficConfig;

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t ms_in_ps = 1'000'000'000;

TrafficConfig traffic_of(double per_s, ArrivalsConfig::Process process, std::uint32_t input, std::uint32_t output) {
  TrafficConfig traffic;
  traffic.demand.daily_users = per_s * 86'400;
  traffic.demand.requests_per_user_day = 1;
  traffic.arrivals.process = process;
  traffic.sizes = std::make_shared<const TokenSizes>(TokenSizes::constant(input, output));
  return traffic;
}

EngineConfig engine_of(std::int64_t kv_tokens) {
  EngineConfig engine;
  engine.kv_blocks = kv_tokens / engine.kv_block_tokens;
  return engine;
}

// An iteration takes 10 ms, whatever is in it.
const IterationCost even{{0, 10 * ms_in_ps, 10 * ms_in_ps}, LinearAttention{}};
// It takes 10 ms, and 0.1 ms for each token beyond the first.
const IterationCost growing{{0, 10 * ms_in_ps, 10 * ms_in_ps + ms_in_ps / 10}, LinearAttention{}};

std::int64_t p(const core::Histogram& ns, double quantile) { return ns.value_at_quantile(quantile); }
bool is_about(std::int64_t value, std::int64_t expected) { return std::abs(value - expected) <= expected / 1000 + 1; }

}  // namespace

// 400 prompt tokens are one iteration of a budget of 512, and 20 tokens are 19 more.
TEST_CASE("A request that comes alone waits for nobody", "[sizing_trial]") {
  const TrafficConfig traffic = traffic_of(1, ArrivalsConfig::Process::constant, 400, 20);
  const TrialConfig config{.engine = engine_of(100'000), .cost = &even, .traffic = &traffic, .duration = 100s};
  for (const Trial& trial : {run_trial(config, 1), run_trial(config, 3), run_alone(config)}) {
    CHECK(trial.measured == 80);  // those of seconds 10 to 90
    CHECK(trial.unanswered == 0);
    CHECK(is_about(p(trial.time_to_first_token_ns, 1), 10 * ms));
    CHECK(is_about(p(trial.time_per_output_token_ns, 1), 10 * ms));
    CHECK(is_about(p(trial.latency_ns, 1), 200 * ms));
  }
  CHECK(run_trial(config, 1).busy_share == Approx(0.2));
  CHECK(run_trial(config, 4).busy_share == Approx(0.05));
  CHECK(run_alone(config, 7).measured == 7);
}

TEST_CASE("Answers of one token have no pace", "[sizing_trial]") {
  const TrafficConfig traffic = traffic_of(1, ArrivalsConfig::Process::constant, 400, 1);
  const TrialConfig config{.engine = engine_of(100'000), .cost = &even, .traffic = &traffic, .duration = 100s};
  CHECK(run_trial(config, 1).time_per_output_token_ns.total_count() == 0);
  CHECK(is_about(p(run_trial(config, 1).latency_ns, 1), 10 * ms));
}

// One iteration of 10 ms takes in at most one prompt of 500 tokens: 100 a second are the limit. At twice the load the
// queue grows by 100 requests a second, and who comes at second t waits about t; those of seconds 10 to 90 are
// measured.
TEST_CASE("An overloaded engine shows the waiting it built up, and not those who got through", "[sizing_trial]") {
  const TrafficConfig traffic = traffic_of(200, ArrivalsConfig::Process::constant, 500, 2);
  const TrialConfig config{.engine = engine_of(1'000'000), .cost = &even, .traffic = &traffic, .duration = 100s};
  const Trial trial = run_trial(config, 1);
  CHECK(trial.measured == 16'000);
  CHECK(trial.unanswered == 0);
  CHECK(static_cast<double>(p(trial.time_to_first_token_ns, 0.5)) / 1e9 == Approx(50).epsilon(0.05));
  CHECK(static_cast<double>(p(trial.time_to_first_token_ns, 1)) / 1e9 == Approx(90).epsilon(0.05));
  CHECK(trial.busy_share == Approx(1).epsilon(0.001));
  CHECK(p(run_trial(config, 3).time_to_first_token_ns, 1) < 100 * ms);
}

TEST_CASE("A request that no memory can hold is unanswered", "[sizing_trial]") {
  const TrafficConfig traffic = traffic_of(1, ArrivalsConfig::Process::constant, 400, 20);
  const TrialConfig config{.engine = engine_of(400), .cost = &even, .traffic = &traffic, .duration = 100s};
  CHECK(run_trial(config, 2).unanswered == 80);
  CHECK(run_alone(config).unanswered == 80);
}

TEST_CASE("No number of replicas betters a request that is alone", "[sizing_trial]") {
  const TrafficConfig traffic = traffic_of(40, ArrivalsConfig::Process::poisson, 700, 60);
  TrialConfig config{.engine = engine_of(50'000), .cost = &growing, .traffic = &traffic, .duration = 60s};
  const Trial alone = run_alone(config);
  for (const Routing routing : {Routing::round_robin, Routing::least_outstanding, Routing::power_of_two}) {
    config.routing = routing;
    for (const std::int64_t replicas : {2, 3, 5, 40}) {
      CAPTURE(replicas);
      const Trial trial = run_trial(config, replicas);
      CHECK(trial.measured == alone.measured);
      for (const double quantile : {0.5, 0.95, 0.999}) {
        CHECK(p(trial.time_to_first_token_ns, quantile) >= p(alone.time_to_first_token_ns, quantile));
        CHECK(p(trial.time_per_output_token_ns, quantile) >= p(alone.time_per_output_token_ns, quantile));
        CHECK(p(trial.latency_ns, quantile) >= p(alone.latency_ns, quantile));
      }
    }
  }
}

TEST_CASE("A trial is repeated to the bit by its seed", "[sizing_trial]") {
  const TrafficConfig traffic = traffic_of(40, ArrivalsConfig::Process::poisson, 700, 60);
  TrialConfig config{.engine = engine_of(50'000), .cost = &growing, .traffic = &traffic, .duration = 60s};
  const Trial first = run_trial(config, 3);
  CHECK(first.latency_ns == run_trial(config, 3).latency_ns);
  CHECK(first.busy_share == run_trial(config, 3).busy_share);
  config.seed = 2;
  CHECK_FALSE(first.latency_ns == run_trial(config, 3).latency_ns);
}

// 511 tokens of prompts an iteration, beside the answer of the one before; or 256 answers of 100 tokens at a time, an
// iteration for each token.
TEST_CASE("A replica that never runs out of requests answers as many as its iterations take", "[sizing_trial]") {
  const auto saturated = [](std::uint32_t input, std::uint32_t output, std::int64_t kv_tokens) {
    const TrafficConfig traffic = traffic_of(1000, ArrivalsConfig::Process::constant, input, output);
    return saturated_per_s({.engine = engine_of(kv_tokens), .cost = &even, .traffic = &traffic, .duration = 1min});
  };
  CHECK(saturated(500, 2, 1'000'000) == Approx(102.2).epsilon(0.001));
  CHECK(saturated(2, 100, 1'000'000) == Approx(256).epsilon(0.02));
  CHECK(saturated(500, 2, 400) == 0);  // none fits
}

TEST_CASE("Beyond what a replica can answer its queue grows, below it does not", "[sizing_trial]") {
  for (const auto& [input, output] : {std::pair{100U, 100U}, std::pair{1000U, 20U}, std::pair{50U, 500U}}) {
    CAPTURE(input, output);
    const EngineConfig engine = engine_of(200'000);
    const TrafficConfig any = traffic_of(1000, ArrivalsConfig::Process::constant, input, output);
    const double limit = saturated_per_s({.engine = engine, .cost = &growing, .traffic = &any, .duration = 1min});
    const auto longest_wait_ns = [&, input = input, output = output](double per_s) {
      const TrafficConfig traffic = traffic_of(per_s, ArrivalsConfig::Process::constant, input, output);
      const TrialConfig config{.engine = engine, .cost = &growing, .traffic = &traffic, .duration = 20min};
      return p(run_trial(config, 1).time_to_first_token_ns, 1);
    };
    CHECK(longest_wait_ns(limit * 0.97) < 5'000 * ms);
    CHECK(longest_wait_ns(limit * 1.03) > 25'000 * ms);
  }
}

TEST_CASE("The fewest replicas for a percentile hold it, and one less does not", "[sizing_trial]") {
  const TrafficConfig traffic = traffic_of(100, ArrivalsConfig::Process::poisson, 700, 60);
  const TrialConfig config{.engine = engine_of(50'000), .cost = &growing, .traffic = &traffic, .duration = 60s};
  const auto p95 = [&](std::int64_t n) { return p(run_trial(config, n).time_to_first_token_ns, 0.95); };
  const auto likely = static_cast<std::int64_t>(100 / saturated_per_s(config)) + 1;
  const FewestReplicas found = fewest_replicas({likely, 100}, [&](std::int64_t n) { return p95(n) < 150 * ms; });
  REQUIRE(found.replicas.has_value());
  CHECK(p95(*found.replicas) < 150 * ms);
  CHECK(p95(*found.replicas - 1) >= 150 * ms);
  CHECK(found.trials <= 12);
}

}  // namespace sim
