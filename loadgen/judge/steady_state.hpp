// Where a run became steady, and whether it stayed so.
//
//  * `MeanPoint`, `MeanSeries`  a metric's mean over the time of a run, in a bounded number of points
//  * `read_means`               from a recording
//  * `find_steady_state`        where warm-up ended, by MSER-5
//  * `find_trend`               whether the mean kept growing: a server that falls behind is not steady
//
// The rule for warm-up. Of the means of m batches, cut the first d so that the standard error of the mean of the rest,
// taken as if they were independent, is least: the d ≤ m/2 with the smallest
//
//     MSER(d) = Σ_{i > d} (Y_i - mean of Y_{d+1..m})² / (m - d)².
//
// Cutting what differs lowers it, cutting what does not raises it. Batches are of 5 points where there are at least
// 200, else of one (K. P. White, "An effective truncation heuristic for bias reduction in simulation output",
// Simulation 69, 1997; K. P. White, M. J. Cobb, S. C. Spratt, "A comparison of five steady-state truncation heuristics
// for simulation", WSC 2000). When the least lies at the very half there is no steady part. A stall in the first half
// may be cut as if it were warm-up, so the figures of the whole run stay the first to be read.
//
// The test for a trend is that of Mann and Kendall, on the means of 30 batches or fewer: how many more pairs rise than
// fall. Neighbours that are alike make trends out of nothing, so its variance is widened by (1 + r)/(1 - r), with r the
// correlation of neighbours once a straight line (Theil and Sen's) is taken away. A trend is said to grow when chance
// alone gives so many rising pairs in 1 of 100 steady runs, and when the line rises by a tenth of the median at least:
// what is significant may still be too small to matter.
//
// Cost: O(points). The same bits on every machine.
//
// Example:
//   const auto points = judge::read_means(read, Metric::response_time, {}).points();
//   const auto steady = judge::find_steady_state(points);
//   if (steady.found) { measure(read, {.from = steady.from}); }
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/metric.hpp"

namespace loadgen::judge {

struct MeanPoint {
  core::Duration start{};  // since the start of the run
  core::Duration length{};
  double mean = 0;
  std::int64_t count = 0;  // of the values behind it
};

// Seconds with values, in the order of time; beyond `most_points` neighbours are merged, so that a day's and a month's
// series take the same memory.
class MeanSeries {
 public:
  explicit MeanSeries(std::size_t most_points = 8192);  // even, at least 2

  void add(const MeanPoint& point);  // one without values is left out
  const std::vector<MeanPoint>& points() const { return points_; }

 private:
  std::size_t most_points_;
  std::size_t merged_ = 1;   // points behind each of points_
  std::size_t in_last_ = 0;  // behind the last
  std::vector<MeanPoint> points_;
};

// The means of the answered requests' values. Throws ConfigError.
MeanSeries read_means(const FileReader& read, Metric metric, Span span);

struct SteadyState {
  bool found = false;
  core::Duration from{};  // 0: nothing had to be cut
  std::string rule;       // the rule and what it said, in a sentence
};
SteadyState find_steady_state(std::span<const MeanPoint> points);

struct Trend {
  bool grows = false;
  double score = 0;   // standard deviations above what chance gives; falling trends are below 0
  double growth = 0;  // of the line over the points, as a share of their median
  std::string words;  // "grew by 34 % over the 50 s tested"; empty unless it grows
};
Trend find_trend(std::span<const MeanPoint> points);

}  // namespace loadgen::judge
