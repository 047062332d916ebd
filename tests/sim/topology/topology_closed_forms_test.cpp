// Queues in a row and side by side against queueing theory. Tolerances are the estimator's own 99 % intervals by batch
// means (tests/sim/queue_run.hpp).
//
// Jackson (Networks of waiting lines, Operations Research 5, 1957): in a row of M/M/c queues each behaves as if it were
// alone with Poisson arrivals of its own (Burke's theorem), so times in the system add up. A Poisson stream that is
// divided by luck is Poisson in each part.
#include <cmath>
#include <vector>

#include "tests/sim/queue_run.hpp"
#include "tests/sim/serving_run.hpp"
#include "tests/sim/topology/topology_run.hpp"
#include "tests/support/catch.hpp"

using queue_run::BatchMeans;
using queue_run::Estimate;
using topology_run::Run;

namespace {

#ifdef NDEBUG
constexpr int hours = 1'000;
#else
constexpr int hours = 10;
#endif

// Of the log in order of arrival, the first part of 31 dropped as warm-up.
template <class Value>
Estimate mean_of(const sim::RequestLog& log, const Value& value) {
  const std::size_t each = log.size() / (BatchMeans::batches + 1);
  BatchMeans means;
  for (std::size_t batch = 1; batch <= BatchMeans::batches; ++batch) {
    double sum = 0;
    for (std::size_t i = batch * each; i < (batch + 1) * each; ++i) sum += value(log[i]);
    means.add(sum / static_cast<double>(each));
  }
  return means.estimate();
}

Estimate time_in_system_s(const sim::RequestLog& log) {
  return mean_of(log, [](const auto& r) { return static_cast<double>(r.end_ns - r.arrival_ns) * 1e-9; });
}
Estimate wait_s(const sim::RequestLog& log) {
  return mean_of(log, [](const auto& r) { return static_cast<double>(r.start_ns - r.arrival_ns) * 1e-9; });
}

void check_covers(const char* what, const Estimate& estimate, double truth) {
  INFO(what << ": " << estimate.mean << " ± " << estimate.half_width << ", truth " << truth);
  CHECK(estimate.covers(truth));
  CHECK(estimate.half_width < 0.05 * std::sqrt(1'000.0 / hours) * truth);  // so that it could have been found wrong
}

std::string queue(std::string_view name, int servers, double mean_s) {
  return fmt::format(
      "{{name: {}, kind: custom_model, instance: any, replicas: 1, serving: {{histogram: {{exponential: "
      "{{mean: {}s}}}}, slots: {}}}}}",
      name, mean_s, servers);
}

std::string text_of(const std::string& parts, std::string_view route, double per_second) {
  return topology_run::text_of(
      topology_run::mixture(parts, route), hours,
      fmt::format("daily_users: {}, requests_per_user_day: 1, tokens: {{input: 1, output: 1}}", per_second * 86'400));
}

}  // namespace

TEST_CASE("Two M/M/1 queues in a row take the sum of their times, as Jackson says", "[sim][topology][closed_form]") {
  // λ = 1, μ = 1.25 and 2.
  const Run tandem = topology_run::run(
      text_of(queue("a", 1, 0.8) + ", " + queue("b", 1, 0.5), "kind: cascade, first: a, then: b, escalate: 100%", 1));
  REQUIRE(serving_run::books_balance(tandem.result));
  check_covers("first", time_in_system_s(tandem.of_parts[0]), 1 / (1.25 - 1));
  check_covers("second", time_in_system_s(tandem.of_parts[1]), 1 / (2 - 1.0));
  check_covers("both", time_in_system_s(tandem.log), 1 / (1.25 - 1) + 1 / (2 - 1.0));
}

TEST_CASE("In a cascade of M/M/1 queues a share goes on, and the means are those of the network",
          "[sim][topology][closed_form]") {
  // λ = 1; of it a fifth goes on to μ = 0.4.
  const Run cascade = topology_run::run(
      text_of(queue("a", 1, 0.5) + ", " + queue("b", 1, 2.5), "kind: cascade, first: a, then: b, escalate: 20%", 1));
  REQUIRE(serving_run::books_balance(cascade.result));
  check_covers("second", time_in_system_s(cascade.of_parts[1]), 1 / (0.4 - 0.2));
  check_covers("all", time_in_system_s(cascade.log), 1 / (2 - 1.0) + 0.2 / (0.4 - 0.2));
}

TEST_CASE("A divided Poisson stream waits in each part as Erlang C says", "[sim][topology][closed_form]") {
  // λ = 5: 3.5 to four servers and 1.5 to two, each of a mean of a second.
  const Run split = topology_run::run(
      text_of(queue("a", 4, 1) + ", " + queue("b", 2, 1), "kind: split, shares: {a: 70%, b: 30%}", 5));
  REQUIRE(serving_run::books_balance(split.result));
  check_covers("M/M/4", wait_s(split.of_parts[0]), queue_run::erlang_c(4, 3.5) / (4 - 3.5));
  check_covers("M/M/2", wait_s(split.of_parts[1]), queue_run::erlang_c(2, 1.5) / (2 - 1.5));
}
