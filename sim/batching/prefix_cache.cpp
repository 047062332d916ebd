#include "sim/batching/prefix_cache.hpp"

#include <bit>
#include <cassert>
#include <utility>

namespace sim {

namespace {

constexpr std::size_t smallest_table = 64;  // a power of two, as every size of the table

}  // namespace

PrefixCache::PrefixCache() : shift_{32 - std::countr_zero(smallest_table)}, table_(smallest_table), blocks_(1) {}

// Fibonacci hashing: the high bits of the product depend on all bits of the key, and keys in a row are spread evenly.
inline std::uint32_t PrefixCache::tag_of(std::uint64_t key) {
  return static_cast<std::uint32_t>((key * 0x9e3779b97f4a7c15U) >> 32U);
}

inline std::size_t PrefixCache::find(std::uint64_t key) const {
  const std::uint32_t tag = tag_of(key);
  std::size_t place = home(tag);
  // Neighbours in the table have the first bits of their tags in common and hardly ever all of them, so that nearly
  // every block whose key is looked at is the right one.
  while (table_[place].block != 0 && (table_[place].tag != tag || blocks_[table_[place].block].key != key)) {
    place = after(place);
  }
  return place;
}

inline void PrefixCache::link_newest(std::uint32_t block) {
  const std::uint32_t before = blocks_[0].older;
  blocks_[block].older = before;
  blocks_[block].newer = 0;
  blocks_[before].newer = block;
  blocks_[0].older = block;
  ++evictable_;
}

inline void PrefixCache::unlink(std::uint32_t block) {
  const Block& gone = blocks_[block];
  blocks_[gone.older].newer = gone.newer;
  blocks_[gone.newer].older = gone.older;
  --evictable_;
}

inline void PrefixCache::insert(std::size_t place, std::uint64_t key) {
  std::uint32_t block = free_;
  if (block != 0) {
    free_ = blocks_[block].newer;
  } else {
    block = static_cast<std::uint32_t>(blocks_.size());
    blocks_.emplace_back();
  }
  blocks_[block] = {.key = key, .pins = 1};
  table_[place] = {.tag = tag_of(key), .block = block};
  ++held_;
  if (std::size_t{held_} * 2 > table_.size()) [[unlikely]]
    grow();
}

// Backward-shift deletion, as in sim/cache.cpp; the tags say where each belongs without a look at the blocks.
void PrefixCache::erase(std::size_t hole) {
  const std::uint32_t block = table_[hole].block;
  const std::size_t mask = table_.size() - 1;
  for (std::size_t next = after(hole); table_[next].block != 0; next = after(next)) {
    const std::size_t from_home = (next - home(table_[next].tag)) & mask;
    if (from_home >= ((next - hole) & mask)) {
      table_[hole] = table_[next];
      hole = next;
    }
  }
  table_[hole] = Slot{};
  blocks_[block].newer = free_;
  free_ = block;
  --held_;
}

void PrefixCache::grow() {
  std::vector<Slot> smaller(table_.size() * 2);
  std::swap(table_, smaller);
  --shift_;
  for (const Slot& slot : smaller) {
    if (slot.block == 0) continue;
    std::size_t place = home(slot.tag);
    while (table_[place].block != 0) place = after(place);
    table_[place] = slot;
  }
}

std::uint32_t PrefixCache::match(std::span<const std::uint64_t> keys) const {
  std::uint32_t count = 0;
  for (const std::uint64_t key : keys) {
    const std::uint32_t block = table_[find(key)].block;
    if (block == 0 || !blocks_[block].ready) break;
    ++count;
  }
  return count;
}

std::uint32_t PrefixCache::missing(std::span<const std::uint64_t> keys) const {
  std::uint32_t count = 0;
  for (const std::uint64_t key : keys) count += table_[find(key)].block == 0 ? 1U : 0U;
  return count;
}

std::uint32_t PrefixCache::unpinned(std::span<const std::uint64_t> keys) const {
  std::uint32_t count = 0;
  // The first block stands for none: nobody pins it.
  for (const std::uint64_t key : keys) count += blocks_[table_[find(key)].block].pins == 0 ? 1U : 0U;
  return count;
}

void PrefixCache::acquire(std::span<const std::uint64_t> keys) {
  for (const std::uint64_t key : keys) {
    const std::size_t place = find(key);
    const std::uint32_t block = table_[place].block;
    if (block == 0) {
      insert(place, key);
      continue;
    }
    if (blocks_[block].pins++ == 0) unlink(block);
  }
}

void PrefixCache::mark_ready(std::span<const std::uint64_t> keys) {
  for (const std::uint64_t key : keys) {
    const std::uint32_t block = table_[find(key)].block;
    assert(block != 0);
    blocks_[block].ready = true;
  }
}

void PrefixCache::release(std::span<const std::uint64_t> keys) {
  for (std::size_t i = keys.size(); i-- > 0;) {
    const std::size_t place = find(keys[i]);
    const std::uint32_t block = table_[place].block;
    assert(block != 0 && blocks_[block].pins > 0);
    if (--blocks_[block].pins > 0) continue;
    if (blocks_[block].ready) {
      link_newest(block);
    } else {
      erase(place);
    }
  }
}

bool PrefixCache::evict_one() {
  const std::uint32_t oldest = blocks_[0].newer;
  if (oldest == 0) return false;
  unlink(oldest);
  erase(find(blocks_[oldest].key));
  return true;
}

}  // namespace sim
