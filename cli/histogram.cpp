#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/program.hpp"
#include "core/histogram_logs.hpp"
#include "core/percentile_table.hpp"
#include "core/yaml_reader.hpp"
#include "reports/histogram_text.hpp"

namespace cli {
namespace {

std::optional<std::string_view> view(const std::optional<std::string>& text) {
  return text ? std::optional<std::string_view>{*text} : std::nullopt;
}

core::HistogramsByTag sums_of(const std::string& file, const HistogramArguments& arguments) {
  return core::accumulate_by_tag(file, read_file(file), view(arguments.tag));
}

void merge(const HistogramArguments& arguments, const Console& console) {
  std::vector<std::string> texts;
  for (const std::string& file : arguments.files) texts.push_back(read_file(file));
  std::vector<core::NamedText> logs;
  for (std::size_t i = 0; i < texts.size(); ++i) logs.push_back({arguments.files[i], texts[i]});
  const std::string merged = core::merge_histogram_logs(logs, view(arguments.tag));
  if (!arguments.out) {
    console.out(merged);
    return;
  }
  write_file(*arguments.out, merged, "#[");  // only a log is replaced
  console.error(fmt::format("written to {}\n", *arguments.out));
}

void show(const HistogramArguments& arguments, const Console& console) {
  const std::string& file = arguments.files.front();
  const core::HistogramsByTag sums = sums_of(file, arguments);
  const reports::HistogramUnit unit{arguments.unit, arguments.values_per_unit};
  console.out(arguments.percentiles
                  ? core::format_percentile_table(core::make_percentile_table(sums.all.histogram, unit.values))
                  : reports::histograms_to_text(file, sums, unit));
}

void diff(const HistogramArguments& arguments, const Console& console) {
  const std::string& a = arguments.files.front();
  const std::string& b = arguments.files.back();
  console.out(reports::histograms_compared(a, sums_of(a, arguments).all.histogram, b,
                                           sums_of(b, arguments).all.histogram,
                                           {arguments.unit, arguments.values_per_unit}));
}

}  // namespace

int histogram(const HistogramArguments& arguments, const Console& console) {
  switch (arguments.verb) {
    case HistogramVerb::merge:
      merge(arguments, console);
      break;
    case HistogramVerb::show:
      show(arguments, console);
      break;
    case HistogramVerb::diff:
      diff(arguments, console);
      break;
  }
  return exit_done;
}

}  // namespace cli
