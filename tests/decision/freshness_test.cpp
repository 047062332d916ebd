#include "decision/freshness.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using test_support::check_says;
using test_support::complaint;
using namespace std::chrono_literals;

TEST_CASE("A daily batch saves 60 % of streaming, and pays while stale answers cost less", "[decision][freshness]") {
  const decision::KnownBill streaming{5min, Money::parse("10000")};
  const decision::KnownBill batch{24h, Money::parse("4000")};
  decision::FreshnessPlan plan = through(streaming, batch);
  const Money at_day = freshness_cost(plan, 24h).infrastructure;
  CHECK(at_day.rounded(6) == Money::parse("4000"));
  CHECK(freshness_cost(plan, 5min).infrastructure.rounded(2) == Money::parse("10000"));
  CHECK_FALSE(best_interval(plan, 5min, 24h).has_value());
  // $6,000 saved for 12 h less 2.5 min of mean age (11.958 h): $501.7 an hour.
  const Money limit = break_even_loss(plan, 5min, 24h);
  CHECK(limit.to_fixed(1) == "501.7");
  plan.loss_per_hour = limit;
  const auto total = [&](core::Duration every) {
    const auto c = freshness_cost(plan, every);
    return c.infrastructure + *c.missed;
  };
  CHECK((total(5min) - total(24h)).rounded(2) == Money{});
  const core::Duration best = best_interval(plan, 5min, 24h).value();
  CHECK(total(best) <= total(best + 60s));
  CHECK(total(best) <= total(best - 60s));
  plan.loss_per_hour = Money::parse("0.01");
  CHECK(best_interval(plan, 5min, 24h).value() == 24h);
}

TEST_CASE("Freshness is read from two bills", "[decision][freshness]") {
  const auto read = [](std::string_view text) {
    core::Document document{"fresh.yaml", text};
    const auto question = decision::read_freshness(document.root());
    document.finish();
    return question.value();
  };
  const auto question =
      read("freshness: {fast: {every: 5m, bill: $10_000}, slow: {every: 24h, bill: $4_000}, loss_per_hour: $100}");
  CHECK(question.plan.loss_per_hour == Money::parse("100"));
  check_says(complaint([&] { read("freshness: {fast: {every: 5m, bill: $1}, slow: {every: 24h, bill: $4}}"); }),
             "must cost more");
}
