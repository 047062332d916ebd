// Chance, in named streams.
//
//  * `Stream`  a counter-based generator (SplitMix64); `stream.child("arrivals")` is independent of its parent
//              and of every other child, so that adding a cache never reshuffles the arrivals
//
// The standard engines are portable, the standard distributions are not; ours are in core/distributions.hpp.
//
// Example:
//   const core::Stream root{seed};
//   core::Stream arrivals = root.child("traffic.arrivals");
//   const std::uint64_t bits = arrivals.next();
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace core {

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits in which every input bit reaches
// every output bit. Also what turns one request's luck into its second and third draw.
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// 53 bits as a double in (0, 1]: never 0, so that its logarithm is finite.
constexpr double unit_open_closed(std::uint64_t bits) { return static_cast<double>((bits >> 11) + 1) * 0x1.0p-53; }
// 53 bits as a double in [0, 1).
constexpr double unit_closed_open(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

// 52 bits as a double in (0, 1], by bit operations alone: what a loop over an array wants, for neither SSE2 nor AVX2
// converts 64-bit integers.
constexpr double unit_by_bits(std::uint64_t bits) {
  return 2 - std::bit_cast<double>((bits >> 12) | 0x3ff0000000000000U);
}

class Stream {
 public:
  explicit constexpr Stream(std::uint64_t seed) : state_{mix(seed + step)} {}
  constexpr std::uint64_t next() { return mix(state_ += step); }
  // The same as `bits.size()` calls of next(), in a loop that the compiler vectorises.
  constexpr void fill(std::span<std::uint64_t> bits) {
    const std::uint64_t before = state_;
    for (std::size_t i = 0; i < bits.size(); ++i) { bits[i] = mix(before + (i + 1) * step); }
    state_ = before + bits.size() * step;
  }
  // A stream for one purpose. Depends on this stream's seed and the name, not on how often next() was called.
  Stream child(std::string_view purpose) const;

 private:
  static constexpr std::uint64_t step = 0x9e3779b97f4a7c15U;  // 2^64 / golden ratio, odd
  std::uint64_t state_;
  std::uint64_t seed_ = state_;
};

}  // namespace core
