// The arguments of `billcast histogram`.
//
// Example:
//   if (const auto arguments = parse_histogram({"show", "load.hlog", "--unit", "us"}, out)) …
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.hpp"

namespace cli {

enum class HistogramVerb { merge, show, diff };

struct HistogramArguments {
  HistogramVerb verb = HistogramVerb::show;
  Words files;                     // merge: at least one; show: one; diff: two
  std::optional<std::string> out;  // of merge; nothing: printed
  // Of merge: for all intervals. Else: only intervals with it; an empty one: those without.
  std::optional<std::string> tag;
  std::string unit = "ms";       // that values are shown in
  double values_per_unit = 1e6;  // recorded values that make one of it
  bool percentiles = false;      // of show: as a table of percentiles
};

// As those of cli/arguments.hpp.
std::optional<HistogramArguments> parse_histogram(const Words& words, const Out& out);

}  // namespace cli
