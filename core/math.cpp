#include "core/math.hpp"

#include <cmath>

namespace core {

double log_gamma(double x) {
  assert(x >= 1);
  // Stirling's series from 15 on, where its first left-out term is below 1e-17; the recurrence Γ(x + 1) = x Γ(x)
  // leads up to there.
  double below = 1;
  double y = x;
  while (y < 15) {
    below *= y;
    y += 1;
  }
  const double r = 1 / y;
  const double q = r * r;
  const double tail =
      r * (1.0 / 12 -
           q * (1.0 / 360 - q * (1.0 / 1260 - q * (1.0 / 1680 - q * (1.0 / 1188 - q * (691.0 / 360360 - q / 156))))));
  constexpr double half_log_two_pi = 0.9189385332046727;
  return (y - 0.5) * log(y) - y + half_log_two_pi + tail - log(below);
}

namespace {

double ratio(double r, const double (&over)[8], const double (&under)[8]) {
  double numerator = over[7];
  double denominator = under[7];
  for (int i = 6; i >= 0; --i) {
    numerator = numerator * r + over[i];
    denominator = denominator * r + under[i];
  }
  return numerator / denominator;
}

}  // namespace

// The rational approximations of M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution",
// Applied Statistics 37 (1988): one for the middle, two for the tails.
double normal_quantile(double p) {
  assert(p > 0 && p < 1);
  static constexpr double middle_over[8] = {
      3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
      4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double middle_under[8] = {1.0,
                                             4.2313330701600911252e+1,
                                             6.8718700749205790830e+2,
                                             5.3941960214247511077e+3,
                                             2.1213794301586595867e+4,
                                             3.9307895800092710610e+4,
                                             2.8729085735721942674e+4,
                                             5.2264952788528545610e+3};
  static constexpr double tail_over[8] = {
      1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
      1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double tail_under[8] = {1.0,
                                           2.05319162663775882187e0,
                                           1.67638483018380384940e0,
                                           6.89767334985100004550e-1,
                                           1.48103976427480074590e-1,
                                           1.51986665636164571966e-2,
                                           5.47593808499534494600e-4,
                                           1.05075007164441684324e-9};
  static constexpr double far_over[8] = {
      6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double far_under[8] = {1.0,
                                          5.99832206555887937690e-1,
                                          1.36929880922735805310e-1,
                                          1.48753612908506148525e-2,
                                          7.86869131145613259100e-4,
                                          1.84631831751005468180e-5,
                                          1.42151175831644588870e-7,
                                          2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) { return q * ratio(0.180625 - q * q, middle_over, middle_under); }
  // std::sqrt is correctly rounded everywhere (IEEE 754), so it may be used.
  const double r = std::sqrt(-log(q < 0 ? p : 1 - p));
  const double size = r <= 5 ? ratio(r - 1.6, tail_over, tail_under) : ratio(r - 5, far_over, far_under);
  return q < 0 ? -size : size;
}

}  // namespace core
