#include "loadgen/judge/enough_samples.hpp"

#include <cmath>
#include <vector>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

namespace judge = loadgen::judge;

namespace {

// All of the distribution at once, by the recurrence from n - 1 to n trials: additions of positive numbers only, in
// the wider type.
std::vector<long double> probabilities(std::int64_t n, long double share) {
  std::vector<long double> p{1};
  for (std::int64_t i = 0; i < n; ++i) {
    p.push_back(0);
    for (std::size_t k = p.size() - 1; k > 0; --k) { p[k] = p[k] * (1 - share) + p[k - 1] * share; }
    p[0] *= 1 - share;
  }
  return p;
}

}  // namespace

TEST_CASE("The tails of the binomial distribution are those summed by brute force", "[loadgen][judge]") {
  for (const double share : {0.001, 0.01, 0.05, 0.1, 0.37, 0.5, 0.9, 0.999}) {
    for (const std::int64_t n : {1, 2, 3, 10, 17, 64, 100, 662, 1500}) {
      const auto p = probabilities(n, share);
      long double at_most = 0;
      for (std::int64_t k = 0; k <= n; ++k) {
        at_most += p[static_cast<std::size_t>(k)];
        long double at_least = 0;
        for (std::int64_t i = n; i >= k; --i) { at_least += p[static_cast<std::size_t>(i)]; }
        CAPTURE(share, n, k);
        // The tail on the near side of the mean to 1e-12 of itself, wherever it is no rounded 0.
        const auto wide = static_cast<double>(at_most);
        const auto right = static_cast<double>(at_least);
        REQUIRE(std::fabs(judge::binomial_at_most(k, n, share) - wide) <= 1e-12);
        REQUIRE(std::fabs(judge::binomial_at_least(k, n, share) - right) <= 1e-12);
        const bool left = static_cast<double>(k) <= static_cast<double>(n) * share;
        if (left && wide > 1e-290) { REQUIRE(judge::binomial_at_most(k, n, share) == Approx(wide).epsilon(1e-12)); }
        if (!left && right > 1e-290) { REQUIRE(judge::binomial_at_least(k, n, share) == Approx(right).epsilon(1e-12)); }
      }
    }
  }
}

TEST_CASE("The tails are right for a billion samples", "[loadgen][judge]") {
  // P(X ≤ 0) = (1 - s)^n, P(X ≤ 1) = (1 - s)^n + n s (1 - s)^(n - 1); with n s = 1 nearly the Poisson's 1/e, 2/e.
  const double s = 1e-9;
  CHECK(judge::binomial_at_most(0, 1'000'000'000, s) == Approx(std::exp(-1 - 0.5e-9)).epsilon(1e-12));
  CHECK(judge::binomial_at_most(1, 1'000'000'000, s) == Approx(2 * std::exp(-1.0)).epsilon(1e-8));
  // By symmetry: X ≤ k of n with s is X ≥ n - k with 1 - s.
  CHECK(judge::binomial_at_most(9'990'000, 1'000'000'000, 0.01) ==
        Approx(judge::binomial_at_least(990'010'000, 1'000'000'000, 0.99)).epsilon(1e-9));
  // Near the mean the normal distribution, with its correction for skewness, tells five digits: at k = np,
  // P(X ≤ np) = 1/2 + (2 (1 - p) + 1 + ...)/(...): here only that both tails meet.
  CHECK(judge::binomial_at_most(10'000'000, 1'000'000'000, 0.01) +
            judge::binomial_at_least(10'000'001, 1'000'000'000, 0.01) ==
        Approx(1).epsilon(1e-12));
  CHECK(judge::binomial_at_most(10'000'000, 1'000'000'000, 0.01) == Approx(0.5).margin(2e-4));
}

// mlcommons/inference, loadgen/early_stopping.cc and issue 1629: 64 queries for the 90th percentile, 662 for the 99th.
TEST_CASE("The least samples are those that MLPerf's LoadGen asks for", "[loadgen][judge]") {
  CHECK(judge::least_samples(0.90) == 64);
  CHECK(judge::least_samples(0.99) == 662);
  // With none above: the smallest n with q^n ≤ 1 %, ln 0.01 / ln q = 43.7 and 458.2.
  CHECK(judge::least_samples(0.90, 0.99, 0) == 44);
  CHECK(judge::least_samples(0.99, 0.99, 0) == 459);
  CHECK(judge::least_samples(0.5) == 11);  // 12 / 2^11 = 0.0059, 11 / 2^10 = 0.0107
  CHECK(judge::least_samples(0.999) == 6636);
  CHECK(judge::least_samples(0.99999999) > 600'000'000);
}

TEST_CASE("The least samples are enough, and one fewer is not", "[loadgen][judge][property]") {
  for (const double quantile : {0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999}) {
    for (const double confidence : {0.5, 0.8, 0.95, 0.99, 0.999}) {
      for (const std::int64_t above : {0, 1, 2, 7, 30}) {
        CAPTURE(quantile, confidence, above);
        const std::int64_t n = judge::least_samples(quantile, confidence, above);
        // As the claim is made, so that rounding cannot divide them.
        CHECK(judge::binomial_at_most(above, n, 1 - quantile) <= 1 - confidence);
        if (n > above + 1) { CHECK(judge::binomial_at_most(above, n - 1, 1 - quantile) > 1 - confidence); }
        CHECK(judge::most_above(n, quantile, confidence) == above);
        CHECK(judge::most_above(n - 1, quantile, confidence) < above);
      }
    }
  }
}

TEST_CASE("The highest percentile that may be claimed rises with the samples", "[loadgen][judge]") {
  CHECK(judge::highest_claimed(0) == 0);
  CHECK(judge::highest_claimed(10) == 0);
  CHECK(judge::highest_claimed(11) == 50);
  CHECK(judge::highest_claimed(63) == 50);
  CHECK(judge::highest_claimed(64) == 90);
  CHECK(judge::highest_claimed(661) == 95);
  CHECK(judge::highest_claimed(662) == 99);
  CHECK(judge::highest_claimed(6635) == 99);
  CHECK(judge::highest_claimed(6636) == 99.9);
}

// Of samples whose true share above the limit is just what the claim denies, at most 1 in 100 may be claimed. 20,000
// draws: 1 % ± five standard errors (0.35 %).
TEST_CASE("A wrong claim is made as rarely as the confidence says", "[loadgen][judge]") {
  core::Stream chance{11};
  const int draws = 20'000;
  const std::int64_t n = 700;
  int wrong = 0;
  for (int draw = 0; draw < draws; ++draw) {
    std::int64_t above = 0;
    for (std::int64_t i = 0; i < n; ++i) { above += core::unit_closed_open(chance.next()) < 0.05 ? 1 : 0; }
    if (judge::confidence_below(n, above, 0.95) >= 0.99) { ++wrong; }
  }
  const double share = static_cast<double>(wrong) / draws;
  CHECK(share <= 0.01 + 5 * std::sqrt(0.01 * 0.99 / draws));
  CHECK(share >= 0.004);  // Not for being over-careful: P(X ≤ most_above) is 0.0078 here.
}
