// A latency histogram, compatible with HdrHistogram.
//
//  * `Histogram`  counts of whole non-negative values in buckets whose width grows with the value, so that every
//                 quantile is within 10^-digits of the truth (digits = 3: 0.1 %), whatever its size
//
// A Histogram is a value: copied, compared, merged, written down (core/histogram_log.hpp, core/percentile_table.hpp).
// Percentiles are never averaged: merge, then ask again. The layout of buckets is HdrHistogram's (G. Tene,
// https://github.com/HdrHistogram), so logs can be exchanged with its implementations.
//
// Example:
//   core::Histogram latency_ns{3'600'000'000'000};   // up to an hour, 3 digits
//   latency_ns.record(1'250'000);
//   const std::int64_t p99 = latency_ns.value_at_quantile(0.99);
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace core {

class Histogram {
 public:
  // Tracks 0 … at least `highest_trackable` (≥ 2) with `digits` (1 … 5) significant decimal digits; values under
  // `lowest_discernible` (≥ 1) are not told apart. Memory: 8 bytes × bucket count (3 digits up to an hour of
  // nanoseconds: 264 KiB). Throws std::invalid_argument.
  explicit Histogram(std::int64_t highest_trackable, int digits = 3, std::int64_t lowest_discernible = 1);

  // O(1). A value beyond the highest trackable is counted in the last bucket, and `saturated()` tells how many were.
  void record(std::int64_t value) { record_n(value, 1); }
  void record_n(std::int64_t value, std::int64_t count);

  // Adds (subtracts) another's counts; the layouts may differ. Subtracting more than is there throws
  // std::invalid_argument and leaves this unchanged.
  void add(const Histogram& other);
  void subtract(const Histogram& other);
  void reset();

  std::int64_t total_count() const;
  // The highest value equivalent to the one at `quantile` (0 … 1), as HdrHistogram defines it; 0 when empty.
  std::int64_t value_at_quantile(double quantile) const;
  // The share of values ≤ `value`.
  double quantile_at_or_below(std::int64_t value) const;
  std::int64_t min() const;  // lowest equivalent of the smallest value recorded; 0 when empty
  std::int64_t max() const;  // highest equivalent of the largest value recorded; 0 when empty
  double mean() const;       // from bucket mid-points
  double standard_deviation() const;

  // One bucket that holds at least one value: all values in [lowest, highest] count as equal.
  struct Bucket {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
    std::int64_t count = 0;
  };
  std::vector<Bucket> recorded_buckets() const;
};

}  // namespace core
