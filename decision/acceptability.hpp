// Who wins when nobody agrees on the weights: how often each option ranks first under weights drawn at random.
//
//  * `rank_acceptability`  for each option the share of weightings under which it has the best score (SMAA: Lahdelma,
//                          Hokkanen and Salminen, 1998)
//
// Every weighting that sums to 1 is equally likely: exponential numbers divided by their sum (Dirichlet with all
// parameters 1). A tie counts for each in equal parts. The standard error is √(p (1 - p) ÷ draws), at most 0.5 % with
// the 10,000 draws of the default. Same seed, same shares.
//
// Example:
//   const Ranking ranking = rank(plan, options);
//   rank_acceptability(ranking.parts, seed)   // {0.12, 0.71, 0.17}
#pragma once

#include <cstdint>
#include <vector>

namespace decision {

// `parts[option][criterion]`: scores before weighting, as in `Ranking`; leave out columns that no option is scored on.
// O(draws × options × criteria). Empty without options or criteria.
std::vector<double> rank_acceptability(const std::vector<std::vector<double>>& parts, std::uint64_t seed,
                                       int draws = 10'000);

}  // namespace decision
