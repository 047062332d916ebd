// How good a model can become with more data: a - b n^-c through measured points, with its uncertainty.
//
//  * `CurvePoint`         a number of examples and the metric measured with it
//  * `fit_learning_curve` least squares; refuses fewer than three points
//  * `LearningCurve`      the ceiling a with a 95 % interval, and the same for any n
//
// For each c the best a and b are those of a straight line in n^-c; c is searched on a grid and then narrowed, so the
// fit needs no start and always gives the same answer. Intervals are those of non-linear regression (Bates and Watts,
// 1988, ch. 2: linear approximation, Student's t with points - 3 degrees of freedom). Three points fit exactly: they
// have a curve and no interval.
//
// Example:
//   const auto fit = fit_learning_curve({{10'000, 80.1}, {20'000, 84.0}, {40'000, 86.4}, {80'000, 88.0}});
//   fit.curve->ceiling().value   // with low and high
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace decision {

struct CurvePoint {
  double examples = 0;  // above 0
  double metric = 0;    // more is better
};

struct Estimate {
  double value = 0;
  std::optional<double> half_width;  // of the 95 % interval; nothing: three points say nothing about it
  double low() const { return value - half_width.value_or(0); }
  double high() const { return value + half_width.value_or(0); }
};

struct LearningCurve {
  double a = 0;
  double b = 0;
  double c = 0;
  std::size_t points = 0;
  double deviation = 0;    // residual standard deviation; 0 for three points
  bool determined = true;  // false: c ran to an end of its range, the points do not show a ceiling
  // Covariance of (a, B, c) ÷ deviation², B = b × scale^-c, row by row.
  std::vector<double> covariance = {};
  double scale = 1;

  Estimate at(double examples) const;                       // of the curve, not of one more measurement
  Estimate ceiling() const;                                 // a
  std::optional<double> examples_for(double metric) const;  // nothing at or above the ceiling
};

struct CurveFit {
  std::optional<LearningCurve> curve;
  std::string why;  // why there is none; else empty
  std::string sentence() const;
};
// Fewer than three points, fewer than three different numbers of examples, or a metric that does not rise: no curve,
// and why. O(points × 2,000).
CurveFit fit_learning_curve(const std::vector<CurvePoint>& points);

}  // namespace decision
