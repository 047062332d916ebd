#include "cli/histogram_arguments.hpp"

#include <utility>

#include <fmt/format.h>

#include "cli/grammar.hpp"
#include "core/text_lines.hpp"
#include "core/time.hpp"
#include "core/units.hpp"
#include "core/yaml_reader.hpp"

namespace cli {

std::optional<HistogramArguments> parse_histogram(const Words& words, const Out& out) {
  Grammar grammar{"histogram",
                  "Works on HdrHistogram logs (.hlog), those of recordings and other tools' ones.\n\n"
                  "  billcast histogram merge FILE... [--out FILE]   all intervals in one log, in the order of time\n"
                  "  billcast histogram show FILE [OPTIONS]          count, mean and percentiles of each tag\n"
                  "  billcast histogram diff A B [OPTIONS]           percentiles side by side, with their ratio\n"};
  grammar.value("out", "FILE", "merge: where the log goes (default: printed); only a log is replaced");
  grammar.value(
      "tag", "TAG",
      "merge: the tag of all intervals (default: their own); show, diff: only intervals with it, '' for those "
      "without a tag");
  grammar.value("unit", "UNIT", "show, diff: ns, us, ms (default) or s");
  grammar.value("recorded-in", "UNIT", "show, diff: what the log's values are: ns (default), us, ms or s");
  grammar.flag("percentiles", "show: a table of percentiles, as HdrHistogram's plotters read it");
  grammar.words({"merge", "show", "diff"});
  const auto given = grammar.parse(words, out, -1);
  if (!given) return std::nullopt;
  Words names = given->positional();
  if (names.empty()) given->fail("subcommand", "nothing", "merge, show or diff");
  HistogramArguments histogram;
  const std::string verb = names.front();
  names.erase(names.begin());
  histogram.files = names;
  const auto files = [&](std::size_t least, std::size_t most, std::string_view expected) {
    if (names.size() < least) given->fail(verb, names.empty() ? "nothing" : "one file", expected);
    if (names.size() > most) given->fail(verb, fmt::format("'{}'", names[most]), expected);
  };
  const auto refuse = [&](const char* option, std::string_view expected) {
    if (given->has(option)) given->fail(fmt::format("--{}", option), verb, expected);
  };
  if (verb == "merge") {
    histogram.verb = HistogramVerb::merge;
    files(1, names.size(), "the logs to merge");
    for (const char* const option : {"unit", "recorded-in", "percentiles"}) refuse(option, "show or diff");
  } else if (verb == "show") {
    histogram.verb = HistogramVerb::show;
    files(1, 1, "one log");
    refuse("out", "merge");
  } else if (verb == "diff") {
    histogram.verb = HistogramVerb::diff;
    files(2, 2, "two logs");
    refuse("out", "merge");
    refuse("percentiles", "show");
  } else {
    const auto near = core::nearest(verb, {"merge", "show", "diff"});
    given->fail("subcommand", fmt::format("'{}'", verb), near ? fmt::format("'{}'", *near) : "merge, show or diff");
  }
  histogram.out = given->text("out");
  histogram.tag = given->text("tag");
  if (histogram.verb == HistogramVerb::merge && histogram.tag &&
      (histogram.tag->empty() || histogram.tag->find_first_of(", \t\r\n") != std::string::npos)) {
    given->fail("--tag", core::quoted(*histogram.tag), "a word without commas and blanks");
  }
  const auto unit_ns = [&](const char* option, std::string fallback) {
    const std::string unit = given->text(option).value_or(std::move(fallback));
    if (unit != "ns" && unit != "us" && unit != "ms" && unit != "s") {
      given->fail(fmt::format("--{}", option), core::quoted(unit), "ns, us, ms or s");
    }
    return static_cast<double>(core::to_ns(core::parse_duration("1" + unit).value));
  };
  histogram.values_per_unit = unit_ns("unit", "ms") / unit_ns("recorded-in", "ns");
  histogram.unit = given->text("unit").value_or("ms");
  histogram.percentiles = given->has("percentiles");
  return histogram;
}

}  // namespace cli
