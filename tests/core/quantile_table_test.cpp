#include "core/quantile_table.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "core/distributions.hpp"
#include "core/histogram.hpp"
#include "tests/core/statistics.hpp"
#include "tests/support/catch.hpp"

using namespace core;

namespace {

constexpr auto all_ones = std::numeric_limits<std::uint64_t>::max();

Histogram lognormal_histogram(double median_ns, double sigma, int count) {
  Histogram histogram{3'600'000'000'000};
  Lognormal lognormal{median_ns, sigma};
  Stream chance{21};
  for (int i = 0; i < count; ++i) { histogram.record(static_cast<std::int64_t>(lognormal(chance))); }
  return histogram;
}

double sampled_mean(const QuantileTable& table, int count) {
  Stream chance{22};
  double sum = 0;
  for (int i = 0; i < count; ++i) { sum += static_cast<double>(table(chance.next())); }
  return sum / count;
}

}  // namespace

TEST_CASE("A capped table draws no value above its cap, and the others as before", "[core][quantile_table]") {
  const QuantileTable table = QuantileTable::lognormal(120, 600);
  const QuantileTable capped = table.capped(1'000);
  CHECK(table.max() > 30'000);
  CHECK(capped.max() == 1'000);
  CHECK(capped.mean() < table.mean());
  core::Stream chance{7};
  double sum = 0;
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) {
    const std::uint64_t bits = chance.next();
    const std::int64_t value = capped(bits);
    sum += static_cast<double>(value);
    // In the one cell in which the cap lies, what is below it is squeezed towards it.
    if (value != std::min<std::int64_t>(table(bits), 1'000)) CHECK(value > 990);
  }
  // At most 1,000 each: a standard deviation of at most 500, and five standard errors are 8.
  CHECK(sum / draws == Approx(capped.mean()).margin(5 * 500 / std::sqrt(static_cast<double>(draws))));
}

TEST_CASE("More bits never give a smaller value", "[quantile_table]") {
  for (const QuantileTable& table :
       {QuantileTable::exponential(1e9), QuantileTable::lognormal(2e8, 3e9), QuantileTable::lognormal(3, 8),
        QuantileTable{lognormal_histogram(1e8, 0.7, 1000)}, QuantileTable::constant(5)}) {
    std::int64_t before = -1;
    // Around every border of a cell, of the ends' cells, and in steps between.
    for (std::uint64_t cell = 0; cell < 4096; ++cell) {
      for (const std::uint64_t bits : {cell << 52, (cell << 52) + 1, (cell << 52) + (std::uint64_t{1} << 51),
                                       (cell << 52) + ((std::uint64_t{1} << 52) - 1)}) {
        const std::int64_t value = table(bits);
        if (value < before) { FAIL("falls at bits " << bits); }
        before = value;
      }
    }
    before = -1;
    for (std::uint64_t cell = 0; cell < 8192; ++cell) {
      const std::uint64_t end = cell < 4096 ? 0 : std::uint64_t{4095} << 52;
      const std::uint64_t bits = end + ((cell & 4095) << 40);
      for (const std::uint64_t b : {bits, bits + ((std::uint64_t{1} << 40) - 1)}) {
        const std::int64_t value = table(b);
        if (value < before) { FAIL("falls at bits " << b); }
        before = value;
      }
    }
    CHECK(table(0) == table.min());
    // 40 bits remain for the place in a cell of the ends: the last 2^-40 of the last cell is out of reach.
    CHECK(table(all_ones) <= table.max());
    CHECK(static_cast<double>(table(all_ones)) >= static_cast<double>(table.max()) * (1 - 0x1p-39));
  }
}

TEST_CASE("Named distributions are met at their quantiles, p99.99 included", "[quantile_table]") {
  const auto exponential = QuantileTable::exponential(1e9);
  const auto lognormal = QuantileTable::lognormal(2e8, 1.5e9);
  const double sigma = std::log(7.5) / 1.6448536269514722;
  for (const double p : {0.0001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.999999}) {
    CAPTURE(p);
    const auto bits = static_cast<std::uint64_t>(p * 0x1p64);
    // Between edges the line is off by at most h²/8 of the curvature: for -ln(1 - p) that is (h/(1 - p))²/8 means,
    // with h = 2^-12 up to p = 1 - 2^-12: 1/8 there, and 2^-9 at p = 0.999, of which 1e-4 is seen at these p.
    const double truth = -1e9 * std::log1p(-p);
    CHECK(static_cast<double>(exponential(bits)) == Approx(truth).epsilon(2e-3));
    const double z = p == 0.95 ? 1.6448536269514722 : normal_quantile(p);
    CHECK(static_cast<double>(lognormal(bits)) == Approx(2e8 * std::exp(sigma * z)).epsilon(2e-3));
  }
  CHECK(lognormal(std::uint64_t{1} << 63) == 200'000'000);
}

TEST_CASE("Means are the means of what is drawn, and near those of the distribution", "[quantile_table]") {
  constexpr int n = 2'000'000;
  const auto exponential = QuantileTable::exponential(1e9);
  // The trapezia over a convex curve, Σ h³ Q''/12: h/12 means for all cells but the last, h = 2^-12, and h²/12 in that.
  CHECK(exponential.mean() == Approx(1e9 * (1 + 0x1p-12 / 12)).epsilon(1e-5));
  CHECK(std::fabs(sampled_mean(exponential, n) - exponential.mean()) < statistics::mean_tolerance(1e18, n));

  const auto lognormal = QuantileTable::lognormal(2e8, 2e9);
  const double sigma = std::log(10) / 1.6448536269514722;
  const double mean = 2e8 * std::exp(sigma * sigma / 2);
  CHECK(lognormal.mean() == Approx(mean).epsilon(5e-4));
  const double variance = mean * mean * (std::exp(sigma * sigma) - 1);
  CHECK(std::fabs(sampled_mean(lognormal, n) - lognormal.mean()) < statistics::mean_tolerance(variance, n));

  // Token counts are small numbers: without care for the half, a mean of 3 would be off by 0.5.
  const auto small = QuantileTable::lognormal(3, 8);
  const double small_sigma = std::log(8.0 / 3) / 1.6448536269514722;
  // Every edge is rounded to a whole number: errors of up to a half that cancel over the range.
  CHECK(small.mean() == Approx(3 * std::exp(small_sigma * small_sigma / 2)).margin(0.02));
  CHECK(std::fabs(sampled_mean(small, n) - small.mean()) < statistics::mean_tolerance(9, n));

  CHECK(QuantileTable::constant(7).mean() == 7);
  CHECK(sampled_mean(QuantileTable::constant(7), 1000) == 7);
}

TEST_CASE("A histogram's mean, quantiles and maximum are kept", "[quantile_table]") {
  for (const int count : {300, 20'000, 1'000'000}) {
    for (const double sigma : {0.3, 1.0, 1.4}) {
      CAPTURE(count, sigma);
      const Histogram histogram = lognormal_histogram(1e8, sigma, count);
      const QuantileTable table{histogram};
      CHECK(table.mean() == Approx(histogram.mean()).epsilon(1e-3));
      CHECK(table.max() == histogram.max());
      CHECK(table.min() == histogram.min());
      for (const double p : {0.01, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
        CAPTURE(p);
        if ((1 - p) * count < 5) { continue; }
        // A draw at p lies among the values recorded within one cell, 2^-12, of p (2^-24 in the last one).
        const double near = p > 1 - 0x1p-12 ? 0x1p-24 : 0x1p-12;
        const auto value = static_cast<double>(table(static_cast<std::uint64_t>(p * 0x1p64)));
        CHECK(value >= static_cast<double>(histogram.value_at_quantile(p - near)) * (1 - 2e-3));
        CHECK(value <= static_cast<double>(histogram.value_at_quantile(p + near)) * (1 + 2e-3));
      }
    }
  }
}

TEST_CASE("Two far-apart modes keep their shares within a cell", "[quantile_table]") {
  Histogram histogram{3'600'000'000'000};
  histogram.record_n(1'000'000, 700);
  histogram.record_n(1'000'000'000, 300);
  const QuantileTable table{histogram};
  // The step lies in one of 4096 cells: at worst half of it is on the wrong side, (max - min) / 8192.
  CHECK(std::fabs(table.mean() - histogram.mean()) < 1e9 / 8192);
  int slow = 0;
  Stream chance{23};
  for (int i = 0; i < 100'000; ++i) { slow += table(chance.next()) > 500'000'000 ? 1 : 0; }
  CHECK(std::fabs(slow - 30'000) < 5 * std::sqrt(100'000 * 0.21) + 100'000.0 / 4096);
}

TEST_CASE("Quantile points are joined by lines", "[quantile_table]") {
  const std::vector<QuantilePoint> points{{0, 100}, {0.5, 200}, {0.5625, 300}, {1, 1000}};
  const QuantileTable table{points};
  CHECK(table.min() == 100);
  CHECK(table.max() == 1000);
  CHECK(table(std::uint64_t{1} << 63) == 200);
  CHECK(std::abs(table(std::uint64_t{1} << 62) - 150) <= 1);
  CHECK(table(std::uint64_t{9} << 60) == 300);  // 9/16
  CHECK(table.mean() == Approx(0.5 * 150 + 0.0625 * 250 + 0.4375 * 650).epsilon(1e-4));
}

TEST_CASE("Points that make no distribution are refused by name", "[quantile_table]") {
  using Points = std::vector<QuantilePoint>;
  const auto make = [](const Points& points) { return QuantileTable{points}; };
  CHECK_THROWS_WITH(make({{0, 1}}), "quantile points: found no point at quantile 0 or none at 1, expected both");
  CHECK_THROWS_WITH(make({{0.1, 1}, {1, 2}}),
                    "quantile points: found no point at quantile 0 or none at 1, expected both");
  CHECK_THROWS_WITH(make({{0, 1}, {0.5, 2}, {0.5, 3}, {1, 4}}),
                    "quantile points: found quantile 0.5 after 0.5, expected a larger one");
  CHECK_THROWS_WITH(make({{0, 1}, {0.5, 7}, {1, 4}}),
                    "quantile points: found the value 4 at quantile 1 after 7, expected values that never fall");
  CHECK_THROWS_WITH(make({{0, -1}, {1, 4}}), "quantile points: found the value -1 at quantile 0, expected 0 … 2^62");
  CHECK_THROWS_WITH(QuantileTable{Histogram{1000}}, "quantile table: the histogram is empty");
  CHECK_THROWS_WITH(QuantileTable::lognormal(3, 2), "lognormal: expected 0 < p50 ≤ p95");
  CHECK_THROWS_WITH(QuantileTable::lognormal(1, 1e30), "quantile table: a value is not a number from 0 to 2^62");
}

TEST_CASE("Tables have the same bits in every build", "[quantile_table][golden]") {
  statistics::Hash hash;
  Stream chance{24};
  const auto exponential = QuantileTable::exponential(1e9);
  const auto lognormal = QuantileTable::lognormal(2e8, 2e9);
  const QuantileTable measured{lognormal_histogram(1e8, 1, 10'000)};
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t bits = chance.next();
    hash.add(static_cast<std::uint64_t>(exponential(bits) ^ lognormal(bits)));
    hash.add(static_cast<std::uint64_t>(measured(bits)));
  }
  hash.add(exponential.mean());
  CHECK(hash.value() == 0xa903a077fe9f1a22U);
}
