// Draws whole numbers (latencies in nanoseconds, token counts) from a distribution in about a nanosecond.
//
//  * `QuantileTable`  the inverse distribution function as a table: 64 random bits in, a value out
//
// The top 12 bits choose one of 4096 equally likely cells, the following bits a whole number between the cell's edges,
// all equally likely. The first and the last cell are cut into 4096 again, so that p99.99 and the maximum are kept:
// the edges are exact quantiles at every multiple of 2^-12, and of 2^-24 in the outermost 0.024 %. More bits never
// give a smaller value, so one draw of luck is "the same luck" in every table.
//
// Its error: a value between two edges lies on a line instead of a curve. `mean()` is the mean of what is really
// drawn. Of an exponential it is 2.0e-5 above the true one, of a lognormal with p95 = 10 × p50 3.7e-4; of a measured
// histogram within 1e-3 up to about that skewness. Whatever the distribution, it is off by at most
// (maximum - minimum) / 8192, for no cell can be off by more than half its rise.
//
// Example:
//   const core::QuantileTable service_ns{measured_histogram};
//   const std::int64_t ns = service_ns(block.luck[i]);
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/histogram.hpp"

namespace core {

struct QuantilePoint {
  double quantile = 0;  // 0 … 1
  double value = 0;     // in the unit of the table's whole numbers
};

class QuantileTable {
 public:
  // As recorded, values uniform within their buckets. Throws std::invalid_argument when the histogram is empty.
  explicit QuantileTable(const Histogram& histogram);
  // A line from point to point. Quantiles from 0 to 1, both ends there, growing; values ≥ 0, never falling. Throws
  // std::invalid_argument that says which point is not so.
  explicit QuantileTable(std::span<const QuantilePoint> points);

  static QuantileTable constant(std::int64_t value);
  static QuantileTable exponential(double mean);
  // 0 < p50 ≤ p95.
  static QuantileTable lognormal(double p50, double p95);

  std::int64_t operator()(std::uint64_t bits) const {
    const std::uint64_t cell = bits >> 52;
    // Unsigned wrap-around: true for the first cell and the last alone.
    if (cell - 1 >= cells - 2) [[unlikely]] { return in_end(bits); }
    return between(&edges_[cell], bits << 12);
  }

  // Of what operator() draws; the same sum on every machine.
  double mean() const { return mean_; }
  std::int64_t min() const { return first_.front(); }
  std::int64_t max() const { return last_.back(); }
  // The same with every value above `highest` ≥ 0 replaced by it.
  QuantileTable capped(std::int64_t highest) const;
  bool operator==(const QuantileTable&) const = default;

 private:
  static constexpr std::uint64_t cells = 4096;

  // `upper(p)`: the value at quantile p in 0 … 1, finite at 1.
  explicit QuantileTable(const std::function<double(double)>& upper);
  void measure_mean();

  static std::int64_t between(const std::int64_t* edge, std::uint64_t fraction) {
    // Whole numbers from edge[0] to edge[1], both included: so a cell's mean is its middle, without a bias of a half.
    __extension__ using Wide = unsigned __int128;
    const auto span = static_cast<std::uint64_t>(edge[1] - edge[0]) + 1;
    return edge[0] + static_cast<std::int64_t>((Wide{span} * fraction) >> 64);
  }
  std::int64_t in_end(std::uint64_t bits) const {
    const auto& edges = bits >> 63 == 0 ? first_ : last_;
    return between(&edges[(bits >> 40) & (cells - 1)], bits << 24);
  }

  std::vector<std::int64_t> edges_;  // cells + 1 of each
  std::vector<std::int64_t> first_;
  std::vector<std::int64_t> last_;
  double mean_ = 0;
};

}  // namespace core
