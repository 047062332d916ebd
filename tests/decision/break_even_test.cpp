#include "decision/break_even.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using decision::Crossing;
using decision::find_crossing;
using test_support::check_says;

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

TEST_CASE("A search that is stopped asks no more, and keeps its bracket", "[decision][break_even]") {
  int asked = 0;
  const auto until_fourth = [&](double x) { return ++asked < 4 ? std::optional{x - 1.5} : std::nullopt; };
  const Crossing c = find_crossing(until_fourth, {.low = 0, .high = 8, .samples = 9});
  CHECK(asked == 4);
  CHECK(c.is_stopped);
  CHECK(c.evaluations == 3);
  REQUIRE(c.bracket.has_value());
  CHECK(c.bracket->low.at == 1);
  CHECK(c.bracket->high.at == 2);
}

TEST_CASE("Places that cannot be looked at are not", "[decision][break_even]") {
  std::vector<double> asked;
  const Crossing c = find_crossing(
      [&](double x) {
        asked.push_back(x);
        return x - 6.5;
      },
      {.low = 1, .high = 40, .samples = 60, .rounded = [](double x) { return std::round(x); }});
  for (const double x : asked) CHECK(x == std::round(x));
  std::sort(asked.begin(), asked.end());
  CHECK(std::adjacent_find(asked.begin(), asked.end()) == asked.end());
  CHECK(c.bracket->low.at == 6);
  CHECK(c.bracket->high.at == 7);
  CHECK_FALSE(c.is_stopped);
}
