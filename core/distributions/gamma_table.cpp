#include "core/distributions/gamma_table.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/math.hpp"

namespace core {

double GammaTable::log_density(double y) const { return (shape_ - 1) * log(y) - y; }

GammaTable::GammaTable(double shape, double mean) : shape_{shape}, scale_{mean / shape} {
  assert(shape >= 0.0025 && shape <= 10'000);
  const double deviation = std::sqrt(shape);
  const double mode = shape > 1 ? shape - 1 : 0;
  // From there to the right only 1e-20 is left: e^-46 of the density at the mode, and for a shape below 1 likewise.
  const double last = mode + 10 * deviation + 50;
  // The first box ends where the others would have to get too narrow (a density that is infinite at 0), or 12
  // deviations to the left of the mode; there the left tail, lighter than the normal's e^-72, is left out.
  const bool has_left_end = mode - 12 * deviation > shape * 0x1p-20;
  const double start = has_left_end ? mode - 12 * deviation : shape * 0x1p-20;
  const double log_norm = shape > 1 ? log_density(mode) : 0;  // keeps the heights of large shapes within range

  std::vector<double> weights;
  // ∫ y^(shape - 1) dy from 0 to start = start^shape / shape.
  boxes_.push_back({});
  log_height_.push_back(0);
  weights.push_back(has_left_end ? 0 : exp(shape * log(start) - log(shape) - log_norm));
  double left = start;
  while (left < last) {
    // Narrow enough for a density that falls by at most about 6 % in a box: against the power of y, against e^-y (or
    // the bell of a large shape); wider far out, where few draws fall.
    const double distance = std::max(0.0, std::fabs(left - mode) / deviation - 3);
    const double step = std::min(left / 32, deviation / 32 * (1 + distance));
    const double right = left + step;
    const double at_left = log_density(left);
    const double at_right = log_density(right);
    const bool holds_mode = shape > 1 && left < mode && mode < right;
    const double highest = holds_mode ? log_density(mode) : std::max(at_left, at_right);
    const double lowest = std::min(at_left, at_right);
    const double squeeze = exp(lowest - highest) * (1 - 1e-12) * 0x1p24;
    boxes_.push_back({left * scale_, step * scale_, static_cast<std::uint64_t>(squeeze)});
    log_height_.push_back(highest);
    weights.push_back(step * exp(highest - log_norm));
    left = right;
  }
  table_ = AliasTable{weights};
}

bool GammaTable::accept(std::size_t index, double x, std::uint64_t coin, Stream& chance, double& drawn) const {
  // 24 bits of the coin were looked at and did not fall below the squeeze; 29 more make it a fine one.
  const double fine = (static_cast<double>(coin) + unit_closed_open(chance.next())) * 0x1p-24;
  if (index == 0) {
    const double y = exp((log(boxes_[1].left / scale_) * shape_ + log(unit_by_bits(chance.next()))) / shape_);
    drawn = y * scale_;
    return fine < exp(-y);
  }
  drawn = x;
  return fine < exp(log_density(x / scale_) - log_height_[index]);
}

}  // namespace core
