#include "sim/cache/cache.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "core/math.hpp"
#include "core/random.hpp"
#include "core/time.hpp"

namespace sim {

namespace {

// The request's draws for whether it is recognised, and whether its answer is another question's.
constexpr std::uint64_t recognised_salt = 0x3c79ac492ba7b653U;
constexpr std::uint64_t wrong_salt = 0x1c69b3f74ac4ae35U;

bool falls(std::uint64_t luck, std::uint64_t salt, double share) {
  return core::unit_closed_open(core::mix(luck ^ salt)) < share;
}

std::variant<LruCache, LfuCache> entries_of(const CacheConfig& config) {
  if (config.policy == EvictionPolicy::lfu) return LfuCache{config.entries, config.ttl, config.keys};
  return LruCache{config.entries, config.ttl};
}

// Moves what stands at `from[0]`, `from[1]`, … to the front; they grow.
template <class Array>
void gather(Array& values, const std::uint16_t* from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) values[i] = values[from[i]];
}

template <class Array>
std::int64_t sum(const Array& values, std::size_t count) {
  return std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count), std::int64_t{0});
}

// Adds `sign` × the arrivals of each minute, of which a block in order of time has but a few.
void count_minutes(const core::traffic::Block& block, std::size_t count, std::int32_t sign,
                   std::array<std::int32_t, 60>& by_minute) {
  const std::int64_t hour_ns = block.hour * core::ns_per_hour;
  std::size_t done = 0;
  while (done < count) {
    const auto minute = static_cast<std::size_t>((block.arrival_ns[done] - hour_ns) / core::ns_per_minute);
    const std::int64_t end_ns = hour_ns + (static_cast<std::int64_t>(minute) + 1) * core::ns_per_minute;
    const auto first = block.arrival_ns.begin() + static_cast<std::ptrdiff_t>(done);
    const auto last = block.arrival_ns.begin() + static_cast<std::ptrdiff_t>(count);
    const auto end = static_cast<std::size_t>(std::lower_bound(first, last, end_ns) - block.arrival_ns.begin());
    by_minute[minute] += sign * static_cast<std::int32_t>(end - done);
    done = end;
  }
}

}  // namespace

double HitShare::of(std::uint32_t rank) const {
  if (!steps.empty()) {
    const auto step = std::lower_bound(steps.begin(), steps.end(), rank,
                                       [](const Step& s, std::uint32_t r) { return s.up_to_rank < r; });
    return step == steps.end() ? steps.back().share : step->share;
  }
  return exponent > 0 ? head * core::pow(static_cast<double>(rank), -exponent) : head;
}

Cache::Cache(const CacheConfig& config)
    : entries_{entries_of(config)}, missed_{std::make_unique<Missed>()}, semantic_{config.semantic} {
  for (const Fault& fault : config.faults) {
    if (fault.kind == FaultKind::cold_cache) emptied_ns_.push_back(fault.begin_ns);
  }
  std::sort(emptied_ns_.begin(), emptied_ns_.end());
}

std::size_t Cache::look_up(const core::traffic::Block& block, std::size_t from, std::size_t end,
                           std::uint16_t* missed) {
  const std::span<const std::uint32_t> keys{block.content_key.data() + from, end - from};
  return std::visit([&](auto& entries) { return entries.look_up(keys, block.arrival_ns.data() + from, missed, from); },
                    entries_);
}

// Of those that were found, adds who is not recognised to the misses, and counts whose answer is wrong.
std::size_t Cache::recognise(core::traffic::Block& block, std::size_t misses) {
  const Missed not_held = *missed_;
  std::size_t left = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < block.count; ++i) {
    const bool held = next == misses || not_held[next] != i;
    next += held ? 0 : 1;
    const std::uint64_t luck = block.luck[i];
    if (!held || !falls(luck, recognised_salt, semantic_->hit_share.of(block.content_key[i]))) {
      (*missed_)[left++] = static_cast<std::uint16_t>(i);
    } else {
      block.hits.wrong += falls(luck, wrong_salt, semantic_->wrong) ? 1 : 0;
    }
  }
  return left;
}

void Cache::filter(core::traffic::Block& block) {
  const std::size_t count = block.count;
  count_minutes(block, count, 1, block.hits.by_minute);
  std::uint16_t* const missed = missed_->data();
  std::size_t done = 0;
  std::size_t misses = 0;
  while (done < count) {
    std::size_t end = count;
    if (emptied_ < emptied_ns_.size()) [[unlikely]] {
      const auto arrivals = block.arrival_ns.begin();
      end = static_cast<std::size_t>(
          std::lower_bound(arrivals, arrivals + static_cast<std::ptrdiff_t>(count), emptied_ns_[emptied_]) - arrivals);
      if (end <= done) {
        std::visit([](auto& entries) { entries.forget(); }, entries_);
        ++emptied_;
        continue;
      }
    }
    misses += look_up(block, done, end, missed + misses);
    done = end;
  }
  if (semantic_) misses = recognise(block, misses);

  block.hits.lookups += static_cast<std::int64_t>(count);
  const std::int64_t input_tokens = sum(block.input_tokens, count);
  block.hits.lookup_input_tokens += input_tokens;
  block.hits.count += static_cast<std::int64_t>(count - misses);
  block.hits.input_tokens += input_tokens;
  block.hits.output_tokens += sum(block.output_tokens, count);
  gather(block.arrival_ns, missed, misses);
  gather(block.luck, missed, misses);
  gather(block.input_tokens, missed, misses);
  gather(block.output_tokens, missed, misses);
  gather(block.content_key, missed, misses);
  if (block.has_classes) gather(block.traffic_class, missed, misses);
  if (block.has_tickets) gather(block.ticket, missed, misses);
  if (block.has_prefixes) {
    gather(block.prefix_row, missed, misses);
    gather(block.prefix_round, missed, misses);
  }
  block.hits.input_tokens -= sum(block.input_tokens, misses);
  block.hits.output_tokens -= sum(block.output_tokens, misses);
  count_minutes(block, misses, -1, block.hits.by_minute);
  block.count = misses;
}

}  // namespace sim
