#include "sim/api/retry.hpp"

#include <cmath>
#include <cstdint>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using sim::backoff_ns;
using sim::Jitter;
using sim::RetryBudget;
using sim::RetryConfig;

namespace {

constexpr std::int64_t ms = 1'000'000;

RetryConfig config_with(Jitter jitter) {
  return {.max = 10, .backoff = 500ms, .cap = 3s, .jitter = jitter, .honours_retry_after = true};
}

}  // namespace

TEST_CASE("Back-off doubles up to its cap", "[sim][managed_api]") {
  const RetryConfig config = config_with(Jitter::none);
  const std::int64_t expected[] = {500 * ms, 1'000 * ms, 2'000 * ms, 3'000 * ms, 3'000 * ms};
  for (std::int64_t number = 1; number <= 5; ++number) {
    CHECK(backoff_ns(config, number, core::mix(7), 0) == expected[number - 1]);
  }
  CHECK(backoff_ns(config, 100, 0, 0) == 3'000 * ms);
}

TEST_CASE("Full jitter waits half of the back-off on average, equal jitter three quarters", "[sim][managed_api]") {
  constexpr int draws = 100'000;
  for (std::int64_t number = 1; number <= 4; ++number) {
    CAPTURE(number);
    const auto longest = static_cast<double>(backoff_ns(config_with(Jitter::none), number, 0, 0));
    core::Stream chance{static_cast<std::uint64_t>(number)};
    double full = 0;
    double equal = 0;
    for (int i = 0; i < draws; ++i) {
      const std::uint64_t bits = chance.next();
      const std::int64_t wait_ns = backoff_ns(config_with(Jitter::full), number, bits, 0);
      REQUIRE(wait_ns >= 0);
      REQUIRE(static_cast<double>(wait_ns) <= longest);
      full += static_cast<double>(wait_ns) / longest;
      equal += static_cast<double>(backoff_ns(config_with(Jitter::equal), number, bits, 0)) / longest;
    }
    // A uniform one of 0 … 1 has variance 1/12: four standard deviations of the mean.
    const double tolerance = 4 * std::sqrt(1.0 / 12 / draws);
    CHECK(std::abs(full / draws - 0.5) < tolerance);
    CHECK(std::abs(equal / draws - 0.75) < tolerance / 2);
  }
  CHECK(backoff_ns(config_with(Jitter::full), 1, ~std::uint64_t{0}, 0) == 500 * ms);
  CHECK(backoff_ns(config_with(Jitter::full), 1, 0, 0) == 0);
}

TEST_CASE("Who honours Retry-After never comes before it", "[sim][managed_api]") {
  RetryConfig config = config_with(Jitter::full);
  CHECK(backoff_ns(config, 1, 0, 700 * ms) == 700 * ms);
  CHECK(backoff_ns(config, 1, ~std::uint64_t{0}, 100 * ms) == 500 * ms);
  config.honours_retry_after = false;
  CHECK(backoff_ns(config, 1, 0, 700 * ms) == 0);
}

TEST_CASE("A retry budget gives a share of the requests, and what was saved up", "[sim][managed_api]") {
  RetryBudget budget{{.max = 1, .budget_millionths = 200'000, .reserve = 10}};
  int spent = 0;
  while (budget.spend()) ++spent;
  CHECK(spent == 10);
  for (int i = 0; i < 4; ++i) budget.earn();
  CHECK_FALSE(budget.spend());
  budget.earn();
  CHECK(budget.spend());
  CHECK_FALSE(budget.spend());
  // Nothing is saved beyond the reserve.
  for (int i = 0; i < 1'000'000; ++i) budget.earn();
  spent = 0;
  while (budget.spend()) ++spent;
  CHECK(spent == 10);

  RetryBudget unlimited{{.max = 1}};
  for (int i = 0; i < 1'000; ++i) CHECK(unlimited.spend());
}
