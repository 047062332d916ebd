// The engine against queueing theory. Every tolerance is the estimator's own 99 % interval (queue_run.hpp).

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <queue>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/quantile_table.hpp"
#include "sim/api/managed_api.hpp"
#include "sim/fleet/event_fleet.hpp"
#include "tests/sim/queue_run.hpp"
#include "tests/support/catch.hpp"

using queue_run::Estimate;
using queue_run::run;
using queue_run::Waits;

namespace {

#ifdef NDEBUG
constexpr std::int64_t scale = 1;
#else
constexpr std::int64_t scale = 100;  // checks of everything in every step: fewer steps
#endif

void check_covers(const char* what, const Estimate& estimate, double truth) {
  INFO(what << ": " << estimate.mean << " ± " << estimate.half_width << ", truth " << truth);
  CHECK(estimate.covers(truth));
  fmt::print("{:<36} {:.6g} ± {:.2g} (99 %), closed form {:.6g}, off by {:+.3f} %\n", what, estimate.mean,
             estimate.half_width, truth, 100 * (estimate.mean / truth - 1));
}

// Erlang C: mean wait C/(cμ - λ), P(wait) = C, P(W > t) = C exp(-(cμ - λ) t).
void check_erlang_c(std::int64_t requests, double widest) {
  constexpr int servers = 50;
  constexpr double load = 45;
  const double c = queue_run::erlang_c(servers, load);
  const std::vector<double> tail_s{0.1, 0.5, 1.0};
  const Waits waits = run({.per_second = load,
                           .serving = "replicas: 1, serving: {histogram: {exponential: {mean: 1s}}, slots: 50}",
                           .requests = requests},
                          tail_s);
  check_covers("M/M/50 mean wait, s", waits.mean_s, c / (servers - load));
  check_covers("M/M/50 P(wait)", waits.waited, c);
  for (std::size_t i = 0; i < tail_s.size(); ++i) {
    check_covers(fmt::format("M/M/50 P(wait > {} s)", tail_s[i]).c_str(), waits.beyond[i],
                 c * std::exp(-(servers - load) * tail_s[i]));
  }
  CHECK(waits.mean_s.half_width <= widest * waits.mean_s.mean);
}

}  // namespace

TEST_CASE("M/M/50 at 90 % load waits as Erlang C says", "[sim][closed_form]") {
  // At 300 million requests the interval is narrower than 1 %; it shrinks with the root of their number.
  check_erlang_c(300'000'000 / scale, 0.01 * std::sqrt(static_cast<double>(scale)));
}

TEST_CASE("M/M/50 at 90 % load waits as Erlang C says over 10^9 requests", "[sim][closed_form][heavy]") {
  check_erlang_c(1'000'000'000, 0.01);
}

TEST_CASE("The event core waits as Erlang C says, too", "[sim][closed_form]") {
  const Waits waits =
      run<sim::EventFleet>({.per_second = 1.6,
                            .serving = "replicas: 2, serving: {histogram: {exponential: {mean: 1s}}, slots: 1}",
                            .requests = 3'000'000 / scale});
  check_covers("event core, M/M/2 mean wait, s", waits.mean_s, queue_run::erlang_c(2, 1.6) / (2 - 1.6));
}

TEST_CASE("M/M/1 stays in the system for 1/(mu - lambda)", "[sim][closed_form]") {
  const Waits waits = run({.per_second = 0.8,
                           .serving = "replicas: 1, serving: {histogram: {exponential: {mean: 1s}}, slots: 1}",
                           .requests = 100'000'000 / scale});
  check_covers("M/M/1 time in system, s", waits.time_in_system_s, 1 / (1 - 0.8));
}

TEST_CASE("M/D/1 waits as Pollaczek and Khinchine say", "[sim][closed_form]") {
  const Waits waits = run({.per_second = 0.8,
                           .serving = "replicas: 1, serving: {histogram: 1s, slots: 1}",
                           .requests = 100'000'000 / scale});
  check_covers("M/D/1 mean wait, s", waits.mean_s, 0.8 / (2 * (1 - 0.8)));
}

TEST_CASE("M/G/1 waits as Pollaczek and Khinchine say", "[sim][closed_form]") {
  // Moments of what the table really draws: a midpoint sum over 2^22 equal steps of its quantile.
  const auto table = core::QuantileTable::lognormal(0.3e9, 1.2e9);
  double mean_s = 0;
  double square_s = 0;
  constexpr std::uint64_t steps = std::uint64_t{1} << 22U;
  for (std::uint64_t i = 0; i < steps; ++i) {
    const double s = static_cast<double>(table((i << 42U) + (std::uint64_t{1} << 41U))) * 1e-9;
    mean_s += s / steps;
    square_s += s * s / steps;
  }
  const double rate = 0.7 / mean_s;
  const Waits waits =
      run({.per_second = rate,
           .serving = "replicas: 1, serving: {histogram: {lognormal: {p50: 300ms, p95: 1200ms}}, slots: 1}",
           .requests = 200'000'000 / scale});
  check_covers("M/G/1 mean wait, s", waits.mean_s, rate * square_s / (2 * (1 - 0.7)));
}

TEST_CASE("Without a queue as many are turned away as Erlang B says, whatever the service time", "[sim][closed_form]") {
  const double b = queue_run::erlang_b(20, 18);
  for (const char* const service : {"{exponential: {mean: 1s}}", "1s"}) {
    const Waits waits =
        run({.per_second = 18,
             .serving = fmt::format("replicas: 4, serving: {{histogram: {}, slots: 5}}, queue: {{limit: 0}}", service),
             .requests = 50'000'000 / scale});
    check_covers(fmt::format("M/G/20/20 rejected, {}", service[0] == '{' ? "exponential" : "constant").c_str(),
                 waits.rejected, b);
  }
}

TEST_CASE("A managed API holds a Poisson number of requests: M/M/infinity", "[sim][closed_form]") {
  constexpr double rate = 30;
  const sim::Scenario scenario = queue_run::scenario_of({.per_second = rate,
                                                         .serving = "replicas: 1, serving: {histogram: 1s, slots: 1}",
                                                         .requests = 20'000'000 / scale});
  sim::RequestLog log;
  const auto latency = [](core::Duration mean) {
    return sim::Latency{.table = core::QuantileTable::exponential(static_cast<double>(mean.count())),
                        .exponential_mean = mean};
  };
  sim::ManagedApi api{sim::PacedLatency{.first_token = latency(std::chrono::seconds{1}),
                                        .per_output_token = {.table = core::QuantileTable::constant(1)}},
                      sim::no_timeout, sim::Ledger{"api", scenario.horizon, {}, true, &log}};
  core::traffic::RequestStream stream{scenario.traffic, scenario.horizon, core::Stream{1}};

  // Arrivals see time averages (PASTA): how many are there when one comes, its mean and its variance.
  queue_run::BatchMeans mean;
  queue_run::BatchMeans variance;
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> present;
  const auto block = std::make_unique<core::traffic::Block>();
  for (std::size_t batch = 0; batch <= queue_run::BatchMeans::batches; ++batch) {
    double sum = 0;
    double squares = 0;
    std::int64_t count = 0;
    while (count < 20'000'000 / scale / 30 && stream.fill(*block)) {
      api.serve(*block);
      for (const sim::RequestRecord& request : log) {
        while (!present.empty() && present.top() <= request.arrival_ns) present.pop();
        const auto found = static_cast<double>(present.size());
        sum += found;
        squares += (found - rate) * (found - rate);
        ++count;
        present.push(request.end_ns);
      }
      log.clear();
    }
    if (batch == 0) continue;
    mean.add(sum / static_cast<double>(count));
    variance.add(squares / static_cast<double>(count));
  }
  check_covers("M/M/inf requests in the system", mean.estimate(), rate);
  check_covers("M/M/inf their variance", variance.estimate(), rate);
}
