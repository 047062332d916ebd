#include <filesystem>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/program.hpp"
#include "reports/csv.hpp"
#include "reports/json.hpp"
#include "reports/markdown.hpp"
#include "reports/text.hpp"

namespace cli {

int report(const ReportArguments& arguments, const Console& console) {
  std::filesystem::path path{arguments.result};
  std::error_code ignored;  // a path that cannot be looked at gets its message when it is read
  if (std::filesystem::is_directory(path, ignored)) path /= "result.json";
  const reports::Result result = reports::from_json(path.string(), read_file(path));
  switch (arguments.format) {
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
  return exit_done;
}

}  // namespace cli
