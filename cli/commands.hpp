// The subcommands. Each returns its exit code and throws core::ConfigError for the user's input.
#pragma once

#include <array>
#include <string_view>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/diff_arguments.hpp"
#include "cli/editor_arguments.hpp"
#include "cli/histogram_arguments.hpp"
#include "cli/load_arguments.hpp"
#include "cli/size_arguments.hpp"

namespace cli {

inline constexpr std::array<std::string_view, 11> subcommands{
    "run", "load", "size", "check", "prices", "report", "diff", "histogram", "init", "schema", "completion"};

// What `--gates` says of a scenario that it cannot judge.
inline constexpr std::string_view nothing_judges =
    "--gates: found a scenario without gates and facts, expected one that has them, or governance, "
    "accuracy_policy, device_memory or capacity_review";

int run(const RunArguments& arguments, const Console& console);
int load(const LoadArguments& arguments, const Console& console);
int size(const SizeArguments& arguments, const Console& console);
int check(const CheckArguments& arguments, const Console& console);
int prices(const PricesArguments& arguments, const Console& console);
int report(const ReportArguments& arguments, const Console& console);
int diff(const DiffArguments& arguments, const Console& console);
int histogram(const HistogramArguments& arguments, const Console& console);
int schema(const SchemaArguments& arguments, const Console& console);
int completion(const CompletionArguments& arguments, const Console& console);
int init(const InitArguments& arguments, const Console& console);

}  // namespace cli
