// HdrHistogram's percentile table (.hgrm): what its plotters draw and what wrk2 and jHiccup print.
//
//  * `PercentileTable`          rows of Value, Percentile, TotalCount and 1/(1-Percentile), and a footer
//  * `read_percentile_table`    from text; the widths of columns do not matter
//  * `make_percentile_table`    from a histogram
//  * `format_percentile_table`  as text
//  * `to_histogram`             what a table still tells of the values behind it
//
// Example:
//   const auto table = core::make_percentile_table(latency_ns, 1e6);       // nanoseconds shown as ms
//   const std::string text = core::format_percentile_table(table);
//   const auto again = core::to_histogram(core::read_percentile_table("load.hgrm", text), 1e6);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/histogram.hpp"

namespace core {

struct PercentileTable {
  struct Row {
    double value = 0;              // highest equivalent value, in the table's unit
    double quantile = 0;           // the column "Percentile", 0 … 1
    std::int64_t total_count = 0;  // of values up to `value`
    double inverse_tail = 1;       // 1 / (1 - quantile); infinite in the last row
    bool operator==(const Row&) const = default;
  };
  struct Footer {
    double mean = 0;
    double standard_deviation = 0;
    double max = 0;
    std::int64_t total_count = 0;
    std::int64_t octaves = 0;  // "Buckets"
    std::int64_t sub_buckets = 0;
    bool operator==(const Footer&) const = default;
  };
  std::vector<Row> rows;         // neither value, quantile nor count ever falls
  std::optional<Footer> footer;  // a stranger's table may end before it
  bool operator==(const PercentileTable&) const = default;
};

// Throws ConfigError, "load.hgrm:7: found …, expected …", also for columns that fall and for a footer that
// contradicts the rows. `name` stands in messages.
PercentileTable read_percentile_table(std::string name, std::string_view text);

// Values are divided by `output_scaling_ratio` (1e6: nanoseconds shown as ms). From each halving of the
// distance to 100 % to the next there are `ticks_per_half_distance` (1 … 1000) rows: 0, 10, … 50, 55, …
// 75, 77.5 … for 5. A bucket that spans several ticks is repeated once per tick, up to the first beyond its
// own share.
PercentileTable make_percentile_table(const Histogram& histogram, double output_scaling_ratio = 1,
                                      int ticks_per_half_distance = 5);

std::string format_percentile_table(const PercentileTable& table, int value_decimals = 3);

// A histogram of `digits` with the table's values times `scaling_ratio` (1e6 makes nanoseconds of ms). The
// table does not say where between two rows the values lie; they are all put at the upper row's. So:
//  * the total, and the quantile of every row, are those of the table (the value within 10^-digits);
//  * a quantile between two rows is that of the upper one: never too low, too high by at most their distance;
//  * hence the mean is too high as well. Where it matters, take the footer's.
// Throws ConfigError for a value that does not fit into 62 bits.
Histogram to_histogram(const PercentileTable& table, double scaling_ratio = 1, int digits = 3);

}  // namespace core
