// How long a stretch of iterations takes that differ by a constant, and how many of them fit into a span.
//
//  * `duration_ps`     n iterations, exactly
//  * `stretch_within`  as many as end within a span, exactly
//
// Example:
//   const DecodeCost cost{.first_ps = 100, .growth_ps = 10, .steps = 50};
//   duration_ps(cost, 3);          // 100 + 110 + 120
//   stretch_within(cost, 329, 50)  // {.iterations = 2, .takes_ps = 210}
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "sim/batching/iteration_cost.hpp"

namespace sim {

// n iterations of a stretch, exactly. The caller keeps n so small that it fits into 63 bits.
inline std::int64_t duration_ps(const DecodeCost& cost, std::int64_t n) {
  return n * cost.first_ps + cost.growth_ps * (n * (n - 1) / 2);
}

struct Stretch {
  std::int64_t iterations;
  std::int64_t takes_ps;
};

// As many iterations as end within `ps` ≥ 0, at most `most`. A double knows their number to within one or two; integers
// decide. n·half + growth/2·n² = ps: where growth hardly bends that line, the root's series costs a third of the root.
inline Stretch stretch_within(const DecodeCost& cost, std::int64_t ps, std::int64_t most) {
  const auto x = static_cast<double>(ps);
  const auto growth = static_cast<double>(cost.growth_ps);
  const double half = static_cast<double>(cost.first_ps) - 0.5 * growth;
  const double inverse = 1 / half;
  const double straight = x * inverse;
  const double bend = 0.5 * growth * inverse * straight;
  const double estimate = cost.growth_ps == 0 ? straight
                          : bend < 0.03       ? straight * (1 - bend * (1 - 2 * bend))
                                              : 2 * x / (half + std::sqrt(half * half + 2 * growth * x));
  std::int64_t n = std::min(static_cast<std::int64_t>(estimate), most);
  std::int64_t takes_ps = duration_ps(cost, n);
  while (takes_ps > ps) {
    --n;
    takes_ps -= cost.first_ps + cost.growth_ps * n;
  }
  for (; n < most; ++n) {
    const std::int64_t next_ps = cost.first_ps + cost.growth_ps * n;
    if (takes_ps + next_ps > ps) break;
    takes_ps += next_ps;
  }
  return {n, takes_ps};
}

}  // namespace sim
