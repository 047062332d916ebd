#include "sim/batching/sizing.hpp"

#include <cstdint>
#include <limits>
#include <map>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

namespace sim {
namespace {

// Remembers what was tried.
struct Trials {
  std::map<std::int64_t, bool> seen;
  FewestReplicas run(std::int64_t likely, std::int64_t max, const std::function<bool(std::int64_t)>& holds) {
    seen.clear();
    return fewest_replicas({likely, max}, [&](std::int64_t n) {
      CHECK(n >= 1);
      CHECK(n <= max);
      CHECK_FALSE(seen.contains(n));
      return seen[n] = holds(n);
    });
  }
};

}  // namespace

TEST_CASE("The fewest replicas are found from any guess", "[sizing]") {
  Trials trials;
  for (std::int64_t fewest = 1; fewest <= 40; ++fewest) {
    for (const std::int64_t likely : {-5, 0, 1, 2, 7, 20, 39, 40, 41, 1000}) {
      CAPTURE(fewest, likely);
      const FewestReplicas found = trials.run(likely, 40, [&](std::int64_t n) { return n >= fewest; });
      CHECK(found.replicas == fewest);
      CHECK(found.trials == static_cast<std::int64_t>(trials.seen.size()));
    }
  }
}

TEST_CASE("A good guess costs two trials, a bad one about twice the logarithm", "[sizing]") {
  Trials trials;
  const auto thousand = [](std::int64_t n) { return n >= 1000; };
  CHECK(trials.run(1000, 1'000'000, thousand).trials == 2);
  CHECK(trials.run(999, 1'000'000, thousand).trials == 2);
  CHECK(trials.run(1, 1'000'000, thousand).trials <= 20);
  CHECK(trials.run(1'000'000, 1'000'000, thousand).trials <= 40);
}

TEST_CASE("When the most that may be tried does not hold, there is no answer", "[sizing]") {
  Trials trials;
  const FewestReplicas found = trials.run(3, 50, [](std::int64_t) { return false; });
  CHECK_FALSE(found.replicas.has_value());
  CHECK(trials.seen.at(50) == false);
  CHECK_FALSE(trials.run(1, 1, [](std::int64_t) { return false; }).replicas.has_value());
  CHECK(trials.run(1, 1, [](std::int64_t) { return true; }).replicas == 1);
}

// A percentile near its limit: between 20 and 60 replicas it is a matter of luck.
TEST_CASE("What is found was seen to hold, and one less was seen not to, whatever the noise", "[sizing][property]") {
  Trials trials;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    core::Stream chance{seed};
    const auto likely = static_cast<std::int64_t>(chance.next() % 80);
    const auto noisy = [&](std::int64_t n) { return n >= 60 || (n >= 20 && chance.next() % 2 == 0); };
    const FewestReplicas found = trials.run(likely, 100, noisy);
    REQUIRE(found.replicas.has_value());
    CHECK(trials.seen.at(*found.replicas));
    CHECK_FALSE(trials.seen.at(*found.replicas - 1));
  }
}

TEST_CASE("Counts near the largest number do not overflow", "[sizing]") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  Trials trials;
  CHECK(trials.run(1, most, [](std::int64_t n) { return n == most; }).replicas == most);
  CHECK(trials.run(most, most, [](std::int64_t n) { return n >= most - 1; }).replicas == most - 1);
}

}  // namespace sim
