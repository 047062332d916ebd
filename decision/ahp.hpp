// Weights by comparing criteria in pairs: the analytic hierarchy process (Saaty, 1980).
//
//  * `pairwise_weights`  the principal eigenvector of the comparisons, and how consistent they are
//
// `comparisons[i][j]` says how many times as important criterion i is as j (1 to 9, or the inverse). The consistency
// index is (λ - n) ÷ (n - 1); its ratio to that of random comparisons (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45 for
// n = 3 to 9) should be below 0.10. Two criteria are always consistent.
//
// Example:
//   pairwise_weights({{1, 3, 5}, {1.0 / 3, 1, 3}, {0.2, 1.0 / 3, 1}}).weights   // 0.637, 0.258, 0.105; ratio 0.033
#pragma once

#include <vector>

namespace decision {

struct PairwiseWeights {
  std::vector<double> weights;  // sum to 1
  double eigenvalue = 0;
  double consistency_ratio = 0;
  bool consistent() const { return consistency_ratio < 0.10; }
};

// Only what stands above the diagonal counts; the other half is its inverse. 1 to 9 criteria, a square of positive
// numbers; std::invalid_argument otherwise. O(n²) an iteration, a few dozen of them.
PairwiseWeights pairwise_weights(const std::vector<std::vector<double>>& comparisons);

}  // namespace decision
