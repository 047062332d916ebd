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
             "92.6 % of the peak traffic can be served; 360 units would carry it");
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
