#include "sim/cache.hpp"

#include <cmath>
#include <cstdint>
#include <list>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "core/distributions/zipf.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

// The words of sim/cache.hpp, as plainly as they can be written down.
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

}  // namespace

TEST_CASE("Every lookup answers as a plain list and map do", "[sim][cache]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    core::Stream chance{seed};
    const auto entries = static_cast<std::uint32_t>(1 + chance.next() % 60);
    const auto ttl_ns = static_cast<std::int64_t>(1 + chance.next() % 400);
    const std::uint64_t keys = 1 + chance.next() % 200;
    sim::Cache cache{entries, core::Duration{ttl_ns}};
    PlainCache plain{entries, ttl_ns};
    std::int64_t now_ns = 0;
    for (int i = 0; i < 8000; ++i) {
      now_ns += static_cast<std::int64_t>(chance.next() % 4);
      const std::uint64_t bits = chance.next();
      const auto key = static_cast<std::uint32_t>(1 + (bits % keys) * (bits >> 32 & 0xffffU) / 0x10000U);  // skewed
      REQUIRE(cache.lookup(key, now_ns) == plain.lookup(key, now_ns));
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
  sim::Cache cache{10, 1h};
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
  sim::Cache by_block{500, 40us};
  sim::Cache one_by_one{500, 40us};
  const auto block = std::make_unique<core::traffic::Block>();
  std::int64_t now_ns = 0;
  for (int round = 0; round < 200; ++round) {
    std::int64_t hits = 0;
    block->count = chance.next() % 700;
    block->hits = {};
    for (std::size_t i = 0; i < block->count; ++i) {
      block->arrival_ns[i] = now_ns += static_cast<std::int64_t>(chance.next() % 100);
      block->content_key[i] = popularity(chance);
      hits += one_by_one.lookup(block->content_key[i], now_ns) ? 1 : 0;
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
    sim::Cache cache{entries, 24h};
    std::int64_t hits = 0;
    for (int i = 0; i < 200'000; ++i) hits += cache.lookup(popularity(chance), i) ? 1 : 0;
    CHECK(hits >= previous);
    previous = hits;
  }
}

TEST_CASE("The hit ratio of LRU is Che's approximation, with a TTL that of renewal theory", "[sim][cache]") {
  constexpr std::uint32_t keys = 20'000;
  constexpr double exponent = 0.9;
  std::vector<double> popularity(keys);
  double sum = 0;
  for (std::uint32_t k = 0; k < keys; ++k) sum += popularity[k] = std::pow(k + 1.0, -exponent);
  for (double& p : popularity) p /= sum;
  const core::Zipf zipf{exponent, keys};
  constexpr int lookups = 2'000'000;
  constexpr int warm_up = 500'000;

  const auto simulated = [&](sim::Cache cache) {
    core::Stream chance{5};
    std::int64_t hits = 0;
    std::int64_t now_ns = 0;
    // Poisson lookups at one a microsecond, as the approximation takes them.
    for (int i = 0; i < lookups; ++i) {
      now_ns += static_cast<std::int64_t>(-1000 * std::log(core::unit_open_closed(chance.next())));
      const bool hit = cache.lookup(zipf(chance), now_ns);
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
