// Entries of which the least recently used goes when the cache is full.
//
//  * `LruCache`  exact, key by key
//
// An entry is written at a miss and is good for `ttl` from then on; a look-up that finds it expired is a miss and
// writes it anew. Expired entries give up their place before any other. The answer is taken to be there at once: a miss
// in flight does not make a second one for the same key.
//
// With an hour of TTL at 120 requests a second, most caches are never full: they live in a `RoomyTable`, which is as
// small as what is alive. The first time that an entry must be pushed out, a `TightLru` takes over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "core/time.hpp"
#include "sim/cache/roomy_table.hpp"
#include "sim/cache/tight_lru.hpp"

namespace sim {

class LruCache {
 public:
  // `entries` from 1 to 2^28, `ttl` above 0.
  LruCache(std::uint32_t entries, core::Duration ttl);

  // Looks up `keys[i]` (≥ 1) at `now_ns[i]` (never decreasing) in turn, at most 2^16 of them; `missed` (room for all)
  // gets `offset` + i of those that missed. Returns how many did.
  std::size_t look_up(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
                      std::size_t offset = 0);
  void forget();  // everything

 private:
  std::uint32_t entries_;
  std::int64_t ttl_ns_;
  std::variant<RoomyTable, TightLru> table_;
};

}  // namespace sim
