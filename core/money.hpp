// Exact money.
//
//  * `Money`     an amount, in whole 1e-18 of a currency unit, 128 bits (about ±1.7e20 units)
//  * `Quantity`  how much was used, in whole 1e-9 of the billing unit, 128 bits
//  * `cost`      quantity × unit price, rounded once, half to even, to 1e-18: the only rounding of a bill line
//
// 1e-18 because genuine list prices reach down to 8.056640625e-9 a unit; finer digits are floating-point noise.
// A quantity is rounded when it is metered (4 711 s = 1.308611111 h), so that price × quantity is almost always
// exact and a reader can check a line with a pocket calculator. No conversion from or to `double` exists; nobody
// owes square dollars, so neither does Money × Money. Overflow throws `std::overflow_error`.
//
// Example:
//   const Money price = Money::parse("0.15");                     // a million tokens
//   const Money line  = cost(Quantity::ratio(1'250'000, 1'000'000), price);   // 0.1875
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace core {

__extension__ using Int128 = __int128;  // -Wpedantic: not ISO C++, but in every compiler we support

class Money {
 public:
  constexpr Money() = default;
  // `atto`: whole 1e-18 of a currency unit.
  static constexpr Money atto(Int128 count) { return Money{count}; }
  // "0.15", "-3", "1.5e-07", "$150_000", "55.04". Throws std::invalid_argument for anything else (NaN included),
  // std::overflow_error when out of range. Digits beyond 1e-18 are an error here; see `parse_noisy`.
  static Money parse(std::string_view text);
  // As `parse`, but rounds digits beyond 1e-18 half to even and says so: for tables that carry float noise.
  struct Noisy;
  static Noisy parse_noisy(std::string_view text);

  constexpr Int128 count() const { return atto_; }
  // All digits and no more: "0.1875", "27344", "-0.000000008056640625".
  std::string to_string() const;
  // Exactly `decimals` (0 … 18) digits after the point, rounded half to even.
  std::string to_fixed(int decimals) const;
  Money rounded(int decimals) const;

  friend constexpr auto operator<=>(Money, Money) = default;
  friend Money operator+(Money a, Money b);
  friend Money operator-(Money a, Money b);
  friend Money operator*(Money a, std::int64_t n);
  Money& operator+=(Money other) { return *this = *this + other; }
  Money operator-() const { return Money{} - *this; }

 private:
  explicit constexpr Money(Int128 count) : atto_{count} {}
  Int128 atto_ = 0;
};

struct Money::Noisy {
  Money amount;
  bool was_rounded = false;
};

class Quantity {
 public:
  constexpr Quantity() = default;
  static constexpr Quantity nano(Int128 count) { return Quantity{count}; }
  static constexpr Quantity whole(std::int64_t units) { return Quantity{Int128{units} * 1'000'000'000}; }
  // numerator / denominator billing units, rounded once half to even to 1e-9. `denominator` > 0.
  static Quantity ratio(Int128 numerator, Int128 denominator);
  static Quantity parse(std::string_view text);

  constexpr Int128 count() const { return nano_; }
  std::string to_string() const;
  std::string to_fixed(int decimals) const;  // 0 … 9

  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend Quantity operator+(Quantity a, Quantity b);
  friend Quantity operator-(Quantity a, Quantity b);
  Quantity& operator+=(Quantity other) { return *this = *this + other; }

 private:
  explicit constexpr Quantity(Int128 count) : nano_{count} {}
  Int128 nano_ = 0;
};

Money cost(Quantity used, Money unit_price);

}  // namespace core
