#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/program.hpp"
#include "core/yaml_reader.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/summarize.hpp"
#include "reports/csv.hpp"
#include "reports/html.hpp"
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

std::string page(const reports::Result& result) {
  if (std::optional<std::string> html = reports::to_html(result)) return *std::move(html);
  throw core::ConfigError{std::string{reports::page_missing}};
}

std::string page(const loadgen::LoadSummary&) {
  throw core::ConfigError{
      "--format: found 'html' for a recording of a load test, expected text, markdown, json or csv"};
}

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
    case ReportFormat::html:
      console.out(page(result));
      break;
  }
}

// A load test that is still running, or was killed: its seconds are on the disk, its summary is not.
bool is_unfinished(const fs::path& folder) {
  std::error_code ignored;  // what cannot be looked at gets its message when it is read
  return fs::exists(folder / "outcomes.csv", ignored) && !fs::exists(folder / "summary.json", ignored);
}

loadgen::LoadSummary summary_so_far(const fs::path& folder) {
  const fs::path about = folder / "about.json";
  const loadgen::LoadPlanFacts plan = reports::load_plan_from_json(about.string(), read_file(about));
  return loadgen::summarize(loadgen::files_in(folder), plan, {.interrupted = true, .killed = true}, {});
}

// The file of a folder that says what came of it.
fs::path result_in(const fs::path& folder) {
  std::error_code ignored;
  return folder / (fs::exists(folder / "summary.json", ignored) ? "summary.json" : "result.json");
}

}  // namespace

int report(const ReportArguments& arguments, const Console& console) {
  fs::path path{arguments.result};
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (is_unfinished(path)) {
      render(summary_so_far(path), arguments.format, console);
      return exit_done;
    }
    path = result_in(path);
  }
  const std::string text = read_file(path);
  if (reports::is_load_summary(text)) {
    render(reports::load_summary_from_json(path.string(), text), arguments.format, console);
  } else {
    render(reports::from_json(path.string(), text), arguments.format, console);
  }
  return exit_done;
}

}  // namespace cli
