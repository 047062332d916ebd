// What a quantity costs when its price depends on how much is bought.
//
//  * `Tiers`        the price list: slices of the quantity (graduated) or one rate for all of it (volume)
//  * `slices`       a quantity cut by such a list; what a bill shows, one line per slice
//  * `TokenTariff`  prices of a managed model, with the brackets that one request's size selects
//  * `request_cost` one request at such a tariff
//
// These are different mechanics with the same nickname, so each has its own name:
//   graduated            as an income tax: each slice at its own rate (cloud egress)
//   volume               the whole quantity at the rate of the tier it reaches
//   per_request_bracket  the size of one request selects one rate for all of its tokens (long-context prices)
//
// Example: 102 400 GB of egress with 100 GB free before the first tier cost USD 7978.20 … 7980.20:
//   for (const TierSlice& slice : slices(egress, Quantity::whole(102'400))) total += slice.amount();
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/money.hpp"

namespace pricing {

enum class TierMode { graduated, volume };

// Where the free quantity lies. Published explanations of the same bill disagree, so it is said and not guessed:
// `before` the first tier (which then begins after it, at its full width), or `inside` it, using up its first part.
enum class FreePlacement { before, inside };

struct TierStep {
  std::optional<core::Quantity> upto;  // the upper edge, itself included; nothing: without end, only in the last step
  std::optional<core::Money> price;    // nothing: unknown, so what falls here is unpriced
  bool operator==(const TierStep&) const = default;
};

struct Tiers {
  TierMode mode = TierMode::graduated;
  std::vector<TierStep> steps;  // at least one; edges rise; the last has none
  core::Quantity free;          // per billing period
  FreePlacement placement = FreePlacement::before;
  bool operator==(const Tiers&) const = default;
};

struct TierSlice {
  core::Quantity quantity;
  std::optional<core::Money> unit_price;
  bool is_free = false;  // the free quantity: its price is a true 0
  std::size_t step = 0;  // index into Tiers::steps
  std::optional<core::Money> amount() const;
  bool operator==(const TierSlice&) const = default;
};

// The slices that `quantity` ≥ 0 reaches, in order, none of them empty; their quantities sum to it exactly.
std::vector<TierSlice> slices(const Tiers& tiers, core::Quantity quantity);

// Prices of a million tokens each. A bucket without a price is unknown, never 0. The buckets are disjoint: a cached
// token is counted under `cached_input` and not under `input`.
struct TokenPrices {
  std::optional<core::Money> input;
  std::optional<core::Money> cached_input;
  std::optional<core::Money> output;
  // Of prompt tokens that a provider's cache is told to keep, for minutes or for an hour; many charge them as input.
  std::optional<core::Money> cache_write{};
  std::optional<core::Money> cache_write_1h{};
  bool operator==(const TokenPrices&) const = default;
};

// `above` tokens of prompt (fresh and cached together), these prices hold for the whole request.
struct TokenBracket {
  std::int64_t above = 0;
  TokenPrices prices;
  bool operator==(const TokenBracket&) const = default;
};

enum class BracketCompare { greater, greater_or_equal };  // most providers charge from above + 1 on

struct TokenTariff {
  TokenPrices base;
  BracketCompare compare = BracketCompare::greater;
  std::vector<TokenBracket> brackets;              // `above` rises
  std::optional<TokenPrices> batch;                // answers within a day instead of at once
  std::optional<core::Quantity> batch_multiplier;  // or this factor on every bucket
  bool operator==(const TokenTariff&) const = default;
};

struct TokenCounts {
  std::int64_t input = 0;  // without the cached ones
  std::int64_t cached_input = 0;
  std::int64_t output = 0;
};

// The prices that hold for a request of `prompt_tokens`, cached ones included.
const TokenPrices& prices_for(const TokenTariff& tariff, std::int64_t prompt_tokens);

enum class TokenMode { standard, batch };

// What a batch costs: prices of its own, or the base ones times the multiplier; nothing when the row has neither.
std::optional<TokenPrices> batch_prices(const TokenTariff& tariff);

// Nothing when a bucket that is used has no price.
std::optional<core::Money> request_cost(const TokenTariff& tariff, const TokenCounts& tokens,
                                        TokenMode mode = TokenMode::standard);

// Prices are per million tokens and 1e-6 is on the grid of a quantity, so this is exact.
core::Quantity millions_of_tokens(std::int64_t tokens);

}  // namespace pricing
