// `billcast report` of a recording; of a result, tests/cli/program_test.cpp.
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

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
}

TEST_CASE("A summary.json is known by what it says, not by its name", "[cli][report][load]") {
  const TemporaryFolder folder;
  const std::string copy = folder.write("monday.json", test_support::text_of(recording + "/summary.json"));
  CHECK(report({copy}).out == test_support::text_of(recording + "/report.txt"));
}

TEST_CASE("A recording that did not end is said to be one", "[cli][report][load]") {
  const TemporaryFolder folder;
  folder.write("about.json", "{}");
  const Answer answer = report({folder.path().string()});
  CHECK(answer.code == cli::exit_users_input);
  check_says(answer.error, "found about.json without summary.json");
}

TEST_CASE("A broken summary.json is one line", "[cli][report][load]") {
  const TemporaryFolder folder;
  folder.write("summary.json", "{\"format\": \"billcast-load/1\"}");
  const Answer answer = report({folder.path().string()});
  CHECK(answer.code == cli::exit_users_input);
  check_says(answer.error, "/summary.json: ");
  CHECK(answer.error.find('\n') == answer.error.size() - 1);
}
