#include "sim/cache/lfu_cache.hpp"

#include <algorithm>

namespace sim {

namespace {

constexpr std::size_t prefetch_distance = 12;

}  // namespace

LfuCache::LfuCache(std::uint32_t entries, core::Duration ttl, std::uint32_t keys)
    : entries_{entries},
      ttl_ns_{core::to_ns(ttl)},
      table_{std::min(entries, keys) + 1},
      counts_(std::size_t{keys} + 1) {}

void LfuCache::forget() {
  table_ = EntryTable<Entry>{std::min(entries_, static_cast<std::uint32_t>(counts_.size() - 1)) + 1};
  std::fill(counts_.begin(), counts_.end(), 0);
  heap_.clear();
  writes_ = {};
}

// When the cache is full long before anything expires, most lines are of entries that were pushed out.
void LfuCache::write(Entry& entry, std::int64_t now_ns) {
  entry.written_ns = now_ns;
  writes_.push_back({.when_ns = now_ns, .key = entry.key});
  if (writes_.size() <= 4 * (std::int64_t{table_.size()} + 256)) return;
  for (std::int64_t lines = writes_.size(); lines > 0; --lines) {
    const Write line = writes_.front();
    writes_.pop_front();
    const Entry& written = table_.find(line.key);
    if (written.key != 0 && written.written_ns == line.when_ns) writes_.push_back(line);
  }
}

void LfuCache::expire(std::int64_t now_ns) {
  while (!writes_.empty() && now_ns - writes_.front().when_ns >= ttl_ns_) {
    const Write write = writes_.front();
    writes_.pop_front();
    Entry& entry = table_.find(write.key);
    if (entry.key != 0 && entry.written_ns == write.when_ns) table_.erase(entry);
  }
}

// A line for each entry that is held.
void LfuCache::restart_heap() {
  std::vector<Line> lines;
  for (const Line& line : heap_) {
    const Entry& entry = table_.find(line.key);
    if (entry.key != 0) lines.push_back({.count = counts_[line.key], .key = line.key, .last_used = entry.last_used});
  }
  // Now equal for equal keys.
  std::sort(lines.begin(), lines.end());
  const auto same = [](const Line& a, const Line& b) { return a.key == b.key; };
  lines.erase(std::unique(lines.begin(), lines.end(), same), lines.end());
  std::make_heap(lines.begin(), lines.end());
  heap_ = std::move(lines);
}

void LfuCache::push_out_least() {
  for (;;) {
    std::pop_heap(heap_.begin(), heap_.end());
    Line& line = heap_.back();
    Entry& entry = table_.find(line.key);
    if (entry.key == 0) {
      heap_.pop_back();
    } else if (entry.last_used != line.last_used) {
      line = {.count = counts_[line.key], .key = line.key, .last_used = entry.last_used};
      std::push_heap(heap_.begin(), heap_.end());
    } else {
      heap_.pop_back();
      table_.erase(entry);
      return;
    }
  }
}

bool LfuCache::look_up(std::uint32_t key, std::int64_t now_ns) {
  const std::uint64_t use = next_use_++;
  ++counts_[key];
  Entry* entry = &table_.find(key);
  if (entry->key != 0) {
    entry->last_used = use;
    if (now_ns - entry->written_ns < ttl_ns_) return true;
    write(*entry, now_ns);
    return false;
  }
  if (table_.size() == entries_) {
    expire(now_ns);
    if (table_.size() == entries_) push_out_least();
    entry = &table_.find(key);  // entries move when one is erased
  }
  table_.insert(*entry, key);
  entry->last_used = use;
  write(*entry, now_ns);
  if (heap_.size() > 4 * (std::size_t{table_.size()} + 256)) restart_heap();
  heap_.push_back({.count = counts_[key], .key = key, .last_used = use});
  std::push_heap(heap_.begin(), heap_.end());
  return false;
}

std::size_t LfuCache::look_up(std::span<const std::uint32_t> keys, const std::int64_t* now_ns, std::uint16_t* missed,
                              std::size_t offset) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + prefetch_distance < keys.size()) {
      table_.prefetch(keys[i + prefetch_distance]);
      __builtin_prefetch(&counts_[keys[i + prefetch_distance]], 1);
    }
    missed[count] = static_cast<std::uint16_t>(offset + i);
    count += look_up(keys[i], now_ns[i]) ? 0U : 1U;
  }
  return count;
}

}  // namespace sim
