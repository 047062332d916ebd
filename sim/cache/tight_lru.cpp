#include "sim/cache/tight_lru.hpp"

#include <algorithm>
#include <bit>

namespace sim {

namespace {

// How far ahead of its use a cache line is asked for: a few hundred nanoseconds of work.
constexpr std::size_t prefetch_distance = 12;
constexpr std::size_t smallest_ring = 1024;  // a power of two, as every size of the rings

}  // namespace

TightLru::TightLru(std::uint32_t entries, std::int64_t ttl_ns, const std::vector<CacheEntry>& alive)
    : entries_{entries}, ttl_ns_{ttl_ns}, table_{entries + 1} {
  std::vector<CacheEntry> by_write = alive;
  std::stable_sort(by_write.begin(), by_write.end(),
                   [](const CacheEntry& a, const CacheEntry& b) { return a.written_ns < b.written_ns; });
  for (const CacheEntry& entry : by_write) {
    Entry& place = table_.find(entry.key);
    table_.insert(place, entry.key);
    write(place, entry.written_ns);
  }
  std::vector<std::uint32_t> keys;
  keys.reserve(alive.size());
  for (const CacheEntry& entry : alive) keys.push_back(entry.key);
  restart_uses(keys);
}

inline void TightLru::write(Entry& entry, std::int64_t now_ns) {
  entry.written_ns = now_ns;
  writes_.push_back({.when_ns = now_ns, .key = entry.key});
  if (writes_.size() > 4 * (std::int64_t{table_.size()} + 256)) tidy_writes();
}

// Drops what has expired by `now_ns`; true if there was any.
bool TightLru::expire(std::int64_t now_ns) {
  const std::uint32_t before = table_.size();
  while (!writes_.empty() && now_ns - writes_.front().when_ns >= ttl_ns_) {
    if (writes_.size() > static_cast<std::int64_t>(prefetch_distance)) {
      table_.prefetch(writes_[prefetch_distance].key);
    }
    const Write write = writes_.front();
    writes_.pop_front();
    Entry& entry = table_.find(write.key);
    if (entry.key == 0 || entry.written_ns != write.when_ns) continue;
    make_void(entry.last_used);
    table_.erase(entry);
  }
  return table_.size() != before;
}

void TightLru::push_out_oldest() {
  while (is_void(first_use_)) ++first_use_;
  table_.prefetch(uses_[(first_use_ + prefetch_distance) & uses_mask_]);
  table_.erase(table_.find(uses_[first_use_++ & uses_mask_]));
}

inline void TightLru::log_use(Entry& entry) {
  entry.last_used = next_use_;
  uses_[next_use_ & uses_mask_] = entry.key;
  void_[(next_use_ & uses_mask_) / 64] &= ~(std::uint64_t{1} << (next_use_ % 64));
  ++next_use_;
}

// Only the valid lines go on, in order: at most one an entry.
void TightLru::make_room_in_uses() {
  std::vector<std::uint32_t> valid;
  valid.reserve(table_.size());
  for (; first_use_ != next_use_; ++first_use_) {
    if (!is_void(first_use_)) valid.push_back(uses_[first_use_ & uses_mask_]);
  }
  restart_uses(valid);
}

// A log of `keys` alone, in that order. A ring of at least four times as many lines is full again after three times as
// many uses.
void TightLru::restart_uses(const std::vector<std::uint32_t>& keys) {
  const std::size_t lines = std::max(smallest_ring, std::bit_ceil(keys.size() * 4));
  uses_.assign(lines, 0);
  void_.assign(lines / 64, 0);
  uses_mask_ = static_cast<std::uint32_t>(lines - 1);
  first_use_ = next_use_;
  for (const std::uint32_t key : keys) log_use(table_.find(key));
}

// When the cache is full long before anything expires, most lines are of entries that were pushed out.
void TightLru::tidy_writes() {
  for (std::int64_t lines = writes_.size(); lines > 0; --lines) {
    const Write write = writes_.front();
    writes_.pop_front();
    const Entry& entry = table_.find(write.key);
    if (entry.key != 0 && entry.written_ns == write.when_ns) writes_.push_back(write);
  }
}

bool TightLru::look_up(std::uint32_t key, std::int64_t now_ns) {
  if (next_use_ - first_use_ > uses_mask_) [[unlikely]]
    make_room_in_uses();
  Entry* entry = &table_.find(key);
  if (entry->key != 0) {
    make_void(entry->last_used);
    log_use(*entry);
    if (now_ns - entry->written_ns < ttl_ns_) return true;
    write(*entry, now_ns);
    return false;
  }
  if (table_.size() == entries_ && expire(now_ns)) entry = &table_.find(key);
  const bool full = table_.size() == entries_;
  table_.insert(*entry, key);
  log_use(*entry);
  write(*entry, now_ns);
  // The newest is never the oldest, so it may come in first: that spares a second search for its place.
  if (full) push_out_oldest();
  return false;
}

std::size_t TightLru::look_up(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
                              std::size_t offset) {
  if (keys.empty()) return 0;
  expire(now_ns[0]);
  for (std::size_t i = 0; i < std::min(keys.size(), prefetch_distance); ++i) table_.prefetch(keys[i]);
  std::size_t count = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + prefetch_distance < keys.size()) table_.prefetch(keys[i + prefetch_distance]);
    missed[count] = static_cast<std::uint16_t>(offset + i);
    count += look_up(keys[i], now_ns[i]) ? 0U : 1U;
  }
  return count;
}

}  // namespace sim
