#include "sim/fleet/predictive.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

namespace {

constexpr double most_correction = 4;

}  // namespace

Predictive::Predictive(const PredictiveConfig& config, const ReplicaLimits& limits)
    : config_{config},
      limits_{limits},
      next_look_ns_{core::to_ns(config.interval)},
      season_{config.season / config.interval},
      // One ordered at the end of an interval is ready in the one that begins `lead` later, rounded down.
      lead_{config.lead / config.interval + 1},
      history_(static_cast<std::size_t>(season_ + config.window + 1)) {}

std::optional<double> Predictive::correction() const {
  if (season_ == 0 || past_ < season_ + config_.window) return std::nullopt;
  std::int64_t came = 0;
  std::int64_t expected = 0;
  for (std::int64_t i = past_ - config_.window; i < past_; ++i) {
    came += requests(i);
    expected += requests(i - season_);
  }
  if (expected == 0) return std::nullopt;
  return std::clamp(static_cast<double>(came) / static_cast<double>(expected), 1 / most_correction, most_correction);
}

// `ahead` ≥ 1 intervals after the last one.
double Predictive::trend(std::int64_t ahead) const {
  const std::int64_t n = std::min(past_, config_.window);
  std::int64_t sum = 0;
  std::int64_t weighted = 0;  // Σ (2 i - (n - 1)) y: whole numbers, exact
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t y = requests(past_ - n + i);
    sum += y;
    weighted += (2 * i - (n - 1)) * y;
  }
  const auto count = static_cast<double>(n);
  const double mean = static_cast<double>(sum) / count;
  if (n < 2) return mean;
  // Σ (i - (n - 1)/2)² = n (n² - 1) / 12.
  const double slope = static_cast<double>(weighted) / 2 / (count * (count * count - 1) / 12);
  return std::max(mean + slope * ((count - 1) / 2 + static_cast<double>(ahead)), 0.0);
}

std::int64_t Predictive::decide(const FleetState& state, std::int64_t) {
  const std::int64_t now_ns = next_look_ns_;
  next_look_ns_ += core::to_ns(config_.interval);
  history_[static_cast<std::size_t>(past_) % history_.size()] = state.arrivals;
  ++past_;

  forecast_ = 0;
  const std::optional<double> corrected = correction();
  for (std::int64_t ahead = 1; ahead <= lead_; ++ahead) {
    const std::int64_t then = past_ - 1 + ahead;
    const double expected = corrected ? *corrected * static_cast<double>(requests(then - season_)) : trend(ahead);
    forecast_ = std::max(forecast_, expected);
  }
  const double most = std::max(forecast_, static_cast<double>(state.arrivals));
  const auto wanted = static_cast<std::int64_t>(std::ceil(most / core::to_seconds(config_.interval) / config_.target));

  while (!wishes_.empty() && wishes_.front().when_ns <= now_ns - core::to_ns(config_.scale_down_stabilization)) {
    wishes_.pop_front();
  }
  while (!wishes_.empty() && wishes_.back().replicas <= wanted) wishes_.pop_back();
  wishes_.push_back({now_ns, wanted});
  return limits_.clamp(wishes_.front().replicas);
}

}  // namespace sim
