#include "sim/cache.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace sim {

namespace {

// How far ahead of its use a cache line is asked for: a few hundred nanoseconds of work.
constexpr std::size_t prefetch_distance = 12;
constexpr std::size_t smallest_table = 1024;  // a power of two, as every size of the table and the rings
constexpr std::size_t smallest_ring = 1024;

}  // namespace

Cache::Cache(std::uint32_t entries, core::Duration ttl)
    : entries_{entries},
      ttl_ns_{core::to_ns(ttl)},
      shift_{64 - std::countr_zero(smallest_table)},
      table_(smallest_table),
      uses_(smallest_ring),
      void_(smallest_ring / 64),
      uses_mask_{smallest_ring - 1} {}

inline std::size_t Cache::home(std::uint32_t key) const {
  return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> shift_);  // Fibonacci hashing
}

inline std::size_t Cache::find(std::uint32_t key) const {
  std::size_t place = home(key);
  while (table_[place].key != key && table_[place].key != 0) place = after(place);
  return place;
}

inline void Cache::insert(std::size_t place, std::uint32_t key, std::int64_t now_ns) {
  table_[place] = {.key = key, .last_used = 0, .written_ns = now_ns};
  log_use(table_[place]);
  log_write(key, now_ns);
  ++alive_;
}

// Backward-shift deletion (Knuth, TAOCP 6.4 R): no tombstones, so that a run of months does not slow down.
void Cache::erase(std::size_t hole) {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t next = after(hole); table_[next].key != 0; next = after(next)) {
    const std::size_t from_home = (next - home(table_[next].key)) & mask;
    if (from_home >= ((next - hole) & mask)) {
      table_[hole] = table_[next];
      hole = next;
    }
  }
  table_[hole] = Entry{};
  --alive_;
}

// Drops what has expired by `now_ns`; true if there was any.
bool Cache::expire(std::int64_t now_ns) {
  const std::uint32_t before = alive_;
  while (!writes_.empty() && now_ns - writes_.front().when_ns >= ttl_ns_) {
    if (writes_.size() > static_cast<std::int64_t>(prefetch_distance)) {
      __builtin_prefetch(&table_[home(writes_[prefetch_distance].key)]);
    }
    const Write write = writes_.front();
    writes_.pop_front();
    const std::size_t place = find(write.key);
    const Entry& entry = table_[place];
    if (entry.key == 0 || entry.written_ns != write.when_ns) continue;
    make_void(entry.last_used);
    erase(place);
  }
  return alive_ != before;
}

void Cache::push_out_oldest() {
  while (is_void(first_use_)) ++first_use_;
  __builtin_prefetch(&table_[home(uses_[(first_use_ + prefetch_distance) & uses_mask_])]);
  erase(find(uses_[first_use_++ & uses_mask_]));
}

void Cache::grow_table() {
  const std::vector<Entry> old = std::exchange(table_, std::vector<Entry>(table_.size() * 2));
  --shift_;
  for (const Entry& entry : old) {
    if (entry.key != 0) table_[find(entry.key)] = entry;
  }
}

inline void Cache::log_use(Entry& entry) {
  entry.last_used = next_use_;
  uses_[next_use_ & uses_mask_] = entry.key;
  void_[(next_use_ & uses_mask_) / 64] &= ~(std::uint64_t{1} << (next_use_ % 64));
  ++next_use_;
}

// Only the valid lines go on, in order: at most one an entry. A ring of at least four times as many lines is full again
// after three times as many uses.
void Cache::make_room_in_uses() {
  std::vector<std::uint32_t> valid;
  valid.reserve(alive_);
  for (; first_use_ != next_use_; ++first_use_) {
    if (!is_void(first_use_)) valid.push_back(uses_[first_use_ & uses_mask_]);
  }
  const std::size_t lines = std::max(smallest_ring, std::bit_ceil(valid.size() * 4));
  uses_.assign(lines, 0);
  void_.assign(lines / 64, 0);
  uses_mask_ = static_cast<std::uint32_t>(lines - 1);
  for (const std::uint32_t key : valid) log_use(table_[find(key)]);
}

inline void Cache::log_write(std::uint32_t key, std::int64_t now_ns) {
  writes_.push_back({.when_ns = now_ns, .key = key});
  if (writes_.size() > 4 * (std::int64_t{alive_} + 256)) tidy_writes();
}

// When the cache is full long before anything expires, most lines are of entries that were pushed out.
void Cache::tidy_writes() {
  for (std::int64_t lines = writes_.size(); lines > 0; --lines) {
    const Write write = writes_.front();
    writes_.pop_front();
    const Entry& entry = table_[find(write.key)];
    if (entry.key != 0 && entry.written_ns == write.when_ns) writes_.push_back(write);
  }
}

bool Cache::lookup(std::uint32_t key, std::int64_t now_ns) {
  if (next_use_ - first_use_ > uses_mask_) [[unlikely]]
    make_room_in_uses();
  std::size_t place = find(key);
  if (table_[place].key != 0) {
    Entry& entry = table_[place];
    make_void(entry.last_used);
    log_use(entry);
    if (now_ns - entry.written_ns < ttl_ns_) return true;
    entry.written_ns = now_ns;
    log_write(key, now_ns);
    return false;
  }
  if (alive_ == entries_ && expire(now_ns)) place = find(key);
  const bool full = alive_ == entries_;
  insert(place, key, now_ns);
  // The newest is never the oldest, so it may come in first: that spares a second search for its place.
  if (full) push_out_oldest();
  if (std::size_t{alive_} * 3 > table_.size()) [[unlikely]]
    grow_table();
  return false;
}

void Cache::filter(core::traffic::Block& block) {
  const std::size_t count = block.count;
  if (count == 0) return;
  expire(block.arrival_ns[0]);
  for (std::size_t i = 0; i < std::min(count, prefetch_distance); ++i) {
    __builtin_prefetch(&table_[home(block.content_key[i])]);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + prefetch_distance < count) __builtin_prefetch(&table_[home(block.content_key[i + prefetch_distance])]);
    // Every request moves up to the next free place; only a miss takes it, so that no branch has to be guessed twice.
    const std::uint32_t input_tokens = block.input_tokens[i];
    const std::uint32_t output_tokens = block.output_tokens[i];
    block.arrival_ns[kept] = block.arrival_ns[i];
    block.luck[kept] = block.luck[i];
    block.input_tokens[kept] = input_tokens;
    block.output_tokens[kept] = output_tokens;
    const std::uint32_t key = block.content_key[i];
    block.content_key[kept] = key;
    const bool hit = lookup(key, block.arrival_ns[kept]);
    kept += hit ? 0 : 1;
    block.hits.count += hit ? 1 : 0;
    block.hits.input_tokens += hit ? input_tokens : 0;
    block.hits.output_tokens += hit ? output_tokens : 0;
  }
  block.count = kept;
}

}  // namespace sim
