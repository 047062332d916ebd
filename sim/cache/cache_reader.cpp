#include "sim/cache/cache_reader.hpp"

#include <chrono>

namespace sim {

using namespace std::chrono_literals;
using core::Section;

CacheConfig read_cache(const Section& section) {
  section.choice("kind", {"exact"});
  CacheConfig cache;
  cache.entries = static_cast<std::uint32_t>(section.integer("entries", {.min = 1, .max = 1 << 28, .unit = "entries"}));
  cache.ttl = section.duration("ttl", {.min = 1ns, .max = 24h * 3'660});
  cache.hit_latency = section.duration(
      "hit_latency", {.min = 0ns, .max = 1h, .fallback = 5ms, .why = "one look-up in a cache of the same zone"});
  const Section popularity = section.section("popularity");
  cache.zipf_exponent = popularity.number("zipf", {.min = 0, .max = 20});
  cache.keys = static_cast<std::uint32_t>(popularity.integer("keys", {.min = 1, .max = 1'000'000'000, .unit = "keys"}));
  return cache;
}

}  // namespace sim
