// The entries of a cache that has never been full: they only expire, nothing has to be pushed out.
//
//  * `RoomyTable`  exact, key by key, in a few nanoseconds a look-up
//
// How: buckets of eight entries fill a cache line each, so a look-up touches one line, asked for well ahead; what is
// found, and where a miss is written, is settled by arithmetic, for nothing can guess a hit. An entry names the number
// of its write, not the time: writes stand in a ring in order of time, and those from `first_` on are alive. An expired
// entry stays until its place is needed. A bucket full of what is alive spills into the next and is marked.
//
// For the day on which the cache is full, the order of use is kept as well: as a log of keys, which nobody reads until
// then. What was used before the oldest write that is alive is dead or was used again; when even that leaves more than
// a few lines an entry, the log is cut down to the last use of each.
//
// Memory: 16 to 32 bytes an entry that is alive, 16 to 32 for its write, 4 for each of its uses (at most 32).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/cache/tight_lru.hpp"

namespace sim {

class RoomyTable {
 public:
  RoomyTable(std::uint32_t entries, std::int64_t ttl_ns);

  // Looks up `keys[i]` at `now_ns[i]` (never decreasing) in turn, and stops before the first for which an entry would
  // have to be pushed out. `missed` gets `offset` + i of those that missed.
  struct Done {
    std::size_t looked_up = 0;
    std::size_t missed = 0;
  };
  Done look_up(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
               std::size_t offset);

  // What is alive, the least recently used first.
  std::vector<CacheEntry> in_order_of_use();

 private:
  static constexpr std::size_t bucket_size = 8;
  struct alignas(64) Bucket {
    std::array<std::uint32_t, bucket_size> key{};    // 0: never used
    std::array<std::uint32_t, bucket_size> write{};  // number modulo 2^32; never 2^31 or more behind `first_`
  };
  struct Write {
    std::int64_t when_ns = 0;
    std::uint64_t use = 0;  // the number of the look-up that wrote
  };
  struct Place {
    std::size_t bucket = 0;
    std::size_t slot = 0;
  };

  std::size_t home(std::uint32_t key) const {
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> shift_);  // Fibonacci hashing
  }
  bool has_spilled(std::size_t bucket) const { return (spilled_[bucket / 64] >> (bucket % 64) & 1U) != 0; }
  std::uint64_t alive() const { return next_ - first_; }
  bool is_dead(std::uint32_t write) const { return write - static_cast<std::uint32_t>(first_) >= 1U << 31U; }
  std::int64_t when(std::uint32_t write) const { return writes_[write & writes_mask_].when_ns; }

  std::size_t piece(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
                    std::size_t offset);
  void make_room(std::size_t count);
  void expire(std::int64_t now_ns);
  Place place_of(std::uint32_t key);
  void rebuild(std::size_t buckets);
  void cut_uses();
  void resize_uses(std::size_t lines);
  void resize_writes(std::size_t lines);

  std::uint32_t entries_;
  std::int64_t ttl_ns_;
  int shift_ = 0;
  std::vector<Bucket> buckets_;
  std::vector<std::uint64_t> spilled_;  // a bit a bucket: a key that belongs here or before may stand behind it
  std::size_t spills_ = 0;
  std::uint64_t rebuilt_at_ = 1;  // the number of the write
  std::vector<Write> writes_;     // a ring
  std::uint64_t writes_mask_ = 0;
  std::uint64_t first_ = 1;  // of those that are alive
  std::uint64_t next_ = 1;
  std::vector<std::uint32_t> uses_;  // a ring of keys
  std::uint64_t uses_mask_ = 0;
  std::uint64_t first_use_ = 0;
  std::uint64_t next_use_ = 0;
};

}  // namespace sim
