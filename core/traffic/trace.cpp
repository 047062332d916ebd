#include "core/traffic/trace.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "core/text_lines.hpp"
#include "core/yaml_reader.hpp"

namespace core::traffic {

namespace {

constexpr std::string_view columns_expected =
    "the columns time,input,output or TIMESTAMP,ContextTokens,GeneratedTokens, or JSON lines";
constexpr std::string_view time_expected = "seconds as a plain decimal number from 0 to 1,000,000,000";
constexpr std::string_view timestamp_expected = "a time such as 2023-11-16 18:15:46.6805900";
constexpr std::string_view tokens_expected = "a whole number of tokens from 0 to 1,000,000,000";
constexpr std::string_view ms_expected = "whole milliseconds from 0 to 1,000,000,000,000";
constexpr std::string_view id_expected = "a whole number from 0 to 4,294,967,295";
constexpr std::int64_t largest = 1'000'000'000;
constexpr std::string_view blanks = " \t";

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

// After a blank line there may only be more of them.
void refuse_rows_after_blank(TextLines& lines, std::string_view row) {
  const ConfigError blank = lines.error("a blank line", fmt::format("{}, or the end of the file", row));
  while (const auto line = lines.next()) {
    if (!line->empty()) { throw blank; }
  }
}

class CsvReader {
 public:
  CsvReader(std::string_view name, std::string_view text) : lines_{std::string{name}, text} {}

  Trace read() {
    read_header();
    Trace trace;
    std::int64_t start_ns = 0;
    std::int64_t before_ns = 0;
    std::string_view before;
    while (const auto line = lines_.next()) {
      if (line->empty()) {
        refuse_rows_after_blank(lines_, "three columns");
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

// One object a line, of four keys whose values are whole numbers or a list of them: far less than JSON, and all else is
// refused. The ids of a long trace are most of its text; they go to where they stay as they are read.
class JsonLinesReader {
 public:
  JsonLinesReader(std::string_view name, std::string_view text) : lines_{std::string{name}, text} {}

  Trace read() {
    while (const auto line = lines_.next()) {
      if (line->empty()) {
        refuse_rows_after_blank(lines_, "a request in braces");
        break;
      }
      const std::size_t start = trace_.prefix_ids.size();
      rest_ = *line;
      read_object();
      add_row(start);
    }
    if (trace_.has_prefixes()) { trace_.prefix_starts.push_back(trace_.prefix_ids.size()); }
    return std::move(trace_);
  }

 private:
  static constexpr std::array<std::string_view, 4> keys{"timestamp", "input_length", "output_length", "hash_ids"};
  enum Key : std::size_t { timestamp, input_length, output_length, hash_ids };

  void read_object() {
    values_.fill(std::nullopt);
    take('{', "'{'");
    do {
      const Key key = take_key();
      if (values_[key]) { throw lines_.error(fmt::format("{} twice", keys[key]), "each key once"); }
      if (key == hash_ids) {
        take_ids();
        values_[key] = 0;
      } else {
        values_[key] = key == timestamp ? take_number(key, 1000 * largest, ms_expected)
                                        : take_number(key, largest, tokens_expected);
      }
    } while (took(','));
    take('}', "',' or '}'");
    skip_blanks();
    if (!rest_.empty()) { throw unexpected("the end of the line"); }
  }

  // What an object says by itself and beside the others; its ids begin at `start`.
  void add_row(std::size_t start) {
    for (const Key key : {timestamp, input_length, output_length}) {
      if (!values_[key]) { throw lines_.error(fmt::format("no {}", keys[key]), "it in every row"); }
    }
    const std::int64_t at_ns = *values_[timestamp] * 1'000'000;
    if (!trace_.at_ns.empty() && at_ns < trace_.at_ns.back()) {
      throw lines_.error(fmt::format("timestamp {} after {}", *values_[timestamp], trace_.at_ns.back() / 1'000'000),
                         "times in order");
    }
    const bool has_ids = values_[hash_ids].has_value();
    if (!trace_.at_ns.empty() && has_ids != trace_.has_prefixes()) {
      throw has_ids ? lines_.error("hash_ids", "none, as in the rows before")
                    : lines_.error("no hash_ids", "them in every row, as in the rows before");
    }
    if (has_ids) {
      check_ids(start);
      trace_.prefix_starts.push_back(start);
    }
    trace_.at_ns.push_back(at_ns);
    trace_.input_tokens.push_back(static_cast<std::uint32_t>(*values_[input_length]));
    trace_.output_tokens.push_back(static_cast<std::uint32_t>(*values_[output_length]));
  }

  void check_ids(std::size_t start) {
    constexpr std::int64_t block = Trace::prefix_block_tokens;
    const std::int64_t needed = (*values_[input_length] + block - 1) / block;
    const auto count = static_cast<std::int64_t>(trace_.prefix_ids.size() - start);
    if (count != needed) {
      throw lines_.error(fmt::format("{} hash_ids for {} tokens", count, *values_[input_length]),
                         fmt::format("{}, one for each {} tokens or less", needed, block));
    }
    sorted_.assign(trace_.prefix_ids.begin() + static_cast<std::ptrdiff_t>(start), trace_.prefix_ids.end());
    std::sort(sorted_.begin(), sorted_.end());
    const auto twice = std::adjacent_find(sorted_.begin(), sorted_.end());
    if (twice != sorted_.end()) {
      throw lines_.error(fmt::format("{} twice in hash_ids", *twice),
                         "different ids, for each stands for the whole prompt up to its block");
    }
  }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }

  ConfigError unexpected(std::string_view expected) const {
    return lines_.error(rest_.empty() ? "the end of the line" : quoted(rest_), expected);
  }

  bool took(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) { return false; }
    rest_.remove_prefix(1);
    return true;
  }

  void take(char c, std::string_view expected) {
    if (!took(c)) { throw unexpected(expected); }
  }

  Key take_key() {
    skip_blanks();
    for (const Key key : {timestamp, input_length, output_length, hash_ids}) {
      const std::string_view name = keys[key];
      if (rest_.size() < name.size() + 2 || rest_.front() != '"' || rest_[name.size() + 1] != '"' ||
          rest_.substr(1, name.size()) != name) {
        continue;
      }
      rest_.remove_prefix(name.size() + 2);
      take(':', "':'");
      return key;
    }
    throw unexpected(fmt::format("one of the keys \"{}\"", fmt::join(keys, "\", \"")));
  }

  std::int64_t take_number(Key key, std::int64_t most, std::string_view expected) {
    skip_blanks();
    const std::string_view text = rest_.substr(0, rest_.find_first_of(" \t,]}"));
    const auto number = parse_count(text);
    const bool is_padded = text.size() > 1 && text.front() == '0';
    if (!number || is_padded || *number > most) {
      throw lines_.error(fmt::format("{} for {}", text.empty() ? "nothing" : quoted(text), keys[key]), expected);
    }
    rest_.remove_prefix(text.size());
    return *number;
  }

  void take_ids() {
    take('[', "'['");
    if (took(']')) { return; }
    do {
      const std::int64_t id = take_number(hash_ids, std::numeric_limits<std::uint32_t>::max(), id_expected);
      trace_.prefix_ids.push_back(static_cast<std::uint32_t>(id));
    } while (took(','));
    take(']', "',' or ']'");
  }

  TextLines lines_;
  std::string_view rest_;  // of the line
  std::array<std::optional<std::int64_t>, keys.size()> values_;
  std::vector<std::uint32_t> sorted_;
  Trace trace_;
};

bool is_json_lines(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) { text.remove_prefix(byte_order_mark.size()); }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

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
  return is_json_lines(text) ? JsonLinesReader{name, text}.read() : CsvReader{name, text}.read();
}

void Trace::prefix_keys(std::size_t row, std::uint32_t round, std::vector<std::uint64_t>& keys) const {
  const std::span ids = std::span{prefix_ids}.subspan(prefix_starts[row], prefix_starts[row + 1] - prefix_starts[row]);
  keys.resize(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) { keys[i] = std::uint64_t{round} << 32U | ids[i]; }
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
