#include "loadgen/judge/steady_state.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "core/distributions.hpp"
#include "core/histogram_log.hpp"
#include "core/math.hpp"
#include "core/random.hpp"
#include "tests/loadgen/texts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;
namespace judge = loadgen::judge;
using judge::MeanPoint;
using test_support::check_says;

namespace {

// Normal noise in which each second remembers `memory` of the one before; the standard deviation of a second is 1.
class Noise {
 public:
  Noise(std::uint64_t seed, double memory) : chance_{seed}, memory_{memory}, last_{normal()} {}
  double next() {
    const double now = last_;
    last_ = memory_ * last_ + std::sqrt(1 - memory_ * memory_) * normal();
    return now;
  }

 private:
  double normal() { return core::normal_quantile(core::unit_by_bits(chance_.next()) - 0x1p-53); }
  core::Stream chance_;
  double memory_;
  double last_;
};

// Means of 20 with a noise of 1; `more` is added to each.
template <class More>
std::vector<MeanPoint> a_run(std::uint64_t seed, std::size_t seconds, double memory, More more) {
  std::vector<MeanPoint> points;
  Noise noise{seed, memory};
  for (std::size_t i = 0; i < seconds; ++i) {
    points.push_back({i * 1s, 1s, 20 + noise.next() + more(static_cast<double>(i)), 100});
  }
  return points;
}
double nothing(double) { return 0; }

}  // namespace

TEST_CASE("A transient is cut where it sinks into the noise", "[loadgen][judge][steady_state]") {
  // It decays from `size` with the time constant `decay_s`: below the noise (1) from decay × ln(size) on, below a tenth
  // of it after 2.3 more decays. Batches of 5 s: one more either way.
  for (const double size : {10.0, 100.0}) {
    for (const double decay_s : {3.0, 10.0, 30.0}) {
      CAPTURE(size, decay_s);
      const double into_noise_s = decay_s * std::log(size);
      if (into_noise_s > 120) { continue; }  // of 300 s no more than half may be cut
      std::vector<double> cuts_s;
      for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const auto steady =
            judge::find_steady_state(a_run(seed, 300, 0.3, [&](double t) { return size * std::exp(-t / decay_s); }));
        if (steady.found) { cuts_s.push_back(core::to_seconds(steady.from)); }
      }
      std::sort(cuts_s.begin(), cuts_s.end());
      REQUIRE(cuts_s.size() >= 98);
      CHECK(cuts_s[5] >= into_noise_s - 0.5 * decay_s - 5);
      CHECK(cuts_s[50] <= into_noise_s + 2.3 * decay_s + 5);
      CHECK(cuts_s[50] >= into_noise_s - 0.5 * decay_s);
    }
  }
}

TEST_CASE("A steady run loses little", "[loadgen][judge][steady_state]") {
  // Measured with 2,000 seeds: none found in 0.5 % (of 300 s) and 2.5 % (of 60 s) with a memory of 0.8, and less with
  // less.
  for (const std::size_t seconds : {60U, 300U}) {
    for (const double memory : {0.0, 0.5, 0.8}) {
      CAPTURE(seconds, memory);
      int none = 0;
      double cut = 0;
      const std::uint64_t runs = 400;
      for (std::uint64_t seed = 0; seed < runs; ++seed) {
        const auto steady = judge::find_steady_state(a_run(seed, seconds, memory, nothing));
        none += steady.found ? 0 : 1;
        cut += core::to_seconds(steady.from) / static_cast<double>(seconds * runs);
      }
      CHECK(none <= 20);
      CHECK(cut <= 0.1);
    }
  }
}

TEST_CASE("A run that drifts to its end has no steady part, or a trend that says so",
          "[loadgen][judge][steady_state]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const auto points = a_run(seed, 300, 0.5, [](double t) { return t / 15; });  // doubles from 20 to 40
    const auto steady = judge::find_steady_state(points);
    const auto trend = judge::find_trend(points);
    CHECK(trend.grows);
    CHECK(trend.growth == Approx(20.0 / 30).margin(0.15));
    if (!steady.found) { check_says(steady.rule, "no steady part, the mean still drifted at half of the run"); }
  }
  const auto drifting = judge::find_steady_state(a_run(1, 100, 0, [](double t) { return t; }));
  CHECK_FALSE(drifting.found);
  CHECK(
      drifting.rule ==
      "MSER-1 on the mean response time, at most half cut: no steady part, the mean still drifted at half of the run.");
}

TEST_CASE("What the rule did is said in a sentence", "[loadgen][judge][steady_state]") {
  std::vector<MeanPoint> points;
  for (int i = 0; i < 100; ++i) { points.push_back({i * 1s, 1s, i < 12 ? 50.0 - i : 5.0, 10}); }
  const auto steady = judge::find_steady_state(points);
  CHECK(steady.found);
  CHECK(steady.from == 12s);
  CHECK(steady.rule == "MSER-1 on the mean response time, at most half cut: the first 12 s cut.");
  for (MeanPoint& point : points) { point.mean = 5; }
  const auto flat = judge::find_steady_state(points);
  CHECK(flat.found);
  CHECK(flat.from == 0s);
  CHECK(flat.rule == "MSER-1 on the mean response time, at most half cut: nothing to cut.");
  const auto brief = judge::find_steady_state(std::span{points}.first(9));
  CHECK_FALSE(brief.found);
  CHECK(brief.rule == "No steady part was looked for: 9 seconds with answers are too few, 10 are needed.");
  CHECK_FALSE(judge::find_trend(std::span{points}.first(9)).grows);
}

TEST_CASE("Five seconds make a batch of a long run, and what is left over is left out in front",
          "[loadgen][judge][steady_state]") {
  std::vector<MeanPoint> points;
  for (int i = 0; i < 303; ++i) { points.push_back({i * 1s, 1s, i < 41 ? 50.0 : 5.0, 10}); }
  const auto steady = judge::find_steady_state(points);
  CHECK(steady.from == 43s);  // batches begin at 3, 8, … 38, 43: the one from 38 on still holds slow seconds
}

// A test at 1 % in 1,000 runs: 10 ± 5 × 3.1. With a memory of 0.8 the correction leaves 1 to 2 %.
TEST_CASE("A trend is seen in a steady run about as rarely as is claimed", "[loadgen][judge][steady_state]") {
  const double critical = core::normal_quantile(0.99);
  for (const std::size_t seconds : {60U, 300U, 3000U}) {
    for (const double memory : {0.0, 0.5, 0.8}) {
      CAPTURE(seconds, memory);
      int significant = 0;
      int grows = 0;
      for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const auto trend = judge::find_trend(a_run(seed, seconds, memory, nothing));
        significant += trend.score > critical ? 1 : 0;
        grows += trend.grows ? 1 : 0;
      }
      CHECK(significant <= 26);
      CHECK(significant >= 2);
      CHECK(grows <= significant);
    }
  }
}

TEST_CASE("A latency that grows by half is seen within a minute, one that falls is no alarm",
          "[loadgen][judge][steady_state]") {
  int seen = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto trend = judge::find_trend(a_run(seed, 60, 0.5, [](double t) { return t / 6; }));
    seen += trend.grows ? 1 : 0;
    if (trend.grows) { check_says(trend.words, " % over the 1 min 00 s tested"); }
    CHECK_FALSE(judge::find_trend(a_run(seed, 60, 0.5, [](double t) { return -t / 6; })).grows);
  }
  CHECK(seen >= 95);
}

TEST_CASE("A long series is merged into a bounded number of points, with the same mean",
          "[loadgen][judge][steady_state]") {
  core::Stream chance{9};
  for (const std::size_t count : {7U, 8U, 9U, 16U, 17U, 31U, 1000U, 1001U}) {
    CAPTURE(count);
    judge::MeanSeries series{8};
    double sum = 0;
    std::int64_t values = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double mean = core::unit_closed_open(chance.next());
      const auto weight = static_cast<std::int64_t>(1 + chance.next() % 9);
      series.add({i * 1s, 1s, mean, weight});
      series.add({i * 1s, 1s, 77, 0});  // without values: nothing
      sum += mean * static_cast<double>(weight);
      values += weight;
    }
    const auto& points = series.points();
    CHECK(points.size() <= 8);
    CHECK(points.size() >= std::min<std::size_t>(count, 4));
    double merged_sum = 0;
    std::int64_t merged_values = 0;
    for (const MeanPoint& point : points) {
      merged_sum += point.mean * static_cast<double>(point.count);
      merged_values += point.count;
    }
    CHECK(merged_values == values);
    CHECK(merged_sum == Approx(sum).epsilon(1e-12));
    CHECK(points.front().start == 0s);
    CHECK(points.back().start + points.back().length == count * 1s);
    for (std::size_t i = 1; i < points.size(); ++i) {
      CHECK(points[i].start == points[i - 1].start + points[i - 1].length);
      CHECK(points[i - 1].length == points.front().length);  // all but the last are of one width
    }
  }
}

TEST_CASE("The means of a recording are those of its answered requests", "[loadgen][judge][steady_state]") {
  core::Histogram histogram{loadgen::longest_ns};
  histogram.record_n(1000, 3);
  histogram.record_n(2000, 1);
  std::string log = core::histogram_log_header({.start_time = 1'796'083'200s});
  log += core::histogram_log_line({.start = 0s, .length = 1s, .histogram = histogram});
  log += core::histogram_log_line({.start = 0s, .length = 1s, .tag = "timeout", .histogram = histogram});
  log += core::histogram_log_line({.start = 1s, .length = 1s, .histogram = histogram});
  const auto read = test_support::files_of({{"service_time.hlog", log}});
  const auto series = judge::read_means(read, loadgen::Metric::service_time, {});
  REQUIRE(series.points().size() == 2);
  CHECK(series.points()[0].count == 4);
  CHECK(series.points()[0].mean == Approx(1250).epsilon(1e-3));
  CHECK(judge::read_means(read, loadgen::Metric::service_time, {.from = 1s}).points().size() == 1);
  CHECK(judge::read_means(read, loadgen::Metric::response_time, {}).points().empty());
}
