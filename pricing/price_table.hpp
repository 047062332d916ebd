// A table of list prices: dated, sourced, and read without a double.
//
//  * `PriceTable`  one YAML text of the schema price-table/v1 and the SHA-256 of its bytes
//  * `Sku`         one row: what is sold, in which unit, at which offers; where the figures come from
//  * `Offer`       one way to buy it: on_demand, spot, committed_1y
//
// A row has the prices of its meter: `offers` (anything sold by the unit), `tiers` (egress), `tokens` (a managed
// model). A price that nobody knows is written `price: unknown` and makes an unpriced bill line; a price that is
// absent is an error, as is a key that nobody reads. A committed offer may give its `discount` on on_demand instead:
// its price is then computed here, once, and rounded half to even to 1e-9, the grid on which clouds quote rates.
//
// Example:
//   schema: price-table/v1
//   id: aws-us-east-1
//   revision: 2026-07-20
//   currency: USD
//   as_of: 2026-07-20
//   stale_after: 90d
//   licence: "facts of public price lists"
//   provider: aws                       # of every row that names no other
//   region: us-east-1
//   sources:
//     - {id: list, url: "https://…", retrieved: 2026-07-20, confidence: vendor}
//   skus:
//     - id: ec2.g6.xlarge
//       aliases: [aws/g6.xlarge]
//       service: {name: Amazon EC2, category: Compute, subcategory: Virtual Machines}
//       meter: instance_time
//       unit: Hours
//       spec: {vcpu: 4, memory_gib: 16, gpu: {model: L4, count: 1, memory_gib: 24}}
//       granularity: {step: 1s, minimum: 60s}
//       source: list
//       offers:
//         - {id: on_demand, price: "0.8048"}
//         - {id: committed_1y, discount: "0.28", confidence: assumption, note: "…"}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "core/time.hpp"
#include "core/usage.hpp"
#include "pricing/bill.hpp"
#include "pricing/capacity_units.hpp"
#include "pricing/tiers.hpp"

namespace core {
class Declarations;
}

namespace pricing {

// What is counted.
enum class Meter {
  instance_time,       // Hours of a virtual machine
  node_time,           // Hours of a managed cache node
  load_balancer_time,  // Hours of a load balancer
  capacity_units,      // Hours of its capacity units: composite, the largest dimension of each hour
  bytes_processed,     // GB through a load balancer that is billed by volume
  bytes_out,           // GB to the internet
  storage_time,        // GB-Months of object storage
  tokens,              // 1000000 Tokens of a managed model
  provisioned_time,    // Hours of a unit of provisioned throughput of a managed model
};
std::string_view name_of(Meter meter);  // the word in the table
std::string_view unit_of(Meter meter);  // what it is counted in: "Hours", "GB", …

struct Service {  // the words of the FinOps FOCUS specification
  std::string name;
  std::string category;
  std::string subcategory;
  bool operator==(const Service&) const = default;
};

struct Accelerator {
  std::string model;  // "L4"
  std::int64_t count = 0;
  core::Quantity memory_gib;  // of each
  bool operator==(const Accelerator&) const = default;
};

struct InstanceSpec {
  std::optional<core::Quantity> vcpu;  // of an instance always; a managed cache node may hide it
  core::Quantity memory_gib;
  std::optional<Accelerator> gpu;
  bool operator==(const InstanceSpec&) const = default;
};

struct ContextLimits {
  std::int64_t max_input_tokens = 0;
  std::int64_t max_output_tokens = 0;
  bool operator==(const ContextLimits&) const = default;
};

struct SourceNote {
  std::string url;         // an address, or repository and path
  std::string retrieved;   // "2026-07-20"
  std::string confidence;  // "vendor", "mirror" or "assumption"
  bool operator==(const SourceNote&) const = default;
};

struct Offer {
  std::string id;
  std::optional<core::Money> price;        // of one `Sku::unit`; nothing: unknown
  std::optional<core::Quantity> discount;  // share off on_demand, when the price was computed from it
  std::string confidence;                  // of this offer; the row's when the table says no other
  std::string note;
  bool operator==(const Offer&) const = default;
};

struct Sku {
  std::string id;                    // unique in its table
  std::vector<std::string> aliases;  // the words of a scenario: "aws/g6.xlarge"
  std::string provider;
  std::string region;
  Service service;
  Meter meter = Meter::instance_time;
  std::string unit;
  std::int64_t unit_bytes = 0;  // bytes meters: 1 GB of this row; 0 for others
  std::optional<InstanceSpec> spec;
  core::MeteringRule granularity;
  SourceNote source;
  std::vector<Offer> offers;
  std::optional<Tiers> tiers;
  std::optional<TokenTariff> tokens;
  std::optional<ContextLimits> limits;
  std::optional<CapacityUnit> capacity;
  std::string note;

  const Offer* find_offer(std::string_view offer_id) const;  // nullptr: none
  std::string offer_names() const;                           // "on_demand, committed_1y"
};

struct PriceTable {
  std::string id;
  std::string revision;
  std::string currency;
  core::Date as_of;
  core::Duration stale_after;
  std::string licence;
  std::string hash;  // SHA-256 of the text, in hexadecimal
  std::vector<Sku> skus;
};

// Throws core::ConfigError. `name` stands in its messages: "aws-us-east-1.yaml:12:5: skus.0.offers.0.price: …".
PriceTable read_price_table(const std::string& name, std::string_view text);
// The same, and what is asked for is added to `declarations`.
PriceTable read_price_table(const std::string& name, std::string_view text, core::Declarations& declarations);

// Where the price of an offer ("" for tiers and tokens) comes from, as a bill line says it.
PriceSource source_of(const PriceTable& table, const Sku& sku, std::string_view offer_id);

// 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace pricing
