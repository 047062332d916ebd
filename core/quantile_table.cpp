#include "core/quantile_table.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "core/math.hpp"
#include "core/money.hpp"

namespace core {

namespace {

// 2^62: edges stay far enough from the end of 64 bits that a cell's width + 1 does not overflow.
constexpr double largest_value = 0x1p62;

std::int64_t to_whole(double value) {
  if (!(value >= 0 && value <= largest_value)) {
    throw std::invalid_argument{"quantile table: a value is not a number from 0 to 2^62"};
  }
  return static_cast<std::int64_t>(std::floor(value + 0.5));
}

}  // namespace

QuantileTable::QuantileTable(const std::function<double(double)>& upper)
    : edges_(cells + 1), first_(cells + 1), last_(cells + 1) {
  constexpr double width = 1.0 / static_cast<double>(cells);  // a power of two: every p below is exact
  // Row by row, so that `upper` is asked from left to right.
  for (std::size_t i = 0; i <= cells; ++i) { edges_[i] = to_whole(upper(static_cast<double>(i) * width)); }
  for (std::size_t i = 0; i <= cells; ++i) { first_[i] = to_whole(upper(static_cast<double>(i) * width * width)); }
  for (std::size_t i = 0; i <= cells; ++i) {
    last_[i] = to_whole(upper((1 - width) + static_cast<double>(i) * width * width));
  }
  measure_mean();
}

void QuantileTable::measure_mean() {
  // Twice the sum of cell middles is a whole number: exact in 128 bits, rounded once.
  const auto twice_inner = [](const std::vector<std::int64_t>& edges, std::size_t from, std::size_t to) {
    Int128 sum = 0;
    for (std::size_t i = from; i < to; ++i) { sum += Int128{edges[i]} + edges[i + 1]; }
    return sum;
  };
  const Int128 ends = twice_inner(first_, 0, cells) + twice_inner(last_, 0, cells);
  const Int128 inner = twice_inner(edges_, 1, cells - 1);
  mean_ = (static_cast<double>(inner) + static_cast<double>(ends) / static_cast<double>(cells)) /
          (2 * static_cast<double>(cells));
}

QuantileTable::QuantileTable(std::span<const QuantilePoint> points) {
  if (points.size() < 2 || points.front().quantile != 0 || points.back().quantile != 1) {
    throw std::invalid_argument{"quantile points: found no point at quantile 0 or none at 1, expected both"};
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!(points[i].value >= 0 && points[i].value <= largest_value)) {
      throw std::invalid_argument{fmt::format("quantile points: found the value {} at quantile {}, expected 0 … 2^62",
                                              points[i].value, points[i].quantile)};
    }
    if (i > 0 && !(points[i].quantile > points[i - 1].quantile)) {
      throw std::invalid_argument{fmt::format("quantile points: found quantile {} after {}, expected a larger one",
                                              points[i].quantile, points[i - 1].quantile)};
    }
    if (i > 0 && points[i].value < points[i - 1].value) {
      throw std::invalid_argument{
          fmt::format("quantile points: found the value {} at quantile {} after {}, expected "
                      "values that never fall",
                      points[i].value, points[i].quantile, points[i - 1].value)};
    }
  }
  std::size_t right = 1;
  *this = QuantileTable{[&](double p) {
    while (right + 1 < points.size() && points[right].quantile < p) { ++right; }
    while (right > 1 && points[right - 1].quantile > p) { --right; }
    const QuantilePoint& a = points[right - 1];
    const QuantilePoint& b = points[right];
    return a.value + (b.value - a.value) * ((p - a.quantile) / (b.quantile - a.quantile));
  }};
}

QuantileTable::QuantileTable(const Histogram& histogram) {
  const std::vector<Histogram::Bucket> buckets = histogram.recorded_buckets();
  if (buckets.empty()) { throw std::invalid_argument{"quantile table: the histogram is empty"}; }
  double total = 0;
  for (const auto& bucket : buckets) { total += static_cast<double>(bucket.count); }
  // ends[i]: the share of values in buckets 0 … i.
  std::vector<double> ends;
  double so_far = 0;
  for (const auto& bucket : buckets) {
    so_far += static_cast<double>(bucket.count);
    ends.push_back(so_far / total);
  }
  std::size_t at = 0;
  *this = QuantileTable{[&](double p) {
    while (at > 0 && ends[at - 1] >= p) { --at; }
    while (at + 1 < ends.size() && ends[at] < p) { ++at; }
    const double before = at == 0 ? 0 : ends[at - 1];
    const double inside = std::fmin(1.0, std::fmax(0.0, (p - before) / (ends[at] - before)));
    const auto lowest = static_cast<double>(buckets[at].lowest);
    const auto highest = static_cast<double>(buckets[at].highest);
    return lowest + inside * (highest - lowest);
  }};
}

QuantileTable QuantileTable::capped(std::int64_t highest) const {
  QuantileTable table = *this;
  for (std::vector<std::int64_t>* const edges : {&table.edges_, &table.first_, &table.last_}) {
    for (std::int64_t& edge : *edges) { edge = std::min(edge, highest); }
  }
  table.measure_mean();
  return table;
}

QuantileTable QuantileTable::constant(std::int64_t value) {
  return QuantileTable{[&](double) { return static_cast<double>(value); }};
}

QuantileTable QuantileTable::exponential(double mean) {
  // The last edge lies two means beyond the one before: then the middle of the last cell is the mean of that tail.
  constexpr double rest = 0x1p-24;
  return QuantileTable{[&](double p) { return p < 1 ? -mean * log(1 - p) : mean * (2 - log(rest)); }};
}

QuantileTable QuantileTable::lognormal(double p50, double p95) {
  if (!(p50 > 0 && p95 >= p50)) { throw std::invalid_argument{"lognormal: expected 0 < p50 ≤ p95"}; }
  const double sigma = log(p95 / p50) / normal_quantile(0.95);
  // The last of 2^24 cells would reach to infinity; it is cut at the quantile of a sixteenth of it.
  return QuantileTable{[&](double p) {
    if (p <= 0) { return 0.0; }
    return p50 * exp(sigma * normal_quantile(p < 1 ? p : 1 - 0x1p-28));
  }};
}

}  // namespace core
