#include "core/distributions/zipf.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/math.hpp"

namespace core {

Zipf::Zipf(double exponent, std::uint32_t ranks) : exponent_{exponent}, ranks_{ranks} {
  if (!(exponent >= 0 && exponent <= 20)) { throw std::invalid_argument{"zipf: exponent outside 0 … 20"}; }
  if (ranks == 0) { throw std::invalid_argument{"zipf: no ranks"}; }
  std::vector<double> weights;
  std::uint64_t first = 1;
  while (first <= ranks) {
    const std::uint64_t width = std::min<std::uint64_t>(std::max<std::uint64_t>(first / 32, 1), ranks - first + 1);
    const auto last = static_cast<double>(first + width - 1);
    const auto lowest = static_cast<double>(first);
    Group group{.first = static_cast<std::uint32_t>(first), .width = static_cast<std::uint32_t>(width)};
    // A hair below the true ratio, so that rounding never lets the squeeze accept what the test would not.
    if (width > 1 && exponent > 0) {
      group.squeeze = static_cast<std::uint64_t>(pow(last / lowest, -exponent) * (1 - 1e-12) * 0x1p64);
    }
    groups_.push_back(group);
    weights.push_back(static_cast<double>(width) * pow(lowest, -exponent));
    first += width;
  }
  table_ = AliasTable{weights};
}

bool Zipf::accept(const Group& group, std::uint32_t rank, std::uint64_t coin) const {
  const double ratio = pow(static_cast<double>(rank) / static_cast<double>(group.first), -exponent_);
  return static_cast<double>(coin >> 11) * 0x1p-53 < ratio;
}

}  // namespace core
