#include "core/percentile_table.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/text_lines.hpp"

namespace core {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::optional<double> parse_inverse_tail(std::string_view text) {
  if (text == "inf" || text == "Infinity") { return infinity; }
  return parse_decimal(text);
}

class TableReader {
 public:
  TableReader(std::string name, std::string_view text) : lines_{std::move(name), text} {}

  PercentileTable read() {
    while (const auto line = lines_.next()) {
      if (line->empty()) { continue; }
      if (line->front() == '#') {
        read_comment(*line);
      } else if (!has_heading_) {
        read_heading(*line);
      } else {
        read_row(*line);
      }
    }
    if (!has_heading_) { throw lines_.error("the end", heading); }
    finish_footer();
    return std::move(table_);
  }

 private:
  static constexpr std::string_view heading = "the heading 'Value Percentile TotalCount 1/(1-Percentile)'";

  void read_heading(std::string_view line) {
    const auto columns = words(line);
    const std::vector<std::string_view> expected{"Value", "Percentile", "TotalCount", "1/(1-Percentile)"};
    if (columns != expected) { throw lines_.error(quoted(line), heading); }
    has_heading_ = true;
  }

  void read_row(std::string_view line) {
    const auto columns = words(line);
    if (!footer_keys_.empty()) { throw lines_.error(quoted(line), "no row after the footer"); }
    // HdrHistogram's Java library leaves the last column of the last row out, its C library writes inf.
    if (columns.size() != 3 && columns.size() != 4) {
      throw lines_.error(quoted(line), "a row of value, percentile, count and 1/(1-percentile)");
    }
    PercentileTable::Row row;
    row.value = number("value", columns[0]);
    row.quantile = number("percentile", columns[1]);
    row.total_count = count("count", columns[2]);
    const auto inverse_tail = columns.size() == 4 ? parse_inverse_tail(columns[3]) : infinity;
    if (!inverse_tail) {
      throw lines_.error(fmt::format("1/(1-percentile) {}", quoted(columns[3])), "a number such as 2.00, or inf");
    }
    row.inverse_tail = *inverse_tail;
    if (row.quantile > 1) { throw lines_.error(fmt::format("percentile {}", columns[1]), "a share from 0 to 1"); }
    const PercentileTable::Row before = table_.rows.empty() ? PercentileTable::Row{} : table_.rows.back();
    if (row.value < before.value || row.quantile < before.quantile || row.total_count < before.total_count) {
      throw lines_.error(fmt::format("a row that falls below the one before: {}", quoted(line)),
                         "values, percentiles and counts that rise");
    }
    table_.rows.push_back(row);
  }

  // Other comments are nobody's business.
  void read_comment(std::string_view line) {
    if (line.substr(0, 2) != "#[") { return; }
    for (const FooterField& field : footer_fields()) {
      const std::size_t at = line.find(field.key);
      // "Buckets" is also the end of "SubBuckets".
      if (at == std::string_view::npos || (line[at - 1] != '[' && line[at - 1] != ' ')) { continue; }
      const std::string_view rest = trim(line.substr(at + field.key.size()));
      if (rest.empty() || rest.front() != '=') { continue; }
      const std::string_view value = trim(rest.substr(1, rest.find_first_of(",]") - 1));
      if (field.decimal != nullptr) {
        *field.decimal = number(field.key, value);
      } else {
        *field.whole = count(field.key, value);
      }
      if (!footer_keys_.insert(field.key).second) {
        throw lines_.error(fmt::format("a second {}", field.key), "each value of the footer once");
      }
    }
  }

  struct FooterField {
    std::string_view key;
    double* decimal;
    std::int64_t* whole;
  };
  std::vector<FooterField> footer_fields() {
    return {{"Mean", &footer_.mean, nullptr},       {"StdDeviation", &footer_.standard_deviation, nullptr},
            {"Max", &footer_.max, nullptr},         {"Total count", nullptr, &footer_.total_count},
            {"Buckets", nullptr, &footer_.octaves}, {"SubBuckets", nullptr, &footer_.sub_buckets}};
  }

  void finish_footer() {
    if (footer_keys_.empty()) { return; }
    for (const FooterField& field : footer_fields()) {
      if (!footer_keys_.contains(field.key)) {
        throw lines_.error(fmt::format("a footer without {}", field.key), "all six values of it, or none");
      }
    }
    const std::int64_t rows_say = table_.rows.empty() ? 0 : table_.rows.back().total_count;
    if (footer_.total_count != rows_say) {
      throw lines_.error(fmt::format("a total count of {}", footer_.total_count),
                         fmt::format("the {} of the last row", rows_say));
    }
    table_.footer = footer_;
  }

  double number(std::string_view what, std::string_view text) const {
    const auto value = parse_decimal(text);
    if (!value) { throw lines_.error(fmt::format("{} {}", what, quoted(text)), "a number such as 9420.799"); }
    return *value;
  }
  std::int64_t count(std::string_view what, std::string_view text) const {
    const auto value = parse_count(text);
    if (!value) { throw lines_.error(fmt::format("{} {}", what, quoted(text)), "a whole number such as 475109"); }
    return *value;
  }

  TextLines lines_;
  bool has_heading_ = false;
  std::set<std::string_view> footer_keys_;
  PercentileTable::Footer footer_;
  PercentileTable table_;
};

// Where the rows of a table stand: tick j of the h-th halving of the distance to 100 % leaves (2t - j) / (2t
// × 2^h) of the values above it, for t ticks in each half. Kept in whole numbers, so that a share that is met
// exactly is seen to be, and no logarithm is needed.
class Ticks {
 public:
  explicit Ticks(int per_half_distance) : ticks_{per_half_distance} {}

  // Whether `above` of `total` values are few enough.
  bool reached(std::int64_t above, std::int64_t total) const {
    __extension__ using Wide = unsigned __int128;
    const auto left = static_cast<Wide>(2 * ticks_ - tick_) * static_cast<Wide>(total);
    return static_cast<Wide>(above) * static_cast<Wide>(2 * ticks_) <= left >> halvings_;
  }
  double quantile() const { return (whole() - left()) / whole(); }
  double inverse_tail() const { return whole() / left(); }
  void advance() {
    if (++tick_ == ticks_) {
      tick_ = 0;
      ++halvings_;
      power_ *= 2;
    }
  }

 private:
  // Exact up to the 42nd halving at least, so that a quantile is the double nearest to the share that it
  // names.
  double whole() const { return static_cast<double>(2 * ticks_) * power_; }
  double left() const { return static_cast<double>(2 * ticks_ - tick_); }

  std::int64_t ticks_;
  std::int64_t tick_ = 0;
  int halvings_ = 0;
  double power_ = 1;
};

}  // namespace

PercentileTable read_percentile_table(std::string name, std::string_view text) {
  return TableReader{std::move(name), text}.read();
}

PercentileTable make_percentile_table(const Histogram& histogram, double output_scaling_ratio,
                                      int ticks_per_half_distance) {
  assert(output_scaling_ratio > 0 && ticks_per_half_distance >= 1 && ticks_per_half_distance <= 1000);
  PercentileTable table;
  const std::int64_t total = histogram.total_count();
  Ticks ticks{ticks_per_half_distance};
  std::int64_t seen = 0;
  for (const Histogram::Bucket& bucket : histogram.recorded_buckets()) {
    seen += bucket.count;
    const double value = static_cast<double>(bucket.highest) / output_scaling_ratio;
    if (seen == total) {
      // The largest bucket would reach every tick there is: one, and then the end.
      table.rows.push_back({value, ticks.quantile(), seen, ticks.inverse_tail()});
      table.rows.push_back({value, 1, seen, infinity});
      break;
    }
    // Ends: a tick beyond the 63rd halving leaves less than one value, and at least one is above.
    for (; ticks.reached(total - seen, total); ticks.advance()) {
      table.rows.push_back({value, ticks.quantile(), seen, ticks.inverse_tail()});
    }
  }
  table.footer = {.mean = histogram.mean() / output_scaling_ratio,
                  .standard_deviation = histogram.standard_deviation() / output_scaling_ratio,
                  .max = static_cast<double>(histogram.max()) / output_scaling_ratio,
                  .total_count = total,
                  .octaves = histogram.octaves(),
                  .sub_buckets = histogram.sub_buckets()};
  return table;
}

std::string format_percentile_table(const PercentileTable& table, int value_decimals) {
  std::string text =
      fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  for (const auto& row : table.rows) {
    text += fmt::format("{:12.{}f} {:14.12f} {:10} {:>14.2f}\n", row.value, value_decimals, row.quantile,
                        row.total_count, row.inverse_tail);
  }
  if (const auto& footer = table.footer) {
    text += fmt::format("#[Mean    = {:12.{}f}, StdDeviation   = {:12.{}f}]\n", footer->mean, value_decimals,
                        footer->standard_deviation, value_decimals);
    text += fmt::format("#[Max     = {:12.{}f}, Total count    = {:12}]\n", footer->max, value_decimals,
                        footer->total_count);
    text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n", footer->octaves, footer->sub_buckets);
  }
  return text;
}

Histogram to_histogram(const PercentileTable& table, double scaling_ratio, int digits) {
  const auto scaled = [&](double value) {
    const double product = std::floor(value * scaling_ratio + 0.5);
    if (!(product >= 0 && product < 0x1p62)) {
      throw ConfigError{
          fmt::format("percentile table: found the value {} times {}, expected less than 2^62", value, scaling_ratio)};
    }
    return static_cast<std::int64_t>(product);
  };
  const double highest = table.rows.empty() ? 0 : table.rows.back().value;
  Histogram histogram{std::max(std::int64_t{2}, scaled(highest)), digits};
  std::int64_t before = 0;
  for (const auto& row : table.rows) {
    histogram.record_n(scaled(row.value), row.total_count - before);
    before = row.total_count;
  }
  return histogram;
}

}  // namespace core
