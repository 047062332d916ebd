// An exact-response cache in front of every option: entries expire, and when it is full the least recently used goes.
//
//  * `Cache`  simulated exactly, key by key; `filter` takes the hits out of a block
//
// An entry is written at a miss and is good for `ttl` from then on; a lookup that finds it expired is a miss and writes
// it anew. Expired entries give up their place. The answer is taken to be there at once: a miss in flight does not
// make a second one for the same key.
//
// How: an open-addressing table finds the key. While no more than half of the entries are in use, nothing can be pushed
// out, and nothing is kept for it: expired entries stay in the table until it is half full and are then swept out. With
// an hour of TTL at 120 requests a second that is the usual case, and the table is as small as what is alive. A cache
// that fills up becomes tight: recency is then a log of lookups, and the entry to push out is the oldest in the log
// that was not looked up since; expiry is a log of writes. A linked list would touch three more cache lines a request;
// the next lines of a log are known ahead of time, so their places in the table are prefetched.
//
// Memory: 64 to 128 bytes for each entry that is alive, up to 64 more for its lines in the logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "core/traffic/block.hpp"
#include "sim/ring.hpp"

namespace sim {

class Cache {
 public:
  // `entries` from 1 to 2^28.
  Cache(std::uint32_t entries, core::Duration ttl);

  // Removes the requests that hit from the block's arrays (their order stays) and counts them in `block.hits`.
  void filter(core::traffic::Block& block);

  // One lookup of `key` (≥ 1) at `now_ns` (never decreasing); a miss writes the entry.
  bool lookup(std::uint32_t key, std::int64_t now_ns);

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

  std::size_t home(std::uint32_t key) const;
  std::size_t after(std::size_t place) const { return (place + 1) & (table_.size() - 1); }
  std::size_t find(std::uint32_t key) const;  // its place, or the empty one where it would go
  void use(Entry& entry);
  void write(Entry& entry, std::int64_t now_ns);
  void erase(std::size_t place);
  void sweep(std::int64_t now_ns);
  void move_to(std::size_t table_size, std::int64_t now_ns);

  // Only of a tight cache.
  void become_tight();
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
  bool tight_ = false;
  std::uint32_t held_ = 0;           // entries in the table; of a cache that is not tight, expired ones, too
  int shift_;                        // 64 - log2(size of the table)
  std::vector<Entry> table_;         // linear probing, at most half full: short probes are worth more than bytes
  std::vector<Entry> spare_;         // where a sweep moves them
  std::uint32_t next_use_ = 0;       // number of the next lookup that finds or writes, modulo 2^32
  std::vector<std::uint32_t> uses_;  // keys in order of use; a ring, whose lines are numbered as the uses are
  std::vector<std::uint64_t> void_;  // a bit for each line of it: the key was used again since, or is gone
  std::uint32_t uses_mask_ = 0;
  std::uint32_t first_use_ = 0;
  Ring<Write> writes_;  // in order of time; void when the table's entry was written at another time
};

}  // namespace sim
