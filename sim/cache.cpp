#include "sim/cache.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace sim {

namespace {

// How far ahead of its use a cache line is asked for: a few hundred nanoseconds of work.
constexpr std::size_t prefetch_distance = 12;

}  // namespace

Cache::Cache(std::uint32_t entries, core::Duration ttl)
    : entries_{entries},
      ttl_ns_{core::to_ns(ttl)},
      table_(std::uint64_t{entries} * 3 + 1),
      log_(std::max<std::uint64_t>(std::bit_ceil(std::uint64_t{entries} * 4), 64)),
      void_(log_.size() / 64),
      log_mask_{static_cast<std::uint32_t>(log_.size() - 1)} {}

inline std::size_t Cache::home(std::uint32_t key) const {
  // Fibonacci hashing, then the high half of a product: any table size, no division.
  return static_cast<std::size_t>((std::uint64_t{key * 0x9e3779b9U} * table_.size()) >> 32U);
}

inline std::size_t Cache::find(std::uint32_t key) const {
  std::size_t place = home(key);
  while (table_[place].key != key && table_[place].key != 0) place = after(place);
  return place;
}

// Backward-shift deletion (Knuth, TAOCP 6.4 R): no tombstones, so that a run of months does not slow down.
void Cache::erase(std::size_t hole) {
  const auto distance = [this](std::size_t from, std::size_t to) {
    return to >= from ? to - from : to + table_.size() - from;
  };
  for (std::size_t next = after(hole); table_[next].key != 0; next = after(next)) {
    if (distance(home(table_[next].key), next) >= distance(hole, next)) {
      table_[hole] = table_[next];
      hole = next;
    }
  }
  table_[hole] = Entry{};
}

void Cache::push_out_oldest() {
  while (is_void(log_begin_)) ++log_begin_;
  // The next to go are known; by the time their turn comes their places are at hand.
  __builtin_prefetch(&table_[home(log_[(log_begin_ + prefetch_distance) & log_mask_])]);
  erase(find(log_[log_begin_++ & log_mask_]));
}

inline void Cache::log_use(std::uint32_t key, Entry& entry) {
  entry.last_used = log_end_;
  log_[log_end_ & log_mask_] = key;
  void_[(log_end_ & log_mask_) / 64] &= ~(std::uint64_t{1} << (log_end_ % 64));
  ++log_end_;
}

// Writes the lines of the log that still count to its end, in order. With a log of at least four times the entries,
// at least three quarters of its lines are void then: less than one and a half lookups a request.
void Cache::shorten_log() {
  for (const std::uint32_t end = log_end_; log_begin_ != end; ++log_begin_) {
    if (is_void(log_begin_)) continue;
    const std::uint32_t key = log_[log_begin_ & log_mask_];
    log_use(key, table_[find(key)]);
  }
}

bool Cache::lookup(std::uint32_t key, std::int64_t now_ns) {
  if (log_end_ - log_begin_ > log_mask_) shorten_log();
  const std::size_t place = find(key);
  if (table_[place].key != 0) {
    Entry& entry = table_[place];
    const bool hit = now_ns - entry.written_ns < ttl_ns_;
    if (!hit) entry.written_ns = now_ns;
    void_[(entry.last_used & log_mask_) / 64] |= std::uint64_t{1} << (entry.last_used % 64);
    log_use(key, entry);
    return hit;
  }
  table_[place] = {.key = key, .last_used = 0, .written_ns = now_ns};
  log_use(key, table_[place]);
  // The newest is never the oldest, so the order of coming in and being pushed out does not matter; this one spares
  // a second search for the place.
  if (used_ == entries_) {
    push_out_oldest();
  } else {
    ++used_;
  }
  return false;
}

void Cache::filter(core::traffic::Block& block) {
  const std::size_t count = block.count;
  for (std::size_t i = 0; i < std::min(count, prefetch_distance); ++i) {
    __builtin_prefetch(&table_[home(block.content_key[i])]);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + prefetch_distance < count) __builtin_prefetch(&table_[home(block.content_key[i + prefetch_distance])]);
    if (lookup(block.content_key[i], block.arrival_ns[i])) {
      ++block.hits.count;
      block.hits.input_tokens += block.input_tokens[i];
      block.hits.output_tokens += block.output_tokens[i];
      continue;
    }
    block.arrival_ns[kept] = block.arrival_ns[i];
    block.luck[kept] = block.luck[i];
    block.input_tokens[kept] = block.input_tokens[i];
    block.output_tokens[kept] = block.output_tokens[i];
    block.content_key[kept] = block.content_key[i];
    ++kept;
  }
  block.count = kept;
}

}  // namespace sim
