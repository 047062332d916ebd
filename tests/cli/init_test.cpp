// A scenario to begin with: it runs as it is, in seconds, and nothing is ever overwritten.
#include <algorithm>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "cli/starter.hpp"
#include "reports/json.hpp"
#include "tests/support/billcast.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using test_support::billcast;
using test_support::check_says;

}  // namespace

TEST_CASE("What init writes runs unchanged", "[cli][init]") {
  const test_support::TemporaryFolder folder;
  for (const auto& [kind, options] : {std::pair<std::string, std::size_t>{"both", 2}, {"api", 1}, {"self-hosted", 1}}) {
    CAPTURE(kind);
    const std::string file = folder / (kind + ".yaml");
    std::string said;
    REQUIRE(billcast({"init", file, "--kind", kind}, said) == 0);
    check_says(said, "it runs as it is: billcast run " + file);
    std::string nothing;
    REQUIRE(billcast({"run", file, "--quiet", "--out", folder / kind}, nothing) == 0);
    const reports::Result result =
        reports::from_json("result.json", test_support::text_of(folder / (kind + "/result.json")));
    CHECK(result.options.size() == options);
    CHECK(result.verdict.winners.size() == 1);
    std::string warned;
    CHECK(billcast({"check", file}, warned) == 0);
    CHECK(warned.find("warning") == std::string::npos);
  }
}

TEST_CASE("The starter fits a screen and a half, and says what is one's own to say", "[cli][init]") {
  const std::string text = cli::starter_scenario(cli::StarterKind::both);
  CHECK(std::count(text.begin(), text.end(), '\n') <= 60);
  CHECK(text.starts_with("# "));
  CHECK(text.find("?\n") != std::string::npos);
  check_says(text, "YOURS");
  CHECK(text.find("#api\n") == std::string::npos);
  CHECK(cli::starter_scenario(cli::StarterKind::api).find("self_hosted") == std::string::npos);
  CHECK(cli::starter_scenario(cli::StarterKind::self_hosted).find("managed_api") == std::string::npos);
}

TEST_CASE("init leaves what is there as it is", "[cli][init]") {
  const test_support::TemporaryFolder folder;
  const std::string file = folder.write("scenario.yaml", "mine");
  std::string said;
  CHECK(billcast({"init", file}, said) == 2);
  check_says(said, "is there already and is left as it is");
  CHECK(test_support::text_of(file) == "mine");
  std::string printed;
  CHECK(billcast({"init", "-"}, printed) == 0);
  CHECK(printed == cli::starter_scenario(cli::StarterKind::both));
  std::string nowhere;
  CHECK(billcast({"init", folder / "no/such/folder.yaml"}, nowhere) == 2);
  check_says(nowhere, "cannot be written");
  std::string kind;
  CHECK(billcast({"init", "-", "--kind", "apis"}, kind) == 2);
  check_says(kind, "expected both, api, self-hosted");
}
