// A latency histogram, compatible with HdrHistogram.
//
//  * `Histogram`  counts of whole non-negative values in buckets whose width grows with the value, so
//                 that every quantile is within 10^-digits of the truth (3: 0.1 %), whatever its size
//
// A Histogram is a value: copied, compared, merged, written down (core/histogram_log.hpp,
// core/percentile_table.hpp). Percentiles are never averaged: merge, then ask again. The layout of buckets is
// HdrHistogram's (G. Tene, https://github.com/HdrHistogram), so logs can be exchanged with its
// implementations.
//
// Recording costs one addition to one count; everything else (total, smallest, largest, mean) is derived from
// the counts when it is asked for.
//
// Example:
//   core::Histogram latency_ns{3'600'000'000'000};   // up to an hour, 3 digits
//   latency_ns.record(1'250'000);
//   const std::int64_t p99 = latency_ns.value_at_quantile(0.99);
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace core {

class Histogram {
 public:
  // Tracks 0 … at least `highest_trackable` (≥ 2 × lowest_discernible) with `digits` (1 … 5) significant
  // decimal digits; values under `lowest_discernible` (≥ 1; rounded down to a power of two) are not told
  // apart. Memory: 8 bytes × bucket count (3 digits up to an hour of nanoseconds: 264 KiB). Throws
  // std::invalid_argument.
  explicit Histogram(std::int64_t highest_trackable, int digits = 3, std::int64_t lowest_discernible = 1);

  // The bytes of counts that a histogram so built holds, so that a stranger's wish can be refused beforehand.
  // Throws as the constructor does.
  static std::int64_t bytes_needed(std::int64_t highest_trackable, int digits, std::int64_t lowest_discernible = 1);

  // O(1). A value beyond the highest trackable is counted in the last bucket, and `saturated()` tells how
  // many were. Neither value nor count may be negative.
  void record(std::int64_t value) { record_n(value, 1); }
  void record_n(std::int64_t value, std::int64_t count);
  // As record_n, with a count of either sign: takes back values that were recorded before, and only those.
  void adjust(std::int64_t value, std::int64_t count);
  std::int64_t saturated() const { return saturated_; }

  // Adds (subtracts) another's counts. Between layouts of different width a bucket moves as HdrHistogram
  // moves it: all its values become its lowest one. Subtracting more than is there throws
  // std::invalid_argument, adding beyond 2^63 - 1 values std::overflow_error; both leave this unchanged.
  void add(const Histogram& other);
  void merge(const Histogram& other) { add(other); }
  void subtract(const Histogram& other);
  void reset();

  std::int64_t total_count() const;
  // The highest value equivalent to the one at `quantile`, as HdrHistogram defines it: the smallest recorded
  // one whose share of values at or below is at least `quantile` (less one unit in its last place, so that
  // 0.9 of 10 values are 9, although the double 0.9 is a little more). At 0 the lowest equivalent of the
  // smallest; outside 0 … 1 the nearer end; 0 when empty.
  std::int64_t value_at_quantile(double quantile) const;
  // The share of values ≤ `value`, or equivalent to it; 1 when empty.
  double quantile_at_or_below(std::int64_t value) const;
  std::int64_t min() const;           // lowest equivalent of the smallest value recorded; 0 when empty
  std::int64_t max() const;           // highest equivalent of the largest value recorded; 0 when empty
  double mean() const;                // from bucket mid-points; 0 when empty
  double standard_deviation() const;  // of the population, from bucket mid-points; 0 when empty

  // One bucket that holds at least one value: all values in [lowest, highest] count as equal.
  struct Bucket {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
    std::int64_t count = 0;
  };
  std::vector<Bucket> recorded_buckets() const;

  // The layout, for those who write histograms down.
  std::int64_t highest_trackable() const { return highest_trackable_; }
  std::int64_t lowest_discernible() const { return lowest_discernible_; }
  int digits() const { return digits_; }
  int octaves() const;  // HdrHistogram's "Buckets", and its "SubBuckets":
  std::int64_t sub_buckets() const { return std::int64_t{2} << half_magnitude_; }
  std::span<const std::int64_t> counts() const { return counts_; }
  std::int64_t lowest_at(std::size_t index) const;  // of counts()[index]
  std::int64_t highest_at(std::size_t index) const;

  // The same buckets with the same counts. That a value once saturated is not part of it: no log tells.
  friend bool operator==(const Histogram& a, const Histogram& b) { return a.same_layout(b) && a.counts_ == b.counts_; }

 private:
  // Octave k ≥ 1 holds the values of one bit length in 2^half_magnitude_ buckets of width 2^(k +
  // unit_magnitude_); octave 0 holds all smaller ones in twice as many. `v >> shift` is then a number of
  // half_magnitude_ + 1 bits, whose top bit carries into the octave's index, so that no subtraction is
  // needed.
  std::size_t index_of(std::int64_t value) const {
    const auto v = static_cast<std::uint64_t>(value);
    const int shift = 63 - std::countl_zero(v | octave_0_mask_) - half_magnitude_;
    return (static_cast<std::size_t>(shift - unit_magnitude_) << half_magnitude_) +
           static_cast<std::size_t>(v >> shift);
  }
  bool same_layout(const Histogram& other) const {
    return half_magnitude_ == other.half_magnitude_ && unit_magnitude_ == other.unit_magnitude_ &&
           counts_.size() == other.counts_.size();
  }
  int width_bits_at(std::size_t index) const;

  std::vector<std::int64_t> counts_;
  std::uint64_t octave_0_mask_;  // ones up to the highest bit of octave 0
  int half_magnitude_;           // log2 of the buckets in an octave
  int unit_magnitude_;           // log2 of the narrowest bucket
  int digits_;
  std::int64_t highest_trackable_;
  std::int64_t lowest_discernible_;
  std::int64_t saturated_ = 0;
};

// In the header, for it runs once a request: a count of leading zeros, three shifts and one addition.
inline void Histogram::record_n(std::int64_t value, std::int64_t count) {
  assert(count >= 0);
  adjust(value, count);
}

inline void Histogram::adjust(std::int64_t value, std::int64_t count) {
  assert(value >= 0);
  const std::size_t index = index_of(value);
  if (index < counts_.size()) [[likely]] {
    counts_[index] += count;
  } else {
    counts_.back() += count;
    saturated_ += count;
  }
}

}  // namespace core
