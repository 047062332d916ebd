// How an option buys its instances: committed, as spot, on demand.
//
//  * `PurchasePlan`   the price side of an option's `purchase`
//  * `read_purchase`  reads it; what the simulator must know of spot it reads itself
//
//   purchase: {committed: 30%, term: 1y}          # of the mean number of running instances, spot ones among them
//   purchase: {spot: 60%, committed: 30%}         # spot at the price row's offer, the rest on demand
//   purchase: {spot: {share: 60%, price: $0.31}}  # or another price of an hour, where the row has none
//     price: {kind: constant, base: $0.31}        # the same
//     price: {kind: process, base: $0.31, sigma: 0.31, half_life: 90d, step: 1h, cap: on_demand}   # or none; see
//                                                 # pricing/spot_price.hpp
//     price: {kind: trace, prices: [$0.31, $0.29], step: 1h}      # from the start of the horizon, again and again
//
// Commitments never cover spot (the vendors' terms of Savings Plans and of committed use).
#pragma once

#include <optional>
#include <string>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "pricing/price_table.hpp"
#include "pricing/spot_price.hpp"

namespace pricing {

struct PurchasePlan {
  core::Quantity committed_share;  // 0 … 1 of the mean number of instances
  std::string offer = "committed_1y";
  std::optional<SpotPricePlan> spot{};  // nothing: none is bought
  bool operator==(const PurchasePlan&) const = default;
};

// `instance`: the name of the row `sku`. Throws core::ConfigError.
PurchasePlan read_purchase(const core::Section& section, const Sku& sku, const std::string& instance);

}  // namespace pricing
