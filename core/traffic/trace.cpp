#include "core/traffic/trace.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "core/text_lines.hpp"
#include "core/yaml_reader.hpp"

namespace core::traffic {

namespace {

constexpr std::string_view columns_expected =
    "the columns time,input,output or TIMESTAMP,ContextTokens,GeneratedTokens";
constexpr std::string_view time_expected = "seconds as a plain decimal number from 0 to 1,000,000,000";
constexpr std::string_view timestamp_expected = "a time such as 2023-11-16 18:15:46.6805900";
constexpr std::string_view tokens_expected = "a whole number of tokens from 0 to 1,000,000,000";
constexpr std::int64_t largest = 1'000'000'000;

// "2023-11-16 18:15:46.6805900" (or with a T) in nanoseconds since 1970.
std::optional<std::int64_t> parse_timestamp_ns(std::string_view text) {
  if (text.size() < 19 || (text[10] != ' ' && text[10] != 'T') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  Date day;
  try {
    day = parse_date(text.substr(0, 10));
  } catch (const std::invalid_argument&) { return std::nullopt; }
  const auto hour = parse_count(text.substr(11, 2));
  const auto minute = parse_count(text.substr(14, 2));
  const auto second = parse_seconds(text.substr(17));
  const std::int64_t days = day.time_since_epoch().count();
  // 1970 to 2243: any two of them lie less than 2^63 ns apart.
  if (!hour || *hour > 23 || !minute || *minute > 59 || !second || *second >= std::chrono::minutes{1} || days < 0 ||
      days > 100'000) {
    return std::nullopt;
  }
  return ((days * 24 + *hour) * 60 + *minute) * 60 * ns_per_second + to_ns(*second);
}

// Seconds since the start.
std::optional<std::int64_t> parse_time_ns(std::string_view text) {
  const auto time = parse_seconds(text);
  if (!time || *time > std::chrono::seconds{largest}) { return std::nullopt; }
  return to_ns(*time);
}

class Reader {
 public:
  Reader(std::string_view name, std::string_view text) : lines_{std::string{name}, text} {}

  Trace read() {
    read_header();
    Trace trace;
    std::int64_t start_ns = 0;
    std::int64_t before_ns = 0;
    std::string_view before;
    while (const auto line = lines_.next()) {
      if (line->empty()) {
        refuse_rows_after_blank();
        break;
      }
      const std::array<std::string_view, 3> cells = cells_of(*line);
      const auto at_ns = is_azure_ ? parse_timestamp_ns(cells[0]) : parse_time_ns(cells[0]);
      if (!at_ns) {
        throw lines_.error(fmt::format("{} in column {}", quoted(cells[0]), names()[0]),
                           is_azure_ ? timestamp_expected : time_expected);
      }
      if (trace.at_ns.empty()) {
        start_ns = is_azure_ ? *at_ns : 0;
      } else if (*at_ns < before_ns) {
        throw lines_.error(fmt::format("{} after {}", quoted(cells[0]), quoted(before)), "times in order");
      }
      before_ns = *at_ns;
      before = cells[0];
      trace.at_ns.push_back(*at_ns - start_ns);
      trace.input_tokens.push_back(tokens(cells[1], 1));
      trace.output_tokens.push_back(tokens(cells[2], 2));
    }
    if (trace.at_ns.empty()) { throw lines_.error("no request", "at least one row after the header"); }
    return trace;
  }

 private:
  using Names = std::array<std::string_view, 3>;
  static constexpr Names azure{"TIMESTAMP", "ContextTokens", "GeneratedTokens"};
  static constexpr Names plain{"time", "input", "output"};
  const Names& names() const { return is_azure_ ? azure : plain; }

  void refuse_rows_after_blank() {
    const ConfigError blank = lines_.error("a blank line", "three columns, or the end of the file");
    while (const auto line = lines_.next()) {
      if (!line->empty()) { throw blank; }
    }
  }

  void read_header() {
    const std::string_view header = lines_.next().value_or("");
    const std::vector<std::string_view> columns = split(header, ',');
    column_count_ = columns.size();
    const auto find = [&](std::string_view column) { return std::find(columns.begin(), columns.end(), column); };
    is_azure_ = find(azure[0]) != columns.end();
    if (!is_azure_ && find(plain[0]) == columns.end()) {
      throw lines_.error(fmt::format("the header {}", quoted(header)), columns_expected);
    }
    for (std::size_t i = 0; i < 3; ++i) {
      const auto at = find(names()[i]);
      if (at == columns.end()) {
        throw lines_.error(fmt::format("no column {}", names()[i]),
                           fmt::format("the columns {}", fmt::join(names(), ",")));
      }
      place_[i] = static_cast<std::size_t>(at - columns.begin());
    }
  }

  // The three columns of the line, in the order of names().
  std::array<std::string_view, 3> cells_of(std::string_view line) const {
    const std::vector<std::string_view> cells = split(line, ',');
    if (cells.size() != column_count_) {
      throw lines_.error(fmt::format("{} columns", cells.size()), fmt::format("{}, as in the header", column_count_));
    }
    return {cells[place_[0]], cells[place_[1]], cells[place_[2]]};
  }

  std::uint32_t tokens(std::string_view cell, std::size_t column) const {
    const auto count = parse_count(cell);
    if (!count || *count > largest) {
      throw lines_.error(fmt::format("{} in column {}", quoted(cell), names()[column]), tokens_expected);
    }
    return static_cast<std::uint32_t>(*count);
  }

  TextLines lines_;
  bool is_azure_ = false;
  std::array<std::size_t, 3> place_{};
  std::size_t column_count_ = 0;
};

// At most 63 years, far beyond any horizon: so that the sums of such times fit 64 bits.
std::int64_t faster(std::int64_t ns, double speed) {
  constexpr std::int64_t most_ns = 2'000'000'000'000'000'000;
  if (speed == 1) { return std::min(ns, most_ns); }
  return static_cast<std::int64_t>(std::min(static_cast<double>(ns) / speed, static_cast<double>(most_ns)));
}

}  // namespace

Trace read_trace(std::string_view name, std::string_view text) {
  if (text.empty()) {
    throw ConfigError{fmt::format("{}:1: found an empty file, expected {}", name, columns_expected)};
  }
  return Reader{name, text}.read();
}

std::int64_t TraceReplay::mean_gap_ns() const {
  const auto& at = trace->at_ns;
  if (at.size() < 2) { return 0; }
  return faster((at.back() - at.front()) / static_cast<std::int64_t>(at.size() - 1), speed);
}

std::int64_t TraceReplay::round_ns() const {
  // A nanosecond at least, so that even a trace of one instant comes to an end.
  return std::max<std::int64_t>(faster(trace->at_ns.back(), speed) + mean_gap_ns(), 1);
}

std::int64_t TraceReplay::at_ns(std::int64_t round, std::size_t row) const {
  return round * round_ns() + faster(trace->at_ns[row], speed);
}

double TraceReplay::expected_requests(Duration horizon) const {
  const auto rows_before = [&](std::int64_t end_ns) {
    std::size_t low = 0;
    std::size_t high = trace->at_ns.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (at_ns(0, middle) < end_ns) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return static_cast<double>(low);
  };
  const std::int64_t rounds = repeat ? to_ns(horizon) / round_ns() : 0;
  const std::int64_t rest_ns = to_ns(horizon) - rounds * round_ns();
  const double rows = static_cast<double>(rounds) * static_cast<double>(trace->at_ns.size()) + rows_before(rest_ns);
  return rows * scale;
}

double TraceReplay::peak_per_s() const {
  std::int64_t minute = -1;
  std::int64_t rows = 0;
  std::int64_t most = 0;
  for (std::size_t row = 0; row < trace->at_ns.size(); ++row) {
    const std::int64_t now = at_ns(0, row) / (60 * ns_per_second);
    rows = now == minute ? rows + 1 : 1;
    minute = now;
    most = std::max(most, rows);
  }
  return static_cast<double>(most) * scale / 60;
}

}  // namespace core::traffic
