#include "cli/arguments.hpp"

#include <charconv>
#include <limits>
#include <sstream>
#include <thread>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/resources.hpp"
#include "core/yaml_reader.hpp"

namespace cli {
namespace {

namespace po = boost::program_options;

constexpr std::uint64_t most_threads = 1024;

// A subcommand's options with its positional words, all of which are optional here: a missing one gets its own message.
class Grammar {
 public:
  Grammar(std::string name, std::string usage) : name_{std::move(name)}, usage_{std::move(usage)}, shown_{"Options"} {
    shown_.add_options()("help,h", "print this");
  }

  void flag(const char* name, const char* help) { shown_.add_options()(name, help); }
  void value(const char* name, const char* placeholder, const char* help) {
    shown_.add_options()(name, po::value<std::string>()->value_name(placeholder), help);
  }
  void values(const char* name, const char* placeholder, const char* help) {
    shown_.add_options()(name, po::value<Words>()->composing()->value_name(placeholder), help);
  }

  // Nothing after printing the help that was asked for.
  std::optional<po::variables_map> parse(const Words& words, const Out& out, int most_positional) {
    po::options_description all;
    all.add(shown_);
    all.add_options()("positional", po::value<Words>());
    po::positional_options_description positional;
    positional.add("positional", most_positional);
    po::variables_map map;
    try {
      using namespace po::command_line_style;
      // No guessing: an abbreviation that is right today is ambiguous tomorrow.
      po::store(
          po::command_line_parser{words}.options(all).positional(positional).style(unix_style & ~allow_guessing).run(),
          map);
    } catch (const po::error& error) {
      throw core::ConfigError{
          fmt::format("billcast {}: {}; `billcast {} --help` lists what there is", name_, error.what(), name_)};
    }
    if (map.count("help") == 0) return map;
    std::ostringstream options;
    options << shown_;  // the library prints itself in no other way
    out(usage_ + "\n" + options.str());
    return std::nullopt;
  }

  [[noreturn]] void fail(std::string_view option, std::string_view found, std::string_view expected) const {
    throw core::ConfigError{fmt::format("billcast {}: {}: found {}, expected {}", name_, option, found, expected)};
  }

  std::optional<std::uint64_t> whole(const po::variables_map& map, const char* name, std::uint64_t min,
                                     std::uint64_t max) const {
    if (map.count(name) == 0) return std::nullopt;
    const std::string& text = map[name].as<std::string>();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max) {
      fail(fmt::format("--{}", name), fmt::format("'{}'", text), fmt::format("a whole number from {} to {}", min, max));
    }
    return value;
  }

 private:
  std::string name_;
  std::string usage_;
  po::options_description shown_;
};

Words positional(const po::variables_map& map) {
  return map.count("positional") == 0 ? Words{} : map["positional"].as<Words>();
}

std::optional<int> months_of(const Grammar& grammar, const po::variables_map& map) {
  const auto months = grammar.whole(map, "months", 1, 120);
  return months ? std::optional{static_cast<int>(*months)} : std::nullopt;
}

Words sets_of(const po::variables_map& map) { return map.count("set") == 0 ? Words{} : map["set"].as<Words>(); }

void add_scenario_options(Grammar& grammar) {
  grammar.value("months", "N", "simulate N months instead of the scenario's horizon");
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
  const auto map = grammar.parse(words, out, 1);
  if (!map) return std::nullopt;
  RunArguments run;
  const Words names = positional(*map);
  run.scenario = names.empty() ? std::string{default_scenario} : names.front();
  run.seed = grammar.whole(*map, "seed", 0, std::numeric_limits<std::uint64_t>::max()).value_or(1);
  const unsigned cores = std::thread::hardware_concurrency();  // 0: unknown
  run.threads =
      static_cast<std::size_t>(grammar.whole(*map, "threads", 1, most_threads).value_or(cores == 0 ? 1 : cores));
  run.months = months_of(grammar, *map);
  run.sets = sets_of(*map);
  if (map->count("out") != 0) {
    run.out = (*map)["out"].as<std::string>();
    if (run.out->empty()) grammar.fail("--out", "''", "a folder");
  }
  run.quiet = map->count("quiet") != 0;
  return run;
}

std::optional<CheckArguments> parse_check(const Words& words, const Out& out) {
  Grammar grammar{
      "check",
      "Reads a scenario and everything it names, and simulates nothing.\n\n  billcast check SCENARIO [OPTIONS]\n"};
  add_scenario_options(grammar);
  const auto map = grammar.parse(words, out, 1);
  if (!map) return std::nullopt;
  const Words names = positional(*map);
  if (names.empty()) grammar.fail("SCENARIO", "nothing", "the file to check");
  return CheckArguments{names.front(), months_of(grammar, *map), sets_of(*map)};
}

std::optional<PricesArguments> parse_prices(const Words& words, const Out& out) {
  Grammar grammar{"prices",
                  "Shows the price tables that ship with billcast.\n\n"
                  "  billcast prices list\n  billcast prices show ID      as in aws/g6.xlarge or gpt-4o-mini\n"};
  const auto map = grammar.parse(words, out, 2);
  if (!map) return std::nullopt;
  const Words names = positional(*map);
  if (names.empty()) grammar.fail("subcommand", "nothing", "list, or show ID");
  if (names.front() == "list") {
    if (names.size() > 1) grammar.fail("list", fmt::format("'{}'", names[1]), "nothing more");
    return PricesArguments{true, ""};
  }
  if (names.front() != "show") grammar.fail("subcommand", fmt::format("'{}'", names.front()), "list, or show ID");
  if (names.size() < 2) grammar.fail("show", "nothing", "a name of `billcast prices list`");
  return PricesArguments{false, names[1]};
}

std::optional<ReportArguments> parse_report(const Words& words, const Out& out) {
  Grammar grammar{"report",
                  "Renders a saved result again.\n\n"
                  "  billcast report RESULT [OPTIONS]      a result folder, or its result.json\n"};
  grammar.value("format", "FORMAT", "text (default), markdown, json or csv");
  const auto map = grammar.parse(words, out, 1);
  if (!map) return std::nullopt;
  const Words names = positional(*map);
  if (names.empty()) grammar.fail("RESULT", "nothing", "a result folder, or its result.json");
  ReportArguments report{names.front(), ReportFormat::text};
  if (map->count("format") != 0) {
    const std::string& format = (*map)["format"].as<std::string>();
    if (format == "text") report.format = ReportFormat::text;
    else if (format == "markdown") report.format = ReportFormat::markdown;
    else if (format == "json") report.format = ReportFormat::json;
    else if (format == "csv") report.format = ReportFormat::csv;
    else grammar.fail("--format", fmt::format("'{}'", format), "text, markdown, json or csv");
  }
  return report;
}

std::string program_help() {
  return "What does this cost at a million daily users?\n\n"
         "  billcast run [SCENARIO]       simulate every option, price it, decide, report\n"
         "  billcast check SCENARIO       read a scenario and say what is wrong with it\n"
         "  billcast prices list          the prices that ship with billcast\n"
         "  billcast prices show ID       one of them, with its source\n"
         "  billcast report RESULT        render a saved result again: text, markdown, json, csv\n"
         "  billcast --version\n\n"
         "`billcast SUBCOMMAND --help` lists the options of each.\n"
         "Exit codes: 0 done, 1 our fault, 2 your input, 130 interrupted with what was done kept.\n";
}

}  // namespace cli
