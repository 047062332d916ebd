// A bill: lines that lead back to a metered quantity and a price row, and that sum to the total to the last digit.
//
//  * `BillLine`  quantity × unit price; without a price it is *unpriced*, never 0
//  * `Bill`      the lines of one option in one billing period
//  * `append_part`  a part's lines in the bill of the whole
//  * `cost_per`  what a thousand requests or a million tokens came to
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"

namespace pricing {

// Where a price comes from. `hash` is the SHA-256 of the table's text; it is stamped into every result.
struct PriceSource {
  std::string table;  // "aws-us-east-1"
  std::string sku;    // "ec2.g6.xlarge"
  std::string offer;  // "on_demand", "committed_1y", "" when the row has a single price
  std::string url;
  std::string retrieved;   // "2026-07-20"
  std::string confidence;  // "vendor", "mirror" or "assumption"
  std::string hash;
  bool operator==(const PriceSource&) const = default;
};

enum class Frequency { recurring, one_time };

struct BillLine {
  std::string category;  // "compute", "tokens", "cache", "storage", "network", "training", "people"
  std::string item;      // "g6.xlarge on demand"
  core::Quantity quantity;
  std::string unit;                       // "Hours", "1000000 Tokens", "GB", "Requests", "Days"
  std::optional<core::Money> unit_price;  // nothing: the line is unpriced
  std::optional<core::Money> amount;      // tiers make it more than quantity × unit_price; nothing: unpriced
  Frequency frequency = Frequency::recurring;
  std::string driver;                 // which metered quantity: "billed instance-seconds", "input tokens"
  std::optional<PriceSource> source;  // nothing: the price stands in the scenario itself
  std::string note;                   // an assumption or a warning about this line; may be empty
  bool operator==(const BillLine&) const = default;
};

struct Bill {
  std::string period;    // core::BillingPeriod::name; "one-time" for what is bought once
  std::string currency;  // "USD"
  std::vector<BillLine> lines;

  core::Money total(Frequency frequency) const;  // of the priced lines; exact
  core::Money total() const;
  bool complete() const;  // no line is unpriced
  bool operator==(const Bill&) const = default;
};

// Each line under the part's name: "heavy: g6.xlarge, on demand".
void append_part(Bill& whole, std::string_view part, const Bill& bill);

// `total` × `per` ÷ `count`, rounded once half to even to 1e-18; nothing when nothing was counted.
//   cost_per(bill.total(), 1'000'000, output_tokens)   // of a million output tokens
std::optional<core::Money> cost_per(core::Money total, std::int64_t per, std::int64_t count);

}  // namespace pricing
