#include "sim/cache/cache.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <list>
#include <memory>
#include <numeric>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/distributions/zipf.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

// The words of sim/cache/lru_cache.hpp, as plainly as they can be written down.
class PlainCache {
 public:
  PlainCache(std::size_t entries, std::int64_t ttl_ns) : entries_{entries}, ttl_ns_{ttl_ns} {}
  bool lookup(std::uint32_t key, std::int64_t now_ns) {
    std::erase_if(written_ns_, [&](const auto& entry) {
      if (now_ns - entry.second < ttl_ns_) return false;
      by_use_.remove(entry.first);
      return true;
    });
    const bool hit = written_ns_.contains(key);
    if (hit) {
      by_use_.remove(key);
    } else {
      if (written_ns_.size() == entries_) {
        written_ns_.erase(by_use_.front());
        by_use_.pop_front();
      }
      written_ns_[key] = now_ns;
    }
    by_use_.push_back(key);
    return hit;
  }

 private:
  std::size_t entries_;
  std::int64_t ttl_ns_;
  std::unordered_map<std::uint32_t, std::int64_t> written_ns_;
  std::list<std::uint32_t> by_use_;
};

// Perfect LFU as plainly: every count since the beginning, the rarest goes, of equals the least recently used.
class PlainLfu {
 public:
  PlainLfu(std::size_t entries, std::int64_t ttl_ns) : entries_{entries}, ttl_ns_{ttl_ns} {}
  bool lookup(std::uint32_t key, std::int64_t now_ns) {
    std::erase_if(written_ns_, [&](const auto& entry) { return now_ns - entry.second >= ttl_ns_; });
    ++count_[key];
    const bool hit = written_ns_.contains(key);
    if (!hit) {
      if (written_ns_.size() == entries_) {
        const auto rarer = [&](const auto& a, const auto& b) {
          return std::pair{count_[a.first], used_[a.first]} < std::pair{count_[b.first], used_[b.first]};
        };
        written_ns_.erase(std::min_element(written_ns_.begin(), written_ns_.end(), rarer));
      }
      written_ns_[key] = now_ns;
    }
    used_[key] = ++uses_;
    return hit;
  }

 private:
  std::size_t entries_;
  std::int64_t ttl_ns_;
  std::int64_t uses_ = 0;
  std::unordered_map<std::uint32_t, std::int64_t> written_ns_;
  std::unordered_map<std::uint32_t, std::int64_t> count_;
  std::unordered_map<std::uint32_t, std::int64_t> used_;
};

template <class Table>
bool lookup(Table& table, std::uint32_t key, std::int64_t now_ns) {
  std::uint16_t missed = 0;
  return table.look_up(std::span{&key, 1}, &now_ns, &missed) == 0;
}

// Zipf: the probabilities of ranks 1, 2, …
std::vector<double> zipf_probabilities(double exponent, std::uint32_t keys) {
  std::vector<double> p(keys);
  double sum = 0;
  for (std::uint32_t k = 0; k < keys; ++k) sum += p[k] = std::pow(k + 1.0, -exponent);
  for (double& each : p) each /= sum;
  return p;
}

// Short and long pieces, few and many keys, caches that are never full and always full.
template <class Ours, class Plain>
void compare(const auto& make_ours) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    core::Stream chance{seed};
    const auto entries = static_cast<std::uint32_t>(1 + chance.next() % 60);
    const auto ttl_ns = static_cast<std::int64_t>(1 + chance.next() % 400);
    const auto keys = static_cast<std::uint32_t>(1 + chance.next() % 200);
    const std::uint64_t longest = seed % 3 == 0 ? 1 : 30;
    Ours ours = make_ours(entries, core::Duration{ttl_ns}, keys);
    Plain plain{entries, ttl_ns};
    std::int64_t now_ns = 0;
    std::array<std::uint32_t, 30> asked{};
    std::array<std::int64_t, 30> when_ns{};
    std::array<std::uint16_t, 30> missed{};
    for (int i = 0; i < 3000; ++i) {
      const std::size_t count = 1 + chance.next() % longest;
      std::vector<std::uint16_t> expected;
      for (std::size_t k = 0; k < count; ++k) {
        when_ns[k] = now_ns += static_cast<std::int64_t>(chance.next() % 4);
        const std::uint64_t bits = chance.next();
        asked[k] = static_cast<std::uint32_t>(1 + (bits % keys) * (bits >> 32 & 0xffffU) / 0x10000U);  // skewed
        if (!plain.lookup(asked[k], when_ns[k])) expected.push_back(static_cast<std::uint16_t>(k));
      }
      const std::size_t misses = ours.look_up(std::span{asked}.first(count), when_ns.data(), missed.data());
      REQUIRE(std::vector<std::uint16_t>(missed.begin(), missed.begin() + static_cast<std::ptrdiff_t>(misses)) ==
              expected);
    }
  }
}

}  // namespace

TEST_CASE("Every lookup of an LRU answers as a plain list and map do", "[sim][cache]") {
  compare<sim::LruCache, PlainCache>([](std::uint32_t entries, core::Duration ttl, std::uint32_t) {
    return sim::LruCache{entries, ttl};
  });
}

TEST_CASE("Every lookup of an LFU answers as plain counts do", "[sim][cache]") {
  compare<sim::LfuCache, PlainLfu>([](std::uint32_t entries, core::Duration ttl, std::uint32_t keys) {
    return sim::LfuCache{entries, ttl, keys};
  });
}

TEST_CASE("A cache that was roomy for long pushes out in order of use when it fills up", "[sim][cache]") {
  // Hits for many times the log's length, so that it is cut; then new keys until the cache is full, and one more.
  sim::LruCache cache{3000, 24h};
  core::Stream chance{2};
  std::int64_t now_ns = 0;
  std::vector<std::int64_t> used(1001);
  for (int i = 0; i < 400'000; ++i) {
    const auto key = static_cast<std::uint32_t>(1 + chance.next() % 1000);
    lookup(cache, key, ++now_ns);
    used[key] = now_ns;
  }
  for (std::uint32_t key = 1001; key <= 3000; ++key) REQUIRE_FALSE(lookup(cache, key, ++now_ns));
  std::vector<std::uint32_t> oldest(1000);
  std::iota(oldest.begin(), oldest.end(), 1U);
  std::sort(oldest.begin(), oldest.end(), [&](std::uint32_t a, std::uint32_t b) { return used[a] < used[b]; });
  for (std::uint32_t key = 3001; key <= 3500; ++key) REQUIRE_FALSE(lookup(cache, key, ++now_ns));
  for (std::size_t i = 999; i >= 500; --i) REQUIRE(lookup(cache, oldest[i], ++now_ns));
  for (std::size_t i = 0; i < 500; ++i) REQUIRE_FALSE(lookup(cache, oldest[i], ++now_ns));
}

TEST_CASE("A roomy cache that grows, spills, shrinks and grows again answers as a map of times", "[sim][cache]") {
  for (const std::int64_t ttl_ns : {std::int64_t{700}, std::int64_t{40'000}, std::int64_t{3'000'000}}) {
    CAPTURE(ttl_ns);
    sim::LruCache cache{1U << 24U, core::Duration{ttl_ns}};
    std::unordered_map<std::uint32_t, std::int64_t> written_ns;
    core::Stream chance{static_cast<std::uint64_t>(ttl_ns)};
    std::vector<std::uint32_t> asked(8192);
    std::vector<std::int64_t> when_ns(8192);
    std::vector<std::uint16_t> missed(8192);
    std::int64_t now_ns = 0;
    for (int round = 0; round < 150; ++round) {
      // Busy and quiet hours, over few and over many keys.
      const std::uint64_t gap = round % 50 < 25 ? 3 : 40;
      const std::uint64_t keys = round % 30 < 15 ? 200'000 : 3'000;
      const std::size_t count = 1 + chance.next() % 8192;
      std::vector<std::uint16_t> expected;
      for (std::size_t k = 0; k < count; ++k) {
        when_ns[k] = now_ns += static_cast<std::int64_t>(chance.next() % gap);
        asked[k] = static_cast<std::uint32_t>(1 + chance.next() % keys);
        const auto [entry, is_new] = written_ns.try_emplace(asked[k], now_ns);
        if (!is_new && now_ns - entry->second < ttl_ns) continue;
        entry->second = now_ns;
        expected.push_back(static_cast<std::uint16_t>(k));
      }
      const std::size_t misses = cache.look_up(std::span{asked}.first(count), when_ns.data(), missed.data());
      REQUIRE(misses == expected.size());
      REQUIRE(std::equal(expected.begin(), expected.end(), missed.begin()));
    }
  }
}

TEST_CASE("A block keeps its misses in order and counts its hits", "[sim][cache]") {
  const auto block = std::make_unique<core::traffic::Block>();
  const std::vector<std::uint32_t> keys{5, 5, 6, 5, 6, 7};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    block->arrival_ns[i] = static_cast<std::int64_t>(i);
    block->luck[i] = 100 + i;
    block->input_tokens[i] = static_cast<std::uint32_t>(10 * i);
    block->output_tokens[i] = static_cast<std::uint32_t>(i);
    block->content_key[i] = keys[i];
    block->prefix_row[i] = static_cast<std::uint32_t>(200 + i);
    block->prefix_round[i] = static_cast<std::uint32_t>(300 + i);
  }
  block->count = keys.size();
  block->has_prefixes = true;
  sim::Cache cache{{.entries = 10, .ttl = 1h}};
  cache.filter(*block);
  REQUIRE(block->count == 3);
  CHECK(block->arrival_ns[1] == 2);
  CHECK(block->luck[2] == 105);
  CHECK(block->input_tokens[2] == 50);
  CHECK(block->prefix_row[1] == 202);
  CHECK(block->prefix_round[2] == 305);
  CHECK(block->hits.count == 3);
  CHECK(block->hits.input_tokens == 10 + 30 + 40);
  CHECK(block->hits.output_tokens == 1 + 3 + 4);
}

TEST_CASE("Blocks answer as single lookups do, whatever their length", "[sim][cache]") {
  const core::Zipf popularity{0.9, 3000};
  core::Stream chance{11};
  sim::Cache by_block{{.entries = 500, .ttl = 40us}};
  sim::LruCache one_by_one{500, 40us};
  const auto block = std::make_unique<core::traffic::Block>();
  std::int64_t now_ns = 0;
  for (int round = 0; round < 200; ++round) {
    std::int64_t hits = 0;
    block->count = chance.next() % 700;
    block->hits = {};
    for (std::size_t i = 0; i < block->count; ++i) {
      block->arrival_ns[i] = now_ns += static_cast<std::int64_t>(chance.next() % 100);
      block->content_key[i] = popularity(chance);
      hits += lookup(one_by_one, block->content_key[i], now_ns) ? 1 : 0;
    }
    by_block.filter(*block);
    REQUIRE(block->hits.count == hits);
  }
}

TEST_CASE("A larger cache never hits less often on the same requests", "[sim][cache][property]") {
  const core::Zipf popularity{0.8, 20'000};
  std::int64_t previous = -1;
  for (const std::uint32_t entries : {1U, 10U, 100U, 1'000U, 5'000U, 20'000U}) {
    CAPTURE(entries);
    core::Stream chance{3};
    sim::LruCache cache{entries, 24h};
    std::int64_t hits = 0;
    for (int i = 0; i < 200'000; ++i) hits += lookup(cache, popularity(chance), i) ? 1 : 0;
    CHECK(hits >= previous);
    previous = hits;
  }
}

TEST_CASE("The hit ratio of LRU is Che's approximation, with a TTL that of renewal theory", "[sim][cache]") {
  constexpr std::uint32_t keys = 20'000;
  constexpr double exponent = 0.9;
  const std::vector<double> popularity = zipf_probabilities(exponent, keys);
  const core::Zipf zipf{exponent, keys};
  constexpr int lookups = 2'000'000;
  constexpr int warm_up = 500'000;

  const auto simulated = [&](sim::LruCache cache) {
    core::Stream chance{5};
    std::int64_t hits = 0;
    std::int64_t now_ns = 0;
    // Poisson lookups at one a microsecond, as the approximation takes them.
    for (int i = 0; i < lookups; ++i) {
      now_ns += static_cast<std::int64_t>(-1000 * std::log(core::unit_open_closed(chance.next())));
      const bool hit = lookup(cache, zipf(chance), now_ns);
      hits += hit && i >= warm_up ? 1 : 0;
    }
    return static_cast<double>(hits) / (lookups - warm_up);
  };

  SECTION("LRU alone: characteristic time T with sum(1 - exp(-p T)) = entries (Che, Tung, Wang 2002)") {
    constexpr double entries = 2'000;
    double low = 0;
    double high = 1e9;
    for (int i = 0; i < 200; ++i) {
      const double middle = (low + high) / 2;
      double held = 0;
      for (const double p : popularity) held += 1 - std::exp(-p * middle);
      (held < entries ? low : high) = middle;
    }
    double expected = 0;
    for (const double p : popularity) expected += p * (1 - std::exp(-p * low));
    // The approximation is good to about 1e-3 here (Fricker, Robert, Roberts 2012); the sample's standard error is
    // below sqrt(0.25 / 1.5e6) = 4e-4, three of them 1.2e-3.
    CHECK(simulated({2'000, 24h}) == Approx(expected).margin(2.2e-3));
  }
  SECTION("TTL alone: a write every 1/p + T on average, so p T / (1 + p T) of a key's lookups hit") {
    constexpr double ttl_lookups = 50'000;  // 50 ms
    double expected = 0;
    for (const double p : popularity) expected += p * p * ttl_lookups / (1 + p * ttl_lookups);
    CHECK(simulated({keys, 50ms}) == Approx(expected).margin(1.2e-3));  // exact; the sample's error as above
  }
}

TEST_CASE("With a TTL alone each key hits with λT over 1 + λT", "[sim][cache]") {
  // A key's cycle: a write, the hits within T, a wait for the next look-up. Hits of a cycle are Poisson with mean λT,
  // so of n look-ups λT/(1 + λT) hit; by renewal theory (Cox 1962) their variance tends to n λT/(1 + λT)^3.
  constexpr std::uint32_t keys = 8;
  const std::vector<double> p = zipf_probabilities(1.2, keys);
  const core::Zipf zipf{1.2, keys};
  constexpr double ttl_ns = 3000;  // look-ups come every 1000 ns on average
  sim::LruCache cache{keys, core::Duration{static_cast<std::int64_t>(ttl_ns)}};
  core::Stream chance{17};
  std::array<double, keys + 1> lookups{};
  std::array<double, keys + 1> hits{};
  double now_ns = 0;
  for (int i = 0; i < 2'000'000; ++i) {
    now_ns += -1000 * std::log(core::unit_open_closed(chance.next()));
    const std::uint32_t key = zipf(chance);
    ++lookups[key];
    hits[key] += lookup(cache, key, static_cast<std::int64_t>(now_ns)) ? 1 : 0;
  }
  for (std::uint32_t key = 1; key <= keys; ++key) {
    CAPTURE(key);
    const double per_ttl = p[key - 1] * ttl_ns / 1000;
    const double expected = per_ttl / (1 + per_ttl);
    const double error = std::sqrt(per_ttl / std::pow(1 + per_ttl, 3) / lookups[key]);
    CHECK(hits[key] / lookups[key] == Approx(expected).margin(4 * error));
  }
}

TEST_CASE("LFU comes to hold the most popular keys and one newcomer", "[sim][cache]") {
  constexpr std::uint32_t keys = 200;
  constexpr std::uint32_t entries = 20;
  const std::vector<double> p = zipf_probabilities(1.0, keys);
  const core::Zipf zipf{1.0, keys};
  sim::LfuCache cache{entries, 24h, keys};
  core::Stream chance{23};
  constexpr int lookups = 3'000'000;
  // Ranks 19 and 20 then differ by more than five standard deviations of their counts.
  constexpr int warm_up = 2'000'000;
  double hits = 0;
  for (int i = 0; i < lookups; ++i) {
    const bool hit = lookup(cache, zipf(chance), i);
    hits += hit && i >= warm_up ? 1 : 0;
  }
  double held = 0;
  double tail = 0;
  double squares = 0;
  for (std::uint32_t k = 0; k < keys; ++k) {
    if (k + 1 < entries) {
      held += p[k];
    } else {
      tail += p[k];
      squares += p[k] * p[k];
    }
  }
  const double n = lookups - warm_up;
  const double expected = held + squares / tail;
  // Hits of the newcomer come in runs; at most 1 in 60 of all, so that independence is nearly right.
  const double error = std::sqrt(expected * (1 - expected) / n);
  CHECK(hits / n == Approx(expected).margin(4 * error));
  CHECK(hits / n < held + p[entries - 1] + 4 * error);  // the best that so many entries can do
  CHECK(held + p[entries - 1] - hits / n < p[entries - 1]);
}

namespace {

struct Asked {
  std::int64_t arrival_ns = 0;
  std::uint32_t key = 0;
  std::uint64_t luck = 0;
};

// The requests that a cache lets through, by their arrival.
std::vector<std::int64_t> through(sim::Cache& cache, const std::vector<Asked>& requests,
                                  core::traffic::HitTally& hits) {
  const auto block = std::make_unique<core::traffic::Block>();
  block->count = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    block->arrival_ns[i] = requests[i].arrival_ns;
    block->content_key[i] = requests[i].key;
    block->luck[i] = requests[i].luck;
    block->input_tokens[i] = 7;
  }
  cache.filter(*block);
  hits = block->hits;
  return {block->arrival_ns.begin(), block->arrival_ns.begin() + static_cast<std::ptrdiff_t>(block->count)};
}

}  // namespace

TEST_CASE("A cold cache forgets at the very request", "[sim][cache]") {
  for (const sim::EvictionPolicy policy : {sim::EvictionPolicy::lru, sim::EvictionPolicy::lfu}) {
    sim::Cache cache{{.entries = 10,
                      .ttl = 1h,
                      .keys = 10,
                      .policy = policy,
                      .faults = {{.kind = sim::FaultKind::cold_cache, .begin_ns = 40},
                                 {.kind = sim::FaultKind::surge, .begin_ns = 20},
                                 {.kind = sim::FaultKind::cold_cache, .begin_ns = 30}}}};
    core::traffic::HitTally hits;
    CHECK(through(cache, {{10, 1}, {20, 1}, {29, 1}, {30, 1}, {31, 1}, {45, 1}, {46, 1}}, hits) ==
          std::vector<std::int64_t>{10, 30, 45});
    CHECK(hits.count == 4);
    CHECK(hits.lookups == 7);
    CHECK(hits.lookup_input_tokens == 49);
    CHECK(through(cache, {{50, 1}}, hits).empty());
  }
}

TEST_CASE("A semantic cache recognises its share of the topics that it holds", "[sim][cache]") {
  sim::CacheConfig config{.entries = 10, .ttl = 1h, .keys = 3};
  // Topic 1 by the first step, 2 by the second, 3 beyond the last.
  config.semantic = sim::SemanticConfig{
      .similarity = 0.9, .hit_share = {.steps = {{.up_to_rank = 1, .share = 0.8}, {.up_to_rank = 2, .share = 0.3}}}};
  config.semantic->wrong = 0.05;
  sim::Cache cache{config};
  core::Stream chance{5};
  std::array<double, 4> asked{};
  std::array<double, 4> let_through{};
  double wrong = 0;
  double recognised = 0;
  for (int round = 0; round < 100; ++round) {
    std::vector<Asked> requests;
    for (int i = 0; i < 3000; ++i) {
      const auto key = static_cast<std::uint32_t>(1 + i % 3);
      requests.push_back({round * 3000 + i, key, chance.next()});
      ++asked[key];
    }
    core::traffic::HitTally hits;
    for (const std::int64_t arrival : through(cache, requests, hits)) {
      ++let_through[static_cast<std::size_t>(1 + arrival % 3)];
    }
    wrong += static_cast<double>(hits.wrong);
    recognised += static_cast<double>(hits.count);
  }
  // Independent draws of 100,000 each; four standard deviations. The first request of each topic misses anyway.
  const std::array<double, 4> share{0, 0.8, 0.3, 0.3};
  for (std::size_t key = 1; key <= 3; ++key) {
    CAPTURE(key);
    const double error = std::sqrt(share[key] * (1 - share[key]) / asked[key]);
    CHECK(1 - let_through[key] / asked[key] == Approx(share[key]).margin(4 * error + 1e-5));
  }
  CHECK(wrong / recognised == Approx(0.05).margin(4 * std::sqrt(0.05 * 0.95 / recognised)));
}

TEST_CASE("The share that is recognised falls with the rank by a power law", "[sim][cache]") {
  const sim::HitShare share{.head = 0.8, .exponent = 0.5};
  CHECK(share.of(1) == Approx(0.8));
  CHECK(share.of(100) == Approx(0.08));
  CHECK(sim::HitShare{.head = 0.6}.of(1'000'000) == Approx(0.6));
}

TEST_CASE("A semantic cache that recognises everything is an exact one", "[sim][cache]") {
  const core::Zipf popularity{0.9, 3000};
  const auto run = [&](std::optional<sim::SemanticConfig> semantic) {
    sim::CacheConfig config{.entries = 200, .ttl = 40us, .keys = 3000};
    config.semantic = std::move(semantic);
    sim::Cache cache{config};
    core::Stream chance{7};
    std::vector<std::vector<std::int64_t>> all;
    for (int round = 0; round < 20; ++round) {
      std::vector<Asked> requests;
      for (int i = 0; i < 500; ++i) requests.push_back({round * 50'000 + i * 100, popularity(chance), chance.next()});
      core::traffic::HitTally hits;
      all.push_back(through(cache, requests, hits));
    }
    return all;
  };
  CHECK(run(std::nullopt) == run(sim::SemanticConfig{}));
}
