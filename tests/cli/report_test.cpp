// `billcast report` of a recording; of a result, tests/cli/program_test.cpp.
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "loadgen/measurement.hpp"
#include "reports/load_json.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace std::chrono_literals;
using test_support::check_says;
using test_support::TemporaryFolder;

namespace {

struct Answer {
  int code = 0;
  std::string out;
  std::string error;
};

Answer report(const std::vector<std::string>& words) {
  Answer answer;
  const cli::Console console{.out = [&](std::string_view text) { answer.out += text; },
                             .error = [&](std::string_view text) { answer.error += text; }};
  std::vector<std::string> arguments{"report"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  answer.code = cli::run_program(arguments, console);
  return answer;
}

const std::string recording = std::string{PROJECT_SOURCE} + "/tests/golden/load/healthy";

}  // namespace

TEST_CASE("A recording is rendered in each format, from its folder or its summary.json", "[cli][report][load]") {
  CHECK(report({recording}).out == test_support::text_of(recording + "/report.txt"));
  CHECK(report({recording + "/summary.json"}).out == test_support::text_of(recording + "/report.txt"));
  CHECK(report({recording, "--format", "markdown"}).out == test_support::text_of(recording + "/report.md"));
  CHECK(report({recording, "--format", "json"}).out == test_support::text_of(recording + "/summary.json"));
  check_says(report({recording, "--format", "csv"}).out, "whole,waited,9999,");
  CHECK(report({recording}).code == cli::exit_done);
  const Answer html = report({recording, "--format", "html"});
  CHECK(html.code == cli::exit_users_input);
  check_says(html.error, "found 'html' for a recording of a load test, expected text, markdown, json or csv");
}

TEST_CASE("A summary.json is known by what it says, not by its name", "[cli][report][load]") {
  const TemporaryFolder folder;
  const std::string copy = folder.write("monday.json", test_support::text_of(recording + "/summary.json"));
  CHECK(report({copy}).out == test_support::text_of(recording + "/report.txt"));
}

TEST_CASE("A load test that was killed is reported as far as it came", "[cli][report][load]") {
  const TemporaryFolder folder;
  loadgen::LoadPlanFacts plan;
  plan.url = "http://127.0.0.1:1/";
  plan.requests = 1000;
  plan.length = 10s;
  folder.write("about.json", reports::to_json(plan));
  loadgen::SecondCounts second;
  second.length = 1s;
  second.due = second.sent = second.ended[loadgen::Outcome::answered] = 100;
  folder.write("outcomes.csv", loadgen::outcomes_header() + loadgen::outcomes_line(second) + "1.000000000,1.0");
  const Answer answer = report({folder.path().string()});
  CHECK(answer.code == cli::exit_done);
  CHECK(answer.out.starts_with("INTERRUPTED"));
  check_says(answer.out, "100 of 1,000 requests answered");
  check_says(answer.out, "nothing is known of 900 requests");
}

TEST_CASE("A broken summary.json is one line", "[cli][report][load]") {
  const TemporaryFolder folder;
  folder.write("summary.json", "{\"format\": \"billcast-load/1\"}");
  const Answer answer = report({folder.path().string()});
  CHECK(answer.code == cli::exit_users_input);
  check_says(answer.error, "/summary.json: ");
  CHECK(answer.error.find('\n') == answer.error.size() - 1);
}
