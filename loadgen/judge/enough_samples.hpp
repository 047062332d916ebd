// How many samples a claim about a percentile takes: the binomial rule by which MLPerf's LoadGen stops early.
//
//  * `binomial_at_most`, `binomial_at_least`  the tails of the binomial distribution
//  * `confidence_below`   that the true share above a limit is below 1 - quantile, after k of n samples were above it
//  * `most_above`         how many of n samples may lie above the limit for that claim
//  * `least_samples`      how many samples a percentile takes to be worth saying
//  * `highest_claimed`    the highest of the usual percentiles that n samples are enough for
//
// The rule. If the true share above the limit were s = 1 - quantile or more, then k or fewer of n independent samples
// would lie above it with a probability of at most
//
//     P(X ≤ k),  X ~ Binomial(n, s)  =  Σ_{i ≤ k} C(n, i) s^i (1 - s)^(n - i).
//
// So 1 - P(X ≤ k) is the confidence that the share is below s (Clopper and Pearson 1934, one-sided). A percentile is
// claimed when the claim could survive one sample above the limit: the least n with P(X ≤ 1) ≤ 1 - confidence. With
// fewer, the only limit that may be claimed is the largest sample or beyond it, and the percentile says nothing that
// the maximum does not. At 99 % confidence that is 64 samples for p90 and 662 for p99 (LoadGen, early_stopping.cc).
//
// The samples are taken as independent. Latencies of neighbours are alike when a server stalls, so these numbers are
// the least there must be, not a promise that they are enough.
//
// Relative error of the probabilities: below 1e-12 up to n = 10^9; the same bits on every machine. Cost: O(√n).
//
// Example:
//   static_cast<void>(judge::least_samples(0.99));                    // 662
//   const double sure = judge::confidence_below(1000, 3, 0.99);       // 0.9897: 3 of 1000 are not quite enough
#pragma once

#include <cstdint>

namespace loadgen::judge {

inline constexpr double usual_confidence = 0.99;

// P(X ≤ k) and P(X ≥ k) for X ~ Binomial(n, share); n from 0, share strictly between 0 and 1, any k.
double binomial_at_most(std::int64_t k, std::int64_t n, double share);
double binomial_at_least(std::int64_t k, std::int64_t n, double share);

// 0 < quantile < 1, here and below; 0 ≤ above ≤ samples.
double confidence_below(std::int64_t samples, std::int64_t above, double quantile);

// The largest k with confidence_below(samples, k, quantile) ≥ confidence; -1 when even 0 are too many.
std::int64_t most_above(std::int64_t samples, double quantile, double confidence = usual_confidence);

// The least n for which `above` samples may lie above the limit. 0 < confidence < 1, quantile up to 1 - 1e-9.
std::int64_t least_samples(double quantile, double confidence = usual_confidence, std::int64_t above = 1);

// One of 50, 90, 95, 99 and 99.9 (per cent), or 0 for none.
double highest_claimed(std::int64_t samples, double confidence = usual_confidence);

}  // namespace loadgen::judge
