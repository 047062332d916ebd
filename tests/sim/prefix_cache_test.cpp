#include "sim/batching/prefix_cache.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/core.h>

#include "core/distributions/zipf.hpp"
#include "core/random.hpp"
#include "core/traffic/trace.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gunzip.hpp"
#include "tests/support/reference_data.hpp"

namespace {

using Keys = std::vector<std::uint64_t>;

// The words of sim/batching/prefix_cache.hpp, as plainly as they can be written down.
class PlainCache {
 public:
  struct Held {
    int pins = 0;
    bool ready = false;
  };

  std::uint32_t match(const Keys& keys) const {
    const auto is_ready = [&](std::uint64_t key) { return held_.contains(key) && held_.at(key).ready; };
    return static_cast<std::uint32_t>(std::find_if_not(keys.begin(), keys.end(), is_ready) - keys.begin());
  }
  std::uint32_t missing(const Keys& keys) const {
    return static_cast<std::uint32_t>(
        std::count_if(keys.begin(), keys.end(), [&](std::uint64_t key) { return !held_.contains(key); }));
  }
  std::uint32_t unpinned(const Keys& keys) const {
    return static_cast<std::uint32_t>(std::count_if(
        keys.begin(), keys.end(), [&](std::uint64_t key) { return !held_.contains(key) || held_.at(key).pins == 0; }));
  }
  void acquire(const Keys& keys) {
    for (const std::uint64_t key : keys) {
      by_use_.remove(key);
      ++held_[key].pins;
    }
  }
  void mark_ready(const Keys& keys) {
    for (const std::uint64_t key : keys) held_.at(key).ready = true;
  }
  void release(const Keys& keys) {
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
      Held& held = held_.at(*key);
      if (--held.pins > 0) continue;
      if (held.ready) {
        by_use_.push_back(*key);
      } else {
        held_.erase(*key);
      }
    }
  }
  bool evict_one() {
    if (by_use_.empty()) return false;
    held_.erase(by_use_.front());
    by_use_.pop_front();
    return true;
  }
  const std::map<std::uint64_t, Held>& held() const { return held_; }
  const std::list<std::uint64_t>& by_use() const { return by_use_; }

 private:
  std::map<std::uint64_t, Held> held_;
  std::list<std::uint64_t> by_use_;  // evictable ones
};

// Prompts that share beginnings: walks from the root of a random tree.
struct Tree {
  std::uint64_t branches;
  std::unordered_map<std::uint64_t, std::uint64_t> parents{};

  Keys prompt(core::Stream& chance) {
    Keys keys;
    std::uint64_t node = 1;
    for (std::uint64_t depth = 1 + chance.next() % 7; depth > 0; --depth) {
      const std::uint64_t child = core::mix(node * branches + chance.next() % branches);
      parents[child] = node;
      keys.push_back(node = child);
    }
    return keys;
  }
};

// Keys without any order: the cache does not look into them. Both ends of what a key may be are among them.
Keys any_keys(core::Stream& chance) {
  std::set<std::uint64_t> chosen;
  for (std::uint64_t count = chance.next() % 6; count > 0; --count) {
    const std::uint64_t key = chance.next() % 40;
    chosen.insert(key == 1 ? std::numeric_limits<std::uint64_t>::max() : key << 32U);
  }
  Keys keys{chosen.begin(), chosen.end()};
  if (chance.next() % 2 == 0) std::reverse(keys.begin(), keys.end());
  return keys;
}

// What an engine does, at random, to both; `check` looks at them after every step.
template <class Prompts, class Check>
void compare_with_plain(core::Stream& chance, Prompts prompts, Check check) {
  sim::PrefixCache cache;
  PlainCache plain;
  std::vector<Keys> running;
  for (int step = 0; step < 3000; ++step) {
    const std::uint64_t kind = chance.next() % 10;
    const std::size_t some = running.empty() ? 0 : chance.next() % running.size();
    if (kind < 3 && running.size() < 12) {
      running.push_back(prompts(chance));
      cache.acquire(running.back());
      plain.acquire(running.back());
    } else if (kind < 6 && !running.empty()) {
      Keys first = running[some];
      if (chance.next() % 4 == 0) first.resize(chance.next() % (first.size() + 1));
      cache.mark_ready(first);
      plain.mark_ready(first);
    } else if (kind < 9 && !running.empty()) {
      cache.release(running[some]);
      plain.release(running[some]);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(some));
    } else if (plain.held().size() > 40 || kind == 9) {
      REQUIRE(cache.evict_one() == plain.evict_one());
    }
    REQUIRE(cache.blocks() == plain.held().size());
    REQUIRE(cache.evictable() == plain.by_use().size());
    std::set<std::uint64_t> pinned;
    for (const Keys& keys : running) pinned.insert(keys.begin(), keys.end());
    REQUIRE(cache.pinned() == pinned.size());
    const Keys asked = prompts(chance);
    REQUIRE(cache.match(asked) == plain.match(asked));
    REQUIRE(cache.missing(asked) == plain.missing(asked));
    REQUIRE(cache.unpinned(asked) == plain.unpinned(asked));
    check(plain);
  }
  for (const Keys& keys : running) {
    cache.release(keys);
    plain.release(keys);
  }
  REQUIRE(cache.blocks() == cache.evictable());
  while (!plain.by_use().empty()) {
    const Keys next{plain.by_use().front()};
    REQUIRE(cache.match(next) == 1);
    plain.evict_one();
    REQUIRE(cache.evict_one());
    REQUIRE(cache.missing(next) == 1);
  }
  REQUIRE(cache.blocks() == 0);
  REQUIRE_FALSE(cache.evict_one());
}

// A prompt that comes and goes at once, in a memory of `capacity` blocks; its hits.
std::uint32_t serve(sim::PrefixCache& cache, const Keys& keys, std::uint32_t capacity) {
  const std::uint32_t hits = cache.match(keys);
  cache.acquire(keys);
  while (cache.blocks() > capacity && cache.evict_one()) {}
  cache.mark_ready(keys);
  cache.release(keys);
  return hits;
}

// Che's approximation (Che, Tung, Wang 2002): independent requests, each for thing i with probability p_i; what was
// asked for within the characteristic time t hits, where sum(1 - exp(-p t)) = capacity.
//
// How far it can be off. A request hits if fewer than `capacity` different other things were asked for since the last
// one. With m' = sum(p exp(-p t)) new things a unit of time and a variance v = sum(exp(-p t) (1 - exp(-p t))) of how
// many different ones come in t, the time until there are that many has a spread of sqrt(v) / m' and a mean that
// differs from t by at most half a thing for counting whole ones without i itself, as much for the change of v in t,
// and v |m''| / (2 m'^2) for the bend of m: all in things, so divided by m' for times. The hit ratio H(t) = sum(p (1 -
// exp(-p t))) has the slope H' = |m''| = sum(p^2 exp(-p t)) and the bend sum(p^3 exp(-p t)); terms of third order are
// smaller by a factor of about 1 / sqrt(v).
struct Che {
  double hit_ratio = 0;
  double error = 0;
};

// `popularity`: probability and the number of things that have it; every thing takes one place.
Che che(const std::vector<std::pair<double, double>>& popularity, double capacity) {
  double low = 0;
  double high = 1e12;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    double held = 0;
    for (const auto& [p, things] : popularity) held += things * -std::expm1(-p * middle);
    (held < capacity ? low : high) = middle;
  }
  Che answer;
  double news = 0;
  double variance = 0;
  double slope = 0;
  double bend = 0;
  for (const auto& [p, things] : popularity) {
    const double absent = std::exp(-p * low);
    answer.hit_ratio += things * p * (1 - absent);
    news += things * p * absent;
    variance += things * absent * (1 - absent);
    slope += things * p * p * absent;
    bend += things * p * p * p * absent;
  }
  answer.error = slope * (1 + variance * slope / (2 * news * news)) / news + bend * variance / (2 * news * news);
  return answer;
}

// The mean of what `sample` returns for each of many batches, and five standard errors of it. Batches are long beside
// the time that a cache remembers, so their means are as good as independent.
struct Estimate {
  double mean = 0;
  double error = 0;
};

template <class Sample>
Estimate estimate(int batches, Sample sample) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < batches; ++i) {
    const double value = sample();
    sum += value;
    squares += value * value;
  }
  const double mean = sum / batches;
  return {mean, 5 * std::sqrt((squares / batches - mean * mean) / (batches - 1))};
}

}  // namespace

TEST_CASE("A prompt's blocks are read by others once they are ready", "[sim][prefix]") {
  sim::PrefixCache cache;
  const Keys first{1, 2, 3};
  const Keys second{1, 2, 4};
  CHECK(cache.missing(first) == 3);
  cache.acquire(first);
  CHECK(cache.match(second) == 0);
  CHECK(cache.missing(second) == 1);
  CHECK(cache.unpinned(second) == 1);
  cache.mark_ready(first);
  CHECK(cache.match(second) == 2);
  cache.acquire(second);
  CHECK(cache.blocks() == 4);
  cache.release(first);
  CHECK(cache.evictable() == 1);  // 3; the others are pinned by the second
  CHECK(cache.unpinned(first) == 1);
  CHECK(cache.match(first) == 3);
  cache.release(second);  // never computed: 4 is gone
  CHECK(cache.blocks() == 3);
  CHECK(cache.missing(second) == 1);
}

TEST_CASE("The deepest block of the prompt that rests longest goes first", "[sim][prefix]") {
  sim::PrefixCache cache;
  for (const Keys& keys : {Keys{1, 2, 3}, Keys{1, 4}}) serve(cache, keys, 100);
  for (const std::uint64_t next : {3U, 2U, 4U, 1U}) {
    CHECK(cache.match(Keys{next}) == 1);
    CHECK(cache.evict_one());
    CHECK(cache.missing(Keys{next}) == 1);
  }
  CHECK_FALSE(cache.evict_one());
}

TEST_CASE("Every answer is that of a plain list and map", "[sim][prefix]") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    core::Stream chance{seed};
    compare_with_plain(chance, any_keys, [](const PlainCache&) {});
  }
}

TEST_CASE("Of prompts that share beginnings, whole beginnings are held", "[sim][prefix][property]") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    core::Stream chance{seed};
    Tree tree{.branches = 2 + seed % 3};
    compare_with_plain(
        chance, [&](core::Stream& stream) { return tree.prompt(stream); },
        [&](const PlainCache& plain) {
          bool holds = true;
          for (const auto& [key, held] : plain.held()) {
            const std::uint64_t parent = tree.parents.at(key);
            holds =
                holds && (parent == 1 || (plain.held().contains(parent) && plain.held().at(parent).pins >= held.pins &&
                                          (plain.held().at(parent).ready || !held.ready)));
          }
          REQUIRE(holds);
        });
  }
}

TEST_CASE("Independent prompts hit as often as Che's approximation says", "[sim][prefix]") {
  // Documents of three blocks each that come and go whole: a memory of 6,000 blocks is an LRU cache of 2,000 documents.
  constexpr std::uint32_t documents = 20'000;
  constexpr double exponent = 0.9;
  constexpr std::uint32_t capacity = 2'000;
  double sum = 0;
  for (std::uint32_t k = 1; k <= documents; ++k) sum += std::pow(k, -exponent);
  std::vector<std::pair<double, double>> popularity;
  for (std::uint32_t k = 1; k <= documents; ++k) popularity.emplace_back(std::pow(k, -exponent) / sum, 1);
  const Che expected = che(popularity, capacity);

  const core::Zipf zipf{exponent, documents};
  core::Stream chance{5};
  sim::PrefixCache cache;
  const auto hit_ratio = [&] {
    constexpr int requests = 50'000;
    std::uint64_t hits = 0;
    for (int i = 0; i < requests; ++i) {
      const std::uint64_t first = std::uint64_t{zipf(chance)} * 3;
      hits += serve(cache, {first, first + 1, first + 2}, 3 * capacity);
    }
    return static_cast<double>(hits) / (3.0 * requests);
  };
  hit_ratio();  // fills the memory; what it then holds is what it would hold after any time
  const Estimate simulated = estimate(100, hit_ratio);
  CHECK(cache.blocks() == 3 * capacity);
  CAPTURE(expected.hit_ratio, expected.error, simulated.mean, simulated.error);
  CHECK(simulated.error < 2e-3);
  CHECK(expected.error < 1e-3);
  CHECK(std::fabs(simulated.mean - expected.hit_ratio) < expected.error + simulated.error);
}

TEST_CASE("The published trace hits as often as its publishers' ids say", "[sim][prefix]") {
  const auto packed = test_support::read_reference_data("traces/mooncake_conversation.jsonl.gz");
  if (!packed) return;
  const core::traffic::Trace trace = core::traffic::read_trace("mooncake.jsonl", test_support::gunzip(*packed));
  REQUIRE(trace.at_ns.size() == 12'031);
  REQUIRE(trace.prefix_ids.size() == 288'500);

  Keys keys;
  const auto play = [&](std::uint32_t rounds, std::uint32_t capacity, sim::PrefixCache& cache) {
    std::uint64_t hits = 0;
    for (std::uint32_t round = 0; round < rounds; ++round) {
      for (std::size_t row = 0; row < trace.at_ns.size(); ++row) {
        trace.prefix_keys(row, round, keys);
        hits += serve(cache, keys, capacity);
      }
    }
    return hits;
  };
  constexpr std::uint32_t unbounded = 1'000'000'000;

  SECTION("An unbounded cache misses every block once") {
    sim::PrefixCache cache;
    CHECK(play(1, unbounded, cache) == 288'500 - 182'790);  // 0.3664
    CHECK(cache.blocks() == 182'790);
  }
  SECTION("Another round is other content") {
    sim::PrefixCache cache;
    CHECK(play(3, unbounded, cache) == 3 * (288'500 - 182'790));
    CHECK(cache.blocks() == 3 * 182'790);
  }
  SECTION("A bounded one: exactly as LRU does; what its popularities alone explain is something else") {
    std::unordered_map<std::uint32_t, std::uint32_t> uses;
    for (const std::uint32_t id : trace.prefix_ids) ++uses[id];
    std::map<std::uint32_t, double> ids_by_uses;
    for (const auto& [id, count] : uses) ++ids_by_uses[count];
    std::vector<std::pair<double, double>> popularity;
    for (const auto& [count, ids] : ids_by_uses) popularity.emplace_back(count / 288'500.0, ids);

    struct Case {
      std::uint32_t capacity;
      std::uint64_t hits;  // counted by a dozen lines over an ordered dictionary, in another language
      double by_che;
    };
    // 0.0445, 0.2116 and 0.3546 of the blocks. The trace is no draw of independent ids: a conversation comes back
    // within minutes, which makes for more hits than Che's in a middling cache, and most ids come once only, so that in
    // a large one many hits of a stationary stream are first sights here.
    for (const Case& c : {Case{1'000, 12'847, 0.0522}, Case{10'000, 61'046, 0.1378}, Case{50'000, 102'290, 0.4172}}) {
      CAPTURE(c.capacity);
      sim::PrefixCache cache;
      CHECK(play(1, c.capacity, cache) == c.hits);
      CHECK(cache.blocks() == c.capacity);
      const Che expected = che(popularity, c.capacity);
      CHECK(expected.hit_ratio == Approx(c.by_che).margin(5e-5));

      // The same popularities, drawn independently.
      sim::PrefixCache independent;
      core::Stream chance{c.capacity};
      const auto hit_ratio = [&] {
        std::uint64_t hits = 0;
        for (int i = 0; i < 200'000; ++i) {
          hits += serve(independent, {trace.prefix_ids[chance.next() % trace.prefix_ids.size()]}, c.capacity);
        }
        return static_cast<double>(hits) / 200'000;
      };
      hit_ratio();
      const Estimate simulated = estimate(20, hit_ratio);
      fmt::print(stderr,
                 "Mooncake, {} blocks: hit ratio {:.4f}, by popularity alone {:.4f} (Che), {:.4f} (simulated)\n",
                 c.capacity, static_cast<double>(c.hits) / 288'500, expected.hit_ratio, simulated.mean);
      CAPTURE(expected.hit_ratio, expected.error, simulated.mean, simulated.error);
      CHECK(simulated.error < 3e-3);
      CHECK(std::fabs(simulated.mean - expected.hit_ratio) < expected.error + simulated.error);
    }
  }
}
