#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/resources.hpp"
#include "core/format.hpp"
#include "core/yaml_reader.hpp"
#include "decision/words.hpp"
#include "pricing/catalog.hpp"
#include "reports/table.hpp"

namespace cli {
namespace {

using pricing::Catalog;
using pricing::Row;
using reports::Table;

constexpr std::size_t width = 100;

struct NamedPrice {
  std::string offer;  // "on_demand", "input", "to 10240 GB"
  std::optional<core::Money> price;
  std::string confidence;
  std::string note;
};

void add_tokens(std::vector<NamedPrice>& prices, const std::string& prefix, const pricing::TokenPrices& tokens,
                const std::string& confidence) {
  prices.push_back({prefix + "input", tokens.input, confidence, ""});
  if (tokens.cached_input) prices.push_back({prefix + "cached input", tokens.cached_input, confidence, ""});
  if (tokens.cache_write) prices.push_back({prefix + "cache write", tokens.cache_write, confidence, ""});
  if (tokens.cache_write_1h) prices.push_back({prefix + "cache write, 1 h", tokens.cache_write_1h, confidence, ""});
  prices.push_back({prefix + "output", tokens.output, confidence, ""});
}

std::vector<NamedPrice> prices_of(const Row& row) {
  std::vector<NamedPrice> prices;
  const std::string& confidence = row->source.confidence;
  for (const pricing::Offer& offer : row->offers) {
    prices.push_back({offer.id, offer.price, offer.confidence.empty() ? confidence : offer.confidence, offer.note});
  }
  if (row->tokens) {
    add_tokens(prices, "", row->tokens->base, confidence);
    for (const pricing::TokenBracket& bracket : row->tokens->brackets) {
      add_tokens(prices, fmt::format("above {}: ", core::format_count(bracket.above)), bracket.prices, confidence);
    }
    if (row->tokens->batch) add_tokens(prices, "batch ", *row->tokens->batch, confidence);
  }
  if (row->tiers) {
    if (row->tiers->free > core::Quantity{}) {
      prices.push_back({fmt::format("first {}", row->tiers->free.to_string()), core::Money{}, confidence, "free"});
    }
    for (const pricing::TierStep& step : row->tiers->steps) {
      prices.push_back({step.upto ? "up to " + step.upto->to_string() : "beyond", step.price, confidence, ""});
    }
  }
  return prices;
}

std::string words_of(const std::optional<core::Money>& price, const std::string& currency) {
  return price ? decision::exact_amount(*price, currency) : "unknown";
}

std::string list(const Catalog& catalog) {
  Table table{"lllrll", 0};
  table.row({"name", "unit", "offer", "price", "confidence", "retrieved"});
  for (const Row& row : catalog.rows()) {
    for (const NamedPrice& price : prices_of(row)) {
      table.row({Catalog::name_of(*row.sku), row->unit, price.offer, words_of(price.price, row.table->currency),
                 price.confidence, row->source.retrieved});
    }
  }
  return table.text(0, width);
}

std::string spec_words(const pricing::InstanceSpec& spec) {
  std::string words = spec.vcpu ? fmt::format("{} vCPU, ", spec.vcpu->to_string()) : "";
  words += fmt::format("{} GiB", spec.memory_gib.to_string());
  if (spec.gpu) {
    words += fmt::format(", {} × {} with {} GiB", spec.gpu->count, spec.gpu->model, spec.gpu->memory_gib.to_string());
  }
  return words;
}

std::string show(const Row& row) {
  std::string text = fmt::format("{} ({})\n", Catalog::name_of(*row.sku), row->service.name);
  Table facts{"ll", 1};
  facts.row({"row", row.table->id + "/" + row->id});
  facts.row({"where", row->provider + " " + row->region});
  if (row->spec) facts.row({"machine", spec_words(*row->spec)});
  if (row->limits) {
    facts.row({"limits", fmt::format("{} tokens in, {} out", core::format_count(row->limits->max_input_tokens),
                                     core::format_count(row->limits->max_output_tokens))});
  }
  facts.row({"unit", row->unit});
  text += facts.text(2, width);
  Table prices{"lrll", 3};
  for (const NamedPrice& price : prices_of(row)) {
    prices.row({price.offer, words_of(price.price, row.table->currency), price.confidence, ""});
  }
  text += prices.text(2, width);
  for (const NamedPrice& price : prices_of(row)) {
    if (!price.note.empty()) text += reports::wrapped(price.note, 2, width, price.offer + ": ");
  }
  if (!row->note.empty()) text += reports::wrapped(row->note, 2, width, "note: ");
  text += reports::wrapped(
      fmt::format("{}, retrieved {}, {}", row->source.url, row->source.retrieved, row->source.confidence), 2, width,
      "source: ");
  text += fmt::format("  table: {} of {}, sha256 {}\n", row.table->id, core::format_date(row.table->as_of),
                      row.table->hash.substr(0, 12));
  return text;
}

}  // namespace

int prices(const PricesArguments& arguments, const Console& console) {
  const Catalog catalog{Resources::price_tables()};
  if (arguments.list) {
    console.out(list(catalog));
    return exit_done;
  }
  const std::optional<Row> row = catalog.find(arguments.id);
  if (!row) throw core::ConfigError{"billcast prices show: " + catalog.unknown(arguments.id)};
  console.out(show(*row));
  return exit_done;
}

}  // namespace cli
