// An exact-response cache in front of every option: entries expire, and when it is full the least recently used goes.
//
//  * `Cache`  simulated exactly, key by key; `filter` takes the hits out of a block
//
// An entry is written at a miss and is good for `ttl` from then on; a lookup that finds it expired is a miss and writes
// it anew. Expired entries give up their place. The answer is taken to be there at once: a miss in flight does not
// make a second one for the same key.
//
// How: an open-addressing table finds the key. Recency is a log of lookups, and the entry to push out is the oldest in
// the log that was not looked up since; expiry is a log of writes. A linked list would touch three more cache lines a
// request; the next lines of a log are known ahead of time, so their places in the table are prefetched. Expired
// entries leave at the beginning of every block, which keeps the table as small as what is alive: with an hour of TTL
// at 120 requests a second 300,000 entries, whatever the size of the cache. About 35 ns a request.
//
// Memory: up to 96 bytes for each entry that is alive, up to 64 for its lines in the logs.
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
    std::uint32_t last_used = 0;  // its valid line of the log of uses, modulo 2^32
    std::int64_t written_ns = 0;
  };
  struct Write {
    std::int64_t when_ns = 0;
    std::uint32_t key = 0;
  };

  std::size_t home(std::uint32_t key) const;
  std::size_t after(std::size_t place) const { return (place + 1) & (table_.size() - 1); }
  std::size_t find(std::uint32_t key) const;  // its place, or the empty one where it would go
  void insert(std::size_t place, std::uint32_t key, std::int64_t now_ns);
  void erase(std::size_t place);
  bool expire(std::int64_t now_ns);
  void push_out_oldest();
  void grow_table();

  void log_use(Entry& entry);
  void log_write(std::uint32_t key, std::int64_t now_ns);
  void make_room_in_uses();
  void tidy_writes();
  bool is_void(std::uint32_t line) const { return (void_[(line & uses_mask_) / 64] >> (line % 64) & 1U) != 0; }
  void make_void(std::uint32_t line) { void_[(line & uses_mask_) / 64] |= std::uint64_t{1} << (line % 64); }

  std::uint32_t entries_;
  std::int64_t ttl_ns_;
  std::uint32_t alive_ = 0;          // entries in the table
  int shift_;                        // 64 - log2(size of the table)
  std::vector<Entry> table_;         // linear probing, at most a third full: short probes are worth more than bytes
  std::vector<std::uint32_t> uses_;  // keys in order of use; a ring, whose lines count on and wrap
  std::vector<std::uint64_t> void_;  // a bit for each line of it: the key was used again since, or is gone
  std::uint32_t uses_mask_;
  std::uint32_t first_use_ = 0;
  std::uint32_t next_use_ = 0;
  Ring<Write> writes_;  // in order of time; void when the table's entry was written at another time
};

}  // namespace sim
