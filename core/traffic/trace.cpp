#include "core/traffic/trace.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "core/yaml_reader.hpp"

namespace core::traffic {

namespace {

constexpr std::string_view time_expected = "seconds as a plain decimal number from 0 to 1,000,000,000";
constexpr std::string_view timestamp_expected = "a time such as 2023-11-16 18:15:46.6805900";
constexpr std::string_view tokens_expected = "a whole number of tokens from 0 to 1,000,000,000";
constexpr std::int64_t largest = 1'000'000'000;

// Whole digits only; nothing for anything else, a sign included.
std::optional<std::int64_t> parse_digits(std::string_view text, std::int64_t most) {
  if (text.empty() || text.size() > 18) { return std::nullopt; }
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') { return std::nullopt; }
    value = value * 10 + (c - '0');
  }
  return value <= most ? std::optional{value} : std::nullopt;
}

// "12", "12.5": digits beyond the ninth after the point are cut off. At most `most_s` seconds.
std::optional<std::int64_t> parse_seconds_ns(std::string_view text, std::int64_t most_s) {
  const std::size_t point = text.find('.');
  const auto whole = parse_digits(text.substr(0, point), most_s);
  if (!whole) { return std::nullopt; }
  std::int64_t fraction_ns = 0;
  if (point != std::string_view::npos) {
    const std::string_view digits = text.substr(point + 1);
    if (digits.empty()) { return std::nullopt; }
    std::int64_t weight_ns = ns_per_second / 10;
    for (const char c : digits) {
      if (c < '0' || c > '9') { return std::nullopt; }
      fraction_ns += (c - '0') * weight_ns;
      weight_ns /= 10;
    }
  }
  return *whole * ns_per_second + fraction_ns;
}

// "2023-11-16 18:15:46.6805900" (or with a T) in nanoseconds since 1970.
std::optional<std::int64_t> parse_timestamp_ns(std::string_view text) {
  if (text.size() < 19 || (text[10] != ' ' && text[10] != 'T') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  Date day;
  try {
    day = parse_date(text.substr(0, 10));
  } catch (const std::invalid_argument&) { return std::nullopt; }
  const auto hour = parse_digits(text.substr(11, 2), 23);
  const auto minute = parse_digits(text.substr(14, 2), 59);
  const auto second_ns = parse_seconds_ns(text.substr(17), 59);
  const std::int64_t days = day.time_since_epoch().count();
  // 64 bits of nanoseconds hold the years 1678 to 2261.
  if (!hour || !minute || !second_ns || days < -100'000 || days > 100'000) { return std::nullopt; }
  return ((days * 24 + *hour) * 60 + *minute) * 60 * ns_per_second + *second_ns;
}

class Reader {
 public:
  Reader(std::string_view name, std::string_view text) : name_{name}, text_{text} {}

  Trace read() {
    read_header();
    Trace trace;
    std::int64_t start_ns = 0;
    std::int64_t before_ns = 0;
    std::string before;
    while (next_line()) {
      if (line_.empty()) {
        refuse_rows_after_blank();
        break;
      }
      const std::array<std::string_view, 3> cells = split();
      const auto at_ns = is_azure_ ? parse_timestamp_ns(cells[0]) : parse_seconds_ns(cells[0], largest);
      if (!at_ns) {
        throw error(fmt::format("'{}' in column {}", cells[0], names()[0]),
                    is_azure_ ? timestamp_expected : time_expected);
      }
      if (trace.at_ns.empty()) {
        start_ns = is_azure_ ? *at_ns : 0;
      } else if (*at_ns < before_ns) {
        throw error(fmt::format("{} after {}", cells[0], before), "times in order");
      }
      before_ns = *at_ns;
      before = cells[0];
      trace.at_ns.push_back(*at_ns - start_ns);
      trace.input_tokens.push_back(tokens(cells[1], 1));
      trace.output_tokens.push_back(tokens(cells[2], 2));
    }
    if (trace.at_ns.empty()) { throw error("no request", "at least one row after the header"); }
    return trace;
  }

 private:
  using Names = std::array<std::string_view, 3>;
  static constexpr Names azure{"TIMESTAMP", "ContextTokens", "GeneratedTokens"};
  static constexpr Names plain{"time", "input", "output"};
  const Names& names() const { return is_azure_ ? azure : plain; }

  ConfigError error(std::string_view found, std::string_view expected) const {
    return ConfigError{fmt::format("{}:{}: found {}, expected {}", name_, number_, found, expected)};
  }

  bool next_line() {
    if (text_.empty()) { return false; }
    ++number_;
    const std::size_t end = text_.find('\n');
    line_ = text_.substr(0, end);
    text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
    if (line_.ends_with('\r')) { line_.remove_suffix(1); }
    return true;
  }

  void refuse_rows_after_blank() {
    const std::size_t blank = number_;
    while (next_line()) {
      if (!line_.empty()) {
        number_ = blank;
        throw error("a blank line", "three columns, or the end of the file");
      }
    }
  }

  void read_header() {
    number_ = 1;
    std::string_view header;
    if (!text_.empty()) {
      number_ = 0;
      next_line();
      header = line_;
    }
    if (header.starts_with("\xef\xbb\xbf")) { header.remove_prefix(3); }  // a byte order mark
    std::vector<std::string_view> columns;
    for (std::string_view rest = header;;) {
      const std::size_t comma = rest.find(',');
      columns.push_back(rest.substr(0, comma));
      if (comma == std::string_view::npos) { break; }
      rest.remove_prefix(comma + 1);
    }
    column_count_ = columns.size();
    const auto find = [&](std::string_view column) { return std::find(columns.begin(), columns.end(), column); };
    is_azure_ = find(azure[0]) != columns.end();
    if (!is_azure_ && find(plain[0]) == columns.end()) {
      throw error(fmt::format("the header '{}'", header),
                  "the columns time,input,output or TIMESTAMP,ContextTokens,GeneratedTokens");
    }
    for (std::size_t i = 0; i < 3; ++i) {
      const auto at = find(names()[i]);
      if (at == columns.end()) {
        throw error(fmt::format("no column {}", names()[i]), fmt::format("the columns {}", fmt::join(names(), ",")));
      }
      place_[i] = static_cast<std::size_t>(at - columns.begin());
    }
  }

  // The three columns of the line, in the order of names().
  std::array<std::string_view, 3> split() const {
    std::array<std::string_view, 3> cells;
    std::string_view rest = line_;
    std::size_t count = 0;
    for (;; ++count) {
      const std::size_t comma = rest.find(',');
      for (std::size_t i = 0; i < 3; ++i) {
        if (place_[i] == count) { cells[i] = rest.substr(0, comma); }
      }
      if (comma == std::string_view::npos) { break; }
      rest.remove_prefix(comma + 1);
    }
    if (count + 1 != column_count_) {
      throw error(fmt::format("{} columns", count + 1), fmt::format("{}, as in the header", column_count_));
    }
    return cells;
  }

  std::uint32_t tokens(std::string_view cell, std::size_t column) const {
    const auto count = parse_digits(cell, largest);
    if (!count) { throw error(fmt::format("'{}' in column {}", cell, names()[column]), tokens_expected); }
    return static_cast<std::uint32_t>(*count);
  }

  std::string_view name_;
  std::string_view text_;  // what is still to be read
  std::string_view line_;
  std::size_t number_ = 0;
  bool is_azure_ = false;
  std::array<std::size_t, 3> place_{};
  std::size_t column_count_ = 0;
};

std::int64_t faster(std::int64_t ns, double speed) {
  return speed == 1 ? ns : static_cast<std::int64_t>(static_cast<double>(ns) / speed);
}

}  // namespace

Trace read_trace(std::string_view name, std::string_view text) { return Reader{name, text}.read(); }

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
