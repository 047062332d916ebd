// What a spot instance costs in each hour.
//
//  * `SpotPricePlan`    a constant, a process, or a list of prices
//  * `spot_prices`      the price of every hour, as an exact multiple of one price
//  * `spot_cost`        what the spot seconds of some hours come to
//
// The process is a mean-reverting lognormal one (the logarithm is an Ornstein-Uhlenbeck process, sampled at each step):
//
//   x' = a x + σ √(1 − a²) z,  a = 2^(−step ÷ half life),  x = 0 at the start,   price = base × exp(x − Var(x) ÷ 2)
//
// so the price begins at its base, keeps it as its mean, and after some half lives its logarithm varies by σ. Capped at
// on demand, above which nobody stays, the mean is a little below. The normal z come from `chance`, one a step, by the
// name of the instance type: options that rent the same type meet the same prices.
//
// The multiple is rounded to whole parts per million; from there on everything is whole numbers.
//
// Defaults: σ = 0.31 and a half life of 90 days, from the spot prices of Google Cloud in nine regions of the USA, 206
// series of 14 days from 2026-05-05 to 2026-08-03 (cloudpilot-ai/karpenter-provider-gcp @ 417f047b1175 and the versions
// before it): the sum of squared changes of the logarithm from one day to the next is what they give. The record is too
// short to show where prices return to: the half life is its length, not an estimate.
//
// Example:
//   const SpotPrices prices = spot_prices(plan, row_price, on_demand, chance.child("aws/g6.xlarge"), hour_count);
//   // the price of hour 7 is prices.base × prices.parts[7] ÷ prices.whole
//   const SpotCost cost = spot_cost(prices, usage.hours, 0);
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/money.hpp"
#include "core/random.hpp"
#include "core/usage.hpp"

namespace pricing {

struct SpotPriceProcess {
  double sigma = 0.31;
  std::chrono::hours half_life{90 * 24};
  std::chrono::hours step{1};
  bool capped = true;  // at on demand
  bool operator==(const SpotPriceProcess&) const = default;
};

struct SpotPriceTrace {
  std::vector<core::Money> prices;  // of an hour, at least one, of at most 9 decimals; from the start, again and again
  std::chrono::hours step{1};
  bool operator==(const SpotPriceTrace&) const = default;
};

struct SpotPricePlan {
  std::optional<core::Money> price;  // of an hour, instead of the price row's
  std::optional<SpotPriceProcess> process;
  std::optional<SpotPriceTrace> trace;  // instead of both
  bool operator==(const SpotPricePlan&) const = default;
};

struct SpotPrices {
  core::Money base;
  std::int64_t whole = 1;  // parts
  std::vector<std::int64_t> parts;
};

// Of the hours [0, hour_count). `base`: the price row's, or the plan's own; `on_demand`: the cap, if there is one.
SpotPrices spot_prices(const SpotPricePlan& plan, core::Money base, std::optional<core::Money> on_demand,
                       core::Stream chance, std::int64_t hour_count);

struct SpotCost {
  // Σ seconds × price, as hours at the base price, which are rounded once to 1e-9 hours as any metered quantity; their
  // product with the base price is the line's amount. So twice the base price is exactly twice the amount.
  core::Money amount;
  // Of an hour, rounded half to even to 1e-9, for readers: over the seconds, and over the hours in which there are any.
  // Of a usage without spot all three are the first hour's.
  core::Money mean;
  core::Money lowest;
  core::Money highest;
};

// `hours`: not empty; the first of them is hour `first_hour` of `prices`.
SpotCost spot_cost(const SpotPrices& prices, std::span<const core::HourUsage> hours, std::int64_t first_hour);

}  // namespace pricing
