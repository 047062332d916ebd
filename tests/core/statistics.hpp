// What the tests of chance share.
//
// Seeds are fixed, so a test passes or fails for good; the bounds say how unlikely a failure of right code was when
// the seed was chosen.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace statistics {

// Mean and variance of a sample.
struct Moments {
  double mean = 0;
  double variance = 0;
  double fourth = 0;  // central
};

inline Moments moments(const std::vector<double>& sample) {
  Moments m;
  const auto n = static_cast<double>(sample.size());
  for (const double x : sample) { m.mean += x / n; }
  for (const double x : sample) {
    const double d = (x - m.mean) * (x - m.mean);
    m.variance += d / n;
    m.fourth += d * d / n;
  }
  return m;
}

// Five standard errors of the sample's mean and variance: 6 wrong alarms in ten million.
inline double mean_tolerance(double variance, double n) { return 5 * std::sqrt(variance / n); }
inline double variance_tolerance(const Moments& m, double n) {
  return 5 * std::sqrt((m.fourth - m.variance * m.variance) / n);
}

// The largest distance between the sample's distribution function and `cdf`, times √n: above 2.7 in one of a million
// samples (Kolmogorov: P(D √n > x) → 2 e^(-2 x²)).
template <class Cdf>
double kolmogorov(std::vector<double> sample, Cdf cdf) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double largest = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double p = cdf(sample[i]);
    const auto below = static_cast<double>(i);
    largest = std::max({largest, p - below / n, (below + 1) / n - p});
  }
  return largest * std::sqrt(n);
}
inline constexpr double kolmogorov_bound = 2.7;

// The same of two samples of size n each; then √(n/2) takes the place of √n.
inline double kolmogorov(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double largest = 0;
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.size();) {
    // Equal values are one step of both functions.
    const double value = std::min(a[i], j < b.size() ? b[j] : a[i]);
    while (i < a.size() && a[i] == value) { ++i; }
    while (j < b.size() && b[j] == value) { ++j; }
    largest = std::max(largest, std::fabs(static_cast<double>(i) - static_cast<double>(j)));
  }
  return largest / static_cast<double>(a.size()) * std::sqrt(static_cast<double>(a.size()) / 2);
}

// (χ² - degrees of freedom) / √(2 × degrees of freedom): about normal for 30 and more degrees; for few the right tail
// is longer. Above 6 in fewer than one of 10,000 samples even with 8 degrees.
inline double chi_square_score(const std::vector<double>& seen, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    sum += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
  }
  const double freedom = static_cast<double>(seen.size()) - 1;
  return (sum - freedom) / std::sqrt(2 * freedom);
}
inline constexpr double chi_square_bound = 6;

// Changes with every bit of what goes in.
class Hash {
 public:
  void add(std::uint64_t bits) { value_ = (value_ ^ bits) * 0x100000001b3U + (value_ >> 29); }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

}  // namespace statistics
