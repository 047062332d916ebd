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
// Example:
//   Router router{Routing::power_of_two};
//   const std::size_t replica = router.choose(luck, 8, [&](std::size_t i) { return replicas[i].outstanding(now_ns); });
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/random.hpp"

namespace sim {

enum class Routing : std::uint8_t { round_robin, random, least_outstanding, power_of_two };

class Router {
 public:
  explicit Router(Routing routing) : routing_{routing} {}

  // Whether it looks at what the replicas are doing; otherwise they need not have caught up with the present.
  bool looks_at_load() const { return routing_ == Routing::least_outstanding || routing_ == Routing::power_of_two; }

  // `luck`: the request's own random bits; `replicas` ≥ 1; `outstanding(i)`: requests at replica i now, asked of those
  // that come into question only.
  template <class Outstanding>
  std::size_t choose(std::uint64_t luck, std::size_t replicas, const Outstanding& outstanding) {
    switch (routing_) {
      case Routing::round_robin:
        break;
      case Routing::random:
        return pick(core::mix(luck ^ salt) >> 32, replicas);
      case Routing::least_outstanding:
        return least(replicas, outstanding);
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

  Routing routing_;
  std::size_t next_ = 0;
};

}  // namespace sim
