#include "core/distributions.hpp"

#include <cassert>
#include <cmath>

namespace core {

void fill_exponential(std::span<const std::uint64_t> bits, double mean, std::span<double> out) {
  assert(bits.size() == out.size());
  for (std::size_t i = 0; i < bits.size(); ++i) { out[i] = -mean * log(unit_by_bits(bits[i])); }
}

void fill_exponential_ns(std::span<const std::uint64_t> bits, double mean_ns, std::span<std::int64_t> out_ns) {
  assert(bits.size() == out_ns.size());
  // Adding 2^52 rounds to the nearest integer and leaves it in the last 52 bits: 36 means of up to 34 hours fit.
  assert(mean_ns >= 0 && mean_ns < 0x1p52 / 37);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const double shifted = -mean_ns * log(unit_by_bits(bits[i])) + 0x1p52;
    out_ns[i] = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(shifted) - math_detail::two_to_52_bits);
  }
}

Weibull::Weibull(double shape, double mean) : inverse_shape_{1 / shape} {
  assert(shape > 0);
  scale_ = mean * exp(-log_gamma(1 + inverse_shape_));
}

Weibull Weibull::with_cv(double cv, double mean) {
  assert(cv >= 0.01 && cv <= 20);
  // 1 + cv² = Γ(1 + 2/k) / Γ(1 + 1/k)² grows with 1/k: bisection, 60 steps of which each halves the interval.
  const double wanted = log(1 + cv * cv);
  double low = 0;
  double high = 64;
  for (int i = 0; i < 60; ++i) {
    const double inverse = (low + high) / 2;
    if (log_gamma(1 + 2 * inverse) - 2 * log_gamma(1 + inverse) < wanted) {
      low = inverse;
    } else {
      high = inverse;
    }
  }
  return Weibull{2 / (low + high), mean};
}

Gamma::Gamma(double shape, double mean) : shape_{shape}, scale_{mean / shape} {
  assert(shape > 0);
  d_ = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
  c_ = 1 / std::sqrt(9 * d_);
}

double Gamma::operator()(Stream& chance) const {
  for (;;) {
    const double x = normal_quantile(unit_by_bits(chance.next()) - 0x1p-53);
    const double root = 1 + c_ * x;
    if (root <= 0) { continue; }
    const double v = root * root * root;
    const double u = unit_by_bits(chance.next());
    if (log(u) >= 0.5 * x * x + d_ - d_ * v + d_ * log(v)) { continue; }
    const double drawn = d_ * v * scale_;
    return shape_ >= 1 ? drawn : drawn * exp(log(unit_by_bits(chance.next())) / shape_);
  }
}

Poisson::Poisson(double mean)
    : mean_{mean}, log_mean_{mean > 0 ? log(mean) : 0}, exp_minus_mean_{mean < 10 ? exp(-mean) : 0} {
  assert(mean >= 0 && mean <= 1e12);
}

std::int64_t Poisson::operator()(Stream& chance) const {
  if (mean_ < 10) {
    std::int64_t count = 0;
    for (double product = unit_open_closed(chance.next()); product > exp_minus_mean_; ++count) {
      product *= unit_open_closed(chance.next());
    }
    return count;
  }
  const double b = 0.931 + 2.53 * std::sqrt(mean_);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = unit_open_closed(chance.next()) - 0.5;
    const double v = unit_open_closed(chance.next());
    const double us = 0.5 - (u < 0 ? -u : u);
    if (us <= 0) { continue; }
    const double k = std::floor((2 * a / us + b) * u + mean_ + 0.43);
    if (us >= 0.07 && v <= squeeze) { return static_cast<std::int64_t>(k); }
    if (k < 0 || (us < 0.013 && v > us)) { continue; }
    if (log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean_ - mean_ - log_gamma(k + 1)) {
      return static_cast<std::int64_t>(k);
    }
  }
}

}  // namespace core
