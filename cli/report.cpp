#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/program.hpp"
#include "core/yaml_reader.hpp"
#include "reports/csv.hpp"
#include "reports/json.hpp"
#include "reports/load_csv.hpp"
#include "reports/load_json.hpp"
#include "reports/load_markdown.hpp"
#include "reports/load_text.hpp"
#include "reports/markdown.hpp"
#include "reports/text.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;

// The two kinds of result have the same formats, each by a function of the same name.
template <class Result>
void render(const Result& result, ReportFormat format, const Console& console) {
  switch (format) {
    case ReportFormat::text:
      console.out(reports::to_text(result, {.colour = console.colour}));
      break;
    case ReportFormat::markdown:
      console.out(reports::to_markdown(result));
      break;
    case ReportFormat::json:
      console.out(reports::to_json(result));
      break;
    case ReportFormat::csv:
      console.out(reports::to_csv(result));
      break;
  }
}

// The file of a folder that says what came of it.
fs::path result_in(const fs::path& folder) {
  std::error_code ignored;  // what cannot be looked at gets its message when it is read
  if (fs::exists(folder / "summary.json", ignored)) return folder / "summary.json";
  if (fs::exists(folder / "about.json", ignored) && !fs::exists(folder / "result.json", ignored)) {
    throw core::ConfigError{fmt::format(
        "'{}': found about.json without summary.json, expected both: this load test is still running, or was killed",
        folder.string())};
  }
  return folder / "result.json";
}

}  // namespace

int report(const ReportArguments& arguments, const Console& console) {
  fs::path path{arguments.result};
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) path = result_in(path);
  const std::string text = read_file(path);
  if (reports::is_load_summary(text)) {
    render(reports::load_summary_from_json(path.string(), text), arguments.format, console);
  } else {
    render(reports::from_json(path.string(), text), arguments.format, console);
  }
  return exit_done;
}

}  // namespace cli
