// The gamma distribution for many draws of one shape: a few nanoseconds each, and exact.
//
//  * `GammaTable`  prepares cells once (about 100 KiB), then draws like core::Gamma, several times as fast
//
// The density is covered by some two thousand boxes, each as high as the density gets within; an alias table chooses
// the box, a point in it is uniform, and it is accepted with density / height. The density's least value in the box
// decides most draws by one comparison (the squeeze). Below the first box the density is drawn as x^(shape - 1), by
// inversion, and accepted with e^-x. Above the last box lie less than 1e-20 of the draws; they are left out.
//
// Example:
//   const core::GammaTable gap{0.8, 1.0};   // shape, mean
#pragma once

#include <cstdint>
#include <vector>

#include "core/distributions/alias_table.hpp"
#include "core/random.hpp"

namespace core {

class GammaTable {
 public:
  // shape 0.0025 … 10,000 (cv 20 … 0.01), mean > 0.
  GammaTable(double shape, double mean);

  double operator()(Stream& chance) const {
    for (;;) {
      const std::size_t index = table_(chance);
      const Box& box = boxes_[index];
      // 64 random bits: 40 for the place in the box, 24 for the coin; a coin in doubt is tossed again in full.
      const std::uint64_t bits = chance.next();
      const double place = static_cast<double>(static_cast<std::int64_t>(bits >> 24)) * 0x1p-40;
      const double x = box.left + place * box.width;
      if ((bits & 0xffffffU) < box.squeeze) [[likely]] { return x; }
      double drawn = 0;
      if (accept(index, x, bits & 0xffffffU, chance, drawn)) { return drawn; }
    }
  }

 private:
  struct Box {
    double left = 0;  // in units of the mean asked for, as is `width`
    double width = 0;
    std::uint64_t squeeze = 0;  // of 2^24
  };
  bool accept(std::size_t index, double x, std::uint64_t coin, Stream& chance, double& drawn) const;
  double log_density(double y) const;  // of the gamma with scale 1, but for a constant

  double shape_;
  double scale_;
  std::vector<Box> boxes_;          // the first is the one of the inversion
  std::vector<double> log_height_;  // of each box
  AliasTable table_;
};

}  // namespace core
