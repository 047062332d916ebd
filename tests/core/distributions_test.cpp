#include "core/distributions.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "core/distributions/alias_table.hpp"
#include "core/distributions/gamma_table.hpp"
#include "core/distributions/zipf.hpp"
#include "tests/core/statistics.hpp"
#include "tests/support/catch.hpp"

using namespace core;
using namespace statistics;

namespace {

template <class Distribution>
std::vector<double> sample_of(Distribution& distribution, std::uint64_t seed, int size = 200'000) {
  Stream chance{seed};
  std::vector<double> sample;
  for (int i = 0; i < size; ++i) { sample.push_back(static_cast<double>(distribution(chance))); }
  return sample;
}

void check_moments(const std::vector<double>& sample, double mean, double variance) {
  const auto n = static_cast<double>(sample.size());
  const Moments m = moments(sample);
  CHECK(std::fabs(m.mean - mean) < mean_tolerance(variance, n));
  CHECK(std::fabs(m.variance - variance) < variance_tolerance(m, n));
}

// Σ k^-s over [from, to]: term by term up to a million, beyond by the integral over [from - ½, to + ½], whose error
// per term is s(s+1)/24 k^-(s+2): below 1e-13 of the sum there.
double power_sum(double exponent, double from, double to) {
  double sum = 0;
  double k = from;
  for (; k <= to && k < 1e6; ++k) { sum += std::pow(k, -exponent); }
  if (k > to) { return sum; }
  const double a = k - 0.5;
  const double b = to + 0.5;
  if (exponent == 1) { return sum + std::log(b / a); }
  return sum + (std::pow(b, 1 - exponent) - std::pow(a, 1 - exponent)) / (1 - exponent);
}

template <class Distribution>
std::uint64_t hash_of(Distribution distribution) {
  Stream chance{77};
  Hash hash;
  for (int i = 0; i < 10'000; ++i) { hash.add(static_cast<double>(distribution(chance))); }
  return hash.value();
}

}  // namespace

TEST_CASE("Exponential draws follow their distribution", "[distributions]") {
  Exponential exponential{3};
  const auto sample = sample_of(exponential, 1);
  check_moments(sample, 3, 9);
  CHECK(kolmogorov(sample, [](double x) { return 1 - std::exp(-x / 3); }) < kolmogorov_bound);
}

TEST_CASE("Exponentials of an array are those of single draws, in whole nanoseconds too", "[distributions]") {
  Stream chance{2};
  Stream same{2};
  std::vector<std::uint64_t> bits(1003);
  chance.fill(bits);
  std::vector<double> block(bits.size());
  std::vector<std::int64_t> block_ns(bits.size());
  fill_exponential(bits, 2.5, block);
  fill_exponential_ns(bits, 2.5e9, block_ns);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    CHECK(block[i] == Exponential{2.5}(same));
    CHECK(std::fabs(static_cast<double>(block_ns[i]) - block[i] * 1e9) < 0.51);
  }
  fill_exponential_ns(std::vector<std::uint64_t>{0}, 1e9, std::span{block_ns}.first(1));
  CHECK(block_ns[0] == 0);
}

TEST_CASE("Weibull draws follow their distribution, and have the cv they were asked for", "[distributions]") {
  for (const double cv : {0.2, 1.0, 1.5, 4.0}) {
    CAPTURE(cv);
    Weibull weibull = Weibull::with_cv(cv, 2);
    const double shape = weibull.shape();
    const double scale = 2 / std::tgamma(1 + 1 / shape);
    // The closed form of the variance, which does not pass through the bisection.
    CHECK(scale * scale * std::tgamma(1 + 2 / shape) / 4 - 1 == Approx(cv * cv).epsilon(1e-9));
    const auto sample = sample_of(weibull, 3);
    CHECK(std::fabs(moments(sample).mean - 2) < mean_tolerance(4 * cv * cv, 200'000));
    CHECK(kolmogorov(sample, [&](double x) { return 1 - std::exp(-std::pow(x / scale, shape)); }) < kolmogorov_bound);
  }
  CHECK(Weibull::with_cv(1, 1).shape() == Approx(1).epsilon(1e-12));
}

TEST_CASE("Lognormal draws follow their distribution", "[distributions]") {
  Lognormal lognormal{100, 0.5};
  const auto sample = sample_of(lognormal, 4);
  const double mean = 100 * std::exp(0.125);
  check_moments(sample, mean, mean * mean * (std::exp(0.25) - 1));
  CHECK(kolmogorov(sample, [](double x) { return std::erfc(-std::log(x / 100) / 0.5 / std::sqrt(2.0)) / 2; }) <
        kolmogorov_bound);
}

TEST_CASE("Gamma draws follow their distribution where it has a closed form", "[distributions]") {
  const auto half = [](double x) { return std::erf(std::sqrt(x / 2)); };  // shape ½, mean 1: x/2 in units of scale
  const auto four = [](double x) {
    const double y = 4 * x;
    return 1 - std::exp(-y) * (1 + y + y * y / 2 + y * y * y / 6);
  };
  Gamma gamma_half{0.5, 1};
  Gamma gamma_four{4, 1};
  GammaTable table_half{0.5, 1};
  GammaTable table_four{4, 1};
  CHECK(kolmogorov(sample_of(gamma_half, 5), half) < kolmogorov_bound);
  CHECK(kolmogorov(sample_of(gamma_four, 6), four) < kolmogorov_bound);
  CHECK(kolmogorov(sample_of(table_half, 7), half) < kolmogorov_bound);
  CHECK(kolmogorov(sample_of(table_four, 8), four) < kolmogorov_bound);
}

TEST_CASE("The tabled gamma is the gamma, for bursty, ordinary and regular shapes", "[distributions]") {
  for (const double shape : {0.0025, 0.05, 0.25, 0.826, 1.0, 1.5, 9.0, 170.0, 400.0, 10'000.0}) {
    CAPTURE(shape);
    Gamma gamma{shape, 3};
    GammaTable table{shape, 3};
    const auto sample = sample_of(table, 9);
    const auto n = static_cast<double>(sample.size());
    const Moments m = moments(sample);
    CHECK(std::fabs(m.mean - 3) < mean_tolerance(9 / shape, n));
    // At shape 0.0025 the sample's fourth moment is too noisy for its own tolerance.
    if (shape > 0.01) { CHECK(std::fabs(m.variance - 9 / shape) < variance_tolerance(m, n)); }
    CHECK(kolmogorov(sample_of(gamma, 10), sample) < kolmogorov_bound);
  }
}

TEST_CASE("Poisson draws follow their distribution on both sides of the change of method", "[distributions]") {
  for (const double mean : {0.3, 3.0, 9.99, 10.0, 45.0, 800.0}) {
    CAPTURE(mean);
    Poisson poisson{mean};
    const auto sample = sample_of(poisson, 11);
    check_moments(sample, mean, mean);
    // Counts in bins of at least 20 expected.
    std::vector<double> seen;
    std::vector<double> expected;
    std::vector<double> counts(2000);
    for (const double x : sample) { counts.at(static_cast<std::size_t>(x)) += 1; }
    double bin_seen = 0;
    double bin_expected = 0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
      const auto x = static_cast<double>(k);
      bin_seen += counts[k];
      bin_expected += 200'000 * std::exp(x * std::log(mean) - mean - std::lgamma(x + 1));
      if (bin_expected > 20) {
        seen.push_back(bin_seen);
        expected.push_back(bin_expected);
        bin_seen = bin_expected = 0;
      }
    }
    seen.back() += bin_seen;
    expected.back() += bin_expected;
    CHECK(chi_square_score(seen, expected) < chi_square_bound);
  }
  Poisson never{0};
  CHECK(sample_of(never, 12, 3) == std::vector<double>{0, 0, 0});
  Poisson huge{1e12};
  for (const double x : sample_of(huge, 13, 100)) { CHECK(std::fabs(x - 1e12) < 6e6); }
}

TEST_CASE("Zipf draws every rank as often as it should, at any exponent", "[distributions]") {
  for (const double exponent : {0.0, 0.5, 0.9, 1.0, 1.5, 3.0}) {
    CAPTURE(exponent);
    // 400 ranks: those from 64 on share groups, and rejection decides within them.
    constexpr std::uint32_t ranks = 400;
    Zipf zipf{exponent, ranks};
    Stream chance{14};
    constexpr int n = 2'000'000;
    std::vector<double> counts(ranks + 1);
    for (int i = 0; i < n; ++i) { counts.at(zipf(chance)) += 1; }
    CHECK(counts[0] == 0);
    const double total = power_sum(exponent, 1, ranks);
    std::vector<double> seen;
    std::vector<double> expected;
    double bin_seen = 0;
    double bin_expected = 0;
    for (std::uint32_t k = 1; k <= ranks; ++k) {
      bin_seen += counts[k];
      bin_expected += n * std::pow(k, -exponent) / total;
      if (bin_expected > 20) {
        seen.push_back(bin_seen);
        expected.push_back(bin_expected);
        bin_seen = bin_expected = 0;
      }
    }
    seen.back() += bin_seen;
    expected.back() += bin_expected;
    CHECK(chi_square_score(seen, expected) < chi_square_bound);
  }
}

TEST_CASE("Zipf over a billion ranks is right in every part of them", "[distributions]") {
  for (const double exponent : {0.0, 0.64, 0.9, 1.0, 1.2}) {
    CAPTURE(exponent);
    constexpr double ranks = 1e9;
    Zipf zipf{exponent, 1'000'000'000};
    // Bins with borders that no group of ranks knows of: 1, 2, 3, then steps by 1.37.
    std::vector<double> borders;
    for (double b = 1; b < ranks; b = std::max(b + 1, std::floor(b * 1.37))) { borders.push_back(b); }
    borders.push_back(ranks + 1);
    std::vector<double> seen(borders.size() - 1);
    Stream chance{15};
    constexpr int n = 1'000'000;
    for (int i = 0; i < n; ++i) {
      const double rank = zipf(chance);
      const auto above = std::upper_bound(borders.begin(), borders.end(), rank);
      seen.at(static_cast<std::size_t>(above - borders.begin()) - 1) += 1;
    }
    std::vector<double> sums;
    double total = 0;
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
      sums.push_back(power_sum(exponent, borders[i], borders[i + 1] - 1));
      total += sums.back();
    }
    // Bins with little to expect (the first ranks at exponent 0) are joined to their neighbours.
    std::vector<double> joined_seen{0};
    std::vector<double> joined_expected{0};
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (joined_expected.back() > 20) {
        joined_seen.push_back(0);
        joined_expected.push_back(0);
      }
      joined_seen.back() += seen[i];
      joined_expected.back() += n * sums[i] / total;
    }
    CHECK(chi_square_score(joined_seen, joined_expected) < chi_square_bound);
  }
}

TEST_CASE("Zipf takes a single rank, and refuses none and strange exponents", "[distributions]") {
  Zipf one{1.1, 1};
  Stream chance{16};
  for (int i = 0; i < 100; ++i) { CHECK(one(chance) == 1); }
  CHECK_THROWS_WITH((Zipf{1, 0}), "zipf: no ranks");
  CHECK_THROWS_WITH((Zipf{-0.1, 10}), "zipf: exponent outside 0 … 20");
  CHECK_THROWS_WITH((Zipf{std::nan(""), 10}), "zipf: exponent outside 0 … 20");
}

TEST_CASE("An alias table draws by weight and never what weighs nothing", "[distributions]") {
  const std::vector<double> weights{5, 0, 1, 0.25, 3, 0, 10, 0.75, 4};  // sums to 24
  AliasTable table{weights};
  Stream chance{17};
  constexpr int n = 1'000'000;
  std::vector<double> counts(weights.size());
  for (int i = 0; i < n; ++i) { counts.at(table(chance)) += 1; }
  CHECK(counts[1] == 0);
  CHECK(counts[5] == 0);
  std::vector<double> seen;
  std::vector<double> expected;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) { continue; }
    seen.push_back(counts[i]);
    expected.push_back(n * weights[i] / 24);
  }
  CHECK(chi_square_score(seen, expected) < chi_square_bound);

  AliasTable only{0, 0, 1};
  for (int i = 0; i < 1000; ++i) { CHECK(only(chance) == 2); }
  CHECK_THROWS_WITH((AliasTable{0, 0}), "alias table: the weights sum to nothing");
  CHECK_THROWS_WITH((AliasTable{1, -1}), "alias table: a weight is not a number ≥ 0");
  CHECK_THROWS_WITH((AliasTable{1, std::nan("")}), "alias table: a weight is not a number ≥ 0");
  CHECK_THROWS_WITH((AliasTable{std::vector<double>(1'048'577, 1.0)}), "alias table: over 2^20 weights");
}

TEST_CASE("An empirical distribution draws its values by weight", "[distributions]") {
  Empirical empirical{{10, 20, 40}, std::vector<double>{1, 1, 2}};
  check_moments(sample_of(empirical, 18), 27.5, (17.5 * 17.5 + 7.5 * 7.5 + 2 * 12.5 * 12.5) / 4);
  CHECK_THROWS_WITH((Empirical{{1, 2}, std::vector<double>{1}}), "empirical: one weight for each value");
}

TEST_CASE("The draws of every distribution have the same bits in every build", "[distributions][golden]") {
  // One to look at: -ln of the first number of Stream{77}, as a unit.
  Stream chance{77};
  CHECK(Exponential{1}(chance) == 0x1.ef2c516f8febcp+0);
  CHECK(hash_of(Exponential{1}) == 0xa55fcb9209bfab26U);
  CHECK(hash_of(Weibull{0.7, 1}) == 0xc754e7d4f9e86fddU);
  CHECK(hash_of(Lognormal{2, 1}) == 0x3ed69a59f0249303U);
  CHECK(hash_of(Gamma{0.8, 1}) == 0x8ad13e2ef49bd625U);
  CHECK(hash_of(Gamma{4, 1}) == 0xac229e5cf3544c1cU);
  CHECK(hash_of(GammaTable{0.8, 1}) == 0x6c4e2d781d467dfdU);
  CHECK(hash_of(GammaTable{30, 1}) == 0x9b763840e155f41fU);
  CHECK(hash_of(Poisson{3}) == 0x4696ac0864a828daU);
  CHECK(hash_of(Poisson{300}) == 0xf7ae470bf2451358U);
  CHECK(hash_of(Zipf{0.9, 50'000'000}) == 0x4cfdadead906f1bbU);
  CHECK(hash_of(AliasTable{1, 2, 3, 4, 5}) == 0x402b32f543744b2U);
}
