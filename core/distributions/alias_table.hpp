// One of n things by given weights, in constant time.
//
//  * `AliasTable`  the index of a thing (A. J. Walker, ACM TOMS 3 (1977); built as M. D. Vose, IEEE TSE 17 (1991))
//  * `Empirical`   one of n values by weight
//
// A draw is one table look-up and one comparison, whatever the weights. The table has a power of two of columns (up
// to 2^20), so that the top bits of one random number choose the column and the other 44 or more toss its coin: each
// probability is exact to 2^-44 of a column.
//
// Example:
//   const core::AliasTable die{{1, 1, 1, 1, 1, 5}};
//   const std::size_t face = die(chance);   // 5 half of the time
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "core/random.hpp"

namespace core {

class AliasTable {
 public:
  AliasTable() = default;
  // Weights ≥ 0, at least one > 0, at most 2^20 of them. Throws std::invalid_argument.
  explicit AliasTable(std::span<const double> weights);
  explicit AliasTable(std::initializer_list<double> weights)
      : AliasTable{std::span<const double>{weights.begin(), weights.size()}} {}

  std::size_t operator()(Stream& chance) const { return from_bits(chance.next()); }
  std::size_t from_bits(std::uint64_t bits) const {
    const std::size_t column = bits >> shift_;
    const Column& c = columns_[column];
    // By arithmetic, not by a branch: whether the coin falls for the column is as unpredictable as can be.
    const std::uint64_t is_other = (bits & coin_mask_) >= c.own ? 1 : 0;
    return column ^ ((column ^ c.other) & (0 - is_other));
  }

 private:
  struct Column {
    std::uint64_t own = 0;  // the coin's faces, of coin_mask_ + 1, that mean the column itself
    std::uint64_t other = 0;
  };
  std::vector<Column> columns_;
  int shift_ = 63;
  std::uint64_t coin_mask_ = 0;
};

class Empirical {
 public:
  Empirical(std::vector<double> values, std::span<const double> weights);
  double operator()(Stream& chance) const { return values_[table_(chance)]; }

 private:
  std::vector<double> values_;
  AliasTable table_;
};

}  // namespace core
