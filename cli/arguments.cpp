#include "cli/arguments.hpp"

#include <limits>
#include <thread>

#include <fmt/format.h>

#include "cli/grammar.hpp"
#include "cli/resources.hpp"
#include "core/yaml_reader.hpp"

namespace cli {
namespace {

constexpr std::uint64_t most_threads = 1024;

std::optional<int> months_of(const Given& given) {
  const auto months = given.whole("months", 1, 120);
  return months ? std::optional{static_cast<int>(*months)} : std::nullopt;
}

void add_scenario_options(Grammar& grammar) {
  grammar.value("months", "N", "simulate N months instead of the scenario's horizon");
  grammar.scenarios();
  grammar.values("set", "KEY=VALUE",
                 "change one value of the scenario, as in traffic.daily_users=2_000_000; repeatable");
}

}  // namespace

std::optional<RunArguments> parse_run(const Words& words, const Out& out) {
  Grammar grammar{"run",
                  "Simulates every option of a scenario, prices it, decides, and reports.\n\n"
                  "  billcast run [SCENARIO] [OPTIONS]      without a scenario: configs/million-users.yaml\n"};
  grammar.value("seed", "N", "of everything random; the same seed gives the same bytes (default 1)");
  grammar.value("threads", "N", "default: all cores; the result does not depend on it");
  add_scenario_options(grammar);
  grammar.value("out", "DIR", "where the results go (default results/<scenario name>)");
  grammar.flag("quiet", "print nothing but errors");
  grammar.flag(
      "gates",
      "end with exit code 3, after the results are written, when gates or the capacity review reject the plan or "
      "every option");
  const auto given = grammar.parse(words, out, 1);
  if (!given) return std::nullopt;
  RunArguments run;
  const Words names = given->positional();
  run.scenario = names.empty() ? std::string{default_scenario} : names.front();
  run.seed = given->whole("seed", 0, std::numeric_limits<std::uint64_t>::max()).value_or(1);
  const unsigned cores = std::thread::hardware_concurrency();  // 0: unknown
  run.threads = static_cast<std::size_t>(given->whole("threads", 1, most_threads).value_or(cores == 0 ? 1 : cores));
  run.months = months_of(*given);
  run.sets = given->words("set");
  if (given->has("out")) {
    run.out = given->text("out");
    if (run.out->empty()) given->fail("--out", "''", "a folder");
  }
  run.quiet = given->has("quiet");
  run.gates = given->has("gates");
  return run;
}

std::optional<CheckArguments> parse_check(const Words& words, const Out& out) {
  Grammar grammar{
      "check",
      "Reads a scenario and everything it names, and simulates nothing.\n\n  billcast check SCENARIO [OPTIONS]\n"};
  add_scenario_options(grammar);
  grammar.flag("gates", "hold the scenario's own facts against its gates; exit code 3 when they reject");
  const auto given = grammar.parse(words, out, 1);
  if (!given) return std::nullopt;
  const Words names = given->positional();
  if (names.empty()) given->fail("SCENARIO", "nothing", "the file to check");
  return CheckArguments{names.front(), months_of(*given), given->words("set"), given->has("gates")};
}

std::optional<PricesArguments> parse_prices(const Words& words, const Out& out) {
  Grammar grammar{"prices",
                  "Shows the price tables that ship with billcast.\n\n"
                  "  billcast prices list\n  billcast prices show ID      as in aws/g6.xlarge or gpt-4o-mini\n"};
  grammar.words({"list", "show"});
  const auto given = grammar.parse(words, out, 2);
  if (!given) return std::nullopt;
  const Words names = given->positional();
  if (names.empty()) given->fail("subcommand", "nothing", "list, or show ID");
  if (names.front() == "list") {
    if (names.size() > 1) given->fail("list", fmt::format("'{}'", names[1]), "nothing more");
    return PricesArguments{true, ""};
  }
  if (names.front() != "show") given->fail("subcommand", fmt::format("'{}'", names.front()), "list, or show ID");
  if (names.size() < 2) given->fail("show", "nothing", "a name of `billcast prices list`");
  return PricesArguments{false, names[1]};
}

std::optional<ReportArguments> parse_report(const Words& words, const Out& out) {
  Grammar grammar{"report",
                  "Renders a saved result again.\n\n"
                  "  billcast report RESULT [OPTIONS]      the folder of a result (or its result.json) or of a\n"
                  "                                        recording of a load test (or its summary.json)\n"};
  grammar.value("format", "FORMAT", "text (default), markdown, json, csv or html");
  const auto given = grammar.parse(words, out, 1);
  if (!given) return std::nullopt;
  const Words names = given->positional();
  if (names.empty()) given->fail("RESULT", "nothing", "the folder of a result or of a recording");
  ReportArguments report{names.front(), ReportFormat::text};
  if (const auto text = given->text("format")) {
    const std::string& format = *text;
    if (format == "text") report.format = ReportFormat::text;
    else if (format == "markdown") report.format = ReportFormat::markdown;
    else if (format == "json") report.format = ReportFormat::json;
    else if (format == "csv") report.format = ReportFormat::csv;
    else if (format == "html") report.format = ReportFormat::html;
    else given->fail("--format", fmt::format("'{}'", format), "text, markdown, json, csv or html");
  }
  return report;
}

std::string program_help() {
  return "What does this cost at a million daily users?\n\n"
         "  billcast run [SCENARIO]       simulate every option, price it, decide, report\n"
         "  billcast load PLAN|URL        send real traffic to a server and record how long answers take\n"
         "  billcast size MODEL [GPU…]    the fewest replicas that hold a service level, and the cheapest GPU for "
         "them\n"
         "  billcast check SCENARIO       read a scenario and say what is wrong with it\n"
         "  billcast prices list          the prices that ship with billcast\n"
         "  billcast prices show ID       one of them, with its source\n"
         "  billcast report RESULT        render a saved result again: text, markdown, json, csv, html\n"
         "  billcast diff OLD NEW         two results side by side: what became dearer, slower, or was decided "
         "otherwise\n"
         "  billcast histogram show FILE  percentiles of an HdrHistogram log; also merge and diff\n"
         "  billcast init [FILE]          a scenario to begin with, which says what to put in place of its figures\n"
         "  billcast schema scenario      what editors complete and check a scenario by; also prices and result\n"
         "  billcast completion SHELL     what makes bash, zsh or fish complete these words\n"
         "  billcast --version\n\n"
         "`billcast SUBCOMMAND --help` lists the options of each.\n"
         "Exit codes: 0 done, 1 our fault, 2 your input, 3 a gate failed, 4 an invalid measurement, 130 interrupted "
         "with\n"
         "what was done kept.\n";
}

}  // namespace cli
