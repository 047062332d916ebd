// The cache under Zipf traffic, a day at a million daily users' pace and more: ours against the textbook's hash map and
// linked list, which answers the same.

#include "sim/cache/cache.hpp"

#include <list>
#include <memory>
#include <memory_resource>
#include <unordered_map>

#include "bench/measure.hpp"
#include "core/distributions/zipf.hpp"
#include "core/random.hpp"
#include "core/traffic/block.hpp"

namespace {

constexpr std::uint32_t entries = 2'000'000;
constexpr std::int64_t ttl_ns = core::ns_per_hour;
constexpr std::int64_t gap_ns = core::ns_per_second / 116;

class MapAndList {
 public:
  bool lookup(std::uint32_t key, std::int64_t now_ns) {
    const auto found = places_.find(key);
    if (found != places_.end()) {
      by_use_.splice(by_use_.begin(), by_use_, found->second);
      const bool hit = now_ns - found->second->written_ns < ttl_ns;
      if (!hit) found->second->written_ns = now_ns;
      return hit;
    }
    if (places_.size() == entries) {
      places_.erase(by_use_.back().key);
      by_use_.pop_back();
    }
    by_use_.push_front({key, now_ns});
    places_[key] = by_use_.begin();
    return false;
  }

 private:
  struct Entry {
    std::uint32_t key;
    std::int64_t written_ns;
  };
  // Gives its memory back at once: a heap full of single nodes would slow down whoever allocates next.
  std::pmr::unsynchronized_pool_resource memory_;
  std::pmr::list<Entry> by_use_{&memory_};
  std::pmr::unordered_map<std::uint32_t, std::pmr::list<Entry>::iterator> places_{&memory_};
};

// `look_up` takes a block and returns its hits. The keys are part of the work, as in a run.
template <class LookUp>
double drive(int blocks, const LookUp& look_up, double& hit_ratio) {
  const core::Zipf popularity{0.9, 50'000'000};
  core::Stream chance{1};
  const auto block = std::make_unique<core::traffic::Block>();
  std::int64_t now_ns = 0;
  std::int64_t hits = 0;
  for (int b = 0; b < blocks; ++b) {
    block->count = core::traffic::Block::capacity;
    block->hits = {};
    for (std::size_t i = 0; i < block->count; ++i) {
      block->arrival_ns[i] = now_ns += gap_ns;
      block->content_key[i] = popularity(chance);
    }
    hits += look_up(*block);
  }
  const double requests = blocks * static_cast<double>(core::traffic::Block::capacity);
  hit_ratio = static_cast<double>(hits) / requests;
  return requests;
}

}  // namespace

int main() {
  constexpr int blocks = 1'500;  // 12 million requests
  double ours = 0;
  double plain = 0;
  double none = 0;
  std::vector<bench::Contestant> contestants{
      {.name = "cache-map-and-list",
       .run =
           [&] {
             MapAndList cache;
             return drive(
                 blocks,
                 [&](core::traffic::Block& block) {
                   std::int64_t hits = 0;
                   for (std::size_t i = 0; i < block.count; ++i)
                     hits += cache.lookup(block.content_key[i], block.arrival_ns[i]) ? 1 : 0;
                   return hits;
                 },
                 plain);
           }},
      {.name = "cache",
       .run =
           [&] {
             sim::Cache cache{{.entries = entries, .ttl = core::Duration{ttl_ns}}};
             return drive(
                 blocks,
                 [&](core::traffic::Block& block) {
                   cache.filter(block);
                   return block.hits.count;
                 },
                 ours);
           }},
      {.name = "cache-keys-alone",
       .run =
           [&] {
             return drive(
                 blocks, [](core::traffic::Block&) { return 0; }, none);
           }},
  };
  bench::in_turns(contestants, 3);
  bench::print(contestants);
  fmt::print("# hit ratio {:.5f}, of the map and list {:.5f}\n", ours, plain);
}
