// The prompt blocks that one replica of an LLM engine holds, for prompts that share beginnings (prefix caching).
//
//  * `PrefixCache`  exact, block by block; what nobody uses any more goes least recently used first
//
// A prompt is a list of keys, one a block of tokens; an equal key means that the whole prompt up to the end of that
// block is equal (core/traffic/trace.hpp), so the keys of one prompt differ. As KV memory holds it, a block is
//
//   pinned      by as many requests as have acquired and not yet released it; it cannot go
//   ready       once it is computed: other prompts may then read it
//   evictable   ready and pinned by nobody; it stays until the memory is needed (`evict_one`)
//
// The cache has no size: the engine knows how many blocks of memory there are and evicts when a new one needs room. It
// counts no hits either: a prompt that was looked at but found no room would be counted twice.
//
// A block that nobody pins any more counts as used at that moment, of one prompt the last block before the others: no
// block is evicted before those that build on it, and what is held are always whole beginnings. The order is that of
// vLLM's free list (its design page on automatic prefix caching).
//
// How: an open-addressing table of 8 bytes a place leads to the blocks, which stand in an array and are linked by their
// numbers in order of use. 24 bytes a block and 16 to 32 for its place; nothing is allocated unless more blocks are
// held than ever before.
//
// Example:
//   PrefixCache cache;
//   if (cache.pinned() + cache.unpinned(keys) > memory_blocks) { … }      // no room: it waits
//   const std::uint32_t hits = cache.match(keys);    // so many blocks need not be computed
//   cache.acquire(keys);                             // before evicting: what matched must not go for what did not
//   while (cache.blocks() > memory_blocks) cache.evict_one();
//   cache.mark_ready(keys);                          // when its prefill is done
//   cache.release(keys);                             // when the request is
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sim {

class PrefixCache {
 public:
  PrefixCache();

  // How many of the first keys are held and ready.
  std::uint32_t match(std::span<const std::uint64_t> keys) const;
  // How many are not held at all: as many new blocks of memory does `acquire` take.
  std::uint32_t missing(std::span<const std::uint64_t> keys) const;
  // How many are not held or pinned by nobody: as many more will be pinned after `acquire`.
  std::uint32_t unpinned(std::span<const std::uint64_t> keys) const;

  // Pins every block; one that is not held comes in, not ready.
  void acquire(std::span<const std::uint64_t> keys);
  // The blocks are computed. They must be held; some may be ready already, and a prompt may become ready part by part,
  // from the front.
  void mark_ready(std::span<const std::uint64_t> keys);
  // Takes one pin from every block, which must have one. Without pins, a ready block becomes the most recently used
  // evictable one, and one that is not ready is gone.
  void release(std::span<const std::uint64_t> keys);

  // The least recently used evictable block is gone; false if there is none.
  bool evict_one();

  std::uint32_t blocks() const { return held_; }
  std::uint32_t evictable() const { return evictable_; }
  std::uint32_t pinned() const { return held_ - evictable_; }

 private:
  struct Slot {
    std::uint32_t tag = 0;    // the high half of the hash: its first bits are the place in the table
    std::uint32_t block = 0;  // 0: empty
  };
  struct Block {
    std::uint64_t key = 0;
    std::uint32_t pins = 0;
    std::uint32_t older = 0;  // 0 ends the list on both sides
    std::uint32_t newer = 0;  // of a free block: the next free one
    bool ready = false;
  };

  static std::uint32_t tag_of(std::uint64_t key);
  std::size_t home(std::uint32_t tag) const { return tag >> shift_; }
  std::size_t after(std::size_t place) const { return (place + 1) & (table_.size() - 1); }
  std::size_t find(std::uint64_t key) const;  // its place, or the empty one where it would go
  void insert(std::size_t place, std::uint64_t key);
  void erase(std::size_t place);
  void grow();
  void link_newest(std::uint32_t block);
  void unlink(std::uint32_t block);

  int shift_;                  // 32 - log2(size of the table)
  std::vector<Slot> table_;    // linear probing, at most half full
  std::vector<Block> blocks_;  // the first is the ends of the list: its `newer` is the oldest, its `older` the newest
  std::uint32_t free_ = 0;     // the first free block, 0: none
  std::uint32_t held_ = 0;
  std::uint32_t evictable_ = 0;
};

}  // namespace sim
