#include "loadgen/judge/probe.hpp"

#include <chrono>
#include <map>

#include "core/histogram_log.hpp"
#include "core/yaml_reader.hpp"
#include "tests/loadgen/texts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;
namespace judge = loadgen::judge;
using loadgen::Outcome;
using test_support::check_says;

namespace {

std::string refused(std::string_view text) {
  try {
    judge::parse_goal(text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "accepted";
}

// Ten seconds of 100 requests each, 10 ms all of them.
struct Recording {
  std::vector<loadgen::SecondCounts> seconds;
  std::vector<core::Histogram> answered;

  Recording() {
    for (int i = 0; i < 10; ++i) {
      loadgen::SecondCounts second;
      second.start = i * 1s;
      second.length = 1s;
      second.due = second.sent = 100;
      second.ended[Outcome::answered] = 100;
      second.in_flight = 3;
      seconds.push_back(second);
      answered.emplace_back(loadgen::longest_ns);
      answered.back().record_n(10'000'000, 100);
    }
  }

  judge::ProbeResult result(std::string_view goal, loadgen::Span span = {}) const {
    std::string counts = loadgen::outcomes_header();
    std::string log = core::histogram_log_header({.start_time = 1'796'083'200s});
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      counts += loadgen::outcomes_line(seconds[i]);
      log += core::histogram_log_line({.start = i * 1s, .length = 1s, .histogram = answered[i]});
    }
    const auto read = test_support::files_of({{"outcomes.csv", counts}, {"response_time.hlog", log}});
    return judge::probe_result(judge::parse_goal(goal), read, span);
  }
};

}  // namespace

TEST_CASE("The objective of a search is a percentile below a limit", "[loadgen][judge][probe]") {
  const auto goal = judge::parse_goal("ttft.p95 <= 800ms");
  CHECK(goal.metric == loadgen::Metric::time_to_first_token);
  CHECK(goal.quantile == 0.95);
  CHECK(goal.limit == 800e6);
  check_says(refused("p99<200"), "--find-max: found '200' in 'p99<200', which has no unit");
  CHECK(refused("p99>200ms") ==
        "--find-max: found a lower limit in 'p99>200ms', expected what must hold, such as 'p99<200ms'");
  CHECK(refused("errors<1%") ==
        "--find-max: found no percentile in 'errors<1%', expected one and its limit, such as 'p99<200ms' or "
        "'ttft.p95<800ms'");
  CHECK(refused("mean<1s").find("--find-max: found no percentile") == 0);
  CHECK(refused("itl.p99<1s") ==
        "--find-max: found inter_token in 'itl.p99<1s', expected a time that each request has once: response, service, "
        "ttft, ttft_from_send or tpot");
}

TEST_CASE("A probe counts who was late and who was not answered, second by second", "[loadgen][judge][probe]") {
  Recording recording;
  recording.answered[4].record_n(500'000'000, 20);
  recording.seconds[4].ended[Outcome::answered] = 120;
  recording.seconds[7].ended[Outcome::reset] = 5;
  recording.seconds[8].ended[Outcome::open] = 1;
  const auto result = recording.result("p99<200ms");
  REQUIRE(result.batches.size() == 10);
  CHECK(result.batches[0].samples == 100);
  CHECK(result.batches[0].over == 0);
  CHECK(result.batches[4].samples == 120);
  CHECK(result.batches[4].over == 20);
  CHECK(result.batches[7].samples == 105);
  CHECK(result.batches[7].over == 5);
  CHECK(result.batches[8].over == 1);
  CHECK(result.reached_share == 1);
  CHECK_FALSE(result.backlog_grew);
  CHECK(result.measured == "500.2 ms");  // p99 of 1,020: the upper end of its bucket
  CHECK(recording.result("p99<200ms", {.from = 5s}).batches.size() == 5);
  // 10 ms lie in a bucket that ends a little above.
  CHECK(recording.result("p99<10ms").batches[0].over == 100);
  CHECK(recording.result("p99<10.01ms").batches[0].over == 0);
}

TEST_CASE("A probe that could not keep its rate, or whose backlog grew, says so", "[loadgen][judge][probe]") {
  Recording slow;
  for (auto& second : slow.seconds) { second.sent = 97; }
  CHECK(slow.result("p99<200ms").reached_share == Approx(0.97));
  Recording growing;
  for (std::size_t i = 0; i < 10; ++i) { growing.seconds[i].in_flight = static_cast<std::int64_t>(5 + 40 * i); }
  CHECK(growing.result("p99<200ms").backlog_grew);
  Recording wavering;
  for (std::size_t i = 0; i < 10; ++i) { wavering.seconds[i].in_flight = static_cast<std::int64_t>(30 + i); }
  CHECK_FALSE(wavering.result("p99<200ms").backlog_grew);
}
