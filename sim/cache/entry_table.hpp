// Entries of a cache by their key, in one array.
//
//  * `EntryTable<Entry>`  open addressing with linear probing; `Entry::key` is 0 in an empty place
//
// At most half full: short probes are worth more than bytes. Nothing is allocated after construction.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sim {

template <class Entry>
class EntryTable {
 public:
  explicit EntryTable(std::uint32_t most_entries)
      : places_(std::bit_ceil(std::size_t{most_entries} * 2)),
        mask_{places_.size() - 1},
        shift_{64 - std::countr_zero(places_.size())} {}

  std::uint32_t size() const { return held_; }
  void prefetch(std::uint32_t key) const { __builtin_prefetch(&places_[home(key)], 1); }

  // The entry of that key, or the empty place where it would go.
  Entry& find(std::uint32_t key) {
    std::size_t place = home(key);
    while (places_[place].key != key && places_[place].key != 0) place = (place + 1) & mask_;
    return places_[place];
  }
  // `place`: empty, as `find(key)` returned it just now.
  void insert(Entry& place, std::uint32_t key) {
    place.key = key;
    ++held_;
  }
  // Backward-shift deletion (Knuth, TAOCP 6.4 R): no tombstones, so that a run of months does not slow down. Other
  // entries may move: references into the table are void.
  void erase(Entry& entry) {
    auto hole = static_cast<std::size_t>(&entry - places_.data());
    for (std::size_t next = (hole + 1) & mask_; places_[next].key != 0; next = (next + 1) & mask_) {
      const std::size_t from_home = (next - home(places_[next].key)) & mask_;
      if (from_home >= ((next - hole) & mask_)) {
        places_[hole] = places_[next];
        hole = next;
      }
    }
    places_[hole] = Entry{};
    --held_;
  }

 private:
  std::size_t home(std::uint32_t key) const {
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> shift_);  // Fibonacci hashing
  }

  std::vector<Entry> places_;
  std::size_t mask_;
  int shift_;
  std::uint32_t held_ = 0;
};

}  // namespace sim
