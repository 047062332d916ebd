#include "reports/text.hpp"

#include <sstream>

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
