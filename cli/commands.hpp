// The subcommands. Each returns its exit code and throws core::ConfigError for the user's input.
#pragma once

#include <string_view>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/diff_arguments.hpp"
#include "cli/histogram_arguments.hpp"
#include "cli/load_arguments.hpp"
#include "cli/size_arguments.hpp"

namespace cli {

// What `--gates` says of a scenario that it cannot judge.
inline constexpr std::string_view nothing_judges =
    "--gates: found a scenario without gates and facts, expected one that has them, or governance, accuracy_policy or "
    "device_memory";

int run(const RunArguments& arguments, const Console& console);
int load(const LoadArguments& arguments, const Console& console);
int size(const SizeArguments& arguments, const Console& console);
int check(const CheckArguments& arguments, const Console& console);
int prices(const PricesArguments& arguments, const Console& console);
int report(const ReportArguments& arguments, const Console& console);
int diff(const DiffArguments& arguments, const Console& console);
int histogram(const HistogramArguments& arguments, const Console& console);

}  // namespace cli
