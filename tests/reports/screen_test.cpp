#include "reports/screen.hpp"

#include <algorithm>
#include <sstream>

#include "decision/words.hpp"
#include "reports/overview.hpp"
#include "reports/table.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/says.hpp"

using reports::to_screen;
using test_support::check_says;

namespace {

decision::GateResult gate(const std::string& key, decision::GateOutcome outcome) {
  decision::GateResult result;
  result.gate.key = key;
  result.outcome = outcome;
  return result;
}

}  // namespace

TEST_CASE("The screen of the sample", "[reports][screen][golden]") {
  test_support::check_golden("reports/screen.txt", to_screen(test_support::sample_result()));
}

TEST_CASE("The screen is one screen, of 100 columns", "[reports][screen]") {
  const std::string text = to_screen(test_support::sample_result());
  CHECK(std::count(text.begin(), text.end(), '\n') <= 60);
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    const bool pasted = line.find("billcast run") != std::string::npos;
    CHECK((pasted || reports::display_width(line) <= 100));
  }
}

TEST_CASE("What is cut is counted", "[reports][screen]") {
  reports::Result result = test_support::sample_result();
  result.about.warnings = {"first", "second", "third"};
  check_says(to_screen(result), "- third\n");  // "1 more" would take its line
  result.about.warnings.emplace_back("fourth");
  check_says(to_screen(result), "- second\n  - 2 more in report.md\n");
}

TEST_CASE("Categories of a bill add up to its total, to the cent", "[reports][screen]") {
  const std::string table = reports::categories_table(test_support::sample_result()).text(0, 100);
  const reports::Result result = test_support::sample_result();
  for (const reports::OptionReport& option : result.options) {
    core::Money total;
    for (const pricing::Bill& bill : option.bills) total += bill.total(pricing::Frequency::recurring);
    check_says(table.substr(table.rfind("total")), decision::amount(total, result.about.currency));
  }
}

TEST_CASE("Gates stand in a row for each, with a column for each option", "[reports][screen]") {
  using decision::GateOutcome;
  reports::Result result = test_support::sample_result();
  result.answers.emplace();
  decision::OptionGates plan{"", {}};
  plan.verdict.reason = "about the plan";
  decision::OptionGates a{"a", {}};
  a.verdict.approve = true;
  a.verdict.deciding = "speed";
  a.verdict.results = {gate("speed", GateOutcome::pass)};
  decision::OptionGates b{"b", {}};
  b.verdict.deciding = "price";
  b.verdict.reason = "too dear";
  b.verdict.results = {gate("speed", GateOutcome::pass), gate("price", GateOutcome::fail)};
  result.answers->gates = {plan, a, b};
  const std::string text = to_screen(result);
  check_says(text, "b: too dear\n");
  check_says(text, "APPROVE: a\n");
  check_says(text, "about the plan");
  const std::string table = reports::gates_table(*result.answers).text(0, 100);
  std::istringstream lines{table};
  std::string line;
  REQUIRE(std::getline(lines, line));
  check_says(line, "needed");
  REQUIRE(std::getline(lines, line));
  check_says(line, "not given *");  // it decided for a
  REQUIRE(std::getline(lines, line));
  CHECK(line.starts_with("price"));
  check_says(line, "not given fails *");
}
