// Entries of which the least frequently used goes when the cache is full.
//
//  * `LfuCache`  exact, key by key
//
// Frequency is the number of look-ups of a key since the beginning, whether it was held or not ("perfect" LFU); counts
// never age, and only `forget` clears them. Among equal counts the least recently used goes. What missed is always
// written, so one place is always the newcomer's. Where the popularity stands still, the cache comes to hold the C - 1
// most popular keys and the last of the others that was asked for:
//
//   hit ratio → Σ p_i (i < C) + Σ p_i² (i ≥ C) / Σ p_i (i ≥ C)
//
// which is within p_C of the best that C entries can do, Σ p_i (i ≤ C). Where it moves, counts that never age are a
// burden; real caches halve them now and then. TTL as in an `LruCache`.
//
// How: a binary heap in which an entry stands where its count was when it was last looked at; counts only grow, so the
// top is brought up to date until it is the least one. A hit costs no more than its count. Lines of entries that are
// gone are dropped when they come up, or all at once when they are too many.
//
// Memory: 4 bytes for each key that can be asked for, 64 to 128 an entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/time.hpp"
#include "sim/cache/entry_table.hpp"
#include "sim/ring.hpp"

namespace sim {

class LfuCache {
 public:
  // `entries` from 1 to 2^28, `ttl` above 0; `keys`: the largest key.
  LfuCache(std::uint32_t entries, core::Duration ttl, std::uint32_t keys);

  // As LruCache::look_up. O(log entries) for a miss in a full cache.
  std::size_t look_up(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
                      std::size_t offset = 0);
  void forget();  // everything, the counts included

 private:
  struct Entry {
    std::uint32_t key = 0;
    std::uint64_t last_used = 0;  // number of the look-up
    std::int64_t written_ns = 0;
  };
  struct Line {
    std::uint32_t count = 0;
    std::uint32_t key = 0;
    std::uint64_t last_used = 0;
    // The heap's top is the greatest: the one to go.
    friend bool operator<(const Line& a, const Line& b) {
      return a.count != b.count ? a.count > b.count : a.last_used > b.last_used;
    }
  };
  struct Write {
    std::int64_t when_ns = 0;
    std::uint32_t key = 0;
  };

  bool look_up(std::uint32_t key, std::int64_t now_ns);
  void write(Entry& entry, std::int64_t now_ns);
  void expire(std::int64_t now_ns);
  void push_out_least();
  void restart_heap();

  std::uint32_t entries_;
  std::int64_t ttl_ns_;
  EntryTable<Entry> table_;
  std::vector<std::uint32_t> counts_;  // by key
  std::vector<Line> heap_;
  Ring<Write> writes_;  // in order of time; void when the table's entry was written at another time
  std::uint64_t next_use_ = 0;
};

}  // namespace sim
