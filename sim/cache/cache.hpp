// A cache in front of every option: exact or semantic, emptied by faults.
//
//  * `Cache`  `filter` takes the hits out of a block
//
// An exact cache answers a question that was asked before (LruCache, LfuCache). A semantic one answers a question that
// is near enough to one that was asked before: its entries are topics, the content key is the topic of a request, and
// of the requests whose topic is held a share is recognised, by the popularity of the topic (HitShare) and each
// request's own luck. Whoever is not recognised goes to the option and leaves the entry as it was, its age included; a
// topic that is not held is written. A share of the hits is wrong: the answer to another question.
//
// Luck decides, so the same request is recognised whatever the size of the cache, and nobody else's draws move.
//
// Example:
//   Cache cache{config};
//   cache.filter(block);   // block.count fell by block.hits.count
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "core/traffic/block.hpp"
#include "sim/cache/cache_config.hpp"
#include "sim/cache/lfu_cache.hpp"
#include "sim/cache/lru_cache.hpp"

namespace sim {

class Cache {
 public:
  explicit Cache(const CacheConfig& config);

  // Removes the requests that hit from the block's arrays (their order stays) and counts them in `block.hits`. Blocks
  // come in order of time.
  void filter(core::traffic::Block& block);

 private:
  using Missed = std::array<std::uint16_t, core::traffic::Block::capacity>;

  std::size_t look_up(const core::traffic::Block& block, std::size_t from, std::size_t end, std::uint16_t* missed);
  std::size_t recognise(core::traffic::Block& block, std::size_t misses);

  std::variant<LruCache, LfuCache> entries_;
  std::unique_ptr<Missed> missed_;
  std::vector<std::int64_t> emptied_ns_;  // when, in order of time, those to come
  std::size_t emptied_ = 0;               // of those, that are over
  std::optional<SemanticConfig> semantic_;
};

}  // namespace sim
