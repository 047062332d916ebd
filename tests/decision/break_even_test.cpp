#include "decision/break_even.hpp"

#include <cmath>
#include <stdexcept>

#include "decision/crossover.hpp"
#include "decision/freshness.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::CostPath;
using decision::Crossing;
using decision::find_crossing;
using test_support::check_says;
using test_support::complaint;
using namespace std::chrono_literals;

TEST_CASE("A crossing of lines is found within its bracket", "[decision][break_even]") {
  const Crossing c = find_crossing([](double x) { return 3 * x - 1; }, {.low = 0, .high = 1});
  REQUIRE(c.at.has_value());
  CHECK(*c.at == Approx(1.0 / 3).epsilon(1e-9));
  CHECK(c.bracket->low.at <= 1.0 / 3);
  CHECK(c.bracket->high.at >= 1.0 / 3);
  CHECK(c.bracket->high.at - c.bracket->low.at <= 1e-6);
}

TEST_CASE("A jump is bracketed as tightly as asked", "[decision][break_even]") {
  const auto jump = [](double users) { return users < 412'345.678 ? -5.0 : 1000.0; };
  const Crossing c = find_crossing(jump, {.low = 1000, .high = 1e7, .in_ratios = true, .tolerance = 1e-9});
  CHECK(c.bracket->low.difference < 0);
  CHECK(c.bracket->high.difference > 0);
  CHECK(c.bracket->low.at < 412'345.678);
  CHECK(c.bracket->high.at >= 412'345.678);
  CHECK(c.bracket->high.at - c.bracket->low.at <= 412'346 * 1e-9);
  CHECK(c.evaluations <= 9 + 32 + 2);  // 7e5 ÷ 3e-4 is 2^31.1
}

TEST_CASE("Curves of every bend are narrowed in few evaluations", "[decision][break_even]") {
  const auto count = [](auto f, double truth) {
    const Crossing c = find_crossing(f, {.low = 0, .high = 10, .samples = 2, .tolerance = 1e-9});
    CHECK(std::abs(c.at.value() - truth) <= 1e-8);
    return c.evaluations;
  };
  CHECK(count([](double x) { return x * x * x - 8; }, 2) < 25);
  CHECK(count([](double x) { return std::sqrt(x) - 3; }, 9) < 20);
  // Flat for long, then steep: where plain regula falsi takes thousands of steps.
  CHECK(count([](double x) { return std::pow(x / 10, 20) - 0.5; }, 10 * std::pow(0.5, 0.05)) <= 2 + 34 + 2);
}

TEST_CASE("No crossing is named with the signs at both ends", "[decision][break_even]") {
  const Crossing c = find_crossing([](double x) { return x + 1; }, {.low = 1, .high = 100});
  CHECK_FALSE(c.at.has_value());
  CHECK(c.sentence("users") ==
        "No crossing from 1 to 100 users: the difference stays above 0 (2 and 101 at the ends, 9 evaluations).");
}

TEST_CASE("Further changes of sign are told, the first is narrowed", "[decision][break_even]") {
  const Crossing c = find_crossing([](double x) { return (x - 1.1) * (x - 4.1) * (x - 6.1); }, {.low = 0, .high = 8});
  CHECK(*c.at == Approx(1.1).epsilon(1e-6));
  CHECK(c.others.size() == 2);
  check_says(c.sentence("users"), "the sign changes 2 more times");
}

TEST_CASE("A sample that is exactly level is the crossing", "[decision][break_even]") {
  const Crossing c = find_crossing([](double x) { return x - 0.5; }, {.low = 0, .high = 1});
  CHECK(*c.at == 0.5);
  CHECK(c.evaluations == 9);
  CHECK(c.others.empty());
}

TEST_CASE("What is no number ends the search", "[decision][break_even]") {
  CHECK_THROWS_AS(find_crossing([](double) { return std::nan(""); }, {}), std::domain_error);
  CHECK_THROWS_AS(find_crossing([](double x) { return x; }, {.low = 2, .high = 1}), std::invalid_argument);
  CHECK_THROWS_AS(find_crossing([](double x) { return x; }, {.low = 0, .high = 1, .in_ratios = true}),
                  std::invalid_argument);
}

TEST_CASE("Eight engineer-months are caught up after 10.45 months", "[decision][crossover]") {
  const CostPath api{"api", {}, {{Quantity{}, Money::parse("40000")}}};
  const CostPath custom{
      "custom", {}, {{Quantity{}, Money::parse("90000")}, {Quantity::whole(4), Money::parse("9000")}}};
  const auto found = crossover(api, custom).value();
  CHECK(found.months.to_fixed(4) == "10.4516");
  CHECK((cumulative(custom, found.months) - cumulative(api, found.months)).rounded(2) == Money{});
  // 10.4516 × 365 ÷ 12 = 317.9 days.
  CHECK(core::format_date(found.on(core::parse_date("2026-12-01"))) == "2027-10-14");
}

TEST_CASE("A challenger that is dearer every month never catches up", "[decision][crossover]") {
  const CostPath cheap{"cheap", {}, {{Quantity{}, Money::parse("10")}}};
  const CostPath dear{"dear", Money::parse("5"), {{Quantity{}, Money::parse("10")}}};
  CHECK_FALSE(crossover(cheap, dear).has_value());
  CHECK(crossover(dear, cheap).value().months == Quantity{});
  const CostPath late{"late", Money::parse("1000"), {{Quantity{}, Money::parse("9")}}};
  CHECK_FALSE(crossover(cheap, late).has_value());  // in 1,000 months, and the horizon has 120
  CHECK(crossover(cheap, late, Quantity::whole(2000)).value().months == Quantity::whole(1000));
}

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
