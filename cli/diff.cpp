#include "reports/diff.hpp"

#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/program.hpp"
#include "decision/exact.hpp"
#include "reports/json.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;

reports::Result read_result(const std::string& name) {
  fs::path path{name};
  std::error_code ignored;  // what cannot be looked at gets its message when it is read
  if (fs::is_directory(path, ignored)) path /= "result.json";
  return reports::from_json(path.string(), read_file(path));
}

}  // namespace

int diff(const DiffArguments& arguments, const Console& console) {
  const reports::Result before = read_result(arguments.before);
  const reports::ResultDiff diff = reports::compare(before, read_result(arguments.after));
  switch (arguments.format) {
    case DiffFormat::text:
      console.out(reports::diff_text(diff, {.colour = console.colour}));
      break;
    case DiffFormat::markdown:
      console.out(reports::diff_markdown(diff));
      break;
    case DiffFormat::json:
      console.out(reports::diff_json(diff));
      break;
  }
  const std::optional<core::Quantity> growth = reports::largest_growth(diff);
  if (!arguments.gates || !growth || *growth <= *arguments.threshold) return exit_done;
  console.error(fmt::format("billcast diff: a monthly cost grew by {}, more than {}\n", decision::percent_text(*growth),
                            decision::percent_text(*arguments.threshold)));
  return exit_gate_failed;
}

}  // namespace cli
