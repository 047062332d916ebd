// Which replica of a group a request goes to, decided when it arrives.
//
//  * `Routing`  the policies
//  * `Router`   decides; knows replicas by their number and asks how much each has to do
//
//   round_robin        one after another, whatever they are doing
//   random             by the request's own luck
//   least_outstanding  the one with the fewest requests, waiting or in its batch; among equals the next in turn
//   power_of_two       of two that luck picks, the one with fewer (Mitzenmacher 2001): nearly as good, and O(1)
//
//   prefix_affine      the one that has most of the prompt in its prefix cache, unless it is overloaded: only replicas
//                      with at most a quarter more than the mean come into question (the bound of Mirrokni, Thorup and
//                      Zadimoghaddam 2018); among equals the least loaded. Without a prefix cache: least_outstanding
//
// Example:
//   Router router{Routing::power_of_two};
//   const std::size_t replica = router.choose(luck, 8, [&](std::size_t i) { return replicas[i].outstanding(now_ns); },
//                                             [&](std::size_t i) { return replicas[i].cached_blocks(keys); });
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/random.hpp"

namespace sim {

enum class Routing : std::uint8_t { round_robin, random, least_outstanding, power_of_two, prefix_affine };

class Router {
 public:
  explicit Router(Routing routing) : routing_{routing} {}

  // Whether it looks at what the replicas are doing; otherwise they need not have caught up with the present.
  bool looks_at_load() const { return routing_ != Routing::round_robin && routing_ != Routing::random; }
  bool looks_at_prefixes() const { return routing_ == Routing::prefix_affine; }

  // `luck`: the request's own random bits; `replicas` ≥ 1; `outstanding(i)`: requests at replica i now, asked of those
  // that come into question only; `cached(i)`: how much of its prompt replica i has.
  template <class Outstanding, class Cached>
  std::size_t choose(std::uint64_t luck, std::size_t replicas, const Outstanding& outstanding, const Cached& cached) {
    switch (routing_) {
      case Routing::round_robin:
        break;
      case Routing::random:
        return pick(core::mix(luck ^ salt) >> 32, replicas);
      case Routing::least_outstanding:
        return least(replicas, outstanding);
      case Routing::prefix_affine:
        return affine(replicas, outstanding, cached);
      case Routing::power_of_two: {
        if (replicas == 1) return 0;
        const std::uint64_t bits = core::mix(luck ^ salt);
        const std::size_t first = pick(bits >> 32, replicas);
        std::size_t second = pick(bits & 0xffffffffU, replicas - 1);
        if (second >= first) ++second;
        return outstanding(first) <= outstanding(second) ? first : second;
      }
    }
    return turn(replicas);
  }

  // Of replicas without a prefix cache.
  template <class Outstanding>
  std::size_t choose(std::uint64_t luck, std::size_t replicas, const Outstanding& outstanding) {
    return choose(luck, replicas, outstanding, [](std::size_t) { return std::uint32_t{0}; });
  }

 private:
  static constexpr std::uint64_t salt = 0x3c79ac492ba7b653U;  // the request's draw for its route

  // `bits` of 32, onto 0 … n-1.
  static std::size_t pick(std::uint64_t bits, std::size_t n) { return static_cast<std::size_t>(bits * n >> 32); }
  std::size_t turn(std::size_t replicas) {
    if (next_ >= replicas) next_ = 0;
    return next_++;
  }
  template <class Outstanding>
  std::size_t least(std::size_t replicas, const Outstanding& outstanding) {
    const std::size_t begin = turn(replicas);
    std::size_t best = begin;
    auto fewest = outstanding(begin);
    for (std::size_t i = 1; i < replicas && fewest > 0; ++i) {
      const std::size_t replica = begin + i < replicas ? begin + i : begin + i - replicas;
      if (const auto here = outstanding(replica); here < fewest) {
        fewest = here;
        best = replica;
      }
    }
    return best;
  }

  template <class Outstanding, class Cached>
  std::size_t affine(std::size_t replicas, const Outstanding& outstanding, const Cached& cached) {
    const std::size_t begin = turn(replicas);
    load_.clear();
    std::int64_t all = 1;  // this request included
    for (std::size_t i = 0; i < replicas; ++i) {
      load_.push_back(outstanding(i));
      all += load_.back();
    }
    const auto count = static_cast<std::int64_t>(replicas);
    const std::int64_t bound = (5 * all + 4 * count - 1) / (4 * count);  // 1.25 × the mean, rounded up
    std::size_t best = replicas;
    std::uint32_t most = 0;
    for (std::size_t i = 0; i < replicas; ++i) {
      const std::size_t replica = begin + i < replicas ? begin + i : begin + i - replicas;
      if (load_[replica] >= bound) continue;
      const std::uint32_t here = cached(replica);
      if (best == replicas || here > most || (here == most && load_[replica] < load_[best])) {
        best = replica;
        most = here;
      }
    }
    return best;  // not everybody can be above the mean
  }

  Routing routing_;
  std::vector<std::int64_t> load_;
  std::size_t next_ = 0;
};

}  // namespace sim
