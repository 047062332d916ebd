#include "sim/batching/routing.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using sim::Router;
using sim::Routing;

namespace {

using Loads = std::vector<std::int64_t>;
using Cached = std::vector<std::uint32_t>;

std::size_t choose(Router& router, const Loads& loads, std::uint64_t luck = 0, const Cached& cached = {}) {
  return router.choose(
      luck, loads.size(), [&](std::size_t i) { return loads.at(i); },
      [&](std::size_t i) { return cached.empty() ? std::uint32_t{0} : cached.at(i); });
}

// A request to each of `count` choices among `n` replicas that stay as loaded as they are.
std::vector<std::int64_t> counts(Routing routing, const Loads& loads, std::int64_t requests) {
  Router router{routing};
  core::Stream luck{1};
  std::vector<std::int64_t> chosen(loads.size());
  for (std::int64_t i = 0; i < requests; ++i) ++chosen[choose(router, loads, luck.next())];
  return chosen;
}

// Every count lies within five standard deviations of a binomial with its share.
void check_shares(const std::vector<std::int64_t>& chosen, const std::vector<double>& shares) {
  double all = 0;
  for (const std::int64_t count : chosen) all += static_cast<double>(count);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    CAPTURE(i, chosen[i], shares[i]);
    CHECK(std::abs(static_cast<double>(chosen[i]) - all * shares[i]) <=
          5 * std::sqrt(all * shares[i] * (1 - shares[i])) + 1e-9);
  }
}

}  // namespace

TEST_CASE("Round robin takes one after another, and only its turn counts", "[sim][routing]") {
  Router router{Routing::round_robin};
  CHECK_FALSE(router.looks_at_load());
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < 4; ++i) CHECK(choose(router, {9, 0, 7, 1}, core::mix(i)) == i);
  }
  // With fewer replicas the turn goes on from the first; with more, it reaches them.
  CHECK(choose(router, {0, 0, 0, 0}) == 0);
  CHECK(choose(router, {0, 0, 0, 0}) == 1);
  CHECK(choose(router, {0, 0}) == 0);
  CHECK(choose(router, {0, 0, 0}) == 1);
  CHECK(choose(router, {0, 0, 0}) == 2);
  CHECK(choose(router, {0}) == 0);
}

TEST_CASE("Luck spreads evenly, whatever the replicas have to do", "[sim][routing]") {
  CHECK_FALSE(Router{Routing::random}.looks_at_load());
  check_shares(counts(Routing::random, {5, 0, 3, 0, 0, 1, 2}, 100'000), std::vector<double>(7, 1.0 / 7));
  Router router{Routing::random};
  CHECK(choose(router, {1, 2, 3}, 42) == choose(router, {3, 2, 1}, 42));  // the request's own
  CHECK(choose(router, {1}, ~std::uint64_t{0}) == 0);
}

TEST_CASE("The least loaded is found, and equals take turns", "[sim][routing]") {
  Router router{Routing::least_outstanding};
  CHECK(router.looks_at_load());
  CHECK_FALSE(router.looks_at_prefixes());
  core::Stream chance{1};
  for (int i = 0; i < 1'000; ++i) {
    Loads loads(1 + chance.next() % 9);
    for (std::int64_t& load : loads) load = static_cast<std::int64_t>(chance.next() % 5);
    CHECK(loads[choose(router, loads)] == *std::min_element(loads.begin(), loads.end()));
  }
  Router fresh{Routing::least_outstanding};
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < 5; ++i) CHECK(choose(fresh, {2, 2, 2, 2, 2}) == i);
  }
  // An idle one ends the search: nothing beyond it is asked.
  std::int64_t asked = 0;
  fresh.choose(0, 5, [&](std::size_t i) {
    ++asked;
    return std::int64_t{i == 1 ? 0 : 3};
  });
  CHECK(asked == 2);
}

TEST_CASE("Of two different ones that luck picks, the less loaded", "[sim][routing]") {
  for (const std::size_t replicas : {2U, 3U, 8U}) {
    CAPTURE(replicas);
    Router router{Routing::power_of_two};
    core::Stream luck{1};
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (int i = 0; i < 5'000; ++i) {
      std::vector<std::size_t> asked;
      const std::size_t chosen = router.choose(luck.next(), replicas, [&](std::size_t replica) {
        asked.push_back(replica);
        return static_cast<std::int64_t>(replica);  // the lower number is the less loaded
      });
      REQUIRE(asked.size() == 2);
      REQUIRE(asked[0] != asked[1]);
      REQUIRE(std::max(asked[0], asked[1]) < replicas);
      REQUIRE(chosen == std::min(asked[0], asked[1]));
      pairs.emplace(asked[0], asked[1]);
    }
    CHECK(pairs.size() == replicas * (replicas - 1));  // every ordered pair
  }
  // Of n replicas in order of load, the k-th (from 0) is the better of 2 (n - 1 - k) of the n (n - 1) pairs.
  check_shares(counts(Routing::power_of_two, {0, 1, 2, 3, 4}, 100'000), {0.4, 0.3, 0.2, 0.1, 0});
  check_shares(counts(Routing::power_of_two, {3, 3, 3, 3}, 100'000), std::vector<double>(4, 0.25));
  Router router{Routing::power_of_two};
  CHECK(choose(router, {7}, 5) == 0);
}

TEST_CASE("A prompt goes where most of it is, unless too many are there", "[sim][routing]") {
  Router router{Routing::prefix_affine};
  CHECK(router.looks_at_load());
  CHECK(router.looks_at_prefixes());
  // Nobody has anything to do: the most cached; 1.25 × a quarter of one request, rounded up, is 1.
  CHECK(choose(router, {0, 0, 0, 0}, 0, {1, 5, 3, 0}) == 1);
  // 20 and this one: 1.25 × 21 / 4 = 6.6, so at most 7 with this one.
  CHECK(choose(router, {5, 6, 5, 4}, 0, {1, 5, 3, 0}) == 1);
  CHECK(choose(router, {4, 7, 5, 4}, 0, {1, 5, 3, 0}) == 2);
  CHECK(choose(router, {3, 7, 7, 3}, 0, {1, 5, 3, 0}) == 0);
  // As much of it in two places: the less loaded.
  CHECK(choose(router, {5, 4, 5, 5}, 0, {3, 3, 3, 0}) == 1);
  CHECK(choose(router, {9}, 0, {0}) == 0);
}

TEST_CASE("No replica gets a quarter more than the mean of what is there, rounded up", "[sim][routing][property]") {
  core::Stream chance{3};
  for (int i = 0; i < 20'000; ++i) {
    Router router{Routing::prefix_affine};
    Loads loads(1 + chance.next() % 12);
    Cached cached(loads.size());
    std::int64_t all = 1;
    for (std::int64_t& load : loads) all += load = static_cast<std::int64_t>(chance.next() % (1 + chance.next() % 40));
    for (std::uint32_t& blocks : cached) blocks = static_cast<std::uint32_t>(chance.next() % 4);
    const auto n = static_cast<std::int64_t>(loads.size());
    const std::int64_t bound = (5 * all + 4 * n - 1) / (4 * n);
    const std::size_t chosen = choose(router, loads, 0, cached);
    REQUIRE(loads[chosen] + 1 <= bound);
    for (std::size_t other = 0; other < loads.size(); ++other) {
      if (loads[other] + 1 > bound) continue;
      REQUIRE(cached[other] <= cached[chosen]);
      if (cached[other] == cached[chosen]) REQUIRE(loads[chosen] <= loads[other]);
    }
  }
}

TEST_CASE("Without a prefix cache, affinity is the least load in turns", "[sim][routing][property]") {
  Router affine{Routing::prefix_affine};
  Router least{Routing::least_outstanding};
  core::Stream chance{4};
  for (int i = 0; i < 2'000; ++i) {
    Loads loads(1 + chance.next() % 9);
    for (std::int64_t& load : loads) load = static_cast<std::int64_t>(chance.next() % 4);
    REQUIRE(choose(affine, loads) == choose(least, loads));
  }
}

TEST_CASE("A choice of two leaves no long queues", "[sim][routing]") {
  // n balls into n places: with one choice the fullest has about ln n / ln ln n, with two ln ln n / ln 2 + O(1)
  // (Azar, Broder, Karlin, Upfal 1994). For a million: 5 and about 4 against 8 or 9.
  constexpr std::size_t places = 1'000'000;
  const auto fullest = [](Routing routing) {
    Router router{routing};
    core::Stream luck{1};
    Loads loads(places);
    for (std::size_t i = 0; i < places; ++i) {
      ++loads[router.choose(luck.next(), places, [&](std::size_t replica) { return loads[replica]; })];
    }
    return *std::max_element(loads.begin(), loads.end());
  };
  CHECK(fullest(Routing::power_of_two) <= 5);
  CHECK(fullest(Routing::random) >= 7);
}
