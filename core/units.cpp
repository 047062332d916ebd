#include "core/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <version>

#include "core/money.hpp"

namespace core {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits, with single underscores between them, moved from `rest` to `out`. False when there is no digit or an
// underscore is out of place.
bool take_digits(std::string_view& rest, std::string& out) {
  bool last_was_digit = false;
  while (!rest.empty() && (is_digit(rest.front()) || rest.front() == '_')) {
    if (rest.front() == '_') {
      if (!last_was_digit) { return false; }
      last_was_digit = false;
    } else {
      out += rest.front();
      last_was_digit = true;
    }
    rest.remove_prefix(1);
  }
  return last_was_digit;
}

// A decimal number taken apart: `digits` (no separators, maybe leading zeros) × 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;

  bool is_zero() const {
    return std::all_of(digits.begin(), digits.end(), [](char c) { return c == '0'; });
  }
};

std::optional<Decimal> parse_decimal(std::string_view rest) {
  Decimal decimal;
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
    decimal.negative = rest.front() == '-';
    rest.remove_prefix(1);
  }
  if (!take_digits(rest, decimal.digits)) { return std::nullopt; }
  std::size_t fraction_digits = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    const std::size_t whole_digits = decimal.digits.size();
    if (!take_digits(rest, decimal.digits)) { return std::nullopt; }
    fraction_digits = decimal.digits.size() - whole_digits;
  }
  // Far beyond every type's range, and far from overflowing an int.
  constexpr int huge = 1'000'000;
  int exponent = 0;
  if (!rest.empty() && (rest.front() == 'e' || rest.front() == 'E')) {
    rest.remove_prefix(1);
    bool negative = false;
    if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
      negative = rest.front() == '-';
      rest.remove_prefix(1);
    }
    if (rest.empty()) { return std::nullopt; }
    for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
      exponent = std::min(huge, exponent * 10 + (rest.front() - '0'));
    }
    if (negative) { exponent = -exponent; }
  }
  if (!rest.empty()) { return std::nullopt; }
  decimal.exponent = exponent - static_cast<int>(std::min<std::size_t>(fraction_digits, huge));
  return decimal;
}

// The double nearest to the decimal: rounded once and correctly, so the same with every compiler and library.
Parsed<double> to_double(const Decimal& decimal) {
  if (decimal.is_zero()) { return {0.0}; }
  const std::string text = decimal.digits + "e" + std::to_string(decimal.exponent);
  double value = 0;
#ifdef __cpp_lib_to_chars
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool in_range = error == std::errc{};
#else
  value = std::strtod(text.c_str(), nullptr);  // libc++ has no from_chars for doubles; there is no locale in wasm
  const bool in_range = std::isfinite(value) && value > 0;
#endif
  if (!in_range) { return {0.0, Flaw::too_large}; }
  return {decimal.negative ? -value : value};
}

// decimal × factor, when it is whole and fits 64 bits. `factor` ≤ 1e15.
Parsed<std::int64_t> to_whole(const Decimal& decimal, std::int64_t factor) {
  std::string_view digits = decimal.digits;
  int exponent = decimal.exponent;
  while (digits.size() > 1 && digits.front() == '0') { digits.remove_prefix(1); }
  while (digits.size() > 1 && digits.back() == '0') {
    digits.remove_suffix(1);
    ++exponent;
  }
  if (decimal.is_zero()) { return {0}; }
  // 23 digits and a factor of 15 fit 128 bits. A number that needs more digits is either too large or has decimals
  // beyond every unit.
  if (digits.size() > 23) {
    return {0, static_cast<int>(digits.size()) + exponent > 19 ? Flaw::too_large : Flaw::not_whole};
  }
  Int128 value = 0;
  for (const char c : digits) { value = value * 10 + (c - '0'); }
  value *= factor;
  for (; exponent < 0; ++exponent) {
    if (value % 10 != 0) { return {0, Flaw::not_whole}; }
    value /= 10;
  }
  constexpr Int128 most = std::numeric_limits<std::int64_t>::max();
  for (; exponent > 0 && value <= most; --exponent) { value *= 10; }
  if (value > most) { return {0, Flaw::too_large}; }
  return {static_cast<std::int64_t>(decimal.negative ? -value : value)};
}

struct Unit {
  std::string_view name;
  std::int64_t size;
};

constexpr std::array<Unit, 8> time_units{{{"ns", 1},
                                          {"us", 1'000},
                                          {"ms", 1'000'000},
                                          {"s", ns_per_second},
                                          {"m", 60 * ns_per_second},
                                          {"h", ns_per_hour},
                                          {"d", 24 * ns_per_hour},
                                          {"w", 168 * ns_per_hour}}};

constexpr std::array<Unit, 10> size_units{{{"B", 1},
                                           {"kB", 1'000},
                                           {"KB", 1'000},
                                           {"MB", 1'000'000},
                                           {"GB", 1'000'000'000},
                                           {"TB", 1'000'000'000'000},
                                           {"KiB", std::int64_t{1} << 10},
                                           {"MiB", std::int64_t{1} << 20},
                                           {"GiB", std::int64_t{1} << 30},
                                           {"TiB", std::int64_t{1} << 40}}};

// Letters of any alphabet, '%' and '/': what a unit is made of.
bool is_unit_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%' || c == '/' ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct Measure {
  std::string_view number;
  std::string_view unit;
};

// "2 parsecs" is "2" and "parsecs".
Measure split(std::string_view text) {
  std::size_t end_of_number = text.size();
  while (end_of_number > 0 && is_unit_character(text[end_of_number - 1])) { --end_of_number; }
  const std::string_view unit = text.substr(end_of_number);
  while (end_of_number > 0 && text[end_of_number - 1] == ' ') { --end_of_number; }
  return {text.substr(0, end_of_number), unit};
}

Parsed<std::int64_t> parse_measure(std::string_view text, std::span<const Unit> units, std::string_view suffix) {
  const Measure measure = split(text);
  const auto decimal = parse_decimal(measure.number);
  if (!decimal) { return {0, Flaw::malformed}; }
  if (measure.unit.empty()) { return {0, Flaw::no_unit}; }
  if (!measure.unit.ends_with(suffix)) { return {0, Flaw::unknown_unit}; }
  const std::string_view name = measure.unit.substr(0, measure.unit.size() - suffix.size());
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  if (unit == units.end()) { return {0, Flaw::unknown_unit}; }
  return to_whole(*decimal, unit->size);
}

}  // namespace

std::string_view clause(Flaw flaw) {
  switch (flaw) {
    case Flaw::none:
    case Flaw::malformed:
      return "";
    case Flaw::no_unit:
      return ", which has no unit";
    case Flaw::unknown_unit:
      return ", which has an unknown unit";
    case Flaw::not_whole:
      return ", which is not a whole number of the smallest unit";
    case Flaw::too_large:
      return ", which is out of range";
  }
  return "";
}

Parsed<double> parse_number(std::string_view text) {
  const auto decimal = parse_decimal(text);
  if (!decimal) { return {0.0, Flaw::malformed}; }
  return to_double(*decimal);
}

Parsed<double> parse_share(std::string_view text) {
  const Measure measure = split(text);
  auto decimal = parse_decimal(measure.number);
  if (!decimal) { return {0.0, Flaw::malformed}; }
  if (!measure.unit.empty() && measure.unit != "%") { return {0.0, Flaw::unknown_unit}; }
  // Moving the point, not dividing: 60% is the double nearest to 0.6.
  if (measure.unit == "%") { decimal->exponent -= 2; }
  return to_double(*decimal);
}

Parsed<std::int64_t> parse_integer(std::string_view text) {
  const auto decimal = parse_decimal(text);
  if (!decimal) { return {0, Flaw::malformed}; }
  return to_whole(*decimal, 1);
}

Parsed<Duration> parse_duration(std::string_view text) {
  const auto ns = parse_measure(text, time_units, "");
  return {Duration{ns.value}, ns.flaw};
}

Parsed<std::int64_t> parse_bytes(std::string_view text) { return parse_measure(text, size_units, ""); }

Parsed<std::int64_t> parse_bytes_per_second(std::string_view text) { return parse_measure(text, size_units, "/s"); }

}  // namespace core
