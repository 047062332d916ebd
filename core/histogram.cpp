#include "core/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/core.h>

namespace core {
namespace {

__extension__ using Wide = unsigned __int128;  // a sum of count × value, both under 2^63, is under 2^126

struct Layout {
  int half_magnitude;
  int unit_magnitude;
  int octaves;
  std::size_t buckets() const { return (static_cast<std::size_t>(octaves) + 1) << half_magnitude; }
};

int bit_length(std::int64_t value) { return 64 - std::countl_zero(static_cast<std::uint64_t>(value)); }

Layout layout_of(std::int64_t highest_trackable, int digits, std::int64_t lowest_discernible) {
  if (digits < 1 || digits > 5) {
    throw std::invalid_argument{fmt::format("a histogram has 1 to 5 significant digits, not {}", digits)};
  }
  if (lowest_discernible < 1) {
    throw std::invalid_argument{
        fmt::format("the lowest discernible value of a histogram is at least 1, not {}", lowest_discernible)};
  }
  if (highest_trackable / 2 < lowest_discernible) {
    throw std::invalid_argument{
        fmt::format("the highest trackable value of a histogram is at least twice the lowest discernible ({}), not {}",
                    lowest_discernible, highest_trackable)};
  }
  // Octave 0 tells single units apart up to 2 × 10^digits, rounded up to a power of two: 32, 256, 2048,
  // 32768, 262144.
  constexpr std::array<int, 5> half_magnitudes{4, 7, 10, 14, 17};
  Layout layout{};
  layout.half_magnitude = half_magnitudes[static_cast<std::size_t>(digits - 1)];
  layout.unit_magnitude = bit_length(lowest_discernible) - 1;
  const int octave_0_bits = layout.half_magnitude + 1 + layout.unit_magnitude;
  if (octave_0_bits > 62) {
    throw std::invalid_argument{
        fmt::format("a histogram of {} digits from {} up does not fit into 63 bits", digits, lowest_discernible)};
  }
  layout.octaves = 1 + std::max(0, bit_length(highest_trackable) - octave_0_bits);
  return layout;
}

}  // namespace

Histogram::Histogram(std::int64_t highest_trackable, int digits, std::int64_t lowest_discernible)
    : digits_{digits}, highest_trackable_{highest_trackable}, lowest_discernible_{lowest_discernible} {
  const Layout layout = layout_of(highest_trackable, digits, lowest_discernible);
  half_magnitude_ = layout.half_magnitude;
  unit_magnitude_ = layout.unit_magnitude;
  octave_0_mask_ = (std::uint64_t{2} << (half_magnitude_ + unit_magnitude_)) - 1;
  counts_.resize(layout.buckets());
}

std::int64_t Histogram::bytes_needed(std::int64_t highest_trackable, int digits, std::int64_t lowest_discernible) {
  return static_cast<std::int64_t>(layout_of(highest_trackable, digits, lowest_discernible).buckets() *
                                   sizeof(std::int64_t));
}

void Histogram::add(const Histogram& other) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(total_count(), other.total_count(), &sum)) {
    throw std::overflow_error{"the sum of two histograms would hold more than 2^63 - 1 values"};
  }
  if (same_layout(other)) {
    for (std::size_t i = 0; i < counts_.size(); ++i) { counts_[i] += other.counts_[i]; }
    saturated_ += other.saturated_;
    return;
  }
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    if (other.counts_[i] != 0) { record_n(other.lowest_at(i), other.counts_[i]); }
  }
}

void Histogram::subtract(const Histogram& other) {
  std::vector<std::int64_t> rest = counts_;
  std::int64_t saturated_there = same_layout(other) ? other.saturated_ : 0;
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    const std::int64_t count = other.counts_[i];
    if (count == 0) { continue; }
    std::size_t index = index_of(other.lowest_at(i));
    if (index >= rest.size()) {
      index = rest.size() - 1;
      saturated_there += count;
    }
    if (rest[index] < count) {
      throw std::invalid_argument{fmt::format("cannot subtract {} values of {} … {} from a histogram that has {}",
                                              count, lowest_at(index), highest_at(index), rest[index])};
    }
    rest[index] -= count;
  }
  counts_ = std::move(rest);
  saturated_ = std::max(std::int64_t{0}, saturated_ - saturated_there);
}

void Histogram::reset() {
  std::fill(counts_.begin(), counts_.end(), 0);
  saturated_ = 0;
}

std::int64_t Histogram::total_count() const {
  std::int64_t total = 0;
  for (const std::int64_t count : counts_) { total += count; }
  return total;
}

std::int64_t Histogram::value_at_quantile(double quantile) const {
  const std::int64_t total = total_count();
  if (total == 0) { return 0; }
  if (!(quantile > 0)) { return min(); }
  std::int64_t rank = total;
  if (quantile < 1) {
    // The next smaller double of a positive one is one less in its bits. At most 1 - 2^-52, it keeps the product
    // from exceeding the total, even where that is rounded up to a double.
    const auto just_below = std::bit_cast<double>(std::bit_cast<std::uint64_t>(quantile) - 1);
    rank = std::max(std::int64_t{1}, static_cast<std::int64_t>(std::ceil(just_below * static_cast<double>(total))));
  }
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) { return highest_at(i); }
  }
  assert(false);  // the counts sum to the total
  return 0;
}

double Histogram::quantile_at_or_below(std::int64_t value) const {
  const std::int64_t total = total_count();
  if (total == 0) { return 1; }
  if (value < 0) { return 0; }
  const std::size_t last = std::min(index_of(value), counts_.size() - 1);
  std::int64_t below = 0;
  for (std::size_t i = 0; i <= last; ++i) { below += counts_[i]; }
  return static_cast<double>(below) / static_cast<double>(total);
}

std::int64_t Histogram::min() const {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) { return lowest_at(i); }
  }
  return 0;
}

std::int64_t Histogram::max() const {
  for (std::size_t i = counts_.size(); i-- > 0;) {
    if (counts_[i] != 0) { return highest_at(i); }
  }
  return 0;
}

double Histogram::mean() const {
  // Summed in whole numbers, so that the order of merging cannot show.
  Wide sum = 0;
  Wide total = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) { continue; }
    const auto mid = lowest_at(i) + ((std::int64_t{1} << width_bits_at(i)) >> 1);
    sum += static_cast<Wide>(mid) * static_cast<Wide>(counts_[i]);
    total += static_cast<Wide>(counts_[i]);
  }
  return total == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(total);
}

double Histogram::standard_deviation() const {
  const double centre = mean();
  double squares = 0;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) { continue; }
    const auto mid = lowest_at(i) + ((std::int64_t{1} << width_bits_at(i)) >> 1);
    const double off = static_cast<double>(mid) - centre;
    squares += off * off * static_cast<double>(counts_[i]);
    total += counts_[i];
  }
  return total == 0 ? 0 : std::sqrt(squares / static_cast<double>(total));
}

std::vector<Histogram::Bucket> Histogram::recorded_buckets() const {
  std::vector<Bucket> buckets;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) { buckets.push_back({lowest_at(i), highest_at(i), counts_[i]}); }
  }
  return buckets;
}

int Histogram::octaves() const { return static_cast<int>(counts_.size() >> half_magnitude_) - 1; }

int Histogram::width_bits_at(std::size_t index) const {
  const int octave = static_cast<int>(index >> half_magnitude_) - 1;
  return std::max(0, octave) + unit_magnitude_;
}

std::int64_t Histogram::lowest_at(std::size_t index) const {
  const std::size_t half = std::size_t{1} << half_magnitude_;
  const std::size_t sub_bucket = index < half ? index : half + (index & (half - 1));
  return static_cast<std::int64_t>(sub_bucket) << width_bits_at(index);
}

std::int64_t Histogram::highest_at(std::size_t index) const {
  // The last bucket of the widest layout ends at 2^63 - 1: one less first, lest the sum overflow.
  return lowest_at(index) + ((std::int64_t{1} << width_bits_at(index)) - 1);
}

}  // namespace core
