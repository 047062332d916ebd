#include "pricing/tiers.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace pricing {
namespace {

using core::Money;
using core::Quantity;

// The step that `quantity` falls into; its upper edge belongs to it.
std::size_t step_of(const Tiers& tiers, Quantity quantity) {
  std::size_t step = 0;
  while (tiers.steps[step].upto && quantity > *tiers.steps[step].upto) ++step;
  return step;
}

std::optional<Money> times(const std::optional<Money>& price, Quantity factor) {
  return price ? std::optional{core::cost(factor, *price)} : std::nullopt;
}

}  // namespace

std::optional<Money> TierSlice::amount() const { return times(unit_price, quantity); }

std::vector<TierSlice> slices(const Tiers& tiers, Quantity quantity) {
  assert(!tiers.steps.empty() && !tiers.steps.back().upto);
  std::vector<TierSlice> result;
  const Quantity free = std::min(quantity, tiers.free);
  if (free > Quantity{}) result.push_back({free, Money{}, true, 0});
  const Quantity charged = quantity - free;
  if (charged <= Quantity{}) return result;

  // In the coordinates of the steps, the charged part is ]start, end].
  const Quantity start = tiers.placement == FreePlacement::inside ? free : Quantity{};
  const Quantity end = start + charged;
  if (tiers.mode == TierMode::volume) {
    const std::size_t step = step_of(tiers, end);
    result.push_back({charged, tiers.steps[step].price, false, step});
    return result;
  }
  Quantity from = start;
  for (std::size_t step = 0; step < tiers.steps.size() && from < end; ++step) {
    const Quantity edge = tiers.steps[step].upto ? std::min(*tiers.steps[step].upto, end) : end;
    if (edge <= from) continue;  // the free quantity used up this step
    result.push_back({edge - from, tiers.steps[step].price, false, step});
    from = edge;
  }
  return result;
}

const TokenPrices& prices_for(const TokenTariff& tariff, std::int64_t prompt_tokens) {
  const TokenPrices* prices = &tariff.base;
  for (const TokenBracket& bracket : tariff.brackets) {
    const bool reached =
        tariff.compare == BracketCompare::greater ? prompt_tokens > bracket.above : prompt_tokens >= bracket.above;
    if (reached) prices = &bracket.prices;
  }
  return *prices;
}

std::optional<TokenPrices> batch_prices(const TokenTariff& tariff) {
  if (tariff.batch) return tariff.batch;
  if (!tariff.batch_multiplier) return std::nullopt;
  TokenPrices prices = tariff.base;
  for (std::optional<Money>* price : {&prices.input, &prices.cached_input, &prices.output}) {
    *price = times(*price, *tariff.batch_multiplier);
  }
  return prices;
}

std::optional<Money> request_cost(const TokenTariff& tariff, const TokenCounts& tokens, TokenMode mode) {
  TokenTariff used = tariff;
  used.base = prices_for(tariff, tokens.input + tokens.cached_input);
  const std::optional<TokenPrices> found = mode == TokenMode::batch ? batch_prices(used) : used.base;
  if (!found) return std::nullopt;
  const TokenPrices& prices = *found;
  Money total;
  const auto add = [&total](std::int64_t count, const std::optional<Money>& price) {
    if (count == 0) return true;
    if (price) total += core::cost(millions_of_tokens(count), *price);
    return price.has_value();
  };
  const bool priced = add(tokens.input, prices.input) && add(tokens.cached_input, prices.cached_input) &&
                      add(tokens.output, prices.output);
  return priced ? std::optional{total} : std::nullopt;
}

Quantity millions_of_tokens(std::int64_t tokens) { return Quantity::ratio(tokens, 1'000'000); }

}  // namespace pricing
