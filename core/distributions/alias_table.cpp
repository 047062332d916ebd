#include "core/distributions/alias_table.hpp"

#include <bit>
#include <stdexcept>
#include <utility>

namespace core {

AliasTable::AliasTable(std::span<const double> weights) {
  double total = 0;
  for (const double weight : weights) {
    if (!(weight >= 0) || weight > 1e300) { throw std::invalid_argument{"alias table: a weight is not a number ≥ 0"}; }
    total += weight;
  }
  if (!(total > 0) || total > 1e300) { throw std::invalid_argument{"alias table: the weights sum to nothing"}; }
  if (weights.size() > (std::size_t{1} << 20)) { throw std::invalid_argument{"alias table: over 2^20 weights"}; }

  // At least two columns: a shift by 64 would be undefined.
  const std::size_t size = std::bit_ceil(weights.size() < 2 ? std::size_t{2} : weights.size());
  shift_ = 64 - std::countr_zero(size);
  coin_mask_ = (std::uint64_t{1} << shift_) - 1;
  const double faces = static_cast<double>(coin_mask_ + 1);
  columns_.resize(size);

  // Vose: a column that holds less than its share is topped up by one that holds more.
  std::vector<double> held(size, 0.0);
  std::vector<std::size_t> poor;
  std::vector<std::size_t> rich;
  for (std::size_t i = 0; i < size; ++i) {
    held[i] = i < weights.size() ? weights[i] / total * static_cast<double>(size) : 0;
    (held[i] < 1 ? poor : rich).push_back(i);
  }
  while (!poor.empty() && !rich.empty()) {
    const std::size_t p = poor.back();
    const std::size_t r = rich.back();
    poor.pop_back();
    columns_[p] = {static_cast<std::uint64_t>(held[p] * faces), r};
    held[r] -= 1 - held[p];
    if (held[r] < 1) {
      rich.pop_back();
      poor.push_back(r);
    }
  }
  // What is left holds one share but for rounding. A thing of weight 0 can be left over only by that rounding; it
  // must not be drawn, so it points to the heaviest.
  std::size_t heaviest = 0;
  for (std::size_t i = 1; i < weights.size(); ++i) {
    if (weights[i] > weights[heaviest]) { heaviest = i; }
  }
  for (const auto* left : {&poor, &rich}) {
    for (const std::size_t i : *left) {
      const bool possible = i < weights.size() && weights[i] > 0;
      columns_[i] = {possible ? coin_mask_ + 1 : 0, heaviest};
    }
  }
}

Empirical::Empirical(std::vector<double> values, std::span<const double> weights)
    : values_{std::move(values)}, table_{weights} {
  if (values_.size() != weights.size()) { throw std::invalid_argument{"empirical: one weight for each value"}; }
}

}  // namespace core
