#include "reports/load_text.hpp"

#include <sstream>
#include <string>

#include "reports/load_phrases.hpp"
#include "tests/reports/sample_load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using reports::to_text;
using test_support::check_says;

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("The first line of a load test is its verdict", "[reports][load]") {
  CHECK(first_line(to_text(test_support::healthy_load())) ==
        "9,998 of 10,000 requests answered in 10 s (1,000/s asked, 999.8/s reached); p99 212 ms");
  CHECK(first_line(to_text(test_support::invalid_load())).starts_with("INVALID: the generator was late: "));
  loadgen::LoadSummary interrupted = test_support::healthy_load();
  interrupted.interrupted = true;
  CHECK(first_line(to_text(interrupted)).starts_with("INTERRUPTED: 9,998 of 10,000 requests answered"));
  CHECK(first_line(to_text(test_support::streaming_load())) ==
        "1,000 of 1,002 requests answered in 1 min 01 s (16.4/s, 8 at a time); p99 2.1 s");
}

TEST_CASE("The first line of a search is what it found, the second what was measured there", "[reports][load]") {
  loadgen::LoadSummary s = test_support::searched_load();
  std::string text = to_text(s);
  CHECK(
      text.starts_with("p99<200ms holds up to 1,980/s and is broken at 2,022.5/s; each verdict with 95 % confidence."));
  check_says(text, "\nThe probe at the highest rate that held: 9,998 of 10,000 requests answered in 10 s");
  s.found_max[0].highest_held_per_s = 0;
  check_says(to_text(s), "\nThe last probe: 9,998 of 10,000");
  s.valid = false;
  text = to_text(s);
  CHECK(first_line(text) == "INVALID: the generator was late");
  check_says(text, "The last probe, not to be relied on: 9,998");
  check_says(text, "p99<200ms is broken at 2,022.5/s, the lowest rate tried");
}

TEST_CASE("A run that is invalid and interrupted says both", "[reports][load]") {
  check_says(reports::load_figures(test_support::invalid_load()),
             "INTERRUPTED. What was measured, not to be relied on: 400 of 650 requests answered in 10 s");
}

TEST_CASE("The headline claims no percentile for which there are too few samples", "[reports][load]") {
  loadgen::LoadSummary s = test_support::healthy_load();
  s.latencies[0].highest_claimed = 95;
  check_says(first_line(to_text(s)), "reached); p95 106 ms");
  s.latencies[0].highest_claimed = 0;
  check_says(reports::load_verdict(s), "reached); too few samples for any percentile");
  s.latencies.clear();
  check_says(first_line(to_text(s)), "reached); no request has waited");
}

TEST_CASE("A percentile from too few samples stands in brackets, with a note", "[reports][load]") {
  loadgen::LoadSummary s = test_support::healthy_load();
  s.latencies = {test_support::row("waited", 480, 35'400, 95)};
  s.steady_latencies.clear();
  const std::string text = to_text(s);
  check_says(text, "106 ms  (212 ms)  (354 ms)");
  check_says(text, "(in brackets): too few samples to claim that percentile");
  s.latencies = {test_support::row("waited", 480, 35'400, 99.9)};
  CHECK(to_text(s).find("brackets") == std::string::npos);
}

TEST_CASE("The response times of the answered are shown only where others waited, too", "[reports][load]") {
  loadgen::LoadSummary s = test_support::healthy_load();
  check_says(to_text(s), "\n  response time    9,998");
  s.latencies[0].count = 9'998;
  CHECK(to_text(s).find("\n  response time") == std::string::npos);
}

TEST_CASE("The outcomes are listed with their sum", "[reports][load]") {
  const loadgen::LoadSummary s = test_support::invalid_load();
  const auto rows = reports::outcome_rows(s);
  REQUIRE(rows.size() == 6);
  CHECK(rows[1].name == "refused");
  CHECK(rows[1].first == "Connection refused");
  CHECK(rows.back().name == "planned");
  CHECK(rows.back().count == "650");
}

TEST_CASE("Failed thresholds stand directly under the verdict", "[reports][load]") {
  const std::string text = to_text(test_support::invalid_load());
  const std::size_t at = text.find("p99>200ms: FAILED, 212 ms (580 samples; p99 takes 662)");
  REQUIRE(at != std::string::npos);
  CHECK(at < text.find("LATENCY"));
  CHECK(text.find("errors>50%: passed") > text.find("THRESHOLDS"));
  check_says(text, "service.p90>50ms: FAILED, p90 of service_time is 70.8 ms\n");  // said once
}

TEST_CASE("Events that hold several tokens get a warning", "[reports][load]") {
  loadgen::LoadSummary s = test_support::streaming_load();
  check_says(to_text(s), "0.71 events a token");
  CHECK(reports::load_warnings(s).size() == 1);
  s.token_events = 168'800;  // 0.8 exactly
  CHECK(reports::load_warnings(s).empty());
  s.tokens_from_usage = false;
  check_says(to_text(s), "168,800 counted by events, an estimate");
}

TEST_CASE("A server's words cannot steer the terminal", "[reports][load]") {
  const std::string text = to_text(test_support::streaming_load());
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
}

TEST_CASE("No line of a load report is wider than 100 columns but the command to paste", "[reports][load]") {
  for (const loadgen::LoadSummary& s : {test_support::healthy_load(), test_support::invalid_load(),
                                        test_support::streaming_load(), test_support::searched_load()}) {
    std::istringstream text{to_text(s)};
    for (std::string line; std::getline(text, line);) {
      CAPTURE(line);
      const bool pasted = line.find("billcast load") != std::string::npos;
      CHECK((pasted || reports::display_width(line) <= 100));
    }
  }
}

TEST_CASE("The command that repeats a load test is quoted for a shell", "[reports][load]") {
  check_says(to_text(test_support::healthy_load()),
             "  billcast load http://127.0.0.1:8080/v1/ask --rate 1000 --header 'Authorization: Bearer ${KEY}'\n");
}

TEST_CASE("An empty load test has a report", "[reports][load]") {
  check_says(to_text(loadgen::LoadSummary{}), "0 of 0 requests answered in 0 ns (0/s asked, 0/s reached)");
}

TEST_CASE("Rates have the digits that people read", "[reports][load]") {
  CHECK(reports::rate_words(0) == "0/s");
  CHECK(reports::rate_words(0.25) == "0.25/s");
  CHECK(reports::rate_words(0.0333) == "0.033/s");
  CHECK(reports::rate_words(16.43) == "16.43/s");
  CHECK(reports::rate_words(999.83) == "999.8/s");
  CHECK(reports::rate_words(999.96) == "1,000/s");
  CHECK(reports::rate_words(1'234'567.89) == "1,234,567.9/s");
  CHECK(reports::rate_words(1e300) == "1e+300/s");
}

TEST_CASE("What --find-max says names both ends of its bracket, or that there is only one", "[reports][load]") {
  loadgen::FoundMax found = test_support::searched_load().found_max[0];
  CHECK(
      reports::found_words(found) ==
      "p99<200ms holds up to 1,980/s and is broken at 2,022.5/s; each verdict with 95 % confidence. 1 verdict was too "
      "close to call.");
  found.lowest_broken_per_s = 0;
  check_says(reports::found_words(found), "p99<200ms holds at 1,980/s, the highest rate tried");
  found.highest_held_per_s = 0;
  check_says(reports::found_words(found), "p99<200ms: nothing was found");
  found.lowest_broken_per_s = 10;
  check_says(reports::found_words(found), "p99<200ms is broken at 10/s, the lowest rate tried");
}
