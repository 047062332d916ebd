#include "sim/cache/roomy_table.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sim {

namespace {

constexpr std::size_t prefetch_distance = 24;
constexpr std::size_t smallest_buckets = 128;  // powers of two, all of them
constexpr std::size_t smallest_ring = 2048;
// Mean entries a bucket that are alive, at most; one in fifty then has more than its eight.
constexpr std::size_t bucket_load = 4;
// Look-ups between two looks at the clock; `look_up` settles what expires in between.
constexpr std::size_t piece_size = 1024;
// Lines of the log of uses for an entry.
constexpr std::size_t lines_an_entry = 8;
// Numbers of writes are kept modulo 2^32 and compared by their difference: what is dead is taken out before it is
// too old for that.
constexpr std::uint64_t rebuild_after = std::uint64_t{1} << 30U;

// A bit for each of eight numbers that is `value`, and for each that is behind `first`.
#ifdef __SSE2__
inline unsigned equal_bits(const std::array<std::uint32_t, 8>& numbers, std::uint32_t value) {
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(value));
  const auto* const at = reinterpret_cast<const __m128i*>(numbers.data());
  const __m128i low = _mm_cmpeq_epi32(_mm_load_si128(at), wanted);
  const __m128i high = _mm_cmpeq_epi32(_mm_load_si128(at + 1), wanted);
  return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(low))) |
         static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(high))) << 4U;
}
inline unsigned behind_bits(const std::array<std::uint32_t, 8>& numbers, std::uint32_t first) {
  const __m128i begin = _mm_set1_epi32(static_cast<int>(first));
  const auto* const at = reinterpret_cast<const __m128i*>(numbers.data());
  const __m128i low = _mm_sub_epi32(_mm_load_si128(at), begin);
  const __m128i high = _mm_sub_epi32(_mm_load_si128(at + 1), begin);
  return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(low))) |
         static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(high))) << 4U;
}
#else
inline unsigned equal_bits(const std::array<std::uint32_t, 8>& numbers, std::uint32_t value) {
  unsigned bits = 0;
  for (unsigned i = 0; i < 8; ++i) bits |= (numbers[i] == value ? 1U : 0U) << i;
  return bits;
}
inline unsigned behind_bits(const std::array<std::uint32_t, 8>& numbers, std::uint32_t first) {
  unsigned bits = 0;
  for (unsigned i = 0; i < 8; ++i) bits |= (numbers[i] - first) >> 31U << i;
  return bits;
}
#endif

}  // namespace

RoomyTable::RoomyTable(std::uint32_t entries, std::int64_t ttl_ns)
    : entries_{entries},
      ttl_ns_{ttl_ns},
      shift_{64 - std::countr_zero(smallest_buckets)},
      buckets_(smallest_buckets),
      spilled_(smallest_buckets / 64),
      writes_(smallest_ring),
      writes_mask_{smallest_ring - 1},
      uses_(smallest_ring),
      uses_mask_{smallest_ring - 1} {}

void RoomyTable::expire(std::int64_t now_ns) {
  while (first_ != next_ && now_ns - writes_[first_ & writes_mask_].when_ns >= ttl_ns_) ++first_;
}

// The key's place, alive or dead, or else one for it: the first dead one from its home on. Marks what it passes by.
RoomyTable::Place RoomyTable::place_of(std::uint32_t key) {
  const auto first = static_cast<std::uint32_t>(first_);
  const std::size_t mask = buckets_.size() - 1;
  std::size_t bucket = home(key);
  Place free;
  bool has_free = false;
  std::size_t last = bucket;
  for (;; bucket = (bucket + 1) & mask) {
    const unsigned equal = equal_bits(buckets_[bucket].key, key);
    if (equal != 0) return {bucket, static_cast<std::size_t>(std::countr_zero(equal))};
    const unsigned behind = behind_bits(buckets_[bucket].write, first);
    if (!has_free && behind != 0) {
      free = {bucket, static_cast<std::size_t>(std::countr_zero(behind))};
      has_free = true;
      last = bucket;
    }
    if (has_free && !has_spilled(bucket)) break;
  }
  for (bucket = home(key); bucket != last; bucket = (bucket + 1) & mask) {
    spills_ += has_spilled(bucket) ? 0U : 1U;
    spilled_[bucket / 64] |= std::uint64_t{1} << (bucket % 64);
  }
  return free;
}

void RoomyTable::rebuild(std::size_t buckets) {
  const std::vector<Bucket> before = std::exchange(buckets_, {});
  Bucket empty;
  empty.write.fill(static_cast<std::uint32_t>(first_ - 1));
  buckets_.assign(buckets, empty);
  spilled_.assign(buckets / 64, 0);
  spills_ = 0;
  rebuilt_at_ = next_;
  shift_ = 64 - std::countr_zero(buckets);
  for (const Bucket& bucket : before) {
    for (std::size_t slot = 0; slot < bucket_size; ++slot) {
      if (bucket.key[slot] == 0 || is_dead(bucket.write[slot])) continue;
      const Place place = place_of(bucket.key[slot]);
      buckets_[place.bucket].key[place.slot] = bucket.key[slot];
      buckets_[place.bucket].write[place.slot] = bucket.write[slot];
    }
  }
}

void RoomyTable::resize_writes(std::size_t lines) {
  std::vector<Write> ring(lines);
  for (std::uint64_t write = first_; write != next_; ++write) ring[write & (lines - 1)] = writes_[write & writes_mask_];
  writes_ = std::move(ring);
  writes_mask_ = lines - 1;
}

void RoomyTable::resize_uses(std::size_t lines) {
  std::vector<std::uint32_t> ring(lines);
  for (std::uint64_t use = first_use_; use != next_use_; ++use) ring[use & (lines - 1)] = uses_[use & uses_mask_];
  uses_ = std::move(ring);
  uses_mask_ = lines - 1;
}

// Leaves one line for each key that is alive: its last. They move up to the end of the ring, so that the use of a write
// still stands before no line that is younger.
void RoomyTable::cut_uses() {
  std::vector<bool> seen(buckets_.size() * bucket_size);
  std::uint64_t to = next_use_;
  for (std::uint64_t use = next_use_; use != first_use_; --use) {
    if (use - first_use_ > prefetch_distance) {
      __builtin_prefetch(&buckets_[home(uses_[(use - 1 - prefetch_distance) & uses_mask_])]);
    }
    const std::uint32_t key = uses_[(use - 1) & uses_mask_];
    const Place place = place_of(key);
    const Bucket& bucket = buckets_[place.bucket];
    const std::size_t slot = place.bucket * bucket_size + place.slot;
    if (bucket.key[place.slot] != key || is_dead(bucket.write[place.slot]) || seen[slot]) continue;
    seen[slot] = true;
    uses_[--to & uses_mask_] = key;
  }
  first_use_ = to;
}

// For `count` look-ups, all of which may write.
void RoomyTable::make_room(std::size_t count) {
  if (alive() + count > writes_.size()) resize_writes(std::bit_ceil(alive() + count));
  first_use_ = std::max(first_use_, first_ == next_ ? next_use_ : writes_[first_ & writes_mask_].use);
  if (next_use_ - first_use_ + count > uses_.size()) {
    const std::size_t most = std::bit_ceil(lines_an_entry * (alive() + count));
    if (uses_.size() < most) {
      resize_uses(uses_.size() * 2);
    } else {
      cut_uses();
    }
  }
  if (alive() + count > bucket_load * buckets_.size()) {
    rebuild(std::bit_ceil((alive() + count + bucket_load - 1) / bucket_load));
  } else if (spills_ * 16 > buckets_.size() || next_ - rebuilt_at_ > rebuild_after) {
    rebuild(buckets_.size());
  }
}

// There is room in the rings, and nothing to be pushed out.
std::size_t RoomyTable::piece(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
                              std::size_t offset) {
  const std::size_t count = keys.size();
  const auto first = static_cast<std::uint32_t>(first_);
  // Written before that, and alive at the first look-up: the time will tell. Later writes outlive the piece.
  std::uint64_t sure = first_;
  while (sure != next_ && now_ns[count - 1] - writes_[sure & writes_mask_].when_ns >= ttl_ns_) ++sure;
  const auto alive_from = static_cast<std::uint32_t>(sure) - first;

  Bucket* const buckets = buckets_.data();
  Write* const writes = writes_.data();
  std::uint32_t* const uses = uses_.data();
  std::uint64_t next = next_;
  std::size_t misses = 0;
  for (std::size_t i = 0; i < count; ++i) {
    __builtin_prefetch(&buckets[home(keys[std::min(i + prefetch_distance, count - 1)])], 1);
    const std::uint32_t key = keys[i];
    std::size_t at = home(key);
    const unsigned equal = equal_bits(buckets[at].key, key);
    const unsigned behind = behind_bits(buckets[at].write, first);
    // Bit 8 if it is not there; then the lowest dead place.
    unsigned chosen = equal != 0 ? equal : behind;
    auto slot = static_cast<std::size_t>(std::countr_zero(chosen | 0x100U));
    bool found = equal != 0;
    if ((behind == 0 || has_spilled(at)) && !found) [[unlikely]] {
      const Place place = place_of(key);
      at = place.bucket;
      slot = place.slot;
      found = buckets[at].key[slot] == key;
    }
    Bucket& bucket = buckets[at];
    const std::uint32_t write = bucket.write[slot];
    const std::uint32_t age = write - first;  // in writes; 2^31 and more is dead
    bool hit = found && age - alive_from < (1U << 31U) - alive_from;
    if (found && age < alive_from) [[unlikely]]
      hit = now_ns[i] - writes[write & writes_mask_].when_ns < ttl_ns_;
    bucket.key[slot] = key;
    bucket.write[slot] = hit ? write : static_cast<std::uint32_t>(next);
    writes[next & writes_mask_] = {.when_ns = now_ns[i], .use = next_use_ + i};
    uses[(next_use_ + i) & uses_mask_] = key;
    missed[misses] = static_cast<std::uint16_t>(offset + i);
    misses += hit ? 0U : 1U;
    next += hit ? 0U : 1U;
  }
  next_ = next;
  next_use_ += count;
  return misses;
}

RoomyTable::Done RoomyTable::look_up(std::span<const std::uint32_t> keys, const std::int64_t* now_ns,
                                     std::uint16_t* missed, std::size_t offset) {
  Done done;
  while (done.looked_up < keys.size()) {
    const std::size_t from = done.looked_up;
    expire(now_ns[from]);
    std::size_t count = std::min(keys.size() - from, piece_size);
    // Short of room or of life, one at a time: then the clock is exact, and so is the number of those alive.
    if (alive() + count > entries_ || now_ns[from + count - 1] - now_ns[from] >= ttl_ns_) count = 1;
    make_room(count);
    if (count == 1 && alive() == entries_) {
      const Place place = place_of(keys[from]);
      const Bucket& bucket = buckets_[place.bucket];
      if (bucket.key[place.slot] != keys[from] || is_dead(bucket.write[place.slot])) return done;
    }
    done.missed += piece(keys.subspan(from, count), now_ns + from, missed + done.missed, offset + from);
    done.looked_up += count;
  }
  return done;
}

std::vector<CacheEntry> RoomyTable::in_order_of_use() {
  cut_uses();
  std::vector<CacheEntry> entries;
  entries.reserve(next_use_ - first_use_);
  for (std::uint64_t use = first_use_; use != next_use_; ++use) {
    const std::uint32_t key = uses_[use & uses_mask_];
    const Place place = place_of(key);
    entries.push_back({.key = key, .written_ns = when(buckets_[place.bucket].write[place.slot])});
  }
  return entries;
}

}  // namespace sim
