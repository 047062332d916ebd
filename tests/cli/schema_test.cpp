// What `billcast schema` is made from: tests/editor holds what it prints against the files and the readers.
#include <string>
#include <vector>

#include "cli/corpus.hpp"
#include "cli/program.hpp"
#include "reports/config_schema.hpp"
#include "tests/support/billcast.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using test_support::billcast;
using test_support::check_says;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

}  // namespace

TEST_CASE("The samples have every key of a scenario and make every choice", "[cli][schema]") {
  const std::vector<std::string> open = reports::unwalked(cli::scenario_declarations());
  INFO("Add a sample of each to cli/forms.yaml:" << joined(open));
  CHECK(open.empty());
}

TEST_CASE("The samples have every key of a price table and make every choice", "[cli][schema]") {
  const std::vector<std::string> open = reports::unwalked(cli::price_declarations());
  INFO("Add a sample of each to cli/price_forms.yaml:" << joined(open));
  CHECK(open.empty());
}

TEST_CASE("A schema is printed, or written over nothing but a schema", "[cli][schema]") {
  const test_support::TemporaryFolder folder;
  std::string said;
  REQUIRE(billcast({"schema", "scenario"}, said) == 0);
  check_says(said, R"("$schema": "http://json-schema.org/draft-07/schema#")");
  check_says(said, R"("daily_users")");
  std::string prices;
  REQUIRE(billcast({"schema", "prices"}, prices) == 0);
  std::string quiet;
  CHECK(billcast({"schema", "prices", "--out", folder / "schema.json"}, quiet) == 0);
  CHECK(quiet.empty());
  CHECK(test_support::text_of(folder / "schema.json") == prices);
  CHECK(billcast({"schema", "prices", "--out", folder / "schema.json"}, quiet) == 0);
  const std::string other = folder.write("notes.txt", "mine");
  CHECK(billcast({"schema", "result", "--out", other}, quiet) == 2);
  CHECK(test_support::text_of(other) == "mine");
  std::string complaint;
  CHECK(billcast({"schema", "scenarios"}, complaint) == 2);
  check_says(complaint, "found 'scenarios', expected scenario, prices, result");
}
