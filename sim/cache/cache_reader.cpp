#include "sim/cache/cache_reader.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"

namespace sim {

using namespace std::chrono_literals;
using core::Section;

namespace {

constexpr std::int64_t most_entries = std::int64_t{1} << 28;
// Four bytes each: of more, the counts of an LFU would take more than a GB.
constexpr std::int64_t most_counted_keys = std::int64_t{1} << 28;

std::uint32_t read_entries(const Section& section) {
  const core::IntegerRule rule{.min = 1, .max = most_entries, .unit = "entries"};
  if (!section.has("memory")) {
    // Without `memory` it says how much the tier must hold (pricing/cost_plan.hpp).
    if (section.has("bytes_per_entry")) section.bytes("bytes_per_entry", {.min = 1});
    return static_cast<std::uint32_t>(section.integer("entries", rule));
  }
  const std::int64_t memory = section.bytes("memory", {.min = 1});
  const std::int64_t each = section.bytes("bytes_per_entry", {.min = 1});
  const std::int64_t fit = memory / each;
  if (fit < 1 || fit > most_entries) {
    throw section.error("memory",
                        fmt::format("{}, which holds {} entries of {}", core::config_bytes(memory),
                                    core::config_number(static_cast<double>(fit)), core::config_bytes(each)),
                        fmt::format("memory for 1 to {} entries", most_entries));
  }
  if (!section.has("entries")) return static_cast<std::uint32_t>(fit);
  const std::int64_t entries = section.integer("entries", rule);
  if (entries > fit) {
    throw section.error("entries",
                        fmt::format("{} of {} each, which take more than the memory of {}", entries,
                                    core::config_bytes(each), core::config_bytes(memory)),
                        fmt::format("at most {} entries", fit));
  }
  return static_cast<std::uint32_t>(entries);
}

HitShare read_hit_share(const Section& section) {
  constexpr std::string_view key = "hit_share";
  HitShare share;
  switch (section.kind(key)) {
    case Section::Kind::mapping: {
      const Section law = section.section(key);
      share.head = law.share("head");
      share.exponent = law.number("exponent", {.min = 0, .max = 20});
      break;
    }
    case Section::Kind::list:
      for (const std::vector<double>& row : section.rows(key, 2, {.min = 0})) {
        const double rank = row[0];
        const std::uint32_t before = share.steps.empty() ? 0 : share.steps.back().up_to_rank;
        if (rank <= before || rank > 4e9 || rank != static_cast<double>(static_cast<std::uint32_t>(rank))) {
          throw section.error(key, fmt::format("rank {}", core::config_number(rank)),
                              "whole ranks that grow from row to row");
        }
        if (row[1] > 1) {
          throw section.error(key, fmt::format("a share of {}", core::config_number(row[1])), "shares from 0 to 1");
        }
        share.steps.push_back({static_cast<std::uint32_t>(rank), row[1]});
      }
      break;
    case Section::Kind::scalar:
    case Section::Kind::absent:
      share.head = section.share(key);
  }
  return share;
}

}  // namespace

CacheConfig read_cache(const Section& section) {
  const bool is_semantic = section.choice("kind", {"exact", "semantic"}) == 1;
  CacheConfig cache;
  cache.entries = read_entries(section);
  cache.ttl = section.duration("ttl", {.min = 1ns, .max = 24h * 3'660});
  cache.policy = section.choice("policy", {"lru", "lfu"}, 0, "what most caches push out first") == 0
                     ? EvictionPolicy::lru
                     : EvictionPolicy::lfu;
  cache.hit_latency = section.duration(
      "hit_latency", {.min = 0ns, .max = 1h, .fallback = 5ms, .why = "one look-up in a cache of the same zone"});
  const Section popularity = section.section("popularity");
  cache.zipf_exponent = popularity.number("zipf", {.min = 0, .max = 20});
  cache.keys = static_cast<std::uint32_t>(popularity.integer("keys", {.min = 1, .max = 1'000'000'000, .unit = "keys"}));
  if (cache.policy == EvictionPolicy::lfu && cache.keys > most_counted_keys) {
    throw popularity.error("keys", fmt::format("{}, each of which an LFU counts", cache.keys),
                           fmt::format("at most {} keys with policy: lfu", most_counted_keys));
  }
  if (!is_semantic) return cache;
  cache.semantic = SemanticConfig{
      .similarity = section.share("similarity"), .hit_share = read_hit_share(section), .wrong = section.share("wrong")};
  cache.lookup_latency = section.duration(
      "lookup_latency",
      {.min = 0ns, .max = 1h, .fallback = 25ms, .why = "a call of an embedding model and a search of its neighbours"});
  section.leave("embedding");
  return cache;
}

}  // namespace sim
