// Replicas by the clock: fixed numbers, or floors under another autoscaler, week after week.
//
//  * `ScheduleRule`    from a time of the week on: so many, or at least so many
//  * `ScheduleConfig`  the rules, the time zone, and who decides above the floors
//  * `Schedule`        looks when a rule begins and whenever the other one does
//
// A rule holds until the next one begins; the last of the week holds over into the next. The week is that of the
// horizon's calendar, moved by a constant offset from UTC (no daylight saving time, as in the traffic). A floor lifts
// what the other one wants, and what he looks at is the fleet as it then is, as with a schedule that sets an HPA's
// minReplicas (the Cron scaler of KEDA, scheduled actions of AWS).
//
// The first look is at the beginning of the horizon.
//
// Example:
//   // Ten from Monday 08:00, two from Friday 20:00, in Berlin's winter.
//   ScheduleConfig config{.rules = {{.begins = 8h, .replicas = 10}, {.begins = 4 * 24h + 20h, .replicas = 2}},
//                         .utc_offset = 1h};
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/calendar.hpp"
#include "core/time.hpp"
#include "sim/fleet/metric_window.hpp"
#include "sim/fleet/replica_limits.hpp"

namespace sim {

class Scaler;
struct ScalerConfig;

struct ScheduleRule {
  core::Duration begins{0};                // since Monday 00:00, under a week
  std::optional<std::int64_t> replicas{};  // fixed; or
  std::int64_t min = 0;                    // a floor
};

struct ScheduleConfig {
  std::vector<ScheduleRule> rules;  // in order of their beginning, at least one
  core::Duration utc_offset{0};
  std::shared_ptr<const ScalerConfig> above{};  // shared by copies of the scenario; nothing: the rules alone
};

class Schedule {
 public:
  // `start`: the first day of the horizon.
  Schedule(const ScheduleConfig& config, const ReplicaLimits& limits, core::Date start);
  ~Schedule();
  Schedule(Schedule&&) noexcept;
  Schedule& operator=(Schedule&&) noexcept;

  std::int64_t next_look_ns() const;
  // O(rules) beside what the other one takes.
  std::int64_t decide(const FleetState& state, std::int64_t current);

 private:
  const ScheduleRule& rule_at(std::int64_t now_ns) const;
  std::int64_t next_rule_ns(std::int64_t now_ns) const;
  std::int64_t week_ns(std::int64_t now_ns) const;  // since Monday 00:00, local

  ScheduleConfig config_;
  ReplicaLimits limits_;
  std::int64_t start_ns_;  // of the horizon, since Monday 00:00 local
  std::int64_t next_rule_ns_ = 0;
  std::unique_ptr<Scaler> above_;
  std::optional<std::int64_t> wanted_above_;
  std::int64_t arrivals_ = 0;  // since the other one looked
};

}  // namespace sim
