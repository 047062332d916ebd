#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/starter.hpp"
#include "core/yaml_reader.hpp"

namespace cli {

std::string starter_scenario(StarterKind kind) {
  std::string text;
  bool is_wanted = true;
  std::string_view rest = starter();
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
    rest.remove_prefix(line.size());
    if (line == "#api\n") is_wanted = kind != StarterKind::self_hosted;
    else if (line == "#self-hosted\n") is_wanted = kind != StarterKind::api;
    else if (line == "#all\n") is_wanted = true;
    else if (is_wanted) text += line;
  }
  return text;
}

int init(const InitArguments& arguments, const Console& console) {
  const std::string text = starter_scenario(arguments.kind);
  if (arguments.file == "-") {
    console.out(text);
    return exit_done;
  }
  // Never over another: "x" fails where there is one, also between two who ask at once.
  std::FILE* const file = std::fopen(arguments.file.c_str(), "wbx");
  if (file == nullptr) {
    std::error_code ignored;
    const bool is_there = std::filesystem::exists(arguments.file, ignored);
    throw core::ConfigError{is_there ? fmt::format("billcast init: {} is there already and is left as it is; name "
                                                   "another file",
                                                   arguments.file)
                                     : fmt::format("billcast init: {} cannot be written", arguments.file)};
  }
  const bool is_written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool is_closed = std::fclose(file) == 0;
  if (!is_written || !is_closed)
    throw core::ConfigError{fmt::format("billcast init: {} cannot be written", arguments.file)};
  console.out(fmt::format("{} is written; it runs as it is: billcast run {}\n", arguments.file, arguments.file));
  return exit_done;
}

}  // namespace cli
