// The completion scripts, asked by a bash of its own.
#include <array>
#include <cstdio>
#include <string>

#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using test_support::check_says;

std::string script(const std::string& shell) {
  std::string said;
  const cli::Console console{.out = [&](std::string_view text) { said += text; }, .error = [](std::string_view) {}};
  REQUIRE(cli::run_program({"completion", shell}, console) == 0);
  return said;
}

// What bash offers after these words, the last of which is being typed; one a line.
std::string offered(const test_support::TemporaryFolder& folder, const std::string& words) {
  const std::string file = folder.write("billcast.bash", script("bash"));
  const std::string command =
      "cd " + folder.path().string() + " && bash --norc -c 'source " + file + "; COMP_WORDS=(" + words +
      "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _billcast; printf \"%s\\n\" \"${COMPREPLY[@]}\"'";
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) text += buffer.data();
  REQUIRE(::pclose(pipe) == 0);
  return text;
}

}  // namespace

TEST_CASE("bash completes subcommands, options, words, shipped scenarios and files", "[cli][completion]") {
  const test_support::TemporaryFolder folder;
  folder.write("mine.yaml", "scenario: mine");
  CHECK(offered(folder, "billcast ch") == "check\n");
  CHECK(offered(folder, "billcast run --se") == "--seed\n--set\n");
  CHECK(offered(folder, "billcast check configs/smo") == "configs/smoke.yaml\n");
  CHECK(offered(folder, "billcast run mi") == "mine.yaml\n");
  CHECK(offered(folder, "billcast run --out mi") == "mine.yaml\n");
  CHECK(offered(folder, "billcast prices s") == "show\n");
  CHECK(offered(folder, "billcast schema r") == "result\n");
  CHECK(offered(folder, "billcast completion z") == "zsh\n");
  CHECK(offered(folder, "billcast nonsense x") == "\n");
}

TEST_CASE("Every subcommand answers for itself, and every shell knows it", "[cli][completion]") {
  const std::string zsh = script("zsh");
  const std::string fish = script("fish");
  for (const std::string_view name : cli::subcommands) {
    CAPTURE(std::string{name});
    std::string help;
    const cli::Console console{.out = [&](std::string_view text) { help += text; }, .error = [](std::string_view) {}};
    CHECK(cli::run_program({std::string{name}, "--help"}, console) == 0);
    check_says(help, "--help");
    check_says(zsh, "    " + std::string{name} + ") options='--help");
    check_says(fish, "__fish_use_subcommand -a " + std::string{name} + "\n");
  }
  check_says(fish, "-l seed -r -d 'of everything random; the same seed gives the same bytes (default 1)'");
  // Other shells are not asked here; each script is at least one bash can read, but for zsh's own words.
  CHECK(zsh.starts_with("#compdef billcast\n"));
}
