#include "decision/latency_objective.hpp"

#include <string>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"

using namespace decision;
using namespace std::chrono_literals;

namespace {

LatencyObjective parsed(std::string_view text) { return parse_latency_objective(text, "--slo"); }

std::string complaint(std::string_view text) {
  try {
    parsed(text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "";
}

}  // namespace

TEST_CASE("An objective is a metric, a statistic and a limit", "[objective]") {
  CHECK(parsed("ttft.p95<500ms") == LatencyObjective{LatencyMetric::time_to_first_token, 9500, false, 500ms});
  CHECK(parsed("tpot.p50<=50ms") == LatencyObjective{LatencyMetric::time_per_output_token, 5000, true, 50ms});
  CHECK(parsed("latency.p99.9<20s") == LatencyObjective{LatencyMetric::latency, 9990, false, 20s});
  CHECK(parsed("latency.p97.25<1.5s") == LatencyObjective{LatencyMetric::latency, 9725, false, 1500ms});
  CHECK(parsed("ttft.mean<1s") == LatencyObjective{LatencyMetric::time_to_first_token, 0, false, 1s});
  CHECK(parsed(" ttft . p95 <= 2 s ") == LatencyObjective{LatencyMetric::time_to_first_token, 9500, true, 2s});
}

TEST_CASE("An objective is printed as it is read", "[objective]") {
  for (const std::string text : {"ttft.p95<500ms", "tpot.mean<=50ms", "latency.p99.9<20s", "ttft.p50<1500us"}) {
    CHECK(parsed(text).text() == text);
  }
  CHECK(parsed("ttft.p95<0.5s").text() == "ttft.p95<500ms");
  CHECK(parsed("latency.p99.50<1m").name() == "latency.p99.5");
}

TEST_CASE("An objective is asked of a histogram, and less is not at most", "[objective]") {
  core::Histogram ns{1'000'000};
  for (int i = 1; i <= 1000; ++i) ns.record(i);
  CHECK(parsed("ttft.p95<1us").value_of(ns) == 950);
  CHECK(parsed("ttft.mean<1us").value_of(ns) == 501);  // 500.5
  CHECK(parsed("ttft.p95<950ns").holds(949));
  CHECK_FALSE(parsed("ttft.p95<950ns").holds(950));
  CHECK(parsed("ttft.p95<=950ns").holds(950));
  CHECK_FALSE(parsed("ttft.p95<=950ns").holds(951));
}

TEST_CASE("What is no objective is said in one line", "[objective][errors]") {
  CHECK(complaint("") ==
        "--slo: found nothing, expected an objective such as 'ttft.p95<500ms', 'tpot.p95<50ms' or 'latency.p99<20s'");
  CHECK(complaint("ttft.p95") ==
        "--slo: found no comparator in 'ttft.p95', expected an objective such as 'ttft.p95<500ms', 'tpot.p95<50ms' or "
        "'latency.p99<20s'");
  CHECK(complaint("ttft.p95>500ms") ==
        "--slo: found '>' in 'ttft.p95>500ms', expected < or <=: an objective says what must hold");
  CHECK(complaint("ttft.p95==500ms").starts_with("--slo: found '==' in "));
  CHECK(
      complaint("<500ms").starts_with("--slo: found nothing before the comparator in '<500ms', expected an objective"));
  CHECK(complaint("latency<20s") ==
        "--slo: found 'latency' without a percentile in 'latency<20s', expected a percentile from p50 to p99.9, or "
        "mean, as in 'latency.p95<20s'");
  CHECK(complaint("latency.<").find("as in 'latency.p95<1s'") != std::string::npos);
  CHECK(complaint("tttf.p95<1s") ==
        "--slo: found 'tttf' in 'tttf.p95<1s', expected ttft, tpot or latency (did you mean 'ttft'?)");
  CHECK(complaint("queue.p95<1s") == "--slo: found 'queue' in 'queue.p95<1s', expected ttft, tpot or latency");
  for (const std::string statistic : {"p9x", "p10", "p99.99", "p100", "p95.125", "95", "max", "p", "p-5"}) {
    CAPTURE(statistic);
    CHECK(complaint("ttft." + statistic + "<1s") == "--slo: found '" + statistic + "' in 'ttft." + statistic +
                                                        "<1s', expected a percentile from p50 to p99.9, or mean");
  }
  CHECK(complaint("ttft.p95<500") ==
        "--slo: found '500', which has no unit in 'ttft.p95<500', expected a time above 0 with its unit, such as "
        "500ms or 2s");
  CHECK(complaint("ttft.p95<5 parsecs").find("'5 parsecs', which has an unknown unit") != std::string::npos);
  CHECK(complaint("ttft.p95<0s").starts_with("--slo: found '0s' in "));
  CHECK(complaint("ttft.p95<-1s").starts_with("--slo: found '-1s' in "));
  CHECK(complaint("ttft.p95<").starts_with("--slo: found no time after the comparator in "));
}
