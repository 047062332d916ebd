#include "pricing/tiers.hpp"

#include <array>
#include <cstdint>
#include <optional>

#include "tests/support/catch.hpp"

namespace pricing {
namespace {

using core::Money;
using core::Quantity;

// The internet egress of us-east-1 as published: 10, 40 and 100 TB of 1024 GB, then the rest; 100 GB free.
Tiers egress(FreePlacement placement) {
  return {.mode = TierMode::graduated,
          .steps = {{Quantity::whole(10'240), Money::parse("0.09")},
                    {Quantity::whole(51'200), Money::parse("0.085")},
                    {Quantity::whole(153'600), Money::parse("0.07")},
                    {std::nullopt, Money::parse("0.05")}},
          .free = Quantity::whole(100),
          .placement = placement};
}

Money total(const Tiers& tiers, Quantity quantity) {
  Money sum;
  for (const TierSlice& slice : slices(tiers, quantity)) sum += slice.amount().value();
  return sum;
}

TokenPrices prices(const char* input, const char* cached, const char* output) {
  return {Money::parse(input), Money::parse(cached), Money::parse(output)};
}

}  // namespace

TEST_CASE("G6: a month of egress, with the free 100 GB before or inside the first tier", "[tiers][golden]") {
  const Tiers before = egress(FreePlacement::before);
  const Tiers inside = egress(FreePlacement::inside);
  CHECK(total(before, Quantity::whole(102'400)) == Money::parse("7980.20"));
  CHECK(total(inside, Quantity::whole(102'400)) == Money::parse("7978.20"));
  for (const Tiers& tiers : {before, inside}) {
    CHECK(total(tiers, Quantity::whole(100)) == Money{});
    CHECK(total(tiers, Quantity::whole(10'240)) == Money::parse("912.60"));
    CHECK(slices(tiers, Quantity{}).empty());
  }
}

TEST_CASE("Graduated slices show where each part of the quantity went", "[tiers]") {
  const auto parts = slices(egress(FreePlacement::inside), Quantity::whole(10'241));
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].is_free);
  CHECK(parts[0].quantity == Quantity::whole(100));
  CHECK(parts[1].quantity == Quantity::whole(10'140));
  CHECK(parts[2].quantity == Quantity::whole(1));
  CHECK(parts[2].unit_price == Money::parse("0.085"));
  CHECK(parts[2].step == 1);
}

TEST_CASE("Slices sum to the quantity, wherever it ends", "[tiers][property]") {
  for (const FreePlacement placement : {FreePlacement::before, FreePlacement::inside}) {
    for (const TierMode mode : {TierMode::graduated, TierMode::volume}) {
      Tiers tiers = egress(placement);
      tiers.mode = mode;
      for (std::int64_t nanos = 0; nanos < 400'000'000'000'000; nanos += 1'777'777'777'777) {
        Quantity sum;
        for (const TierSlice& slice : slices(tiers, Quantity::nano(nanos))) {
          CHECK(slice.quantity > Quantity{});
          sum += slice.quantity;
        }
        CHECK(sum == Quantity::nano(nanos));
      }
    }
  }
}

TEST_CASE("A free quantity wider than the first tier eats into the second", "[tiers]") {
  Tiers tiers{.mode = TierMode::graduated,
              .steps = {{Quantity::whole(10), Money::parse("3")}, {std::nullopt, Money::parse("2")}},
              .free = Quantity::whole(12),
              .placement = FreePlacement::inside};
  CHECK(total(tiers, Quantity::whole(20)) == Money::parse("16"));
  tiers.placement = FreePlacement::before;
  CHECK(total(tiers, Quantity::whole(20)) == Money::parse("24"));
}

TEST_CASE("Volume tiers price the whole quantity at the rate of the tier it reaches", "[tiers]") {
  const Tiers tiers{.mode = TierMode::volume,
                    .steps = {{Quantity::whole(100), Money::parse("1")}, {std::nullopt, Money::parse("0.5")}},
                    .free = {}};
  CHECK(total(tiers, Quantity::whole(100)) == Money::parse("100"));  // the edge belongs to its tier
  CHECK(total(tiers, Quantity::whole(101)) == Money::parse("50.5"));
}

TEST_CASE("A tier without a price makes its slice unpriced, not free", "[tiers]") {
  const Tiers tiers{.mode = TierMode::graduated,
                    .steps = {{Quantity::whole(10), Money::parse("1")}, {std::nullopt, std::nullopt}},
                    .free = {}};
  CHECK(slices(tiers, Quantity::whole(10)).back().amount() == Money::parse("10"));
  CHECK(slices(tiers, Quantity::whole(11)).back().amount() == std::nullopt);
}

// Prices per million are the published per-token figures times 10^6.
TEST_CASE("G1: cached tokens are counted once, and not as fresh ones", "[tiers][golden]") {
  const TokenTariff tariff{.base = prices("1.4", "0.26", "4.4"), .brackets = {}, .batch = {}, .batch_multiplier = {}};
  const auto cost = request_cost(tariff, {.input = 27'147 - 27'146, .cached_input = 27'146, .output = 351});
  CHECK(cost == Money::parse("0.00860376"));
}

TEST_CASE("G2: a long prompt moves every bucket of the request to the long-context rate", "[tiers][golden]") {
  const TokenTariff tariff{.base = prices("1.25", "0.3125", "10"),
                           .brackets = {{200'000, prices("2.5", "0.625", "15")}},
                           .batch = {},
                           .batch_multiplier = {}};
  const TokenCounts tokens{.input = 262'960 - 257'955, .cached_input = 257'955, .output = 1'744};
  CHECK(request_cost(tariff, tokens) == Money::parse("0.199894375"));
  // Counting the cached prompt as fresh input as well is the mistake that gives 0.7642.
  CHECK(request_cost(tariff, tokens) != Money::parse("0.7642"));
  // The fresh part alone (5005 tokens) is below the threshold: the whole prompt decides, cached tokens included.
  CHECK(prices_for(tariff, tokens.input).input == Money::parse("1.25"));
}

TEST_CASE("G3: caching and batching one request", "[tiers][golden]") {
  TokenTariff tariff{.base = prices("3", "0.30", "15"), .brackets = {}, .batch = {}, .batch_multiplier = {}};
  const TokenCounts cached{.input = 3'000, .cached_input = 17'000, .output = 500};
  CHECK(request_cost(tariff, cached) == Money::parse("0.0216"));
  CHECK(request_cost(tariff, {.input = 20'000, .output = 500}) == Money::parse("0.0675"));
  tariff.batch_multiplier = Quantity::parse("0.5");
  CHECK(request_cost(tariff, cached, TokenMode::batch) == Money::parse("0.0108"));
  tariff.batch_multiplier.reset();
  tariff.batch = prices("1.5", "0.15", "7.5");
  CHECK(request_cost(tariff, cached, TokenMode::batch) == Money::parse("0.0108"));
}

TEST_CASE("The threshold itself belongs to the lower bracket, unless the tariff says otherwise", "[tiers]") {
  TokenTariff tariff{.base = prices("1", "1", "1"),
                     .brackets = {{200, prices("2", "2", "2")}, {400, prices("3", "3", "3")}},
                     .batch = {},
                     .batch_multiplier = {}};
  CHECK(prices_for(tariff, 200).input == Money::parse("1"));
  CHECK(prices_for(tariff, 201).input == Money::parse("2"));
  CHECK(prices_for(tariff, 400).input == Money::parse("2"));
  CHECK(prices_for(tariff, 401).input == Money::parse("3"));
  tariff.compare = BracketCompare::greater_or_equal;
  CHECK(prices_for(tariff, 199).input == Money::parse("1"));
  CHECK(prices_for(tariff, 200).input == Money::parse("2"));
  CHECK(prices_for(tariff, 400).input == Money::parse("3"));
}

TEST_CASE("A request is unpriced when a bucket that it uses has no price", "[tiers]") {
  TokenTariff tariff{.base = prices("1", "1", "1"), .brackets = {}, .batch = {}, .batch_multiplier = {}};
  tariff.base.cached_input.reset();
  CHECK(request_cost(tariff, {.input = 1'000'000}) == Money::parse("1"));
  CHECK(request_cost(tariff, {.input = 1'000'000, .cached_input = 1}) == std::nullopt);
  CHECK(request_cost(tariff, {.input = 1}, TokenMode::batch) == std::nullopt);  // not offered
}

}  // namespace pricing
