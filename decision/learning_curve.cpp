#include "decision/learning_curve.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/math.hpp"

namespace decision {
namespace {

constexpr double least_exponent = 0.01;
constexpr double most_exponent = 5;

// 97.5 % of Student's t; beyond 30 degrees of freedom within 0.002.
double student_t(std::size_t degrees) {
  constexpr std::array<double, 31> table{0,     12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                         2.201, 2.179,  2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080,
                                         2.074, 2.069,  2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  return degrees < table.size() ? table[degrees] : 1.96 + 2.4 / static_cast<double>(degrees);
}

struct Line {
  double a = 0;
  double b = 0;
  double squares = 0;  // of the residuals
};

// metric = a - b x with x = (n ÷ scale)^-c.
Line line_at(const std::vector<CurvePoint>& points, double scale, double c) {
  double mean_x = 0;
  double mean_y = 0;
  std::vector<double> xs;
  for (const CurvePoint& p : points) {
    xs.push_back(core::pow(p.examples / scale, -c));
    mean_x += xs.back();
    mean_y += p.metric;
  }
  const auto count = static_cast<double>(points.size());
  mean_x /= count;
  mean_y /= count;
  double xx = 0;
  double xy = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    xx += (xs[i] - mean_x) * (xs[i] - mean_x);
    xy += (xs[i] - mean_x) * (points[i].metric - mean_y);
  }
  Line line;
  line.b = xx == 0 ? 0 : -xy / xx;
  line.a = mean_y + line.b * mean_x;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double residual = points[i].metric - (line.a - line.b * xs[i]);
    line.squares += residual * residual;
  }
  return line;
}

// The exponent with the least squares, in a range that a grid has found.
double narrowed(const std::vector<CurvePoint>& points, double scale, double low, double high) {
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double left = high - golden * (high - low);
  double right = low + golden * (high - low);
  double at_left = line_at(points, scale, left).squares;
  double at_right = line_at(points, scale, right).squares;
  for (int i = 0; i < 80; ++i) {
    if (at_left <= at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - golden * (high - low);
      at_left = line_at(points, scale, left).squares;
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + golden * (high - low);
      at_right = line_at(points, scale, right).squares;
    }
  }
  return (low + high) / 2;
}

using Gradient = std::array<double, 3>;  // by a, B, c

Gradient gradient_at(double relative, double b, double c) {
  const double x = core::pow(relative, -c);
  return {1, -x, b * x * core::log(relative)};
}

// The inverse of a symmetric 3 × 3 by its cofactors; empty when it has none.
std::vector<double> inverse(const std::array<double, 9>& m) {
  std::vector<double> result(9);
  double determinant = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const std::size_t r1 = (i + 1) % 3;
      const std::size_t r2 = (i + 2) % 3;
      const std::size_t c1 = (j + 1) % 3;
      const std::size_t c2 = (j + 2) % 3;
      result[j * 3 + i] = m[r1 * 3 + c1] * m[r2 * 3 + c2] - m[r1 * 3 + c2] * m[r2 * 3 + c1];
    }
    determinant += m[i] * result[i * 3];
  }
  if (!(determinant > 0)) return {};
  for (double& entry : result) entry /= determinant;
  return result;
}

Estimate estimate(const LearningCurve& curve, double value, const Gradient& gradient) {
  Estimate result{value, std::nullopt};
  if (curve.points <= 3 || curve.covariance.empty()) return result;
  double variance = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) variance += gradient[i] * curve.covariance[i * 3 + j] * gradient[j];
  }
  result.half_width = student_t(curve.points - 3) * curve.deviation * std::sqrt(std::max(0.0, variance));
  return result;
}

}  // namespace

Estimate LearningCurve::at(double examples) const {
  const double scaled_b = b * core::pow(scale, -c);
  const double relative = examples / scale;
  return estimate(*this, a - scaled_b * core::pow(relative, -c), gradient_at(relative, scaled_b, c));
}

Estimate LearningCurve::ceiling() const { return estimate(*this, a, {1, 0, 0}); }

std::optional<double> LearningCurve::examples_for(double metric) const {
  if (metric >= a) return std::nullopt;
  return core::pow(b / (a - metric), 1 / c);
}

std::string CurveFit::sentence() const {
  if (!curve) return fmt::format("No learning curve: {}.", why);
  if (!curve->determined) {
    return "The points do not show a ceiling yet: every curve that fits them bends elsewhere.";
  }
  const Estimate ceiling = curve->ceiling();
  if (!ceiling.half_width) {
    return fmt::format("The ceiling is {}; three points fit exactly and say nothing about how sure that is.",
                       core::format_figure(ceiling.value));
  }
  return fmt::format("The ceiling is {}, between {} and {} (95 %).", core::format_figure(ceiling.value),
                     core::format_figure(ceiling.low()), core::format_figure(ceiling.high()));
}

CurveFit fit_learning_curve(const std::vector<CurvePoint>& points) {
  if (points.size() < 3) return {{}, fmt::format("{} points, at least 3 are needed", points.size())};
  std::vector<double> sizes;
  double logs = 0;
  for (const CurvePoint& p : points) {
    if (!(p.examples > 0)) return {{}, "a point without examples"};
    sizes.push_back(p.examples);
    logs += core::log(p.examples);
  }
  std::sort(sizes.begin(), sizes.end());
  if (std::unique(sizes.begin(), sizes.end()) - sizes.begin() < 3) {
    return {{}, "fewer than 3 different numbers of examples"};
  }
  LearningCurve curve{.points = points.size()};
  // Around its middle n^-c is of the size of 1, whatever c is.
  curve.scale = core::exp(logs / static_cast<double>(points.size()));

  constexpr int steps = 400;
  const auto exponent = [](int i) {
    return least_exponent * core::pow(most_exponent / least_exponent, static_cast<double>(i) / steps);
  };
  int best = 0;
  double least = line_at(points, curve.scale, exponent(0)).squares;
  for (int i = 1; i <= steps; ++i) {
    const double squares = line_at(points, curve.scale, exponent(i)).squares;
    if (squares < least) least = squares, best = i;
  }
  curve.determined = best > 0 && best < steps;
  curve.c = narrowed(points, curve.scale, exponent(std::max(best - 1, 0)), exponent(std::min(best + 1, steps)));
  const Line line = line_at(points, curve.scale, curve.c);
  if (!(line.b > 0)) return {{}, "the metric does not rise with the examples"};
  curve.a = line.a;
  curve.b = line.b * core::pow(curve.scale, curve.c);
  if (points.size() > 3) {
    curve.deviation = std::sqrt(line.squares / static_cast<double>(points.size() - 3));
    std::array<double, 9> information{};
    for (const CurvePoint& p : points) {
      const Gradient g = gradient_at(p.examples / curve.scale, line.b, curve.c);
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) information[i * 3 + j] += g[i] * g[j];
      }
    }
    curve.covariance = inverse(information);
  }
  return {curve, ""};
}

}  // namespace decision
