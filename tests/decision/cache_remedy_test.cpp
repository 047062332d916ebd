#include "decision/cache_remedy.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Quantity;
using decision::cache_remedy;
using decision::Measure;
using decision::Target;

namespace {

constexpr std::int64_t ms = 1'000'000;
const Target p95{Measure::latency, 9500, 150 * ms};

}  // namespace

TEST_CASE("An option behind a cache is told what its missed percentile needs", "[decision][cache]") {
  // 1,000 answered: 300 hits of 5 ms, 700 misses of 180 ms, all late.
  const auto remedy = cache_remedy(p95, 1000, 300, 700, 127'500'000, 5 * ms);
  REQUIRE(remedy);
  CHECK(remedy->hit_ratio == Quantity::parse("0.3"));
  CHECK(remedy->question.misses_within == Quantity{});
  CHECK(remedy->question.miss_ms == Quantity::whole(180));
  CHECK(remedy->needed() == Quantity::parse("0.95"));
  CHECK(
      remedy->sentence() ==
      "the cache hits 30 %, and 100 % of what it misses takes longer than 150 ms: latency p95 needs 95 % hits (a mean "
      "of 150 ms would need 17.1 %); a cache that hits less than 95 % repairs it only where the misses nearly hold it "
      "themselves");
}

TEST_CASE("Hits that are late themselves repair nothing", "[decision][cache]") {
  const auto remedy = cache_remedy({Measure::time_to_first_token, 9900, 4 * ms}, 1000, 300, 1000, 128 * ms, 5 * ms);
  REQUIRE(remedy);
  CHECK(remedy->question.misses_within == Quantity{});
  CHECK_FALSE(remedy->needed());
  CHECK(remedy->sentence() == "no cache repairs time_to_first_token p99: a hit itself takes 5 ms, longer than 4 ms");
}

TEST_CASE("Neither availability nor the pace of an answer is a matter of the cache", "[decision][cache]") {
  CHECK_FALSE(cache_remedy({Measure::availability, 0, 999'000'000}, 1000, 300, 700, ms, ms));
  CHECK_FALSE(cache_remedy({Measure::time_per_output_token, 9500, ms}, 1000, 300, 700, ms, ms));
  CHECK_FALSE(cache_remedy(p95, 1000, 1000, 0, ms, ms));
}
