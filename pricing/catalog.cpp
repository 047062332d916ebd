#include "pricing/catalog.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include <fmt/format.h>

#include "core/yaml_reader.hpp"

namespace pricing {
namespace {

std::optional<core::Money> on_demand_price(const Sku& sku) {
  const Offer* offer = sku.find_offer("on_demand");
  return offer == nullptr ? std::nullopt : offer->price;
}

}  // namespace

Catalog::Catalog(const std::vector<std::pair<std::string, std::string>>& texts) {
  for (const auto& [name, text] : texts) add(read_price_table(name, text));
}

void Catalog::add(PriceTable table) {
  if (tables_.empty()) {
    currency_ = table.currency;
  } else if (table.currency != currency_) {
    throw core::ConfigError(fmt::format(
        "price table {}: found prices in {}, expected {} as in the tables before it (currencies are not converted)",
        table.id, table.currency, currency_));
  }
  const std::size_t index = tables_.size();
  tables_.push_back(std::move(table));
  for (std::size_t sku = 0; sku < tables_[index].skus.size(); ++sku) {
    const Place place{index, sku};
    places_.insert_or_assign(tables_[index].skus[sku].id, place);
    for (const std::string& alias : tables_[index].skus[sku].aliases) places_.insert_or_assign(alias, place);
  }
}

std::optional<Row> Catalog::find(std::string_view name) const {
  const auto found = places_.find(name);
  return found == places_.end() ? std::nullopt : std::optional{row_at(found->second)};
}

std::string Catalog::unknown(std::string_view name) const {
  std::vector<std::string> words;
  for (const auto& [word, place] : places_) words.push_back(word);
  const auto near = core::nearest(name, words);
  return near ? fmt::format("no price row '{}'; did you mean '{}'?", name, *near)
              : fmt::format("no price row '{}'; `billcast prices list` shows the {} there are", name, rows().size());
}

std::optional<std::string> Catalog::nearest(std::string_view name, Meter meter) const {
  std::vector<std::string> words;
  for (const auto& [word, place] : places_) {
    if (row_at(place)->meter == meter) words.push_back(word);
  }
  return core::nearest(name, words);
}

std::vector<Row> Catalog::rows() const {
  std::set<Place> reachable;
  for (const auto& [name, place] : places_) reachable.insert(place);
  std::vector<Row> result;
  for (const Place place : reachable) result.push_back(row_at(place));
  return result;
}

const std::string& Catalog::name_of(const Sku& sku) { return sku.aliases.empty() ? sku.id : sku.aliases.front(); }

std::vector<std::string> Catalog::names() const {
  std::vector<std::string> result;
  for (const Row& row : rows()) result.push_back(name_of(*row.sku));
  return result;
}

std::vector<Row> Catalog::instances_with(const GpuName& gpu) const {
  std::vector<Row> result;
  for (const Row& row : rows()) {
    if (row->meter != Meter::instance_time || !row->spec || !row->spec->gpu || !gpu.is(*row->spec->gpu)) continue;
    if (find(name_of(*row.sku)).value().sku == row.sku) result.push_back(row);
  }
  std::sort(result.begin(), result.end(), [](const Row& a, const Row& b) {
    const auto price_a = on_demand_price(*a.sku);
    const auto price_b = on_demand_price(*b.sku);
    if (price_a && price_b) {
      // Multiplied crosswise: a price divided by 3 or 7 GPUs would not be exact.
      const core::Money left = *price_a * b->spec->gpu->count;
      const core::Money right = *price_b * a->spec->gpu->count;
      if (left != right) return left < right;
    } else if (price_a.has_value() != price_b.has_value()) {
      return price_a.has_value();
    }
    return name_of(*a.sku) < name_of(*b.sku);
  });
  return result;
}

std::optional<core::MeteringRule> Catalog::metering_rule(std::string_view instance) const {
  const auto row = find(instance);
  if (!row || (*row)->meter != Meter::instance_time) return std::nullopt;
  return (*row)->granularity;
}

std::vector<std::string> Catalog::stale_warnings(core::Date on) const {
  std::vector<std::string> warnings;
  for (const PriceTable& table : tables_) {
    const auto age = on - table.as_of;
    if (age <= table.stale_after) continue;
    warnings.push_back(fmt::format("{}: prices of {} are {} days old on {} (older than {} days)", table.id,
                                   core::format_date(table.as_of), age.count(), core::format_date(on),
                                   std::chrono::floor<std::chrono::days>(table.stale_after).count()));
  }
  return warnings;
}

}  // namespace pricing
