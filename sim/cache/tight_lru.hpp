// The entries of a cache that has been full: the least recently used goes when another needs its place.
//
//  * `TightLru`  exact, key by key; what `LruCache` turns to when its roomy table is full
//
// How: an open-addressing table finds the key. Recency is a log of look-ups, and the entry to push out is the oldest in
// the log that was not looked up since; expiry is a log of writes. A linked list would touch three more cache lines a
// request; the next lines of a log are known ahead of time, so their places in the table are prefetched.
//
// Memory: 32 to 64 bytes an entry for the table, up to 64 more for its lines in the logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/cache/entry_table.hpp"
#include "sim/ring.hpp"

namespace sim {

// An entry that is alive, as one table hands it to another.
struct CacheEntry {
  std::uint32_t key = 0;
  std::int64_t written_ns = 0;
};

class TightLru {
 public:
  // `alive`: what it holds at the beginning, the least recently used first; at most `entries`.
  TightLru(std::uint32_t entries, std::int64_t ttl_ns, const std::vector<CacheEntry>& alive);

  // Looks up `keys[i]` at `now_ns[i]` (never decreasing) in turn; `missed` gets `offset` + i of those that missed.
  // Returns how many did.
  std::size_t look_up(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
                      std::size_t offset);

 private:
  struct Entry {
    std::uint32_t key = 0;        // 0: empty
    std::uint32_t last_used = 0;  // number of the use, modulo 2^32
    std::int64_t written_ns = 0;
  };
  struct Write {
    std::int64_t when_ns = 0;
    std::uint32_t key = 0;
  };

  bool look_up(std::uint32_t key, std::int64_t now_ns);
  void write(Entry& entry, std::int64_t now_ns);
  bool expire(std::int64_t now_ns);
  void push_out_oldest();
  void log_use(Entry& entry);
  void make_room_in_uses();
  void restart_uses(const std::vector<std::uint32_t>& keys);
  void tidy_writes();
  bool is_void(std::uint32_t line) const { return (void_[(line & uses_mask_) / 64] >> (line % 64) & 1U) != 0; }
  void make_void(std::uint32_t line) { void_[(line & uses_mask_) / 64] |= std::uint64_t{1} << (line % 64); }

  std::uint32_t entries_;
  std::int64_t ttl_ns_;
  EntryTable<Entry> table_;
  std::uint32_t next_use_ = 0;       // number of the next look-up, modulo 2^32
  std::vector<std::uint32_t> uses_;  // keys in order of use; a ring, whose lines are numbered as the uses are
  std::vector<std::uint64_t> void_;  // a bit for each line of it: the key was used again since, or is gone
  std::uint32_t uses_mask_ = 0;
  std::uint32_t first_use_ = 0;
  Ring<Write> writes_;  // in order of time; void when the table's entry was written at another time
};

}  // namespace sim
