#include "pricing/spot_price.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/math.hpp"
#include "pricing/bill.hpp"

namespace pricing {
namespace {

using core::Int128;
using core::Money;

constexpr std::int64_t million = 1'000'000;
// A thousandfold price: no market has seen it, and the products below stay far from 128 bits.
constexpr std::int64_t most_parts = 1000 * million;

std::int64_t parts_of_cap(Money base, std::optional<Money> on_demand) {
  if (!on_demand || base <= Money{}) return most_parts;
  const Int128 parts = on_demand->count() / base.count() * million +
                       on_demand->count() % base.count() * million / base.count();  // rounded down: never above it
  return static_cast<std::int64_t>(std::min<Int128>(parts, most_parts));
}

SpotPrices drawn(const SpotPriceProcess& process, Money base, std::optional<Money> on_demand, core::Stream chance,
                 std::int64_t hour_count) {
  const double half_lives = static_cast<double>(process.step.count()) / static_cast<double>(process.half_life.count());
  const double a = core::exp(-core::log(2.0) * half_lives);
  const double fresh = process.sigma * process.sigma * (1 - a * a);
  const double scale = std::sqrt(fresh);
  const std::int64_t cap = process.capped ? parts_of_cap(base, on_demand) : most_parts;
  SpotPrices prices{.base = base, .whole = million, .parts = {}};
  prices.parts.reserve(static_cast<std::size_t>(hour_count));
  double x = 0;
  double variance = 0;
  for (std::int64_t hour = 0; hour < hour_count; ++hour) {
    if (hour > 0 && hour % process.step.count() == 0) {
      x = a * x + scale * core::normal_quantile(core::unit_by_bits(chance.next()) - 0x1p-53);
      variance = a * a * variance + fresh;
    }
    const double multiple = std::min(core::exp(x - variance / 2), 1e3);
    const auto parts = static_cast<std::int64_t>(std::floor(multiple * static_cast<double>(million) + 0.5));
    prices.parts.push_back(std::clamp<std::int64_t>(parts, 0, cap));
  }
  return prices;
}

// In nanos of a currency unit, which hold every price of 9 decimals.
SpotPrices listed(const SpotPriceTrace& trace, std::int64_t hour_count) {
  constexpr std::int64_t nano = 1'000'000'000;
  SpotPrices prices{.base = Money::atto(nano), .whole = 1, .parts = {}};
  prices.parts.reserve(static_cast<std::size_t>(hour_count));
  for (std::int64_t hour = 0; hour < hour_count; ++hour) {
    const auto step = static_cast<std::size_t>(hour / trace.step.count());
    const Int128 nanos = trace.prices[step % trace.prices.size()].count() / nano;
    prices.parts.push_back(
        static_cast<std::int64_t>(std::min<Int128>(nanos, std::numeric_limits<std::int64_t>::max())));
  }
  return prices;
}

// For readers.
Money shown(const SpotPrices& prices, std::int64_t parts) {
  return core::cost(core::Quantity::ratio(parts, prices.whole), prices.base).rounded(9);
}

}  // namespace

SpotPrices spot_prices(const SpotPricePlan& plan, Money base, std::optional<Money> on_demand, core::Stream chance,
                       std::int64_t hour_count) {
  if (plan.trace) return listed(*plan.trace, hour_count);
  if (plan.process) return drawn(*plan.process, base, on_demand, chance, hour_count);
  return {.base = base, .whole = 1, .parts = std::vector<std::int64_t>(static_cast<std::size_t>(hour_count), 1)};
}

SpotCost spot_cost(const SpotPrices& prices, std::span<const core::HourUsage> hours, std::int64_t first_hour) {
  constexpr std::int64_t seconds_per_hour = 3600;
  Int128 parts = 0;
  std::int64_t seconds = 0;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  std::int64_t highest = 0;
  for (std::size_t i = 0; i < hours.size(); ++i) {
    if (hours[i].spot_billed_seconds == 0) continue;
    const std::int64_t of_hour = prices.parts[static_cast<std::size_t>(first_hour) + i];
    parts += Int128{hours[i].spot_billed_seconds} * of_hour;
    seconds += hours[i].spot_billed_seconds;
    lowest = std::min(lowest, of_hour);
    highest = std::max(highest, of_hour);
  }
  if (seconds == 0) {
    const Money price = shown(prices, prices.parts[static_cast<std::size_t>(first_hour)]);
    return {.amount = {}, .mean = price, .lowest = price, .highest = price};
  }
  const Money amount = core::cost(core::Quantity::ratio(parts, Int128{seconds_per_hour} * prices.whole), prices.base);
  return {.amount = amount,
          .mean = cost_per(amount, seconds_per_hour, seconds)->rounded(9),
          .lowest = shown(prices, lowest),
          .highest = shown(prices, highest)};
}

}  // namespace pricing
