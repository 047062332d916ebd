#include "decision/cache_remedy.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using decision::cache_remedy;
using decision::hit_ratio_for_mean;
using decision::hit_ratio_for_percentile;
using decision::Measure;
using decision::Target;

namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr Target p95{Measure::latency, 9500, 150 * ms};

}  // namespace

TEST_CASE("A mean of 180 ms needs 17.1 % hits of 5 ms to fall to 150 ms", "[decision][cache]") {
  CHECK(hit_ratio_for_mean(180, 150, 5).value() == Approx(30.0 / 175));
  CHECK(hit_ratio_for_mean(150, 150, 5) == 0);
  CHECK(hit_ratio_for_mean(180, 150, 150).value() == Approx(1));
  CHECK_FALSE(hit_ratio_for_mean(180, 150, 151));
}

TEST_CASE("A percentile needs as many hits as it says, unless the misses' tail is nearly under the limit",
          "[decision][cache]") {
  CHECK(hit_ratio_for_percentile(1, 0.95) == Approx(0.95));
  CHECK(hit_ratio_for_percentile(0.1, 0.95) == Approx(0.5));
  CHECK(hit_ratio_for_percentile(0.05, 0.95) == Approx(0).margin(1e-12));
  CHECK(hit_ratio_for_percentile(0.04, 0.95) == 0);
  CHECK(hit_ratio_for_percentile(0, 0.95) == 0);
  // By its definition: with that hit ratio exactly the percentile's share is within the limit.
  for (const double late : {0.06, 0.2, 0.7, 1.0}) {
    for (const double quantile : {0.5, 0.95, 0.999}) {
      const double h = hit_ratio_for_percentile(late, quantile);
      if (h > 0) CHECK(1 - (1 - h) * late == Approx(quantile));
    }
  }
}

TEST_CASE("An option behind a cache is told what its missed percentile needs", "[decision][cache]") {
  // 1,000 answered: 300 hits of 5 ms, 700 misses of 180 ms, all late.
  const auto remedy = cache_remedy(p95, 1000, 300, 700, 0.3 * 5e6 + 0.7 * 180e6, 5 * ms);
  REQUIRE(remedy);
  CHECK(remedy->hit_ratio == Approx(0.3));
  CHECK(remedy->late_misses == Approx(1));
  CHECK(remedy->mean_miss_ns == Approx(180e6));
  CHECK(remedy->needed().value() == Approx(0.95));
  CHECK(
      remedy->sentence() ==
      "the cache hits 30 %, and 100 % of what it misses takes longer than 150 ms: latency p95 needs 95 % hits (a mean "
      "of 150 ms would need 17.1 %); a cache that hits less than 95 % repairs it only where the misses nearly hold it "
      "themselves");
}

TEST_CASE("Hits that are late themselves repair nothing", "[decision][cache]") {
  const auto remedy = cache_remedy({Measure::time_to_first_token, 9900, 4 * ms}, 1000, 300, 1000, 128e6, 5 * ms);
  REQUIRE(remedy);
  CHECK(remedy->late_misses == Approx(1));
  CHECK_FALSE(remedy->needed());
  CHECK(remedy->sentence() == "no cache repairs time_to_first_token p99: a hit itself takes 5 ms, longer than 4 ms");
}

TEST_CASE("Neither availability nor the pace of an answer is a matter of the cache", "[decision][cache]") {
  CHECK_FALSE(cache_remedy({Measure::availability, 0, 999'000'000}, 1000, 300, 700, 1e6, ms));
  CHECK_FALSE(cache_remedy({Measure::time_per_output_token, 9500, ms}, 1000, 300, 700, 1e6, ms));
  CHECK_FALSE(cache_remedy(p95, 1000, 1000, 0, 1e6, ms));
}
