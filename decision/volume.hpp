// From users to a bill and back, in one line of arithmetic: what a simulated bill is checked against.
//
//  * `linear_bill`     users × requests a user-day × price a request × days + infrastructure
//  * `per_user`        a monthly bill for one user, a month and a day
//  * `implied_pilot`   how many users a pilot's GPU hours stand for, if cost grew in proportion
//  * `queries_of`      the volume that a bill and a price per thousand stand for
//  * `price_change`    a new price per thousand: the change, and what a million queries save
//  * `monthly_volume`  requests a second for a month of 30 days, and of 730 hours
//
// All of it is linear, which no fleet is: these are the numbers of the talk, to be held against the simulated ones.
//
// Example:
//   queries_of(Money::parse("150000"), Money::parse("0.12")) == 1'250'000'000
//
// In a scenario:
//   pilot: {gpu_hours_per_day: 5, gpu_hour: $2.50, bill_at_scale: $150_000, users_at_scale: 1_000_000}
//   price_change: {old: $0.12, new: $0.04, queries: 1_250_000_000}          per 1,000 queries; queries a month
#pragma once

#include <cstdint>
#include <optional>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

inline constexpr std::int64_t days_of_month = 30;

core::Money linear_bill(std::int64_t daily_users, core::Quantity requests_a_day, core::Money a_request,
                        core::Money infrastructure = {}, std::int64_t days = days_of_month);

struct PerUser {
  core::Money month;
  core::Money day;
  bool operator==(const PerUser&) const = default;
};
PerUser per_user(core::Money monthly_bill, std::int64_t daily_users, std::int64_t days = days_of_month);

struct ImpliedPilot {
  core::Money monthly_bill;  // of the pilot
  core::Quantity daily_users;
  core::Quantity factor;  // from the pilot to full scale
  bool operator==(const ImpliedPilot&) const = default;
};
ImpliedPilot implied_pilot(core::Quantity gpu_hours_a_day, core::Money gpu_hour, core::Money bill_at_scale,
                           std::int64_t users_at_scale, std::int64_t days = days_of_month);

core::Quantity queries_of(core::Money bill, core::Money per_thousand);
core::Money bill_of(core::Quantity queries, core::Money per_thousand);

struct PriceChange {
  core::Quantity change;          // -0.666666667
  core::Money saved_per_million;  // $80
  bool operator==(const PriceChange&) const = default;
};
PriceChange price_change(core::Money old_per_thousand, core::Money new_per_thousand);

struct MonthlyVolume {
  core::Quantity thirty_days;
  core::Quantity average_month;  // 730 hours
  bool operator==(const MonthlyVolume&) const = default;
};
MonthlyVolume monthly_volume(core::Quantity requests_a_second);

struct PriceQuestion {
  core::Money old_per_thousand;
  core::Money new_per_thousand;
  core::Quantity queries;  // a month
  bool operator==(const PriceQuestion&) const = default;
};
std::optional<ImpliedPilot> read_pilot(const core::Section& root);
std::optional<PriceQuestion> read_price_change(const core::Section& root);

}  // namespace decision
