#include "decision/cache_mitigation.hpp"

#include "decision/exact.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Quantity;
using decision::CacheQuestion;
using test_support::check_says;

TEST_CASE("A mean of 180 ms needs 17.1 % of hits and a p95 needs 95 %", "[decision][cache]") {
  CacheQuestion question{Quantity::whole(180), Quantity::whole(5), Quantity::whole(150), std::nullopt};
  CHECK(hit_ratio_for_mean(question).value().to_fixed(3) == "0.171");
  CHECK(hit_ratio_for_percentile(question) == Quantity::parse("0.95"));
  check_says(decision::say_cache(question).back(), "does not repair the percentile (C-12)");
  // With 80 % of the misses under the limit: 0.8 + 0.2 h = 0.95.
  question.misses_within = Quantity::parse("0.8");
  CHECK(hit_ratio_for_percentile(question) == Quantity::parse("0.75"));
  question.misses_within = Quantity::parse("0.95");
  CHECK(hit_ratio_for_percentile(question) == Quantity{});
}

TEST_CASE("No hit ratio helps when hits are too slow, and none is needed when misses are fast", "[decision][cache]") {
  const CacheQuestion slow{Quantity::whole(180), Quantity::whole(160), Quantity::whole(150), std::nullopt};
  CHECK_FALSE(hit_ratio_for_mean(slow).has_value());
  check_says(decision::say_cache(slow).at(0), "No hit ratio helps");
  const CacheQuestion fast{Quantity::whole(120), Quantity::whole(5), Quantity::whole(150), std::nullopt};
  CHECK(hit_ratio_for_mean(fast) == Quantity{});
  core::Document document{"cache.yaml", "cache_mitigation: {miss: 180ms, limit: 150ms}"};
  const auto read = decision::read_cache_question(document.root());
  document.finish();
  CHECK(read->hit_ms == Quantity::whole(5));
  CHECK(document.assumptions().size() == 2);
}

TEST_CASE("With the hit ratio that a percentile needs, exactly its share is within the limit", "[decision][cache]") {
  for (const char* const within : {"0", "0.3", "0.8", "0.94"}) {
    for (const char* const percentile : {"0.95", "0.999"}) {
      const CacheQuestion question{Quantity::whole(180), Quantity::whole(5), Quantity::whole(150),
                                   Quantity::parse(within), Quantity::parse(percentile)};
      const double h = decision::as_double(*hit_ratio_for_percentile(question));
      // A quotient is rounded to 1e-9.
      CHECK(h + (1 - h) * decision::as_double(Quantity::parse(within)) ==
            Approx(decision::as_double(Quantity::parse(percentile))).margin(2e-9));
    }
  }
}
