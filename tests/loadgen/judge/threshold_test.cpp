#include "loadgen/judge/threshold.hpp"

#include <chrono>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;
namespace judge = loadgen::judge;
using judge::Comparator;
using judge::Quantity;
using loadgen::Measurement;
using loadgen::Metric;
using loadgen::Outcome;
using test_support::check_says;

namespace {

std::string refused(std::string_view text) {
  try {
    judge::parse_threshold(text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "accepted";
}

loadgen::JudgedThreshold judged(std::string_view text, const Measurement& measurement, core::Duration length = 10s) {
  return judge::judge(judge::parse_threshold(text), measurement, length);
}

// Response times of 1, 2, … `count` ms, all answered.
Measurement a_ladder(std::int64_t count) {
  Measurement measurement;
  for (std::int64_t i = 1; i <= count; ++i) { measurement.of(Metric::response_time).record(i * 1'000'000); }
  measurement.counts.ended[Outcome::answered] = count;
  return measurement;
}

}  // namespace

TEST_CASE("Conditions are read as they are meant", "[loadgen][judge][threshold]") {
  const auto p99 = judge::parse_threshold("p99>200ms");
  CHECK(p99.text == "p99>200ms");
  CHECK(p99.quantity == Quantity::percentile);
  CHECK(p99.metric == Metric::response_time);
  CHECK(p99.quantile == 0.99);
  CHECK(p99.comparator == Comparator::greater);
  CHECK(p99.limit == 200e6);
  CHECK(p99.unit == "ms");
  CHECK(p99.unit_ns == 1'000'000);

  const auto spaced = judge::parse_threshold("  ttft p99.9  >= 1.5 s ");
  CHECK(spaced.metric == Metric::time_to_first_token);
  CHECK(spaced.quantile == 0.999);
  CHECK(spaced.comparator == Comparator::greater_or_equal);
  CHECK(spaced.limit == 1.5e9);
  CHECK(spaced.unit == "s");

  CHECK(judge::parse_threshold("p99.9<1us").quantile == 0.999);
  CHECK(judge::parse_threshold("service.mean<=3ms").quantity == Quantity::mean);
  CHECK(judge::parse_threshold("max>1m").limit == 60e9);
  CHECK(judge::parse_threshold("rate<950").quantity == Quantity::answered_rate);
  CHECK(judge::parse_threshold("rate<950/s").limit == 950);
  CHECK(judge::parse_threshold("sent_rate<9.5e2").quantity == Quantity::sent_rate);
  CHECK(judge::parse_threshold("tokens_per_s<1_000").quantity == Quantity::token_rate);

  const auto errors = judge::parse_threshold("errors>0.1%");
  CHECK(errors.quantity == Quantity::share);
  CHECK(errors.limit == 0.001);
  CHECK_FALSE(errors.outcome);
  const auto timeouts = judge::parse_threshold("timeouts>0");
  CHECK(timeouts.quantity == Quantity::count);
  CHECK(timeouts.outcome == Outcome::timeout);
}

TEST_CASE("Every metric answers to its name and to its word", "[loadgen][judge][threshold]") {
  const std::vector<std::pair<std::string, Metric>> words{{"response", Metric::response_time},
                                                          {"service", Metric::service_time},
                                                          {"schedule", Metric::schedule_error},
                                                          {"generator", Metric::generator_delay},
                                                          {"connect", Metric::connect_time},
                                                          {"ttft", Metric::time_to_first_token},
                                                          {"ttft_from_send", Metric::first_token_from_send},
                                                          {"itl", Metric::inter_token},
                                                          {"tpot", Metric::time_per_token}};
  REQUIRE(words.size() == loadgen::metric_count);
  for (const auto& [word, metric] : words) {
    CAPTURE(word);
    CHECK(judge::parse_threshold(word + ".p95>1ms").metric == metric);
    CHECK(judge::parse_threshold(std::string{name_of(metric)} + " p95>1ms").metric == metric);
  }
  for (const std::string_view name : loadgen::outcome_names) {
    CAPTURE(std::string{name});
    const auto threshold = judge::parse_threshold(std::string{name} + ">1%");
    REQUIRE(threshold.outcome);
    CHECK(name_of(*threshold.outcome) == name);
  }
}

TEST_CASE("What is no condition is refused with what was expected", "[loadgen][judge][threshold]") {
  CHECK(refused("") ==
        "--fail-if: found nothing, expected a condition such as 'p99>200ms', 'ttft.p95>800ms' or 'errors>0.1%'");
  check_says(refused("p99"), "--fail-if: found no comparator in 'p99', expected a condition such as");
  CHECK(refused("p99=200ms") == "--fail-if: found '=' in 'p99=200ms', expected one of >, >=, < and <=");
  CHECK(refused("p99=>200ms") == "--fail-if: found '=>' in 'p99=>200ms', expected one of >, >=, < and <=");
  CHECK(refused("p99>200") ==
        "--fail-if: found '200' in 'p99>200', which has no unit, expected a time with its unit such as 200ms");
  CHECK(refused("p99>200sec") ==
        "--fail-if: found '200sec' in 'p99>200sec', which has an unknown unit, expected a time with its unit such as "
        "200ms");
  CHECK(refused("p99>") ==
        "--fail-if: found nothing after the comparator in 'p99>', expected a time with its unit such as 200ms");
  CHECK(refused(">200ms").find("--fail-if: found nothing before the comparator in '>200ms', expected a condition") ==
        0);
  CHECK(refused("p99>-1ms") == "--fail-if: found '-1ms' in 'p99>-1ms', expected no negative limit");
  CHECK(refused("p99>200ms>1s").find("--fail-if: found '200ms>1s' in ") == 0);
  CHECK(
      refused("errors>0.001") ==
      "--fail-if: found '0.001' in 'errors>0.001', which is not a whole number of the smallest unit, expected a share "
      "of the requests such as 0.1%, or a whole number of them such as 10");
  CHECK(refused("errors>101%") == "--fail-if: found '101%' in 'errors>101%', expected a share of at most 100%");
  CHECK(refused("rate<fast") == "--fail-if: found 'fast' in 'rate<fast', expected a number per second such as 950");
  CHECK(refused("ttft>1s") ==
        "--fail-if: found 'ttft' alone in 'ttft>1s', expected 'ttft.p99', 'ttft.mean' or 'ttft.max'");
  for (const std::string_view text : {"p100>1s", "p0>1s", "p999>1s", "p99.99999999999>1s", "p9x>1s", "ttft.p1e9>1s"}) {
    CAPTURE(std::string{text});
    check_says(refused(text), "expected a percentile between 0 and 100, such as p99 or p99.9, or mean, or max");
  }
}

TEST_CASE("A slip of the pen is offered the nearest name", "[loadgen][judge][threshold]") {
  CHECK(refused("erors>1%") == "--fail-if: found 'erors' in 'erors>1%', expected 'errors'");
  CHECK(refused("timeuots>0") == "--fail-if: found 'timeuots' in 'timeuots>0', expected 'timeouts'");
  CHECK(refused("serivce.p99>1s") == "--fail-if: found 'serivce' in 'serivce.p99>1s', expected 'service'");
  CHECK(refused("ttft.maen>1s") == "--fail-if: found 'maen' in 'ttft.maen>1s', expected 'mean'");
  CHECK(refused("send_rate<5") == "--fail-if: found 'send_rate' in 'send_rate<5', expected 'sent_rate'");
  CHECK(refused("goodput<5") ==
        "--fail-if: found 'goodput' in 'goodput<5', expected a percentile such as p99, or mean, max, errors, timeouts, "
        "rate");
}

TEST_CASE("A condition that holds fails, one that does not passes", "[loadgen][judge][threshold]") {
  const Measurement measurement = a_ladder(1000);
  // p99 is the 990th of 1, 2, … 1000 ms; a bucket there is 2^19 ns wide.
  const auto slow = judged("p99>900ms", measurement);
  CHECK(slow.failed);
  CHECK(slow.enough);
  CHECK(slow.text == "p99>900ms");
  CHECK(slow.measured.substr(0, 4) == "990.");
  check_says(slow.reason, "p99 of response_time is 990.");
  const auto fast = judged("p99>1s", measurement);
  CHECK_FALSE(fast.failed);
  CHECK(fast.enough);
  CHECK(fast.reason.empty());
  CHECK(fast.measured.substr(0, 4) == "0.99");
  CHECK_FALSE(judged("p50>501ms", measurement).failed);
  CHECK(judged("p50>499ms", measurement).failed);
  CHECK(judged("p50<501ms", measurement).failed);
  CHECK(judged("mean>500ms", measurement).failed);
  CHECK_FALSE(judged("mean>501ms", measurement).failed);
  CHECK(judged("max>999ms", measurement).failed);
  CHECK_FALSE(judged("max>1001ms", measurement).failed);
}

TEST_CASE("The comparators take the limit itself as they say", "[loadgen][judge][threshold]") {
  Measurement measurement;
  measurement.counts.ended[Outcome::answered] = 990;
  measurement.counts.ended[Outcome::timeout] = 10;
  CHECK_FALSE(judged("timeouts>10", measurement).failed);
  CHECK(judged("timeouts>=10", measurement).failed);
  CHECK_FALSE(judged("timeouts<10", measurement).failed);
  CHECK(judged("timeouts<=10", measurement).failed);
  CHECK_FALSE(judged("errors>1%", measurement).failed);
  CHECK(judged("errors>=1%", measurement).failed);
  CHECK(judged("answered<99.1%", measurement).failed);
}

TEST_CASE("Whoever was planned and not answered is an error", "[loadgen][judge][threshold]") {
  Measurement measurement;
  auto& ended = measurement.counts.ended;
  ended[Outcome::answered] = 9'000;
  for (std::size_t i = 1; i < loadgen::outcome_count; ++i) { ended.by_outcome[i] = 1; }
  const auto errors = judged("errors>0.1%", measurement);
  CHECK(errors.failed);
  CHECK(errors.measured == "0.12 %");  // 11 of 9,011
  CHECK(errors.reason == "11 of 9,011 requests were not answered");
  const auto resets = judged("reset>0", measurement);
  CHECK(resets.failed);
  CHECK(resets.measured == "1");
  CHECK(resets.reason == "1 of 9,011 requests ended as reset");
}

TEST_CASE("Rates are counted per second of the time that was measured", "[loadgen][judge][threshold]") {
  Measurement measurement;
  measurement.counts.ended[Outcome::answered] = 9'482;
  measurement.counts.sent = 10'000;
  measurement.counts.tokens = 123'456;
  const auto rate = judged("rate<950", measurement);
  CHECK(rate.failed);
  CHECK(rate.measured == "948.2/s");
  CHECK(rate.reason == "9,482 answered requests in 10 s");
  CHECK_FALSE(judged("sent_rate<1000", measurement).failed);
  CHECK(judged("tokens_per_s<12_346", measurement).measured == "12,346/s");
  CHECK(judged("rate<1", measurement, 0s).failed);
}

TEST_CASE("Too few samples for a percentile fail it, whatever they say", "[loadgen][judge][threshold]") {
  const auto few = judged("p99>10s", a_ladder(661));
  CHECK(few.failed);
  CHECK_FALSE(few.enough);
  CHECK(few.reason == "661 samples, but p99 takes 662 at 99 % confidence");
  const auto enough = judged("p99>10s", a_ladder(662));
  CHECK_FALSE(enough.failed);
  CHECK(enough.enough);
  CHECK_FALSE(judged("max>10s", a_ladder(1)).failed);
  const auto none = judged("ttft.mean>1s", a_ladder(1));
  CHECK(none.failed);
  CHECK_FALSE(none.enough);
  CHECK(none.reason == "there is no time_to_first_token to judge");
  CHECK_FALSE(judged("errors>1%", Measurement{}).enough);
}

TEST_CASE("Who timed out is among those who waited", "[loadgen][judge][threshold]") {
  Measurement measurement = a_ladder(1000);
  measurement.censored.record_n(30'000'000'000, 20);
  const auto p99 = judged("p99>2s", measurement);
  CHECK(p99.failed);
  CHECK(p99.measured == "at least 30.01 s");  // the bucket's upper end
  check_says(p99.reason, "p99 of response_time is at least 30.01 s: 20 requests were still waiting");
  // The 970th of 1020 is an answer; nobody who waited longer moves it.
  const auto p95 = judged("p95>2s", measurement);
  CHECK_FALSE(p95.failed);
  CHECK(p95.measured == "0.9694 s");
  CHECK(p95.reason.empty());
  // Of other metrics there is nobody who waits.
  measurement.of(Metric::service_time).record_n(1'000'000, 1000);
  CHECK(judged("service.p99>2ms", measurement).measured == "1 ms");
}

TEST_CASE("A percentile that those still waiting could move beyond the limit is not known to be within it",
          "[loadgen][judge][threshold]") {
  Measurement measurement = a_ladder(1000);
  measurement.censored.record_n(1'000'000, 30);  // open at the age of a millisecond
  // Of 1,030 the 1,020th: of the ages 990 ms, and anything if none of the 30 ever came back.
  const auto p99 = judged("p99>2s", measurement);
  CHECK(p99.failed);
  CHECK(p99.enough);
  CHECK(p99.measured.substr(0, 13) == "at least 0.99");
  check_says(p99.reason, "30 requests were still waiting when nobody looked any more, and p99 may be more than");
  // The 927th of 1,030: 897 ms by the ages, 927 ms at most.
  CHECK_FALSE(judged("p90>930ms", measurement).failed);
  CHECK(judged("p90>920ms", measurement).failed);
  CHECK(judged("p90>890ms", measurement).failed);
  CHECK(judged("max>10s", measurement).failed);
  // A mean is judged at the ages, and says that it is a bound.
  const auto mean = judged("mean>1s", measurement);
  CHECK_FALSE(mean.failed);
  CHECK(mean.measured.substr(0, 9) == "at least ");
  CHECK_FALSE(mean.reason.empty());
}
