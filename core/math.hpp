// Logarithm, exponential, power: the same bits on every machine.
//
//  * `log`, `exp`, `pow`   relative error below 4e-16, 4e-16 and (4 + 4 |y ln x|)e-16
//  * `log_gamma`           ln Γ(x) for x ≥ 1, absolute error below 3e-14 (1 + |result|)
//  * `normal_quantile`     the inverse distribution function of the standard normal, error below 1e-14 (1 + |result|)
//
// The C library's functions may differ in the last bit from one system to the next, and a result of ours must not.
// These are made of IEEE additions, multiplications, divisions and of integer operations only, in one fixed order,
// so that (without contraction and without -ffast-math) gcc and clang, debug and release, SSE2 and AVX-512 agree.
// `log` and `exp` have no branches: a loop over an array is vectorised by the compiler.
//
// Example:
//   for (std::size_t i = 0; i < n; ++i) gap[i] = -core::log(unit[i]);
#pragma once

#include <bit>
#include <cassert>
#include <cstdint>
#include <limits>

namespace core {

namespace math_detail {
// ln 2 in two parts: the first has 21 zero bits at its end, so that k × ln2_high is exact for every exponent k.
inline constexpr double ln2_high = 0x1.62e42fee00000p-1;
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;
// A double between 2^52 and 2^53 holds an integer in its last bits: the way from integers to doubles and back that
// SSE2 and AVX2, which have no 64-bit conversion, can vectorise.
inline constexpr std::uint64_t two_to_52_bits = 0x4330000000000000U;
}  // namespace math_detail

// Natural logarithm of a positive, normal, finite number.
inline double log(double x) {
  assert(x >= std::numeric_limits<double>::min() && x <= std::numeric_limits<double>::max());
  // x = 2^k m with m in [√½, √2): near x = 1 nothing cancels.
  constexpr std::uint64_t root_half_bits = 0x3fe6a09e667f3bcdU;
  constexpr std::uint64_t bias = 1023;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t biased_k = (bits - root_half_bits + (bias << 52)) >> 52;
  const double m = std::bit_cast<double>(bits - (biased_k << 52) + (bias << 52));
  const double k = std::bit_cast<double>(biased_k | math_detail::two_to_52_bits) - (0x1p52 + 1023);
  // ln m = 2 artanh s with s = (m - 1)/(m + 1), |s| ≤ 0.172. The series is cut where its terms fall under 2.4e-17.
  // 2 s is written as f - s f: f is exact, so that the division's rounding counts only in the correction.
  const double f = m - 1;
  const double s = f / (m + 1);
  const double z = s * s;
  const double series =
      z *
      (2.0 / 3 +
       z * (2.0 / 5 +
            z * (2.0 / 7 +
                 z * (2.0 / 9 + z * (2.0 / 11 + z * (2.0 / 13 + z * (2.0 / 15 + z * (2.0 / 17 + z * (2.0 / 19)))))))));
  return k * math_detail::ln2_high + ((f - s * (f - series)) + k * math_detail::ln2_low);
}

// e^x. Above 709 the answer is infinity, below -708 it is 0: no subnormal results.
inline double exp(double x) {
  const double clamped = x > 709 ? 709 : (x < -708 ? -708 : x);
  // x = k ln 2 + r with |r| ≤ 0.347; adding 1.5 × 2^52 rounds to an integer and leaves it in the last bits.
  constexpr double to_integer = 0x1.8p52;
  const double shifted = clamped * 0x1.71547652b82fep+0 + to_integer;
  const double k = shifted - to_integer;
  const double r = (clamped - k * math_detail::ln2_high) - k * math_detail::ln2_low;
  // Taylor to r^13 (the next term is below 5e-18), even and odd powers apart for two short chains.
  const double q = r * r;
  const double even =
      1.0 / 2 + q * (1.0 / 24 + q * (1.0 / 720 + q * (1.0 / 40320 + q * (1.0 / 3628800 + q * (1.0 / 479001600)))));
  const double odd =
      1.0 / 6 + q * (1.0 / 120 + q * (1.0 / 5040 + q * (1.0 / 362880 + q * (1.0 / 39916800 + q * (1.0 / 6227020800)))));
  const double mantissa = 1 + (r + q * (even + r * odd));
  const double scale = std::bit_cast<double>((std::bit_cast<std::uint64_t>(shifted) + 1023) << 52);
  const double result = mantissa * scale;
  return x > 709 ? std::numeric_limits<double>::infinity() : (x < -708 ? 0.0 : result);
}

// x^y for x > 0 (and 0^y = 0 for y > 0).
inline double pow(double x, double y) {
  if (x == 0) {
    assert(y > 0);
    return 0;
  }
  return exp(y * log(x));
}

double log_gamma(double x);        // x ≥ 1
double normal_quantile(double p);  // 0 < p < 1

}  // namespace core
