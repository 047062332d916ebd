#include "cli/resources.hpp"

#include <string>

#include "cli/embedded.hpp"
#include "cli/files.hpp"
#include "core/yaml_reader.hpp"
#include "pricing/price_table.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using cli::Resources;
using test_support::check_says;
using test_support::TemporaryFolder;

namespace {

std::string error_of(const std::string& name, const std::filesystem::path& folder = {}) {
  try {
    Resources{folder}.load(name);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

}  // namespace

TEST_CASE("What is embedded is the files of the repository, byte for byte", "[cli][resources]") {
  CHECK(cli::embedded_files().size() > 20);
  for (const cli::EmbeddedFile& file : cli::embedded_files()) {
    CAPTURE(file.name);
    CHECK(cli::read_file(std::filesystem::path{PROJECT_SOURCE} / file.name) == file.text);
  }
}

TEST_CASE("A shipped table is found with or without its ending and folder", "[cli][resources]") {
  Resources resources{{}};
  const std::string text = resources.load("tokens/azure-conversation-2023");
  CHECK_FALSE(text.empty());
  CHECK(resources.load("tokens/azure-conversation-2023.yaml") == text);
  CHECK(resources.load("configs/tokens/azure-conversation-2023.yaml") == text);
}

TEST_CASE("A file beside the scenario comes before what ships", "[cli][resources]") {
  const TemporaryFolder folder;
  folder.write("tokens/azure-conversation-2023.yaml", "mine");
  folder.write("own", "too");
  Resources resources{folder.path()};
  CHECK(resources.load("tokens/azure-conversation-2023") == "mine");
  CHECK(resources.load("own") == "too");
  CHECK(resources.load(folder / "own") == "too");
}

TEST_CASE("Each text is remembered once, with its hash", "[cli][resources]") {
  const TemporaryFolder folder;
  folder.write("a", "x");
  Resources resources{folder.path()};
  resources.load("a");
  resources.load("a");
  REQUIRE(resources.inputs().size() == 1);
  CHECK(resources.inputs()[0] == reports::InputFile{"a", pricing::sha256("x")});
}

TEST_CASE("A name that nothing has offers the nearest, and its neighbours", "[cli][resources]") {
  const std::string error = error_of("tokens/azure-conversation-2022");
  check_says(
      error,
      "'tokens/azure-conversation-2022': found no such file beside the scenario, and none that ships with billcast; "
      "did you mean 'tokens/azure-conversation-2023'? (there are: tokens/");
  CHECK(error_of("q") == "'q': found no such file beside the scenario, and none that ships with billcast");
}

TEST_CASE("The default scenario is there without its file", "[cli][resources]") {
  check_says(cli::read_scenario_text("million-users").text, "scenario: million-users");
  CHECK(cli::read_scenario_text("million-users").folder.empty());
}

TEST_CASE("Price tables are among what ships", "[cli][resources]") {
  bool models = false;
  for (const auto& [name, text] : Resources::price_tables()) models = models || name == "pricing/tables/models.yaml";
  CHECK(models);
}

TEST_CASE("A folder is a recording: its name brings what tells of it, and its files are files", "[cli][resources]") {
  const TemporaryFolder folder;
  folder.write("recordings/monday/about.json", "{}");
  folder.write("recordings/monday/service_time.hlog", "log");
  folder.write("empty/x", "");
  Resources resources{folder.path()};
  CHECK(resources.load("recordings/monday") == "{}");
  CHECK(resources.load("recordings/monday/") == "{}");
  CHECK(resources.load("recordings/monday/service_time.hlog") == "log");
  REQUIRE(resources.inputs().size() == 2);
  CHECK(resources.inputs()[0] == reports::InputFile{"recordings/monday/about.json", pricing::sha256("{}")});
  CHECK(resources.inputs()[1].name == "recordings/monday/service_time.hlog");
  folder.write("recordings/monday/summary.json", "{s}");
  CHECK(resources.load("recordings/monday") == "{s}");
  CHECK(resources.inputs().back().name == "recordings/monday/summary.json");
  CHECK(error_of("empty", folder.path()) ==
        "'empty': found a folder without about.json, expected a file or a recording of `billcast load`");
}

TEST_CASE("A shipped table comes before a folder of its name", "[cli][resources]") {
  const TemporaryFolder folder;
  folder.write("tokens/azure-conversation-2023/about.json", "{}");
  CHECK(Resources{folder.path()}.load("tokens/azure-conversation-2023") != "{}");
}
