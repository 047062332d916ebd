#include "decision/ahp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace decision {

PairwiseWeights pairwise_weights(const std::vector<std::vector<double>>& comparisons) {
  const std::size_t n = comparisons.size();
  if (n < 1 || n > 9) throw std::invalid_argument("from 1 to 9 criteria can be compared in pairs");
  std::vector<std::vector<double>> matrix(n, std::vector<double>(n, 1.0));
  for (std::size_t i = 0; i < n; ++i) {
    if (comparisons[i].size() != n) throw std::invalid_argument("comparisons in pairs are a square");
    for (std::size_t j = i + 1; j < n; ++j) {
      if (!(comparisons[i][j] > 0)) throw std::invalid_argument("a comparison must be above 0");
      matrix[i][j] = comparisons[i][j];
      matrix[j][i] = 1 / comparisons[i][j];
    }
  }
  // All entries are positive, so powers of the matrix converge to its principal eigenvector (Perron).
  PairwiseWeights result{.weights = std::vector<double>(n, 1.0 / static_cast<double>(n))};
  std::vector<double> next(n);
  for (int round = 0; round < 1000; ++round) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      next[i] = 0;
      for (std::size_t j = 0; j < n; ++j) next[i] += matrix[i][j] * result.weights[j];
      sum += next[i];
    }
    double moved = 0;
    for (std::size_t i = 0; i < n; ++i) {
      moved = std::max(moved, std::abs(next[i] / sum - result.weights[i]));
      result.weights[i] = next[i] / sum;
    }
    result.eigenvalue = sum;  // the weights summed to 1 before
    if (moved < 1e-15) break;
  }
  constexpr std::array<double, 10> random_index{0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45};
  if (n >= 3) {
    const auto size = static_cast<double>(n);
    result.consistency_ratio = std::max(0.0, (result.eigenvalue - size) / (size - 1)) / random_index[n];
  }
  return result;
}

}  // namespace decision
