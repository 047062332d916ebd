#include "sim/cache.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace sim {

namespace {

// How far ahead of its use a cache line is asked for: a few hundred nanoseconds of work.
constexpr std::size_t prefetch_distance = 12;
constexpr std::size_t smallest_table = 1024;  // a power of two, as every size of the table and the rings
constexpr std::size_t smallest_ring = 1024;

}  // namespace

Cache::Cache(std::uint32_t entries, core::Duration ttl)
    : entries_{entries},
      ttl_ns_{core::to_ns(ttl)},
      shift_{64 - std::countr_zero(smallest_table)},
      table_(smallest_table) {}

inline std::size_t Cache::home(std::uint32_t key) const {
  return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> shift_);  // Fibonacci hashing
}

inline std::size_t Cache::find(std::uint32_t key) const {
  std::size_t place = home(key);
  while (table_[place].key != key && table_[place].key != 0) place = after(place);
  return place;
}

inline void Cache::use(Entry& entry) {
  if (tight_) {
    log_use(entry);
  } else {
    entry.last_used = next_use_++;
  }
}

inline void Cache::write(Entry& entry, std::int64_t now_ns) {
  entry.written_ns = now_ns;
  if (!tight_) return;
  writes_.push_back({.when_ns = now_ns, .key = entry.key});
  if (writes_.size() > 4 * (std::int64_t{held_} + 256)) tidy_writes();
}

// Backward-shift deletion (Knuth, TAOCP 6.4 R): no tombstones, so that a run of months does not slow down.
void Cache::erase(std::size_t hole) {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t next = after(hole); table_[next].key != 0; next = after(next)) {
    const std::size_t from_home = (next - home(table_[next].key)) & mask;
    if (from_home >= ((next - hole) & mask)) {
      table_[hole] = table_[next];
      hole = next;
    }
  }
  table_[hole] = Entry{};
  --held_;
}

// Moves what is alive to a table of that size. In order of place, so both tables are walked through, not jumped about
// in.
void Cache::move_to(std::size_t table_size, std::int64_t now_ns) {
  spare_.assign(table_size, Entry{});
  std::swap(table_, spare_);
  shift_ = 64 - std::countr_zero(table_size);
  held_ = 0;
  for (const Entry& entry : spare_) {
    if (entry.key == 0 || now_ns - entry.written_ns >= ttl_ns_) continue;
    table_[find(entry.key)] = entry;
    ++held_;
  }
}

void Cache::sweep(std::int64_t now_ns) {
  move_to(table_.size(), now_ns);
  if (std::size_t{held_} * 3 > table_.size()) move_to(table_.size() * 2, now_ns);
}

// From now on entries may have to be pushed out: brings the logs of uses and of writes up to date.
void Cache::become_tight() {
  tight_ = true;
  std::vector<Entry> alive;
  for (const Entry& entry : table_) {
    if (entry.key != 0) alive.push_back(entry);
  }
  const auto by_write = [](const Entry& a, const Entry& b) { return a.written_ns < b.written_ns; };
  std::sort(alive.begin(), alive.end(), by_write);
  for (const Entry& entry : alive) writes_.push_back({.when_ns = entry.written_ns, .key = entry.key});
  // Numbers of uses wrap; ages do not, unless an entry rests for 2^32 uses of others.
  std::sort(alive.begin(), alive.end(),
            [this](const Entry& a, const Entry& b) { return next_use_ - a.last_used > next_use_ - b.last_used; });
  std::vector<std::uint32_t> keys;
  keys.reserve(alive.size());
  for (const Entry& entry : alive) keys.push_back(entry.key);
  restart_uses(keys);
}

// Drops what has expired by `now_ns`; true if there was any.
bool Cache::expire(std::int64_t now_ns) {
  const std::uint32_t before = held_;
  while (!writes_.empty() && now_ns - writes_.front().when_ns >= ttl_ns_) {
    if (writes_.size() > static_cast<std::int64_t>(prefetch_distance)) {
      __builtin_prefetch(&table_[home(writes_[prefetch_distance].key)]);
    }
    const Write write = writes_.front();
    writes_.pop_front();
    const std::size_t place = find(write.key);
    const Entry& entry = table_[place];
    if (entry.key == 0 || entry.written_ns != write.when_ns) continue;
    make_void(entry.last_used);
    erase(place);
  }
  return held_ != before;
}

void Cache::push_out_oldest() {
  while (is_void(first_use_)) ++first_use_;
  __builtin_prefetch(&table_[home(uses_[(first_use_ + prefetch_distance) & uses_mask_])]);
  erase(find(uses_[first_use_++ & uses_mask_]));
}

inline void Cache::log_use(Entry& entry) {
  entry.last_used = next_use_;
  uses_[next_use_ & uses_mask_] = entry.key;
  void_[(next_use_ & uses_mask_) / 64] &= ~(std::uint64_t{1} << (next_use_ % 64));
  ++next_use_;
}

// Only the valid lines go on, in order: at most one an entry.
void Cache::make_room_in_uses() {
  std::vector<std::uint32_t> valid;
  valid.reserve(held_);
  for (; first_use_ != next_use_; ++first_use_) {
    if (!is_void(first_use_)) valid.push_back(uses_[first_use_ & uses_mask_]);
  }
  restart_uses(valid);
}

// A log of `keys` alone, in that order. A ring of at least four times as many lines is full again after three times as
// many uses.
void Cache::restart_uses(const std::vector<std::uint32_t>& keys) {
  const std::size_t lines = std::max(smallest_ring, std::bit_ceil(keys.size() * 4));
  uses_.assign(lines, 0);
  void_.assign(lines / 64, 0);
  uses_mask_ = static_cast<std::uint32_t>(lines - 1);
  first_use_ = next_use_;
  for (const std::uint32_t key : keys) log_use(table_[find(key)]);
}

// When the cache is full long before anything expires, most lines are of entries that were pushed out.
void Cache::tidy_writes() {
  for (std::int64_t lines = writes_.size(); lines > 0; --lines) {
    const Write write = writes_.front();
    writes_.pop_front();
    const Entry& entry = table_[find(write.key)];
    if (entry.key != 0 && entry.written_ns == write.when_ns) writes_.push_back(write);
  }
}

bool Cache::lookup(std::uint32_t key, std::int64_t now_ns) {
  if (tight_ && next_use_ - first_use_ > uses_mask_) [[unlikely]]
    make_room_in_uses();
  std::size_t place = find(key);
  if (table_[place].key != 0) {
    Entry& entry = table_[place];
    if (tight_) make_void(entry.last_used);
    use(entry);
    if (now_ns - entry.written_ns < ttl_ns_) return true;
    write(entry, now_ns);
    return false;
  }
  if (!tight_ && 2 * (std::uint64_t{held_} + 1) > entries_) [[unlikely]] {
    sweep(now_ns);
    if (4 * (std::uint64_t{held_} + 1) > entries_) become_tight();
    place = find(key);
  }
  if (tight_ && held_ == entries_ && expire(now_ns)) place = find(key);
  const bool full = held_ == entries_;
  Entry& entry = table_[place];
  entry.key = key;
  ++held_;
  use(entry);
  write(entry, now_ns);
  // The newest is never the oldest, so it may come in first: that spares a second search for its place.
  if (full) push_out_oldest();
  if (std::size_t{held_} * 2 > table_.size()) [[unlikely]] {
    if (tight_) expire(now_ns);
    sweep(now_ns);
  }
  return false;
}

void Cache::filter(core::traffic::Block& block) {
  const std::size_t count = block.count;
  if (count == 0) return;
  if (tight_) expire(block.arrival_ns[0]);
  for (std::size_t i = 0; i < std::min(count, prefetch_distance); ++i) {
    __builtin_prefetch(&table_[home(block.content_key[i])]);
  }
  const bool has_classes = block.has_classes;
  const bool has_prefixes = block.has_prefixes;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + prefetch_distance < count) __builtin_prefetch(&table_[home(block.content_key[i + prefetch_distance])]);
    // Every request moves up to the next free place; only a miss takes it, so that no branch has to be guessed twice.
    const std::uint32_t input_tokens = block.input_tokens[i];
    const std::uint32_t output_tokens = block.output_tokens[i];
    block.arrival_ns[kept] = block.arrival_ns[i];
    block.luck[kept] = block.luck[i];
    block.input_tokens[kept] = input_tokens;
    block.output_tokens[kept] = output_tokens;
    const std::uint32_t key = block.content_key[i];
    block.content_key[kept] = key;
    if (has_classes) block.traffic_class[kept] = block.traffic_class[i];
    if (has_prefixes) {
      block.prefix_row[kept] = block.prefix_row[i];
      block.prefix_round[kept] = block.prefix_round[i];
    }
    const bool hit = lookup(key, block.arrival_ns[kept]);
    kept += hit ? 0 : 1;
    block.hits.count += hit ? 1 : 0;
    block.hits.input_tokens += hit ? input_tokens : 0;
    block.hits.output_tokens += hit ? output_tokens : 0;
  }
  block.count = kept;
}

}  // namespace sim
