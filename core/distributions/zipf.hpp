// Popularity after Zipf: rank k of n is asked for with a probability proportional to k^-exponent.
//
//  * `Zipf`  draws ranks 1 … n in a few nanoseconds, exactly, for any n up to 2^32 - 1 and any exponent ≥ 0
//
// The first ranks are columns of an alias table each; the others share columns in groups that grow with the rank by
// 1/32. A group is chosen as if all its ranks were as popular as its first, a rank in it uniformly, and the rank is
// accepted with the ratio of its popularity to the first's. That ratio never falls below the last's, so that a draw
// is nearly always accepted by one comparison (the squeeze) and the power is computed for few of them: the sampling
// is exact, only the probabilities of the table's columns are rounded, to 2^-53.
//
// Example:
//   const core::Zipf popularity{0.9, 50'000'000};
//   const std::uint32_t rank = popularity(chance);
#pragma once

#include <cstdint>
#include <vector>

#include "core/distributions/alias_table.hpp"
#include "core/random.hpp"

namespace core {

class Zipf {
 public:
  // exponent 0 … 20, ranks ≥ 1. Throws std::invalid_argument.
  Zipf(double exponent, std::uint32_t ranks);

  std::uint32_t operator()(Stream& chance) const {
    for (;;) {
      const Group& group = groups_[table_(chance)];
      // 64 random bits × width: the upper half is the rank within the group, the lower, given the rank, uniform again.
      __extension__ using Wide = unsigned __int128;
      const Wide product = Wide{chance.next()} * group.width;
      const auto rank = group.first + static_cast<std::uint32_t>(product >> 64);
      const auto coin = static_cast<std::uint64_t>(product);
      if (coin <= group.squeeze || accept(group, rank, coin)) [[likely]] { return rank; }
    }
  }

  double exponent() const { return exponent_; }
  std::uint32_t ranks() const { return ranks_; }

 private:
  struct Group {
    std::uint32_t first = 1;
    std::uint32_t width = 1;
    std::uint64_t squeeze = ~std::uint64_t{0};  // coins that accept whatever the rank
  };
  bool accept(const Group& group, std::uint32_t rank, std::uint64_t coin) const;

  double exponent_;
  std::uint32_t ranks_;
  std::vector<Group> groups_;
  AliasTable table_;
};

}  // namespace core
