#include "core/money.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace core {
namespace {

__extension__ using UInt128 = unsigned __int128;

constexpr int money_digits = 18;
constexpr int quantity_digits = 9;
constexpr Int128 max128 = static_cast<Int128>(~UInt128{0} >> 1);
constexpr Int128 min128 = -max128 - 1;
constexpr UInt128 billion = 1'000'000'000;

// Of the most negative number as well, whose magnitude no Int128 holds.
constexpr UInt128 magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

[[noreturn]] void overflow(const char* what) { throw std::overflow_error(fmt::format("overflow: {}", what)); }

Int128 with_sign(UInt128 size, bool negative, const char* what) {
  if (size > static_cast<UInt128>(max128) + (negative ? 1 : 0)) overflow(what);
  if (!negative) return static_cast<Int128>(size);
  return size == static_cast<UInt128>(max128) + 1 ? min128 : -static_cast<Int128>(size);
}

// Checked by division and not by __builtin_mul_overflow: for 128 bits clang calls a function of compiler-rt
// that a program linked with libgcc does not have.
UInt128 times(UInt128 a, UInt128 b, const char* what) {
  if (a != 0 && b > ~UInt128{0} / a) overflow(what);
  return a * b;
}

UInt128 plus(UInt128 a, UInt128 b, const char* what) {
  if (b > ~UInt128{0} - a) overflow(what);
  return a + b;
}

Int128 sum(Int128 a, Int128 b, const char* what) {
  if (b > 0 ? a > max128 - b : a < min128 - b) overflow(what);
  return a + b;
}

Int128 difference(Int128 a, Int128 b, const char* what) {
  if (b > 0 ? a < min128 + b : a > max128 + b) overflow(what);
  return a - b;
}

constexpr UInt128 power_of_ten(int exponent) {
  UInt128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// whole + rest / divisor, half to even; rest < divisor. Compared without doubling `rest`, which could
// overflow.
UInt128 half_even(UInt128 whole, UInt128 rest, UInt128 divisor, const char* what) {
  const UInt128 missing = divisor - rest;
  const bool up = rest > missing || (rest == missing && whole % 2 == 1);
  return up ? plus(whole, 1, what) : whole;
}

std::string digits_of(UInt128 value) {
  std::string text;
  do {
    text.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::ranges::reverse(text);
  return text;
}

// `count` units of 10^-scale with exactly `decimals` ≤ scale digits after the point; the digits cut off are
// zeros.
std::string print(Int128 count, int scale, int decimals) {
  const UInt128 size = magnitude(count) / power_of_ten(scale - decimals);
  const UInt128 unit = power_of_ten(decimals);
  std::string text = (count < 0 && size != 0) ? "-" : "";
  text += digits_of(size / unit);
  if (decimals > 0) text += fmt::format(".{:0>{}}", digits_of(size % unit), decimals);
  return text;
}

std::string print_all(Int128 count, int scale) {
  int decimals = scale;
  while (decimals > 0 && magnitude(count) % power_of_ten(scale - decimals + 1) == 0) --decimals;
  return print(count, scale, decimals);
}

Int128 rounded_to(Int128 count, int scale, int decimals, const char* what) {
  if (decimals < 0 || decimals > scale) {
    throw std::invalid_argument(fmt::format("{} decimals asked for, 0 to {} are possible", decimals, scale));
  }
  const UInt128 step = power_of_ten(scale - decimals);
  const UInt128 size = magnitude(count);
  return with_sign(times(half_even(size / step, size % step, step, what), step, what), count < 0, what);
}

// A decimal number taken apart: value = digits × 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;  // without leading zeros; "" is zero
  std::int64_t exponent = 0;
};

struct Grammar {
  bool currency_sign = false;
};

[[noreturn]] void not_a_number(std::string_view text) {
  throw std::invalid_argument(fmt::format("'{}' is not a decimal number", text));
}

Decimal take_apart(std::string_view text, Grammar grammar) {
  Decimal result;
  std::size_t at = 0;
  const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (peek() == '-') result.negative = true, ++at;
  if (grammar.currency_sign && peek() == '$') ++at;

  // Digits, with single underscores between them: 150_000.
  const auto digits = [&] {
    if (!is_digit(peek())) not_a_number(text);
    std::int64_t count = 0;
    while (is_digit(peek()) || peek() == '_') {
      if (peek() == '_') {
        ++at;
        if (!is_digit(peek())) not_a_number(text);
        continue;
      }
      if (!result.digits.empty() || peek() != '0') result.digits.push_back(peek());
      ++at;
      ++count;
    }
    return count;
  };

  digits();
  if (peek() == '.') {
    ++at;
    result.exponent = -digits();
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at;
    const bool negative = peek() == '-';
    if (negative || peek() == '+') ++at;
    if (!is_digit(peek())) not_a_number(text);
    // Far beyond what any text we read can balance with zeros; keeps the arithmetic within 64 bits.
    constexpr std::int64_t limit = 1'000'000'000'000;
    std::int64_t exponent = 0;
    for (; is_digit(peek()); ++at) exponent = std::min(limit, exponent * 10 + (peek() - '0'));
    result.exponent += negative ? -exponent : exponent;
  }
  if (at != text.size()) not_a_number(text);
  return result;
}

struct Counted {
  Int128 count = 0;
  bool was_rounded = false;
};

// In units of 10^-scale.
Counted to_count(const Decimal& number, int scale, const char* what) {
  Counted result;
  if (number.digits.empty()) return result;
  const auto length = static_cast<std::int64_t>(number.digits.size());
  const std::int64_t shift = number.exponent + scale;  // digits to append, or to cut off when negative
  const std::int64_t kept = std::max<std::int64_t>(0, length + std::min<std::int64_t>(shift, 0));
  // 39 digits are more than 128 bits hold.
  if (kept > 39 || (shift > 0 && length + shift > 39)) overflow(what);
  UInt128 size = 0;
  for (std::int64_t i = 0; i < kept; ++i) {
    const auto digit = static_cast<UInt128>(number.digits[static_cast<std::size_t>(i)] - '0');
    size = plus(times(size, 10, what), digit, what);
  }
  for (std::int64_t i = 0; i < shift; ++i) size = times(size, 10, what);

  if (shift < 0) {
    const std::string_view cut = std::string_view{number.digits}.substr(static_cast<std::size_t>(kept));
    const bool any = cut.find_first_not_of('0') != std::string_view::npos;
    result.was_rounded = any;
    // The first digit cut off decides only when none was skipped between it and the last digit kept.
    const bool adjoining = length + shift >= 0;
    if (any && adjoining) {
      const bool beyond_first = cut.find_first_not_of('0', 1) != std::string_view::npos;
      const bool up = cut[0] > '5' || (cut[0] == '5' && (beyond_first || size % 2 == 1));
      if (up) size = plus(size, 1, what);
    }
  }
  result.count = with_sign(size, number.negative, what);
  return result;
}

}  // namespace

Money Money::parse(std::string_view text) {
  const Counted value = to_count(take_apart(text, {.currency_sign = true}), money_digits, "amount of money");
  if (value.was_rounded) { throw std::invalid_argument(fmt::format("'{}' has digits beyond 1e-18", text)); }
  return atto(value.count);
}

Money::Noisy Money::parse_noisy(std::string_view text) {
  const Counted value = to_count(take_apart(text, {.currency_sign = true}), money_digits, "amount of money");
  return {atto(value.count), value.was_rounded};
}

std::string Money::to_string() const { return print_all(atto_, money_digits); }

std::string Money::to_fixed(int decimals) const { return print(rounded(decimals).atto_, money_digits, decimals); }

Money Money::rounded(int decimals) const { return Money{rounded_to(atto_, money_digits, decimals, "amount of money")}; }

Money operator+(Money a, Money b) { return Money{sum(a.atto_, b.atto_, "sum of money")}; }

Money operator-(Money a, Money b) { return Money{difference(a.atto_, b.atto_, "difference of money")}; }

Money operator*(Money a, std::int64_t n) {
  const UInt128 size = times(magnitude(a.atto_), magnitude(n), "multiple of money");
  return Money{with_sign(size, (a.atto_ < 0) != (n < 0), "multiple of money")};
}

Quantity Quantity::ratio(Int128 numerator, Int128 denominator) {
  if (denominator <= 0) throw std::invalid_argument("a quantity per nothing: the denominator must be above 0");
  const char* what = "quantity";
  const auto divisor = static_cast<UInt128>(denominator);
  // Long division, one decimal digit after the other: a product with 1e9 would not fit.
  UInt128 whole = magnitude(numerator) / divisor;
  UInt128 rest = magnitude(numerator) % divisor;
  for (int digit = 0; digit < quantity_digits; ++digit) {
    rest = times(rest, 10, what);
    whole = plus(times(whole, 10, what), rest / divisor, what);
    rest %= divisor;
  }
  return Quantity{with_sign(half_even(whole, rest, divisor, what), numerator < 0, what)};
}

Quantity Quantity::parse(std::string_view text) {
  const Counted value = to_count(take_apart(text, {}), quantity_digits, "quantity");
  if (value.was_rounded) throw std::invalid_argument(fmt::format("'{}' has digits beyond 1e-9", text));
  return Quantity{value.count};
}

std::string Quantity::to_string() const { return print_all(nano_, quantity_digits); }

std::string Quantity::to_fixed(int decimals) const {
  return print(rounded_to(nano_, quantity_digits, decimals, "quantity"), quantity_digits, decimals);
}

Quantity operator+(Quantity a, Quantity b) { return Quantity{sum(a.nano_, b.nano_, "sum of quantities")}; }

Quantity operator-(Quantity a, Quantity b) {
  return Quantity{difference(a.nano_, b.nano_, "difference of quantities")};
}

// The product has 27 decimals and may need more than 128 bits, so both factors are cut into whole billions
// and a rest below a billion; what remains to be divided is smaller than 1e18.
Money cost(Quantity used, Money unit_price) {
  const char* what = "quantity times price";
  const UInt128 quantity = magnitude(used.count());
  const UInt128 price = magnitude(unit_price.count());
  const UInt128 units = quantity / billion;
  const UInt128 nanos = quantity % billion;
  const UInt128 last = nanos * (price % billion);
  UInt128 whole = times(units, price, what);
  whole = plus(whole, times(nanos, price / billion, what), what);
  whole = plus(whole, last / billion, what);
  const bool negative = (used.count() < 0) != (unit_price.count() < 0);
  return Money::atto(with_sign(half_even(whole, last % billion, billion, what), negative, what));
}

}  // namespace core
