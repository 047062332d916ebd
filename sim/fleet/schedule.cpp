#include "sim/fleet/schedule.hpp"

#include <algorithm>
#include <utility>

#include "sim/fleet/scaler.hpp"

namespace sim {

namespace {

constexpr std::int64_t ns_per_day = 24 * core::ns_per_hour;
constexpr std::int64_t ns_per_week = 7 * ns_per_day;

std::int64_t in_week(std::int64_t ns) { return (ns % ns_per_week + ns_per_week) % ns_per_week; }

}  // namespace

Schedule::Schedule(const ScheduleConfig& config, const ReplicaLimits& limits, core::Date start)
    : config_{config},
      limits_{limits},
      start_ns_{in_week(core::Horizon::weekday_of(start) * ns_per_day + core::to_ns(config.utc_offset))} {
  if (config_.above) above_ = std::make_unique<Scaler>(*config_.above);
}
Schedule::~Schedule() = default;
Schedule::Schedule(Schedule&&) noexcept = default;
Schedule& Schedule::operator=(Schedule&&) noexcept = default;

std::int64_t Schedule::week_ns(std::int64_t now_ns) const { return in_week(start_ns_ + now_ns % ns_per_week); }

std::int64_t Schedule::next_look_ns() const {
  return above_ ? std::min(next_rule_ns_, above_->next_look_ns()) : next_rule_ns_;
}

const ScheduleRule& Schedule::rule_at(std::int64_t now_ns) const {
  const std::int64_t now = week_ns(now_ns);
  const ScheduleRule* rule = &config_.rules.back();
  for (const ScheduleRule& candidate : config_.rules) {
    if (core::to_ns(candidate.begins) <= now) rule = &candidate;
  }
  return *rule;
}

std::int64_t Schedule::next_rule_ns(std::int64_t now_ns) const {
  const std::int64_t now = week_ns(now_ns);
  for (const ScheduleRule& rule : config_.rules) {
    if (core::to_ns(rule.begins) > now) return now_ns + core::to_ns(rule.begins) - now;
  }
  return now_ns + ns_per_week + core::to_ns(config_.rules.front().begins) - now;
}

std::int64_t Schedule::decide(const FleetState& state, std::int64_t current) {
  const std::int64_t now_ns = next_look_ns();
  arrivals_ += state.arrivals;
  if (above_ && above_->next_look_ns() == now_ns) {
    FleetState seen = state;
    seen.arrivals = std::exchange(arrivals_, 0);
    wanted_above_ = above_->decide(seen, current);
  }
  if (now_ns == next_rule_ns_) next_rule_ns_ = next_rule_ns(now_ns);
  const ScheduleRule& rule = rule_at(now_ns);
  if (rule.replicas) return limits_.clamp(*rule.replicas);
  return limits_.clamp(std::max(wanted_above_.value_or(current), rule.min));
}

}  // namespace sim
