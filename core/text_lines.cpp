#include "core/text_lines.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include "core/utf8.hpp"

namespace core {
namespace {

constexpr std::string_view blanks = " \t";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_decimal(std::string_view text) {
  return text.size() <= 40 && std::any_of(text.begin(), text.end(), is_digit) &&
         std::count(text.begin(), text.end(), '.') <= 1 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace

TextLines::TextLines(std::string name, std::string_view text) : name_{std::move(name)}, rest_{text} {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (rest_.substr(0, 3) == byte_order_mark) { rest_.remove_prefix(3); }
}

std::optional<std::string_view> TextLines::next() {
  if (rest_.empty()) { return std::nullopt; }
  ++number_;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (!line.empty() && line.back() == '\r') { line.remove_suffix(1); }
  return trim(line);
}

std::string TextLines::where() const { return fmt::format("{}:{}", name_, number_); }

ConfigError TextLines::error(std::string_view found, std::string_view expected) const {
  return ConfigError{fmt::format("{}: found {}, expected {}", where(), found, expected)};
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) { return {}; }
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t end = line.find(separator);
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) { return fields; }
    line.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  for (line = trim(line); !line.empty(); line = trim(line)) {
    const std::size_t end = std::min(line.find_first_of(blanks), line.size());
    found.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return found;
}

std::optional<double> parse_decimal(std::string_view text) {
  if (!is_decimal(text)) { return std::nullopt; }
  // The first 18 significant digits as a whole number, times or divided by a power of ten. Both are doubles
  // without error up to 2^53 and 10^22, so that the one rounding is that of the division.
  std::int64_t digits = 0;
  int exponent = 0;
  bool after_point = false;
  for (const char c : text) {
    if (c == '.') {
      after_point = true;
    } else if (digits < 100'000'000'000'000'000) {
      digits = digits * 10 + (c - '0');
      if (after_point) { --exponent; }
    } else if (!after_point) {
      ++exponent;
    }
  }
  auto value = static_cast<double>(digits);
  while (exponent != 0) {
    const int step = std::min(exponent < 0 ? -exponent : exponent, 22);
    double power = 1;
    for (int i = 0; i < step; ++i) { power *= 10; }
    value = exponent < 0 ? value / power : value * power;
    exponent += exponent < 0 ? step : -step;
  }
  return value;
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) { return std::nullopt; }
  std::int64_t count = 0;
  for (const char c : text) {
    if (__builtin_mul_overflow(count, 10, &count) || __builtin_add_overflow(count, c - '0', &count)) {
      return std::nullopt;
    }
  }
  return count;
}

std::optional<Duration> parse_seconds(std::string_view text) {
  if (!is_decimal(text)) { return std::nullopt; }
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const auto seconds = whole.empty() ? std::optional<std::int64_t>{0} : parse_count(whole);
  if (!seconds || *seconds > std::numeric_limits<std::int64_t>::max() / ns_per_second - 1) { return std::nullopt; }
  std::int64_t ns = *seconds * ns_per_second;
  std::int64_t unit = ns_per_second / 10;
  for (std::size_t i = 0; i < fraction.size() && unit != 0; ++i, unit /= 10) { ns += (fraction[i] - '0') * unit; }
  if (fraction.size() > 9 && fraction[9] >= '5') { ++ns; }
  return Duration{ns};
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 40;
  const std::string_view shown = text.substr(0, utf8::prefix_size(text, longest));
  // A log line must not steer the terminal that prints it.
  return fmt::format("'{}{}'", utf8::escape_unprintable(shown), shown.size() < text.size() ? "..." : "");
}

}  // namespace core
