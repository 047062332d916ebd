#include "decision/effort.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/monthly_cost.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

constexpr std::int64_t working_days_of_week = 5;
constexpr std::int64_t hours_of_day = 8;
constexpr std::int64_t weeks_of_year = 52;

std::int64_t whole_days(const core::Section& section, std::string_view key, std::int64_t fallback,
                        std::string_view why) {
  const core::Duration days = section.duration(key, {.min = std::chrono::hours{24},
                                                     .max = std::chrono::hours{24 * 3660},
                                                     .fallback = std::chrono::hours{24 * fallback},
                                                     .why = why});
  if (days % std::chrono::hours{24} != core::Duration{0})
    throw section.error(key, "a part of a day", "whole days, such as 7d");
  return days / std::chrono::hours{24};
}

}  // namespace

Quantity Effort::engineer_days() const { return product(working_days, Quantity::whole(engineers)); }

Quantity Effort::sprint_capacity() const { return Quantity::whole(engineers * sprint_days); }

Quantity Effort::sprints() const { return quotient(engineer_days(), sprint_capacity()); }

Effort Effort::weeks(std::int64_t engineers, std::int64_t weeks) {
  return {.engineers = engineers, .working_days = Quantity::whole(weeks * working_days_of_week)};
}

std::string Effort::sentence() const {
  return fmt::format("{} engineer-days, {} sprints: {} one sprint of {} engineer-days", figure(engineer_days(), 1),
                     figure(sprints(), 2), fits_one_sprint() ? "fits" : "does not fit", figure(sprint_capacity(), 1));
}

Money sprint_cost(const Effort& effort, Money day_rate, Money cloud) {
  return cost(effort.engineer_days(), day_rate) + cloud;
}

ImpliedDayRate implied_day_rate(Money people_cost, std::int64_t engineers, Quantity days) {
  return {part_of(people_cost, Quantity::whole(1), product(days, Quantity::whole(engineers))),
          part_of(people_cost, Quantity::whole(1), days)};
}

Quantity signal_weighted_roi(Quantity lift, Quantity clean, Quantity engineer_days) {
  return quotient(product(lift, clean), engineer_days);
}

Quantity required_lift(Quantity threshold, Quantity clean, Quantity engineer_days) {
  return quotient(product(threshold, engineer_days), clean);
}

std::optional<Quantity> PromptUpkeep::break_even_weeks(Money fine_tuning) const {
  if (weekly() <= Money{}) return std::nullopt;
  return share_of(fine_tuning, weekly());
}

Money hourly_of(Money day_rate) { return divided(day_rate, hours_of_day); }

Quantity PromptBreakage::broken_per_update() const { return product(Quantity::whole(prompts), broken); }

Quantity PromptBreakage::hours_a_year() const {
  return product(product(broken_per_update(), hours_per_prompt), Quantity::whole(updates_a_year));
}

Quantity PromptBreakage::hours_a_week() const { return quotient(hours_a_year(), Quantity::whole(weeks_of_year)); }

std::vector<Milestone> Validation::timeline() const {
  std::vector<Milestone> milestones;
  core::Date day = begins;
  const auto add = [&](std::string name, std::int64_t days, std::string question) {
    const core::Date end = day + std::chrono::days{days};
    milestones.push_back({std::move(name), day, end, std::move(question)});
    day = end;
  };
  add("spike", spike_days, fmt::format("Go when the spike shows a lift of {} % or more.", figure(expected_lift)));
  add("prototype", prototype_days,
      is_non_starter()
          ? fmt::format("No-go: {} days are more than {}, a non-starter.", prototype_days, longest_prototype_days)
          : fmt::format("Go when the prototype runs within {} days.", longest_prototype_days));
  add("A/B test", test_days, "Go when the lift holds for users.");
  return milestones;
}

std::optional<Effort> read_effort(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("effort");
  if (!section) return std::nullopt;
  Effort effort{.engineers = section->integer("engineers", {.min = 1, .max = 100'000})};
  if (section->has("weeks") == section->has("working_days")) {
    throw section->error(section->has("weeks") ? "working_days" : "weeks", section->has("weeks") ? "both" : "neither",
                         "either weeks or working_days, of each engineer");
  }
  effort.working_days = section->has("weeks")
                            ? product(section->quantity("weeks"), Quantity::whole(working_days_of_week))
                            : section->quantity("working_days");
  if (effort.working_days <= Quantity{}) throw section->error("working_days", "0", "days above 0");
  effort.sprint_days = section->integer(
      "sprint_days",
      {.min = 1, .max = 260, .unit = "working days", .fallback = 10, .why = "a sprint of two weeks (S0)"});
  return effort;
}

std::optional<Prompts> read_prompts(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("prompts");
  if (!section) return std::nullopt;
  Prompts prompts;
  prompts.upkeep.hours_a_week = section->quantity("hours_per_week");
  prompts.upkeep.hourly_rate = hourly_of(section->money("day_rate"));
  if (prompts.upkeep.hours_a_week < Quantity{})
    throw section->error("hours_per_week", "less than 0", "hours from 0 on");
  if (prompts.upkeep.hourly_rate < Money{}) throw section->error("day_rate", "less than 0", "an amount from 0 on");
  if (section->has("library")) {
    PromptBreakage breakage;
    breakage.prompts = section->integer("library", {.min = 1, .max = 1'000'000'000, .unit = "prompts"});
    breakage.broken = Quantity::parse("0.3");
    if (section->has("broken")) {
      breakage.broken = quotient(read_measured(*section, "broken", Unit::share).value, Quantity::whole(100));
    } else {
      section->assume("broken", "30%", "a model update broke that many in S1");
    }
    breakage.hours_per_prompt = section->quantity("hours_each");
    breakage.updates_a_year = section->integer("updates_per_year", {.min = 0, .max = 1000});
    prompts.breakage = breakage;
  }
  return prompts;
}

std::optional<Validation> read_validation(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("validation");
  if (!section) return std::nullopt;
  Validation validation{.begins = section->date("begins")};
  validation.spike_days = whole_days(*section, "spike", 7, "a spike of 7 days (S0)");
  validation.prototype_days = whole_days(*section, "prototype", 10, "a prototype of 10 days (S0)");
  validation.test_days = whole_days(*section, "test", 10, "an A/B test of 10 days (S0)");
  validation.expected_lift = read_measured(*section, "expected_lift", Unit::relative).value;
  return validation;
}

}  // namespace decision
