// People's time: engineer-days, sprints, what prompts take to maintain, and a time-boxed validation.
//
//  * `Effort`              engineers × weeks, as engineer-days, sprints and money
//  * `signal_weighted_roi` lift × clean share ÷ engineer-days, in percent a day
//  * `PromptUpkeep`        hours a week that prompts cost, with the weeks after which fine-tuning would be paid
//  * `PromptBreakage`      what model updates that break prompts cost a year
//  * `Validation`          spike, prototype and A/B test as dates with a go or no-go at the end of each
//
// A week has five working days, a day eight hours. "12 days of two engineers" may be 12 or 24 engineer-days, which
// doubles a day rate (C-08): both are computed from what is said to be which.
//
// Example:
//   Effort{.engineers = 2, .working_days = Quantity::whole(15)}.engineer_days() == Quantity::whole(30)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/measured.hpp"

namespace decision {

struct Effort {
  std::int64_t engineers = 1;
  core::Quantity working_days = {};  // of each
  std::int64_t sprint_days = 10;     // working days of a sprint: two weeks
  core::Quantity engineer_days() const;
  core::Quantity sprint_capacity() const;  // engineer-days of one sprint of this team
  core::Quantity sprints() const;
  bool fits_one_sprint() const { return engineer_days() <= sprint_capacity(); }
  // Weeks of five working days.
  static Effort weeks(std::int64_t engineers, std::int64_t weeks);
  std::string sentence() const;  // "30 engineer-days, 1.5 sprints: does not fit one sprint of 20 engineer-days"
  bool operator==(const Effort&) const = default;
};

// engineer-days × day rate + cloud.
core::Money sprint_cost(const Effort& effort, core::Money day_rate, core::Money cloud = {});

// The day rate that a cost implies under both readings of "N days of E engineers" (C-08).
struct ImpliedDayRate {
  core::Money per_engineer_day;  // N × E engineer-days
  core::Money per_calendar_day;  // N engineer-days in all: E times as much
  bool operator==(const ImpliedDayRate&) const = default;
};
ImpliedDayRate implied_day_rate(core::Money people_cost, std::int64_t engineers, core::Quantity days);

// `lift` in percent, `clean` a share, in percent a day. `engineer_days` above 0.
core::Quantity signal_weighted_roi(core::Quantity lift, core::Quantity clean, core::Quantity engineer_days);
// The lift, in percent, that reaches `threshold` percent a day; `clean` above 0.
core::Quantity required_lift(core::Quantity threshold, core::Quantity clean, core::Quantity engineer_days);

struct PromptUpkeep {
  core::Quantity hours_a_week;
  core::Money hourly_rate;
  bool exceeds(core::Quantity limit_hours) const { return hours_a_week > limit_hours; }
  core::Money weekly() const { return cost(hours_a_week, hourly_rate); }
  // Weeks of upkeep that pay for fine-tuning; nothing when the upkeep is free.
  std::optional<core::Quantity> break_even_weeks(core::Money fine_tuning) const;
  bool operator==(const PromptUpkeep&) const = default;
};
core::Money hourly_of(core::Money day_rate);  // an eighth

struct PromptBreakage {
  std::int64_t prompts = 0;
  core::Quantity broken;  // share of them, by one update
  core::Quantity hours_per_prompt;
  std::int64_t updates_a_year = 0;
  core::Quantity broken_per_update() const;
  core::Quantity hours_a_year() const;
  core::Quantity hours_a_week() const;  // a 52nd
  bool operator==(const PromptBreakage&) const = default;
};

struct Milestone {
  std::string name;
  core::Date begins;
  core::Date ends;  // the day of the decision
  std::string question;
  bool operator==(const Milestone&) const = default;
};
struct Validation {
  core::Date begins;
  std::int64_t spike_days = 7;
  std::int64_t prototype_days = 10;
  std::int64_t test_days = 10;
  core::Quantity expected_lift = {};         // percent
  std::int64_t longest_prototype_days = 10;  // beyond it, a non-starter
  std::vector<Milestone> timeline() const;
  bool is_non_starter() const { return prototype_days > longest_prototype_days; }
  bool operator==(const Validation&) const = default;
};

// Sections of a scenario, each absent or whole:
//   effort: {engineers: 2, weeks: 3}                           or {engineers: 2, working_days: 12, sprint_days: 10}
//   prompts: {hours_per_week: 8, day_rate: $1_167, library: 200, broken: 30%, hours_each: 0.5, updates_per_year: 4}
//   validation: {begins: 2026-12-01, spike: 7d, prototype: 10d, test: 10d, expected_lift: 2%}
std::optional<Effort> read_effort(const core::Section& root);
struct Prompts {
  PromptUpkeep upkeep;
  std::optional<PromptBreakage> breakage;
  bool operator==(const Prompts&) const = default;
};
std::optional<Prompts> read_prompts(const core::Section& root);
std::optional<Validation> read_validation(const core::Section& root);

}  // namespace decision
