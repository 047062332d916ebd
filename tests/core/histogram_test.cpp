#include "core/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

namespace {

constexpr std::int64_t hour_ns = 3'600'000'000'000;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) { return error.what(); }
  return "no error";
}

// Values of every size up to 2^max_bits - 1: as many of 5 bits as of 40, as latencies over decades have.
std::vector<std::int64_t> values_of_every_size(std::uint64_t seed, std::size_t count, unsigned max_bits) {
  core::Stream stream{seed};
  std::vector<std::int64_t> values(count);
  for (auto& value : values) {
    const auto bits = static_cast<unsigned>(stream.next() % (max_bits + 1));
    value = bits == 0 ? 0 : static_cast<std::int64_t>(stream.next() >> (64 - bits));
  }
  return values;
}

core::Histogram histogram_of(const std::vector<std::int64_t>& values, int digits = 3) {
  core::Histogram histogram{hour_ns, digits};
  for (const std::int64_t value : values) { histogram.record(value); }
  return histogram;
}

}  // namespace

TEST_CASE("The bucket layout is HdrHistogram's", "[core][histogram]") {
  // Facts of the format: 2048 sub-buckets at 3 digits; octaves until 2048 × 2^k exceeds an hour of
  // nanoseconds (2^41 < 3.6e12 < 2^42, so k = 31, the 32nd); half of each octave but the first is stored.
  const core::Histogram histogram{hour_ns};
  CHECK(histogram.sub_buckets() == 2048);
  CHECK(histogram.octaves() == 32);
  CHECK(histogram.counts().size() == 33 * 1024);
  CHECK(core::Histogram::bytes_needed(hour_ns, 3) == 264 * 1024);
  CHECK(core::Histogram(hour_ns, 1).sub_buckets() == 32);
  CHECK(core::Histogram(hour_ns, 2).sub_buckets() == 256);
  CHECK(core::Histogram(hour_ns, 4).sub_buckets() == 32768);
  CHECK(core::Histogram(hour_ns, 5).sub_buckets() == 262144);
  CHECK(core::Histogram(2047).octaves() == 1);
  CHECK(core::Histogram(2048).octaves() == 2);
}

TEST_CASE("Buckets adjoin and cover all of 63 bits", "[core][histogram]") {
  for (const std::int64_t lowest : {1, 1000}) {
    CAPTURE(lowest);
    const core::Histogram histogram{std::numeric_limits<std::int64_t>::max(), 2, lowest};
    CHECK(histogram.lowest_at(0) == 0);
    const std::size_t last = histogram.counts().size() - 1;
    for (std::size_t i = 0; i < last; ++i) { REQUIRE(histogram.highest_at(i) + 1 == histogram.lowest_at(i + 1)); }
    CHECK(histogram.highest_at(last) == std::numeric_limits<std::int64_t>::max());
  }
}

TEST_CASE("A value falls into the bucket that contains it", "[core][histogram][property]") {
  for (const std::int64_t value : values_of_every_size(1, 2000, 41)) {
    core::Histogram histogram{hour_ns};
    histogram.record(value);
    CAPTURE(value);
    REQUIRE(histogram.total_count() == 1);
    REQUIRE(histogram.min() <= value);
    REQUIRE(histogram.max() >= value);
    // Three digits: the bucket is narrower than a thousandth of the value, and single units below 2048.
    REQUIRE((histogram.max() - histogram.min()) * 1000 <= value);
  }
}

TEST_CASE("A quantile is within 10^-digits of the exact order statistic", "[core][histogram][property]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (int digits = 1; digits <= 5; ++digits) {
      CAPTURE(seed, digits);
      auto values = values_of_every_size(seed, 1 + seed * 97, 41);
      const core::Histogram histogram = histogram_of(values, digits);
      std::sort(values.begin(), values.end());
      const double error = std::pow(10, -digits);
      for (const double quantile : {0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0}) {
        // 1e-9 n under the product: far more than the rounding of the double, far less than one rank.
        const auto n = static_cast<double>(values.size());
        const auto rank = std::max(1.0, std::ceil(quantile * n - 1e-9 * n));
        const std::int64_t exact = values[static_cast<std::size_t>(rank) - 1];
        const std::int64_t said = histogram.value_at_quantile(quantile);
        CAPTURE(quantile, exact, said);
        REQUIRE(said >= exact);
        REQUIRE(static_cast<double>(said - exact) <= error * static_cast<double>(exact));
      }
    }
  }
}

TEST_CASE("A quantile of ten values is the value of that rank, although 0.9 is no binary fraction",
          "[core][histogram]") {
  core::Histogram histogram{1000};
  for (int value = 1; value <= 10; ++value) { histogram.record(value); }
  for (int tenth = 1; tenth <= 10; ++tenth) {
    CAPTURE(tenth);
    CHECK(histogram.value_at_quantile(tenth / 10.0) == tenth);
    CHECK(histogram.quantile_at_or_below(tenth) == tenth / 10.0);
  }
  CHECK(histogram.value_at_quantile(0.91) == 10);
  CHECK(histogram.value_at_quantile(1e-300) == 1);
  CHECK(histogram.value_at_quantile(-1) == 1);
  CHECK(histogram.value_at_quantile(7) == 10);
  CHECK(histogram.value_at_quantile(std::numeric_limits<double>::quiet_NaN()) == 1);
  CHECK(histogram.quantile_at_or_below(-5) == 0);
  CHECK(histogram.quantile_at_or_below(1'000'000) == 1);
}

TEST_CASE("Quantile 0 is the lowest equivalent of the smallest value, as HdrHistogram has it", "[core][histogram]") {
  core::Histogram histogram{hour_ns};
  histogram.record(1'000'001);  // bucket of width 512: 1953 × 512 = 999936
  CHECK(histogram.value_at_quantile(0) == 999'936);
  CHECK(histogram.value_at_quantile(0.1) == 1'000'447);
}

TEST_CASE("An empty histogram answers zero", "[core][histogram]") {
  const core::Histogram histogram{1000};
  CHECK(histogram.total_count() == 0);
  CHECK(histogram.value_at_quantile(0.5) == 0);
  CHECK(histogram.min() == 0);
  CHECK(histogram.max() == 0);
  CHECK(histogram.mean() == 0);
  CHECK(histogram.standard_deviation() == 0);
  CHECK(histogram.quantile_at_or_below(10) == 1);
  CHECK(histogram.recorded_buckets().empty());
}

TEST_CASE("Mean and deviation of small values are those of the values", "[core][histogram]") {
  // Under 2048 every value has a bucket of its own. 2, 4, 4, 4, 5, 5, 7, 9: mean 5, deviation 2.
  core::Histogram histogram{1000};
  for (const int value : {2, 4, 4, 4, 5, 5, 7, 9}) { histogram.record(value); }
  CHECK(histogram.mean() == 5);
  CHECK(histogram.standard_deviation() == 2);
}

TEST_CASE("The mean is within half a bucket of the values' mean", "[core][histogram][property]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    const auto values = values_of_every_size(seed, 500, 41);
    double sum = 0;
    for (const auto value : values) { sum += static_cast<double>(value); }
    const double exact = sum / 500;
    // A mid-point is off by at most half the width, which is at most 1/1024 of the bucket's lowest value.
    CHECK(std::abs(histogram_of(values).mean() - exact) <= exact / 2048);
  }
}

TEST_CASE("Recording n times is recording n values", "[core][histogram][property]") {
  core::Histogram once{hour_ns};
  core::Histogram each{hour_ns};
  for (const auto value : values_of_every_size(3, 200, 41)) {
    const std::int64_t count = value % 7;
    once.record_n(value, count);
    for (std::int64_t i = 0; i < count; ++i) { each.record(value); }
  }
  CHECK(once == each);
}

TEST_CASE("Merging in any order and grouping gives the same histogram", "[core][histogram][property]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    const auto a = values_of_every_size(seed, 300, 41);
    const auto b = values_of_every_size(seed + 1000, 200, 30);
    const auto c = values_of_every_size(seed + 2000, 100, 20);
    std::vector<std::int64_t> all;
    for (const auto* part : {&a, &b, &c}) { all.insert(all.end(), part->begin(), part->end()); }

    core::Histogram abc = histogram_of(a);
    abc.merge(histogram_of(b));
    abc.merge(histogram_of(c));
    core::Histogram bc = histogram_of(c);
    bc.merge(histogram_of(b));
    bc.merge(histogram_of(a));
    REQUIRE(abc == bc);
    REQUIRE(abc == histogram_of(all));
    REQUIRE(abc.mean() == bc.mean());
  }
}

TEST_CASE("Subtracting undoes adding, in equal and in different layouts", "[core][histogram][property]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const int digits : {2, 3, 4}) {
      CAPTURE(seed, digits);
      const core::Histogram before = histogram_of(values_of_every_size(seed, 300, 41));
      const core::Histogram other = histogram_of(values_of_every_size(seed + 1000, 200, 41), digits);
      core::Histogram sum = before;
      sum.add(other);
      REQUIRE(sum.total_count() == 500);
      REQUIRE(!(sum == before));
      sum.subtract(other);
      REQUIRE(sum == before);
    }
  }
}

TEST_CASE("Adding a coarser histogram moves each bucket to its lowest value", "[core][histogram]") {
  core::Histogram coarse{hour_ns, 2};
  coarse.record(1'000'000);  // bucket of width 4096: 244 × 4096 = 999424
  core::Histogram fine{hour_ns, 3};
  fine.add(coarse);
  CHECK(fine.min() == 999'424);
  CHECK(fine.max() == 999'424 + 511);
}

TEST_CASE("Subtracting more than there is throws and changes nothing", "[core][histogram][error]") {
  core::Histogram histogram{1000};
  histogram.record_n(5, 3);
  histogram.record(700);
  const core::Histogram before = histogram;
  core::Histogram more{1000};
  more.record(700);
  more.record_n(5, 4);
  CHECK(message_of([&] { histogram.subtract(more); }) ==
        "cannot subtract 4 values of 5 … 5 from a histogram that has 3");
  CHECK(histogram == before);
}

TEST_CASE("Adding beyond 2^63 values throws and changes nothing", "[core][histogram][error]") {
  core::Histogram half{1000};
  half.record_n(1, std::int64_t{1} << 62);
  core::Histogram other_half{1000};
  other_half.record_n(2, std::int64_t{1} << 62);
  const core::Histogram before = half;
  CHECK(message_of([&] { half.add(other_half); }) == "the sum of two histograms would hold more than 2^63 - 1 values");
  CHECK(half == before);
}

TEST_CASE("A value beyond the range is counted in the last bucket and told", "[core][histogram]") {
  core::Histogram histogram{1'000'000};
  histogram.record(1'000'000);
  CHECK(histogram.saturated() == 0);
  const std::int64_t end = histogram.highest_at(histogram.counts().size() - 1);
  CHECK(end >= 1'000'000);
  histogram.record(end);
  CHECK(histogram.saturated() == 0);
  histogram.record(end + 1);
  histogram.record_n(std::numeric_limits<std::int64_t>::max(), 2);
  CHECK(histogram.saturated() == 3);
  CHECK(histogram.total_count() == 5);
  CHECK(histogram.max() == end);

  core::Histogram wide{hour_ns};
  wide.record_n(hour_ns, 4);
  core::Histogram sum = histogram;
  sum.add(wide);
  CHECK(sum.saturated() == 7);
  sum.subtract(wide);
  CHECK(sum.saturated() == 3);
  sum.add(histogram);
  CHECK(sum.saturated() == 6);
  sum.subtract(histogram);
  CHECK(sum.saturated() == 3);
  sum.reset();
  CHECK(sum.saturated() == 0);
  CHECK(sum.total_count() == 0);
}

TEST_CASE("A histogram of the widest range takes the largest value", "[core][histogram]") {
  core::Histogram histogram{std::numeric_limits<std::int64_t>::max()};
  histogram.record(std::numeric_limits<std::int64_t>::max());
  CHECK(histogram.saturated() == 0);
  CHECK(histogram.max() == std::numeric_limits<std::int64_t>::max());
  CHECK(histogram.value_at_quantile(0.5) == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("A quantile next to 1 of more values than a double can count stays within them", "[core][histogram]") {
  core::Histogram histogram{1000};
  histogram.record_n(7, std::numeric_limits<std::int64_t>::max());  // rounds up to 2^63
  CHECK(histogram.value_at_quantile(std::nextafter(1.0, 0.0)) == 7);
}

TEST_CASE("Values under the lowest discernible are not told apart", "[core][histogram]") {
  core::Histogram histogram{hour_ns, 3, 1000};  // rounded down to 512
  histogram.record(3);
  histogram.record(511);
  REQUIRE(histogram.recorded_buckets().size() == 1);
  CHECK(histogram.recorded_buckets()[0].lowest == 0);
  CHECK(histogram.recorded_buckets()[0].highest == 511);
  CHECK(histogram.recorded_buckets()[0].count == 2);
}

TEST_CASE("Equality looks at buckets and counts", "[core][histogram]") {
  core::Histogram a{hour_ns};
  core::Histogram b{hour_ns + 1};  // the same octave
  CHECK(a == b);
  b.record(1);
  CHECK(!(a == b));
  a.record(1);
  CHECK(a == b);
  CHECK(!(core::Histogram{hour_ns, 3} == core::Histogram{hour_ns, 2}));
  CHECK(!(core::Histogram{hour_ns} == core::Histogram{hour_ns * 2}));
}

TEST_CASE("A layout that cannot be is refused with its reason", "[core][histogram][error]") {
  CHECK(message_of([] { core::Histogram{1000, 0}; }) == "a histogram has 1 to 5 significant digits, not 0");
  CHECK(message_of([] { core::Histogram{1000, 6}; }) == "a histogram has 1 to 5 significant digits, not 6");
  CHECK(message_of([] {
          core::Histogram{1000, 3, 0};
        }) == "the lowest discernible value of a histogram is at least 1, not 0");
  CHECK(message_of([] { core::Histogram{1}; }) ==
        "the highest trackable value of a histogram is at least twice the lowest discernible (1), not 1");
  CHECK(message_of([] { core::Histogram{-7}; }) ==
        "the highest trackable value of a histogram is at least twice the lowest discernible (1), not -7");
  CHECK(message_of([] {
          core::Histogram{std::numeric_limits<std::int64_t>::max(), 3, std::int64_t{1} << 52};
        }) == "a histogram of 3 digits from 4503599627370496 up does not fit into 63 bits");
}
