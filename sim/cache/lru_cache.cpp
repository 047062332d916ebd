#include "sim/cache/lru_cache.hpp"

#include <vector>

namespace sim {

LruCache::LruCache(std::uint32_t entries, core::Duration ttl)
    : entries_{entries}, ttl_ns_{core::to_ns(ttl)}, table_{std::in_place_type<RoomyTable>, entries, ttl_ns_} {}

std::size_t LruCache::look_up(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
                              std::size_t offset) {
  RoomyTable::Done done;
  if (auto* const roomy = std::get_if<RoomyTable>(&table_)) {
    done = roomy->look_up(keys, now_ns, missed, offset);
    if (done.looked_up == keys.size()) return done.missed;
    const std::vector<CacheEntry> alive = roomy->in_order_of_use();
    table_.emplace<TightLru>(entries_, ttl_ns_, alive);
  }
  return done.missed + std::get<TightLru>(table_).look_up(keys.subspan(done.looked_up), now_ns + done.looked_up,
                                                          missed + done.missed, offset + done.looked_up);
}

void LruCache::forget() { table_.emplace<RoomyTable>(entries_, ttl_ns_); }

}  // namespace sim
