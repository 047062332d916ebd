// Quantities as people write them: "1_000_000", "60%", "800ms", "16GB", "1GB/s".
//
//  * `parse_number`, `parse_share`                a double, rounded once from the decimal text
//  * `parse_integer`, `parse_duration`,
//    `parse_bytes`, `parse_bytes_per_second`      whole numbers, exact from the decimal text, never through a double
//  * `Flaw`                                       what is wrong with a text that is none of these
//
// Decimals have an optional sign, `_` between digits and an exponent; "nan", "inf", hexadecimals and thousands
// separated by commas are no numbers. A unit is required where there is one, and blanks may stand before it.
// Nothing depends on the locale.
//
// Example:
//   const auto ttl = core::parse_duration("1.5h");
//   if (!ttl) { fmt::print("'1.5h'{}\n", core::clause(ttl.flaw)); }   // else ttl.value == 90min
#pragma once

#include <cstdint>
#include <string_view>

#include "core/time.hpp"

namespace core {

enum class Flaw {
  none,
  malformed,     // no decimal number at all
  no_unit,       // "30" where a duration is wanted
  unknown_unit,  // "2 parsecs"
  not_whole,     // 1.5 of what cannot be divided: replicas, bytes, nanoseconds
  too_large,     // beyond what 64 bits hold
};
// ", which has an unknown unit", to follow a quoted text; empty for `none` and `malformed`.
std::string_view clause(Flaw flaw);

template <class T>
struct Parsed {
  T value{};
  Flaw flaw = Flaw::none;
  explicit operator bool() const { return flaw == Flaw::none; }
};

inline constexpr std::string_view duration_units = "ns, us, ms, s, m, h, d, w";
inline constexpr std::string_view byte_units = "B, kB, KB, MB, GB, TB, KiB, MiB, GiB, TiB";

Parsed<double> parse_number(std::string_view text);
Parsed<double> parse_share(std::string_view text);          // "60%" and "0.6" are the same double
Parsed<std::int64_t> parse_integer(std::string_view text);  // "1e6" and "2.0" are whole, 1.5 is not
Parsed<Duration> parse_duration(std::string_view text);
Parsed<std::int64_t> parse_bytes(std::string_view text);  // 1 kB = 1 KB = 1000 B, 1 KiB = 1024 B
Parsed<std::int64_t> parse_bytes_per_second(std::string_view text);

}  // namespace core
