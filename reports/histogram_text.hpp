// Histogram logs for a terminal: what `billcast histogram show` and `diff` print.
//
//  * `HistogramUnit`        what the values are shown in
//  * `histograms_to_text`   a row for each tag, and one for all
//  * `histograms_compared`  two histograms side by side, with their ratio
//
// A percentile of fewer values than it takes (loadgen/judge/enough_samples.hpp, 99 %) stands in parentheses, and a line
// below says how many it takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/histogram_logs.hpp"

namespace reports {

struct HistogramUnit {
  std::string name = "ms";
  double values = 1e6;  // recorded values that make one of it: nanoseconds in a millisecond
};

std::string histograms_to_text(std::string_view name, const core::HistogramsByTag& histograms,
                               const HistogramUnit& unit, std::size_t width = 110);

std::string histograms_compared(std::string_view name_a, const core::Histogram& a, std::string_view name_b,
                                const core::Histogram& b, const HistogramUnit& unit, std::size_t width = 110);

}  // namespace reports
