// Fleets with too much to do, against theory: clients who lose patience, and clients who come again.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/fleet/event_fleet.hpp"
#include "sim/simulation.hpp"
#include "tests/sim/queue_run.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using core::Outcome;
using queue_run::Estimate;
using queue_run::Waits;

namespace {

#ifdef NDEBUG
constexpr std::int64_t scale = 1;
#else
constexpr std::int64_t scale = 100;
#endif

void check_covers(const std::string& what, const Estimate& estimate, double truth) {
  INFO(what << ": " << estimate.mean << " ± " << estimate.half_width << ", truth " << truth);
  CHECK(estimate.covers(truth));
  fmt::print("{:<36} {:.6g} ± {:.2g} (99 %), closed form {:.6g}, off by {:+.3f} %\n", what, estimate.mean,
             estimate.half_width, truth, 100 * (estimate.mean / truth - 1));
}

// M/M/n+M (Palm 1957; Garnett, Mandelbaum and Reiman 2002): a birth-and-death process in which the k-th of those
// present is served at rate 1 and, when it waits, leaves at rate `theta`. Of the mean queue Q, P(abandon) = theta Q /
// lambda and the mean wait of all = Q / lambda (Little).
struct ErlangA {
  double abandon = 0;
  double wait_s = 0;
};
ErlangA erlang_a(int servers, double lambda, double theta) {
  double weight = 1;
  double sum = 1;
  double queue = 0;
  for (int k = 1; k < 100'000; ++k) {
    const double leave = std::min(k, servers) + std::max(k - servers, 0) * theta;
    weight *= lambda / leave;
    sum += weight;
    queue += std::max(k - servers, 0) * weight;
    if (weight < sum * 1e-18 && k > servers) break;
  }
  queue /= sum;
  return {theta * queue / lambda, queue / lambda};
}

sim::OptionResult simulate(const std::string& text, std::uint64_t seed = 1, sim::Engine engine = sim::Engine::fast) {
  const sim::Scenario scenario = scenario_run::read_scenario(text).scenario;
  sim::Simulation simulation{scenario, seed, engine};
  return std::move(sim::run(simulation).front());
}

std::string queue(double per_second, int hours, const std::string& option, const std::string& traffic = "") {
  return fmt::format(
      "scenario: s\nhorizon: {{start: 2026-12-01, hours: {}}}\n"
      "traffic: {{daily_users: {}, requests_per_user_day: 1, tokens: {{input: 10, output: 10}}{}}}\n"
      "options:\n  - {{name: a, kind: self_hosted, instance: any, {}}}\n",
      hours, 86'400 * per_second, traffic, option);
}

}  // namespace

TEST_CASE("Impatient clients abandon and wait as Erlang A says", "[sim][closed_form]") {
  struct Case {
    double load;
    double mean_patience_s;
  };
  for (const Case& c : {Case{45, 2}, Case{55, 1}, Case{100, 0.5}}) {
    const ErlangA truth = erlang_a(50, c.load, 1 / c.mean_patience_s);
    const Waits waits = queue_run::run(
        {.per_second = c.load,
         .serving = fmt::format("replicas: 1, serving: {{histogram: {{exponential: {{mean: 1s}}}}, slots: 50}}, "
                                "patience: {{exponential: {{mean: {}ms}}}}",
                                1000 * c.mean_patience_s),
         .requests = 50'000'000 / scale});
    check_covers(fmt::format("M/M/50+M, load {}, abandoned", c.load), waits.abandoned, truth.abandon);
    check_covers(fmt::format("M/M/50+M, load {}, mean wait, s", c.load), waits.mean_s, truth.wait_s);
  }
}

TEST_CASE("The event core loses impatient clients as Erlang A says, too", "[sim][closed_form]") {
  const ErlangA truth = erlang_a(4, 5, 0.5);
  const Waits waits = queue_run::run<sim::EventFleet>(
      {.per_second = 5,
       .serving = "replicas: 2, serving: {histogram: {exponential: {mean: 1s}}, slots: 2}, "
                  "patience: {exponential: {mean: 2s}}",
       .requests = 3'000'000 / scale});
  check_covers("event core, M/M/4+M abandoned", waits.abandoned, truth.abandon);
}

// Whoever comes again much later finds a system that has forgotten him: each attempt is turned away with the same
// probability p, that of Erlang B for all attempts together (Cohen 1957), of which a request makes (1 - p^3)/(1 - p).
TEST_CASE("Clients who come twice more make (1 - p^3)/(1 - p) attempts", "[sim][closed_form]") {
  double per_request = 1;
  double p = 0;
  for (int i = 0; i < 200; ++i) {
    p = queue_run::erlang_b(20, 20 * per_request);
    per_request = (1 - p * p * p) / (1 - p);
  }
  queue_run::BatchMeans attempts;
  queue_run::BatchMeans refused;
  constexpr int hours = 12;
  for (std::uint64_t seed = 1; seed <= queue_run::BatchMeans::batches; ++seed) {
    const sim::OptionResult result =
        simulate(queue(20, hours,
                       "replicas: 1, serving: {histogram: {exponential: {mean: 1s}}, slots: 20}, queue: {limit: 0}, "
                       "retry: {max: 2, backoff: 60s, cap: 60s}"),
                 seed);
    REQUIRE(result.retries.has_value());
    attempts.add(static_cast<double>(result.retries->attempts) / static_cast<double>(result.retries->requests));
    refused.add(static_cast<double>(result.usage.count(Outcome::rejected)) /
                static_cast<double>(result.retries->requests));
  }
  // At the horizon's end two minutes of retries are still to come, at its beginning the system is empty for seconds.
  const double edge = 120.0 / (hours * 3600);
  Estimate a = attempts.estimate();
  a.half_width += edge * (per_request - 1);
  check_covers("attempts a request", a, per_request);
  Estimate r = refused.estimate();
  r.half_width += edge * p * p * p;
  check_covers("refused for good", r, p * p * p);
}

TEST_CASE("A storm of retries is seen, and ends", "[sim][overload]") {
  // Ten times the traffic that the fleet can serve, for a quarter of an hour.
  const std::string text = queue(40, 3,
                                 "replicas: 1, serving: {histogram: 1s, slots: 50}, queue: {limit: 100}, timeout: 5s, "
                                 "retry: {max: 3, backoff: 5s, cap: 20s}");
  sim::Scenario scenario = scenario_run::read_scenario(text).scenario;
  auto& fleet = std::get<sim::SlotFleetConfig>(scenario.options.front().serving).fleet;
  fleet.faults.push_back({.kind = sim::FaultKind::slow_dependency,
                          .begin_ns = core::to_ns(1h),
                          .end_ns = core::to_ns(1h + 15min),
                          .amount = 4,
                          .zone = {}});
  sim::Simulation simulation{scenario, 1};
  const sim::OptionResult result = std::move(sim::run(simulation).front());
  REQUIRE(result.retries.has_value());
  const double calm = 40 * 60;
  CHECK(static_cast<double>(result.retries->peak_attempts_per_minute) > 1.8 * calm);
  CHECK(result.retries->retries > 10'000);
  CHECK(result.usage.count(Outcome::rejected) + result.usage.count(Outcome::timed_out) > 1'000);
  // The last hour is as calm as the first.
  CHECK(result.usage.hours[2].served == result.usage.hours[2].arrivals - result.usage.count(Outcome::in_flight));
  CHECK(result.usage.hours[0].served == result.usage.hours[0].arrivals);
  CHECK(result.checks.littles_law);
  CHECK(result.checks.busy_time);

  // With a budget fewer come again, and some are told so.
  fleet.retry.budget_millionths = 100'000;
  sim::Simulation with_budget{scenario, 1};
  const sim::OptionResult bounded = std::move(sim::run(with_budget).front());
  CHECK(bounded.retries->denied > 1'000);
  CHECK(bounded.retries->retries <= bounded.retries->requests / 10 + fleet.retry.reserve);
  CHECK(bounded.retries->peak_attempts_per_minute < result.retries->peak_attempts_per_minute);
}

TEST_CASE("The first class of the list is shed first", "[sim][overload]") {
  const sim::OptionResult result = simulate(
      queue(60, 1, "replicas: 1, serving: {histogram: 1s, slots: 50}, queue: {limit: 100, shed: [batch, interactive]}",
            ", classes: [{name: interactive, share: 50%}, {name: batch, share: 50%}]"));
  REQUIRE(result.classes.size() == 2);
  // Interactive alone would fit; batch gets what is left.
  const double interactive = static_cast<double>(result.classes[0].latency_ns.total_count());
  const double batch = static_cast<double>(result.classes[1].latency_ns.total_count());
  CHECK(interactive > 0.99 * 30 * 3600);
  CHECK(batch < 0.75 * 30 * 3600);
  CHECK(result.fleet.longest_queue <= 100);
}
