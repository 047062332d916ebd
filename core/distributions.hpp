// Distributions, the same on every machine; the standard library's are not.
//
//  * `Exponential`, `Weibull`, `Lognormal`, `Gamma`, `Poisson`   small values: parameters, and a draw from a Stream
//  * `fill_exponential`   the exponential for a whole array, vectorised
//  * core/distributions/{alias_table,zipf,gamma_table}.hpp   those that prepare a table first
//
// One draw takes one number from the stream, except Gamma and Poisson, which reject and take as many as they need.
//
// Example:
//   core::Stream chance = root.child("think times");
//   const double seconds = core::Exponential{30}(chance);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/math.hpp"
#include "core/random.hpp"

namespace core {

struct Exponential {
  double mean;
  double operator()(Stream& chance) const { return -mean * log(unit_by_bits(chance.next())); }
};

// out[i] = -mean × ln(u) with u from bits[i]: exact to 4e-16, 0 … 36 means. Sizes must agree.
void fill_exponential(std::span<const std::uint64_t> bits, double mean, std::span<double> out);
// The same rounded to whole nanoseconds (at least 0).
void fill_exponential_ns(std::span<const std::uint64_t> bits, double mean_ns, std::span<std::int64_t> out_ns);

// Shape 1 is the exponential; below 1 bursts, above 1 regularity. Named by its mean, not by its scale.
class Weibull {
 public:
  Weibull(double shape, double mean);
  // The one with the coefficient of variation `cv` (0.01 … 20).
  static Weibull with_cv(double cv, double mean);
  double operator()(Stream& chance) const { return from_bits(chance.next()); }
  double from_bits(std::uint64_t bits) const { return scale_ * from_exponential(-log(unit_by_bits(bits))); }
  double shape() const { return 1 / inverse_shape_; }

 private:
  // A tail of exactly 0 has no logarithm; the smallest draw above it, 2^-52, stands in for it.
  double from_exponential(double e) const { return exp(inverse_shape_ * log(e < 0x1p-52 ? 0x1p-52 : e)); }
  double inverse_shape_;
  double scale_;
};

class Lognormal {
 public:
  Lognormal(double median, double sigma) : log_median_{log(median)}, sigma_{sigma} {}
  double operator()(Stream& chance) const {
    return exp(log_median_ + sigma_ * normal_quantile(half_open_middle(chance.next())));
  }

 private:
  // The middle of one of 2^52 equal cells: strictly between 0 and 1, symmetric.
  static double half_open_middle(std::uint64_t bits) { return unit_by_bits(bits) - 0x1p-53; }
  double log_median_;
  double sigma_;
};

// G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000); a shape below 1
// is drawn as shape + 1 times U^(1/shape). Millions of draws of one shape: core/distributions/gamma_table.hpp.
class Gamma {
 public:
  Gamma(double shape, double mean);
  double operator()(Stream& chance) const;

 private:
  double shape_;
  double scale_;
  double d_;
  double c_;
};

// Up to a mean of 10 by multiplying uniforms out, beyond by W. Hörmann, "The transformed rejection method for
// generating Poisson random variables", Insurance: Mathematics and Economics 12 (1993), algorithm PTRS.
class Poisson {
 public:
  explicit Poisson(double mean);  // 0 … 1e12
  std::int64_t operator()(Stream& chance) const;

 private:
  double mean_;
  double log_mean_;
  double exp_minus_mean_;
};

}  // namespace core
