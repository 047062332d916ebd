// What one sees of a zone over a long time, and how far that may be from the truth.
//
//  * `observe`             availability and interruptions of a zone's process
//  * `cv_of`               standard deviation ÷ mean of a table of quantiles with straight lines between
//  * `availability_error`  the standard error of an observed availability
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/quantile_table.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "sim/fleet/spot/up_times.hpp"

namespace sim {

struct Observed {
  double availability = 0;
  double interruptions = 0;
  double per_up_hour = 0;
};

inline Observed observe(const SpotZone& zone, std::int64_t length_ns, std::uint64_t seed) {
  UpTimes times{zone, core::Stream{seed}, std::nullopt, core::Stream{seed}};
  std::int64_t up_ns = 0;
  Observed got;
  for (std::int64_t now = times.is_up(0) ? 0 : times.next_return_ns(0); now < length_ns;
       now = times.next_return_ns(now)) {
    const std::int64_t down_ns = times.next_down_ns(now);
    up_ns += std::min(down_ns, length_ns) - now;
    if (down_ns < length_ns) { ++got.interruptions; }
  }
  got.availability = static_cast<double>(up_ns) / static_cast<double>(length_ns);
  got.per_up_hour = got.interruptions * static_cast<double>(core::ns_per_hour) / static_cast<double>(up_ns);
  return got;
}

inline double cv_of(const std::vector<core::QuantilePoint>& points) {
  double mean = 0;
  double square = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double share = points[i].quantile - points[i - 1].quantile;
    const double a = points[i - 1].value;
    const double b = points[i].value;
    mean += share * (a + b) / 2;
    square += share * (a * a + a * b + b * b) / 3;
  }
  return std::sqrt(square / (mean * mean) - 1);
}

// Of an alternating renewal process over a long time T: the time up has the variance
// T (σ_up² μ_down² + σ_down² μ_up²) ÷ (μ_up + μ_down)³ (D. R. Cox, Renewal Theory, 1962, 7.4).
inline double availability_error(const UpDown& times, double up_cv, double down_cv, std::int64_t length_ns) {
  const double up = times.up.mean_ns();
  const double down = times.down.mean_ns();
  const double product = up * down;
  return product * std::sqrt((up_cv * up_cv + down_cv * down_cv) / static_cast<double>(length_ns) /
                             ((up + down) * (up + down) * (up + down)));
}

}  // namespace sim
