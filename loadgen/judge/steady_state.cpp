#include "loadgen/judge/steady_state.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/math.hpp"
#include "loadgen/intervals.hpp"

namespace loadgen::judge {
namespace {

constexpr std::size_t usual_batch = 5;  // the 5 of MSER-5
// 40 batches: of fewer, the half is so few that chance alone puts the least there in 1 of 30 steady runs.
constexpr std::size_t least_for_batches = 200;
constexpr std::size_t least_points = 10;
constexpr std::size_t most_trend_batches = 30;
constexpr double trend_significance = 0.01;
constexpr double growth_that_matters = 0.1;

MeanPoint merged(const MeanPoint& a, const MeanPoint& b) {
  MeanPoint sum;
  sum.start = a.start;
  sum.length = b.start + b.length - a.start;
  sum.count = a.count + b.count;
  const double share = static_cast<double>(b.count) / static_cast<double>(sum.count);
  sum.mean = a.mean + (b.mean - a.mean) * share;
  return sum;
}

// Batches of `size` points; what is left over is left out at the front, where warm-up is.
std::vector<MeanPoint> batches_of(std::span<const MeanPoint> points, std::size_t size) {
  std::vector<MeanPoint> batches;
  for (std::size_t begin = points.size() % size; begin < points.size(); begin += size) {
    MeanPoint batch = points[begin];
    for (std::size_t i = begin + 1; i < begin + size; ++i) { batch = merged(batch, points[i]); }
    batches.push_back(batch);
  }
  return batches;
}

// How many to cut: the smallest MSER with at most half cut.
std::size_t mser_cut(const std::vector<MeanPoint>& batches) {
  const std::size_t m = batches.size();
  // From the back, so that each step adds one value to a running mean and sum of squares (B. P. Welford 1962).
  double mean = 0;
  double squares = 0;
  double least = 0;
  std::size_t cut = m / 2;
  for (std::size_t d = m; d-- > 0;) {
    const auto n = static_cast<double>(m - d);
    const double distance = batches[d].mean - mean;
    mean += distance / n;
    squares += distance * (batches[d].mean - mean);
    const double mser = squares / (n * n);
    // Of equals the earliest: what does not help is not cut.
    if (d == m / 2 || (d < m / 2 && mser <= least)) {
      least = mser;
      cut = d;
    }
  }
  return cut;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) { return *middle; }
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// Theil and Sen's slope per step: the median of the slopes of all pairs.
double middle_slope(const std::vector<double>& y) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t j = i + 1; j < y.size(); ++j) { slopes.push_back((y[j] - y[i]) / static_cast<double>(j - i)); }
  }
  return median(std::move(slopes));
}

// Of neighbours, from 0 to 0.9; with the first-order correction for what estimating from few points loses (F. H. C.
// Marriott, J. A. Pope, "Bias in the estimation of autocorrelations", Biometrika 41, 1954).
double neighbour_correlation(std::vector<double> y, double slope) {
  const auto n = static_cast<double>(y.size());
  double mean = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] -= slope * static_cast<double>(i);
    mean += y[i] / n;
  }
  double squares = 0;
  double products = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    squares += (y[i] - mean) * (y[i] - mean);
    if (i > 0) { products += (y[i] - mean) * (y[i - 1] - mean); }
  }
  if (squares == 0) { return 0; }
  const double seen = products / squares;
  return std::clamp(seen + (1 + 3 * seen) / n, 0.0, 0.9);
}

// Pairs that rise less pairs that fall, in standard deviations of what chance gives.
double mann_kendall_score(const std::vector<double>& y, double correlation) {
  const auto n = static_cast<double>(y.size());
  std::int64_t rises = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t j = i + 1; j < y.size(); ++j) { rises += (y[j] > y[i] ? 1 : 0) - (y[j] < y[i] ? 1 : 0); }
  }
  // Ties lower the variance; without a correction the test errs on the side of silence.
  const double variance = n * (n - 1) * (2 * n + 5) / 18 * (1 + correlation) / (1 - correlation);
  const auto score = static_cast<double>(rises > 0 ? rises - 1 : rises < 0 ? rises + 1 : 0);
  return score / std::sqrt(variance);
}

}  // namespace

MeanSeries::MeanSeries(std::size_t most_points) : most_points_{most_points} {
  assert(most_points >= 2 && most_points % 2 == 0);
}

void MeanSeries::add(const MeanPoint& point) {
  if (point.count == 0) { return; }
  if (in_last_ > 0 && in_last_ < merged_) {
    points_.back() = merged(points_.back(), point);
    ++in_last_;
    return;
  }
  if (points_.size() == most_points_) {
    for (std::size_t i = 0; i < most_points_ / 2; ++i) { points_[i] = merged(points_[2 * i], points_[2 * i + 1]); }
    points_.resize(most_points_ / 2);
    merged_ *= 2;
  }
  points_.push_back(point);
  in_last_ = 1;
}

MeanSeries read_means(const FileReader& read, Metric metric, Span span) {
  MeanSeries series;
  for_each_interval(read, metric, [&](const Interval& interval) {
    if (interval.outcome != Outcome::answered || !lies_in(span, interval.start, interval.length)) { return; }
    series.add({interval.start, interval.length, interval.histogram.mean(), interval.histogram.total_count()});
  });
  return series;
}

SteadyState find_steady_state(std::span<const MeanPoint> points) {
  SteadyState steady;
  if (points.size() < least_points) {
    steady.rule = fmt::format("No steady part was looked for: {} seconds with answers are too few, {} are needed.",
                              points.size(), least_points);
    return steady;
  }
  const std::size_t size = points.size() >= least_for_batches ? usual_batch : 1;
  const std::vector<MeanPoint> batches = batches_of(points, size);
  const std::size_t cut = mser_cut(batches);
  const std::string rule = fmt::format("MSER-{} on the mean response time, at most half cut", size);
  if (cut == batches.size() / 2) {
    steady.rule = fmt::format("{}: no steady part, the mean still drifted at half of the run.", rule);
    return steady;
  }
  steady.found = true;
  steady.from = cut == 0 ? core::Duration{0} : batches[cut].start;
  steady.rule = cut == 0 ? rule + ": nothing to cut."
                         : fmt::format("{}: the first {} cut.", rule, core::format_duration(steady.from));
  return steady;
}

Trend find_trend(std::span<const MeanPoint> points) {
  Trend trend;
  if (points.size() < least_points) { return trend; }
  const std::size_t size = (points.size() + most_trend_batches - 1) / most_trend_batches;
  const std::vector<MeanPoint> batches = batches_of(points, size);
  std::vector<double> means;
  for (const MeanPoint& batch : batches) { means.push_back(batch.mean); }
  const double slope = middle_slope(means);
  trend.score = mann_kendall_score(means, neighbour_correlation(means, slope));
  const double level = median(means);
  trend.growth = level > 0 ? slope * static_cast<double>(means.size() - 1) / level : 0;
  trend.grows = trend.score > core::normal_quantile(1 - trend_significance) && trend.growth >= growth_that_matters;
  if (trend.grows) {
    const core::Duration tested = batches.back().start + batches.back().length - batches.front().start;
    trend.words =
        fmt::format("grew by {} over the {} tested", core::format_share(trend.growth), core::format_duration(tested));
  }
  return trend;
}

}  // namespace loadgen::judge
