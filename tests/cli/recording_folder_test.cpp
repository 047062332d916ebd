#include "cli/recording_folder.hpp"

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace cli;

TEST_CASE("A recording replaces an earlier one, and nothing else", "[recording_folder]") {
  const test_support::TemporaryFolder folder;
  folder.write("r/about.json", "{}");
  folder.write("r/response_time.hlog", "x");
  folder.write("r/probes/01/about.json", "{}");
  const std::filesystem::path path = folder.path() / "r";
  prepare_recording(path);
  CHECK(std::filesystem::is_empty(path));

  folder.write("r/thesis.tex", "years of work");
  folder.write("r/about.json", "{}");
  try {
    prepare_recording(path);
    FAIL("replaced a stranger's folder");
  } catch (const core::ConfigError& error) {
    CHECK(std::string{error.what()} == "cannot write to '" + path.string() +
                                           "': it holds 'thesis.tex', which is no part of a recording; choose another "
                                           "--out");
  }
  CHECK(test_support::text_of(path / "thesis.tex") == "years of work");
  CHECK(std::filesystem::exists(path / "about.json"));
}

TEST_CASE("A recording that cannot be made says why", "[recording_folder]") {
  const test_support::TemporaryFolder folder;
  const std::string file = folder.write("file", "");
  CHECK_THROWS_AS(prepare_recording(file), core::ConfigError);
  CHECK_THROWS_AS(prepare_recording(file + "/below"), core::ConfigError);
  CHECK_THROWS_AS(write_recording_file("/no/such/folder", "about.json", ""), core::ConfigError);
}
