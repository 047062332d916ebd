#include "reports/text.hpp"

#include <sstream>

#include "reports/json.hpp"
#include "reports/markdown.hpp"
#include "reports/phrases.hpp"
#include "reports/table.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/says.hpp"

using reports::to_text;
using test_support::check_says;

TEST_CASE("The summary of the sample", "[reports][text][golden]") {
  test_support::check_golden("reports/summary.txt", to_text(test_support::sample_result()));
}

TEST_CASE("No line is wider than 100 columns but the command to paste", "[reports][text]") {
  std::istringstream text{to_text(test_support::sample_result())};
  for (std::string line; std::getline(text, line);) {
    CAPTURE(line);
    const bool pasted = line.find("billcast run") != std::string::npos;
    CHECK((pasted || reports::display_width(line) <= 100));
  }
}

TEST_CASE("Colour is only there when it is asked for", "[reports][text]") {
  CHECK(to_text(test_support::sample_result()).find('\x1b') == std::string::npos);
  check_says(to_text(test_support::sample_result(), {.colour = true}), "\x1b[1mVERDICT\x1b[0m\n");
}

TEST_CASE("A text from a file cannot steer the terminal", "[reports][text]") {
  reports::About about = test_support::about();
  about.scenario =
      "evil\x1b[2J\xC2\x9B"
      "2J";
  const std::string text = to_text(reports::assemble(about, {test_support::managed_api()}));
  CHECK(text.find('\x1b') == std::string::npos);
  check_says(text, "evil?[2J?2J: 744 hours");
}

TEST_CASE("A target missed behind a cache says what the cache would have to do", "[reports][text][cache]") {
  reports::About about = test_support::about();
  about.slo = {{{decision::Measure::latency, 9500, 1'000'000'000}}};
  reports::OptionRun run = test_support::managed_api();
  const auto says = [&] {
    reports::OptionRun copy = run;
    return to_text(reports::assemble(about, {std::move(copy)}));
  };
  CHECK(says().find("the cache hits") == std::string::npos);
  // 195 hits of 5 ms before 1,000 answers of 180 ms to 1.8 s, every other one late.
  run.simulated.cache_hit_ns = 5'000'000;
  run.simulated.latency_ns = core::Histogram{3'600'000'000'000};
  run.simulated.latency_ns.record_n(5'000'000, 195);
  run.simulated.latency_ns.record_n(180'000'000, 500);
  run.simulated.latency_ns.record_n(1'800'000'000, 500);
  check_says(says(), "the cache hits 16.3 %, and 50 % of what it misses takes longer than 1 s: latency p95 needs 90 %");
  about.slo.targets[0].limit = 2'000'000'000;
  CHECK(says().find("the cache hits") == std::string::npos);
}

TEST_CASE("Wrong answers of a semantic cache are counted out", "[reports][text][cache]") {
  reports::OptionRun run = test_support::managed_api();
  run.simulated.usage.hours[0].cache_wrong_hits = 3;
  check_says(to_text(reports::assemble(test_support::about(), {std::move(run)})),
             "cache hit 195 (16.2 %) with 3 wrong answers (1.5 % of them), served");
}

TEST_CASE("An interrupted run says so before anything else", "[reports][text]") {
  reports::About about = test_support::about();
  about.interrupted = true;
  about.horizon = core::Horizon::hours(about.horizon.start, 31);
  const std::string text = to_text(reports::assemble(about, {test_support::managed_api()}));
  check_says(text, "INTERRUPTED after 31 of 744 hours");
  CHECK(text.find("INTERRUPTED") < text.find("VERDICT"));
  check_says(text, "~$12,532.68");  // 532.2097… × 730 / 31
}

TEST_CASE("What a vendor's limits cannot carry is said before the money", "[reports][text]") {
  reports::OptionRun run = test_support::managed_api();
  sim::ApiSummary& api = run.simulated.api.emplace();
  api.feasibility = {{"requests a minute", 30'000, 58'000, 60'000}, {"tokens a minute", 90'000'000, 6e7, 7e7}};
  api.requests = 1'000;
  api.calls = 3'140;
  api.throttled = 2'640;
  api.retries = 2'140;
  api.peak_calls_per_minute = 300;
  api.peak_requests_per_minute = 90;
  api.outages = 2;
  api.outage_ns = 90'000'000'000;
  const reports::Result result = reports::assemble(test_support::about(), {run});
  const std::string line =
      "managed|api needs 60,000 requests a minute at its peak, 58,000 on average; the limit is 30,000: 2.0 × too much, "
      "and not even the mean fits; at most 50 % of the peak traffic can be served";
  REQUIRE(reports::broken_limits(result).size() == 1);
  CHECK(reports::broken_limits(result)[0] == line);
  CHECK(result.about.warnings.back() == line);
  const std::string text = to_text(result);
  CHECK(text.find("LIMITS") < text.find("VERDICT"));
  CHECK(text.find("limit: needs 60,000 requests a minute") < text.find("recurring, 2026-12"));
  check_says(text, "limit: needs 70,000,000 tokens a minute at its peak, 60,000,000 on average;");
  CHECK(
      reports::api_words(result.options[0]) ==
      "3,140 for 1,000 requests (3.140 each), at most 300 in a minute, of requests 90; 2,640 throttled (84.1 % of the "
      "calls); 2,140 retries; down 2 × for 1 min 30 s in all");
  check_says(to_markdown(result), "## Limits");
  CHECK(reports::from_json("result.json", reports::to_json(result)) == result);

  run.simulated.api->feasibility = {{"provisioned tokens a minute", 1'000'000, 5e5, 1.08e6, 360}};
  check_says(reports::broken_limits(reports::assemble(test_support::about(), {run}))[0],
             "92.6 % of the peak traffic, 360 units would carry it");
  run.simulated.api->feasibility = {{"requests a minute", 59'000, 58'000, 60'000}};
  const reports::Result at_peak = reports::assemble(test_support::about(), {run});
  CHECK(at_peak.about.warnings == test_support::about().warnings);
  check_says(reports::broken_limits(at_peak)[0], "the limit is 59,000: 1.0 × too much; at most 98.3 % of the peak");
}

TEST_CASE("The command to repeat a run is quoted for a shell", "[reports][text]") {
  reports::About about = test_support::about();
  about.settings = {"--set=scenario=it's"};
  check_says(to_text(reports::assemble(about, {})),
             "  billcast run 'configs/sample scenario.yaml' --seed 7 '--set=scenario=it'\\''s'\n");
}

TEST_CASE("Several periods are named beside their sum", "[reports][text]") {
  reports::About about = test_support::about();
  about.horizon = core::Horizon::months(about.horizon.start, 2);
  reports::OptionRun run = test_support::managed_api();
  run.bills.push_back(run.bills.front());
  run.bills.back().period = "2027-01";
  const std::string text = to_text(reports::assemble(about, {run}));
  check_says(text, "recurring, 2026-12 to 2027-01");
  check_says(text, "of which 2026-12 $532.21, 2027-01 $532.21");
  check_says(text, "$1,064.42");
}

TEST_CASE("A mixture shows its parts, their share of the requests, and what runs beside", "[reports][text]") {
  const std::string text = to_text(reports::assemble(test_support::about(), {test_support::mixture()}));
  check_says(text,
             "  part                           requests    a month    p50    p95     p99\n"
             "  managed|api  managed_api  1,005 (100 %)    $532.21  1.3 s  2.2 s  2.28 s\n"
             "  self-hosted  self_hosted  1,005 (100 %)  $7,364.93  1.5 s  2.4 s  2.48 s\n");
  check_says(text, "  self-hosted: 12.3 instances on average, 20 at most");
  check_says(text, "  overhead: self-hosted costs $7,364.93 a month beside managed|api, 1383.8 % of");
  check_says(text, "  interactive: served 600 (89.4 %), rejected 40 (6 %), timed out 20 (3 %), failed 10");
  check_says(text, "compute  self-hosted: g6.xlarge on …");
}

TEST_CASE("Drills fit the page, escape what they are named, and say of nobody and of nothing what is so",
          "[reports][text][drills]") {
  reports::Result result = test_support::sample_result();
  const std::string long_name = "<b>" + std::string(120, 'n');
  reports::DrillOutcome outcome;
  outcome.name = long_name;
  outcome.verdict.held = true;
  outcome.extra_cost = core::Money::parse("-0.001");
  reports::DrillReport drill;
  drill.name = "a|b";
  drill.fault = "surge";
  drill.options = {outcome};
  result.drills = {drill};
  const std::string text = to_text(result);
  check_says(text, "held 1 of 1 drill.");
  check_says(text, "nobody came");
  CHECK(text.find("-$0.00") == std::string::npos);
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.find("nobody came") != std::string::npos) CHECK(reports::display_width(line) <= 100);
  }
  CHECK(to_markdown(result).find("<b>") == std::string::npos);
}

TEST_CASE("A vendor's limits and calls are said of parts as of options", "[reports][text][limits]") {
  reports::OptionRun part = test_support::managed_api();
  part.simulated.name = "vendor";
  part.simulated.api = sim::ApiSummary{.feasibility = {{"requests a minute", 30'000, 58'000, 60'000}},
                                       .requests = 1,
                                       .calls = 2,
                                       .throttled = 1,
                                       .retries = 1};
  reports::OptionRun whole = test_support::managed_api();
  whole.simulated.name = "mix";
  whole.parts.push_back(std::move(part));
  const reports::Result result = reports::assemble(test_support::about(), {whole});
  const std::string line = "mix, vendor needs 60,000 requests a minute at its peak";
  check_says(result.about.warnings.back(), line);
  check_says(reports::broken_limits(result)[0], line);
  check_says(to_text(result), "vendor: calls: 2 for 1 request (2.000 each)");
  check_says(to_text(result), "1 retry\n");
  check_says(to_markdown(result), "vendor: calls: 2 for 1 request ");
}
