#include "loadgen/judge/enough_samples.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/math.hpp"

namespace loadgen::judge {
namespace {

// The logarithm of one binomial probability, by C. Loader, "Fast and Accurate Computation of Binomial Probabilities"
// (2000): differences of logarithms of factorials of a billion would keep six digits of sixteen.

// ln n! - ln(√(2π n) (n/e)^n): what Stirling's formula leaves out.
double stirling_error(double n) {
  // To n = 15 from ln Γ, where nothing cancels that matters; above, the series' first left-out term is below 1e-16.
  constexpr double half_log_two_pi = 0.9189385332046727;
  if (n <= 15) { return core::log_gamma(n + 1) - (n + 0.5) * core::log(n) + n - half_log_two_pi; }
  const double q = 1 / (n * n);
  return (1.0 / 12 - q * (1.0 / 360 - q * (1.0 / 1260 - q * (1.0 / 1680 - q / 1188)))) / n;
}

// x ln(x/m) + m - x, also where x and m are nearly the same.
double deviance(double x, double m) {
  if (std::fabs(x - m) < 0.1 * (x + m)) {
    // With v = (x - m)/(x + m), ln(x/m) = 2 artanh v; the leading terms are summed by hand.
    const double v = (x - m) / (x + m);
    double sum = (x - m) * v;
    double power = 2 * x * v;
    for (int i = 3;; i += 2) {
      power *= v * v;
      const double next = sum + power / i;
      if (next == sum) { return sum; }
      sum = next;
    }
  }
  return x * core::log(x / m) + m - x;
}

double log_probability(std::int64_t k, std::int64_t n, double share) {
  const auto count = static_cast<double>(n);
  const auto hits = static_cast<double>(k);
  const auto misses = static_cast<double>(n - k);
  // ln(1 - s) = -2 artanh(s / (2 - s)): exact for tiny shares, too.
  if (k == 0) { return -deviance(count, count * (1 - share)) - count * share; }
  if (k == n) { return -deviance(count, count * share) - count * (1 - share); }
  constexpr double two_pi = 6.283185307179586;
  return stirling_error(count) - stirling_error(hits) - stirling_error(misses) - deviance(hits, count * share) -
         deviance(misses, count * (1 - share)) + 0.5 * core::log(count / (two_pi * hits * misses));
}

// Σ_{i ≤ k} for k below the mean: from k down the terms fall ever faster.
double lower_tail(std::int64_t k, std::int64_t n, double share) {
  const double odds = (1 - share) / share;
  double term = 1;
  double sum = 1;
  for (std::int64_t i = k; i > 0 && term > sum * 1e-18; --i) {
    term *= static_cast<double>(i) / static_cast<double>(n - i + 1) * odds;
    sum += term;
  }
  return std::min(1.0, sum * core::exp(log_probability(k, n, share)));
}

// Σ_{i ≥ k} for k above the mean.
double upper_tail(std::int64_t k, std::int64_t n, double share) {
  const double odds = share / (1 - share);
  double term = 1;
  double sum = 1;
  for (std::int64_t i = k; i < n && term > sum * 1e-18; ++i) {
    term *= static_cast<double>(n - i) / static_cast<double>(i + 1) * odds;
    sum += term;
  }
  return std::min(1.0, sum * core::exp(log_probability(k, n, share)));
}

bool at_or_below_mean(std::int64_t k, std::int64_t n, double share) {
  return static_cast<double>(k) <= static_cast<double>(n) * share;
}

}  // namespace

double binomial_at_most(std::int64_t k, std::int64_t n, double share) {
  assert(n >= 0 && share > 0 && share < 1);
  if (k < 0) { return 0; }
  if (k >= n) { return 1; }
  return at_or_below_mean(k, n, share) ? lower_tail(k, n, share) : 1 - upper_tail(k + 1, n, share);
}

double binomial_at_least(std::int64_t k, std::int64_t n, double share) {
  assert(n >= 0 && share > 0 && share < 1);
  if (k <= 0) { return 1; }
  if (k > n) { return 0; }
  return at_or_below_mean(k, n, share) ? 1 - lower_tail(k - 1, n, share) : upper_tail(k, n, share);
}

double confidence_below(std::int64_t samples, std::int64_t above, double quantile) {
  assert(above >= 0 && above <= samples);
  return binomial_at_least(above + 1, samples, 1 - quantile);
}

std::int64_t most_above(std::int64_t samples, double quantile, double confidence) {
  const auto claimed = [&](std::int64_t above) {
    return binomial_at_most(above, samples, 1 - quantile) <= 1 - confidence;
  };
  std::int64_t allowed = -1;
  std::int64_t refused = samples;  // P(X ≤ n) is 1
  while (refused - allowed > 1) {
    const std::int64_t middle = allowed + (refused - allowed) / 2;
    (claimed(middle) ? allowed : refused) = middle;
  }
  return allowed;
}

std::int64_t least_samples(double quantile, double confidence, std::int64_t above) {
  assert(quantile > 0 && quantile <= 1 - 1e-9 && confidence > 0 && confidence < 1 && above >= 0);
  const auto enough = [&](std::int64_t n) { return binomial_at_most(above, n, 1 - quantile) <= 1 - confidence; };
  std::int64_t refused = above;
  std::int64_t allowed = above + 1;
  while (!enough(allowed)) {
    refused = allowed;
    allowed *= 2;
  }
  while (allowed - refused > 1) {
    const std::int64_t middle = refused + (allowed - refused) / 2;
    (enough(middle) ? allowed : refused) = middle;
  }
  return allowed;
}

double highest_claimed(std::int64_t samples, double confidence) {
  for (const double percent : {99.9, 99.0, 95.0, 90.0, 50.0}) {
    if (binomial_at_most(1, samples, 1 - percent / 100) <= 1 - confidence) { return percent; }
  }
  return 0;
}

}  // namespace loadgen::judge
