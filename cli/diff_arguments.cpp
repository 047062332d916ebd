#include "cli/diff_arguments.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "cli/grammar.hpp"

namespace cli {
namespace {

// "10%" or "12.5 %", above 0.
core::Quantity growth_of(const Given& given, std::string text) {
  const std::string said = text;
  if (text.ends_with('%')) text.pop_back();
  while (text.ends_with(' ')) text.pop_back();
  try {
    const core::Quantity percent = core::Quantity::parse(text);
    if (percent >= core::Quantity{}) return core::Quantity::ratio(percent.count(), core::Int128{100'000'000'000});
  } catch (const std::logic_error&) {   /* said below */
  } catch (const std::runtime_error&) { /* said below */
  }
  given.fail("--threshold", fmt::format("'{}'", said), "percents from 0 on, such as 10%");
}

}  // namespace

std::optional<DiffArguments> parse_diff(const Words& words, const Out& out) {
  Grammar grammar{"diff",
                  "Sets two results side by side: costs, bills, latencies, gates, drills, prices, assumptions.\n\n"
                  "  billcast diff OLD NEW [OPTIONS]      each the folder of a result, or its result.json\n"};
  grammar.value("format", "FORMAT", "text (default), markdown or json");
  grammar.value("threshold", "PERCENT", "how much the monthly cost of an option may have grown, for --gates");
  grammar.flag("gates", "exit code 3 when that of an option grew by more than the threshold");
  const auto given = grammar.parse(words, out, 2);
  if (!given) return std::nullopt;
  const Words names = given->positional();
  if (names.empty()) given->fail("OLD", "nothing", "the folder of the earlier result");
  if (names.size() < 2) given->fail("NEW", "nothing", "the folder of the later result");
  DiffArguments diff{.before = names[0], .after = names[1]};
  if (const auto format = given->text("format")) {
    if (*format == "text") diff.format = DiffFormat::text;
    else if (*format == "markdown") diff.format = DiffFormat::markdown;
    else if (*format == "json") diff.format = DiffFormat::json;
    else given->fail("--format", fmt::format("'{}'", *format), "text, markdown or json");
  }
  if (const auto threshold = given->text("threshold")) diff.threshold = growth_of(*given, *threshold);
  diff.gates = given->has("gates");
  if (diff.gates && !diff.threshold) given->fail("--gates", "no --threshold", "one, such as --threshold=10%");
  return diff;
}

}  // namespace cli
