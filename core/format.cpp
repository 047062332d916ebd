#include "core/format.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace core {
namespace {

// |number| as an unsigned value; the most negative number has no positive counterpart.
std::uint64_t magnitude(std::int64_t number) {
  return number < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
}

std::string grouped(std::string digits, char separator) {
  for (std::size_t i = digits.size(); i > 3; i -= 3) { digits.insert(i - 3, 1, separator); }
  return digits;
}

std::string without_trailing_zeros(std::string decimal) {
  if (decimal.find('.') == std::string::npos) { return decimal; }
  while (decimal.back() == '0') { decimal.pop_back(); }
  if (decimal.back() == '.') { decimal.pop_back(); }
  return decimal;
}

constexpr std::uint64_t ns_per_us = 1'000;
constexpr std::uint64_t ns_per_ms = 1'000'000;
constexpr std::uint64_t ns_per_s = 1'000'000'000;
constexpr std::uint64_t ns_per_min = 60 * ns_per_s;
constexpr std::uint64_t ns_per_h = 60 * ns_per_min;
constexpr std::uint64_t ns_per_d = 24 * ns_per_h;

std::uint64_t rounded_to(std::uint64_t ns, std::uint64_t step) { return (ns + step / 2) / step * step; }

std::string three_digits(std::uint64_t ns, std::uint64_t unit, std::string_view name) {
  const std::uint64_t thousandths = ns * 1000 / unit;  // exact: `ns` was rounded; under a minute, so no overflow
  return fmt::format("{} {}", without_trailing_zeros(fmt::format("{}.{:03}", thousandths / 1000, thousandths % 1000)),
                     name);
}

std::string format_magnitude(std::uint64_t ns) {
  // Rounding may carry into the next unit (999.9 ms is 1 s), so it comes first, and then the unit is chosen.
  if (ns < ns_per_min) {
    std::uint64_t step = 1;
    while (ns / step >= 1000) { step *= 10; }
    ns = rounded_to(ns, step);
  } else if (rounded_to(ns, ns_per_s) < ns_per_h) {
    ns = rounded_to(ns, ns_per_s);
  } else if (rounded_to(ns, ns_per_min) < ns_per_d) {
    ns = rounded_to(ns, ns_per_min);
  } else {
    ns = rounded_to(ns, ns_per_h);
  }
  if (ns < ns_per_us) { return fmt::format("{} ns", ns); }
  if (ns < ns_per_ms) { return three_digits(ns, ns_per_us, "us"); }
  if (ns < ns_per_s) { return three_digits(ns, ns_per_ms, "ms"); }
  if (ns < ns_per_min) { return three_digits(ns, ns_per_s, "s"); }
  if (ns < ns_per_h) { return fmt::format("{} min {:02} s", ns / ns_per_min, ns % ns_per_min / ns_per_s); }
  if (ns < ns_per_d) { return fmt::format("{} h {:02} min", ns / ns_per_h, ns % ns_per_h / ns_per_min); }
  return fmt::format("{} d {:02} h", ns / ns_per_d, ns % ns_per_d / ns_per_h);
}

struct NamedSize {
  std::string_view name;
  std::uint64_t size;
};

// `number` in the largest unit that divides it, of `units` from large to small; the last has size 1.
template <std::size_t N>
std::string in_largest_unit(std::int64_t number, const std::array<NamedSize, N>& units) {
  const std::uint64_t size = magnitude(number);
  for (const NamedSize& unit : units) {
    if (size != 0 && size % unit.size == 0) {
      return fmt::format("{}{}{}", number < 0 ? "-" : "", size / unit.size, unit.name);
    }
  }
  return {};
}

}  // namespace

std::string format_duration(Duration duration) {
  return (duration.count() < 0 ? "-" : "") + format_magnitude(magnitude(duration.count()));
}

std::string format_count(std::int64_t count) {
  return (count < 0 ? "-" : "") + grouped(fmt::format("{}", magnitude(count)), ',');
}

std::string format_figure(double number) {
  if (!std::isfinite(number)) { return "n/a"; }
  if (number < 0) { return "-" + format_figure(-number); }
  // From 999.95 on the four digits are all before the point.
  if (number >= 999.95) { return number < 9e18 ? format_count(std::llround(number)) : fmt::format("{:.0f}", number); }
  int decimals = 1;
  for (double bound = 99.995; number < bound && decimals < 12; bound /= 10) { ++decimals; }
  return without_trailing_zeros(fmt::format("{:.{}f}", number, decimals));
}

std::string format_share(double share) {
  if (!std::isfinite(share)) { return "n/a"; }
  if (share < 0) { return "-" + format_share(-share); }
  if (share > 0 && share < 1e-8) { return "<0.000001 %"; }
  if (share < 1 && share > 1 - 1e-8) { return ">99.999999 %"; }
  const double percent = share * 100;
  const double distance = share < 1 ? std::min(percent, 100 - percent) : percent;
  int decimals = 1;
  for (double shown = distance * 10; distance > 0 && shown < 10 && decimals < 8; shown *= 10) { ++decimals; }
  return without_trailing_zeros(fmt::format("{:.{}f}", percent, decimals)) + " %";
}

std::string config_duration(Duration duration) {
  if (duration == Duration{0}) { return "0s"; }
  return in_largest_unit(duration.count(), std::array<NamedSize, 7>{{{"d", ns_per_d},
                                                                     {"h", ns_per_h},
                                                                     {"m", ns_per_min},
                                                                     {"s", ns_per_s},
                                                                     {"ms", ns_per_ms},
                                                                     {"us", ns_per_us},
                                                                     {"ns", 1}}});
}

std::string config_bytes(std::int64_t bytes) {
  if (bytes == 0) { return "0B"; }
  return in_largest_unit(bytes, std::array<NamedSize, 9>{{{"TiB", std::uint64_t{1} << 40},
                                                          {"TB", 1'000'000'000'000},
                                                          {"GiB", std::uint64_t{1} << 30},
                                                          {"GB", 1'000'000'000},
                                                          {"MiB", std::uint64_t{1} << 20},
                                                          {"MB", 1'000'000},
                                                          {"KiB", std::uint64_t{1} << 10},
                                                          {"kB", 1'000},
                                                          {"B", 1}}});
}

std::string config_share(double share) {
  std::string shortest = fmt::format("{}", share);
  if (shortest.find_first_not_of("-0123456789.") != std::string::npos) { return shortest; }  // "1e-05"
  // Moves the point of the shortest digits: a multiplication by 100 would turn 0.07 into 7.000000000000001.
  const bool negative = shortest.front() == '-';
  const std::size_t point = std::min(shortest.find('.'), shortest.size());
  std::string whole = shortest.substr(negative ? 1 : 0, point - (negative ? 1 : 0));
  std::string fraction = point < shortest.size() ? shortest.substr(point + 1) : "";
  while (fraction.size() < 2) { fraction += '0'; }
  whole += fraction.substr(0, 2);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  return (negative ? "-" : "") + without_trailing_zeros(whole + "." + fraction.substr(2)) + "%";
}

std::string config_integer(std::int64_t number) {
  const std::uint64_t size = magnitude(number);
  const std::string digits = fmt::format("{}", size);
  return (number < 0 ? "-" : "") + (size < 10'000 ? digits : grouped(digits, '_'));
}

std::string config_number(double number) {
  // Up to 2^53 every whole double is itself a whole number people can read.
  if (std::floor(number) == number && std::fabs(number) <= 9'007'199'254'740'992.0) {
    return config_integer(static_cast<std::int64_t>(number));
  }
  return fmt::format("{}", number);
}

}  // namespace core
