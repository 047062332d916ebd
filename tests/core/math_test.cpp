#include "core/math.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/random.hpp"
#include "tests/core/statistics.hpp"
#include "tests/support/catch.hpp"

namespace {

double relative_error(double value, double truth) {
  return truth == 0 ? std::fabs(value) : std::fabs((value - truth) / truth);
}

// A positive normal double with random exponent and mantissa.
double any_positive(core::Stream& chance) {
  const std::uint64_t bits = chance.next();
  return std::bit_cast<double>((bits >> 12) | ((1 + (bits & 0x7ff) % 2045) << 52));
}

}  // namespace

// The C library's own functions err by up to 1e-16, so that bounds of 4e-16 leave ours 3e-16.
TEST_CASE("log agrees with the C library over all exponents and beside 1", "[math]") {
  core::Stream chance{1};
  double worst = 0;
  for (int i = 0; i < 300'000; ++i) {
    const double wide = any_positive(chance);
    worst = std::max(worst, relative_error(core::log(wide), std::log(wide)));
    const double near_one = 0.5 + 1.5 * core::unit_closed_open(chance.next());
    worst = std::max(worst, relative_error(core::log(near_one), std::log(near_one)));
    const double hair = 1 + (core::unit_closed_open(chance.next()) - 0.5) * 1e-9;
    worst = std::max(worst, relative_error(core::log(hair), std::log(hair)));
  }
  CHECK(worst < 4e-16);
  CHECK(core::log(1.0) == 0);
  CHECK(core::log(std::numeric_limits<double>::min()) == Approx(std::log(std::numeric_limits<double>::min())));
  CHECK(core::log(std::numeric_limits<double>::max()) == Approx(std::log(std::numeric_limits<double>::max())));
}

TEST_CASE("exp agrees with the C library and ends in 0 and infinity", "[math]") {
  core::Stream chance{2};
  double worst = 0;
  for (int i = 0; i < 300'000; ++i) {
    const double wide = (core::unit_closed_open(chance.next()) - 0.5) * 1416;
    worst = std::max(worst, relative_error(core::exp(wide), std::exp(wide)));
    const double small = core::unit_closed_open(chance.next()) - 0.5;
    worst = std::max(worst, relative_error(core::exp(small), std::exp(small)));
  }
  CHECK(worst < 4e-16);
  CHECK(core::exp(0) == 1);
  CHECK(core::exp(709) < std::numeric_limits<double>::infinity());
  CHECK(core::exp(709.1) == std::numeric_limits<double>::infinity());
  CHECK(core::exp(-708) > 0);
  CHECK(core::exp(-708.1) == 0);
}

TEST_CASE("pow agrees with the C library within what its logarithm allows", "[math]") {
  core::Stream chance{3};
  double worst = 0;
  for (int i = 0; i < 300'000; ++i) {
    const double x = core::exp((core::unit_closed_open(chance.next()) - 0.5) * 40);
    const double y = (core::unit_closed_open(chance.next()) - 0.5) * 20;
    const double truth = std::pow(x, y);
    worst = std::max(worst, relative_error(core::pow(x, y), truth) / (4 + 4 * std::fabs(y * std::log(x))));
  }
  CHECK(worst < 1e-16);
  CHECK(core::pow(0, 2) == 0);
  CHECK(core::pow(7, 0) == 1);
  CHECK(core::pow(1, 1e9) == 1);
}

TEST_CASE("log_gamma agrees with the C library", "[math]") {
  core::Stream chance{4};
  double worst = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = 1 + core::exp((core::unit_closed_open(chance.next()) - 0.4) * 40);
    const double truth = std::lgamma(x);
    worst = std::max(worst, std::fabs(core::log_gamma(x) - truth) / (1 + std::fabs(truth)));
  }
  CHECK(worst < 3e-14);
  CHECK(core::log_gamma(6) == Approx(std::log(120)).epsilon(3e-14));
}

TEST_CASE("normal_quantile is the inverse of the normal distribution function", "[math]") {
  CHECK(core::normal_quantile(0.5) == 0);
  CHECK(core::normal_quantile(0.95) == Approx(1.6448536269514722).epsilon(1e-14));
  CHECK(core::normal_quantile(0.975) == -core::normal_quantile(1 - 0.975));
  // An error e of the quantile changes p by e φ(q), which beside p is e |q| in the tail: 1e-14 (1 + |q|)² covers it,
  // and erfc's own relative error of a few 1e-16, grown by q²/2 from rounding its argument.
  for (double log_p = -1; log_p > -690; log_p *= 1.01) {
    const double p = std::exp(log_p);
    const double q = core::normal_quantile(p);
    CAPTURE(p, q);
    CHECK(relative_error(std::erfc(-q / std::sqrt(2.0)) / 2, p) < 1e-14 * (1 + std::fabs(q)) * (1 + std::fabs(q)));
  }
}

// Whoever builds with another compiler, another -O or -march and gets other bits fails here.
TEST_CASE("A million outputs of each function have the same bits in every build", "[math][replay]") {
  core::Stream chance{5};
  statistics::Hash logs;
  statistics::Hash exps;
  statistics::Hash pows;
  statistics::Hash gammas;
  statistics::Hash normals;
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = any_positive(chance);
    const double u = core::unit_open_closed(chance.next());
    logs.add(core::log(x));
    exps.add(core::exp((u - 0.5) * 1420));
    pows.add(core::pow(u, 3 * u));
    gammas.add(core::log_gamma(1 + 30 * u));
    normals.add(core::normal_quantile(u * (1 - 0x1p-53)));
  }
  CHECK(logs.value() == 0xaf465ac620f09279U);
  CHECK(exps.value() == 0x939c2e339acf313cU);
  CHECK(pows.value() == 0xa556a50cc4912936U);
  CHECK(gammas.value() == 0xaa929ac90d584319U);
  CHECK(normals.value() == 0x6a12ec82b4948d6cU);
}
