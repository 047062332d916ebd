// The command line: one struct for each subcommand, and the help that each prints.
//
// Throws core::ConfigError for what no subcommand takes. An empty result means that help was asked for and printed.
//
// Example:
//   if (const auto arguments = parse_run({"smoke.yaml", "--seed", "7"}, out)) …
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

using Words = std::vector<std::string>;
using Out = std::function<void(std::string_view)>;

struct RunArguments {
  std::string scenario;
  std::uint64_t seed = 1;
  std::size_t threads = 1;
  std::optional<int> months;
  Words sets;                      // "traffic.daily_users=2_000_000"
  std::optional<std::string> out;  // nothing: results/<scenario name>
  bool quiet = false;
  bool gates = false;  // exit 3 when they reject
};

struct CheckArguments {
  std::string scenario;
  std::optional<int> months;
  Words sets;
  bool gates = false;  // judge them with what the scenario says; exit 3 when they reject
};

struct PricesArguments {
  bool list = true;
  std::string id;  // of `show`
};

enum class ReportFormat { text, markdown, json, csv, html };

struct ReportArguments {
  std::string result;  // the file, or its folder
  ReportFormat format = ReportFormat::text;
};

// `words` are those after the subcommand.
std::optional<RunArguments> parse_run(const Words& words, const Out& out);
std::optional<CheckArguments> parse_check(const Words& words, const Out& out);
std::optional<PricesArguments> parse_prices(const Words& words, const Out& out);
std::optional<ReportArguments> parse_report(const Words& words, const Out& out);

std::string program_help();

}  // namespace cli
