// All price tables together.
//
//  * `Row`      a row and the table it stands in; valid as long as its catalog and until the next `add`
//  * `Catalog`  finds rows by the words of a scenario: "gpt-4o-mini", "aws/g6.xlarge", "ec2.g6.xlarge"
//
// A table that is added later takes precedence, row by row: a user's own table overrides the shipped ones. It reads
// texts, never files.
//
// Example:
//   Catalog catalog;
//   for (const auto& [name, text] : texts) catalog.add(read_price_table(name, text));
//   const auto row = catalog.find("aws/g6.xlarge");   // nothing: catalog.unknown("aws/g6.xlarge") says what is near
//   catalog.instances_with(read_gpu_name("A100-80GB"));   // aws/p4de.24xlarge first: $3.43 a GPU and hour
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "core/usage.hpp"
#include "pricing/gpu_name.hpp"
#include "pricing/price_table.hpp"

namespace pricing {

struct Row {
  const PriceTable* table = nullptr;
  const Sku* sku = nullptr;
  const Sku* operator->() const { return sku; }
};

class Catalog {
 public:
  Catalog() = default;
  // Texts of price tables as (name, text), in order of rising precedence. Throws core::ConfigError.
  explicit Catalog(const std::vector<std::pair<std::string, std::string>>& texts);

  // Throws core::ConfigError when the currency is not that of the tables before.
  void add(PriceTable table);

  std::optional<Row> find(std::string_view name) const;
  // "no price row 'aws/g6.xlage'; did you mean 'aws/g6.xlarge'?"
  std::string unknown(std::string_view name) const;
  // The nearest name of a row of this meter, if it is near enough to be a slip.
  std::optional<std::string> nearest(std::string_view name, Meter meter) const;
  // Every row that `find` can return under some name, in the order of the tables.
  std::vector<Row> rows() const;
  // The first alias, or the id of a row without one.
  static const std::string& name_of(const Sku& sku);
  std::vector<std::string> names() const;

  // The instances that carry this GPU, by the on-demand price of one GPU and then by name; those without such a price
  // come last. A row whose name a later table took is not among them: that table's price is the one that counts.
  std::vector<Row> instances_with(const GpuName& gpu) const;

  // How the clouds round the life of an instance; nothing for a name that is no instance of the catalog.
  std::optional<core::MeteringRule> metering_rule(std::string_view instance) const;

  // "aws-us-east-1: prices of 2026-07-20 are 134 days old on 2026-12-01 (older than 90 days)", one per such table.
  std::vector<std::string> stale_warnings(core::Date on) const;

  const std::string& currency() const { return currency_; }
  const std::vector<PriceTable>& tables() const { return tables_; }

 private:
  struct Place {
    std::size_t table = 0;
    std::size_t sku = 0;
    auto operator<=>(const Place&) const = default;
  };
  Row row_at(Place place) const { return {&tables_[place.table], &tables_[place.table].skus[place.sku]}; }

  std::string currency_ = "USD";
  std::vector<PriceTable> tables_;
  std::map<std::string, Place, std::less<>> places_;
};

}  // namespace pricing
