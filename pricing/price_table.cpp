#include "pricing/price_table.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "core/yaml_reader.hpp"

namespace pricing {
namespace {

using core::Money;
using core::Quantity;
using core::Section;

struct MeterWords {
  Meter meter;
  std::string_view name;
  std::string_view unit;
  bool counts_bytes;
};
constexpr std::array<MeterWords, 9> meters{{
    {Meter::instance_time, "instance_time", "Hours", false},
    {Meter::node_time, "node_time", "Hours", false},
    {Meter::load_balancer_time, "load_balancer_time", "Hours", false},
    {Meter::capacity_units, "capacity_units", "Hours", true},
    {Meter::bytes_processed, "bytes_processed", "GB", true},
    {Meter::bytes_out, "bytes_out", "GB", true},
    {Meter::storage_time, "storage_time", "GB-Months", true},
    {Meter::tokens, "tokens", "1000000 Tokens", false},
    {Meter::provisioned_time, "provisioned_time", "Hours", false},
}};

const MeterWords& words_of(Meter meter) {
  return *std::ranges::find_if(meters, [meter](const MeterWords& words) { return words.meter == meter; });
}

std::string optional_text(const Section& section, std::string_view key) {
  return section.has(key) ? section.text(key) : std::string{};
}

// A price that nobody knows says so; one that is absent is an error.
std::optional<Money> price(const Section& section, std::string_view key) {
  constexpr std::string_view expected = "a price such as \"0.15\", 0 or more, of at most 18 decimals, or unknown";
  const std::string text = section.text(key, {.expected = expected});
  if (text == "unknown") return std::nullopt;
  try {
    const Money amount = Money::parse(text);
    if (amount >= Money{}) return amount;
  } catch (const std::exception&) {
    // Said below, with the place.
  }
  throw section.error(key, fmt::format("'{}'", text), expected);
}

Quantity share(const Section& section, std::string_view key) {
  const Quantity value = section.quantity(key);
  if (value < Quantity{} || value > Quantity::whole(1)) {
    throw section.error(key, fmt::format("'{}'", value.to_string()), "a share from 0 to 1");
  }
  return value;
}

SourceNote read_source_fields(const Section& section) {
  static const std::vector<std::string_view> confidences{"vendor", "mirror", "assumption"};
  SourceNote source;
  source.url = section.text("url", {.expected = "where the figures come from"});
  source.retrieved = core::format_date(section.date("retrieved"));
  source.confidence = confidences[section.choice("confidence", confidences)];
  return source;
}

std::map<std::string, SourceNote> read_sources(const Section& root) {
  std::map<std::string, SourceNote> sources;
  for (const Section& item : root.optional_sections("sources")) {
    const std::string id = item.text("id");
    if (!sources.emplace(id, read_source_fields(item)).second) {
      throw item.error("id", fmt::format("'{}' a second time", id), "an id of its own for each source");
    }
  }
  return sources;
}

SourceNote read_source(const Section& sku, const std::map<std::string, SourceNote>& sources) {
  if (sku.kind("source") == Section::Kind::mapping) return read_source_fields(sku.section("source"));
  const std::string id = sku.text("source", {.expected = "an id of sources, or {url, retrieved, confidence}"});
  const auto found = sources.find(id);
  if (found != sources.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, source] : sources) known.push_back(name);
  const auto near = core::nearest(id, known);
  throw sku.error("source", fmt::format("'{}'", id),
                  near ? fmt::format("an id of sources; did you mean '{}'?", *near)
                       : "an id of sources, or {url, retrieved, confidence}");
}

InstanceSpec read_spec(const Section& section, Meter meter) {
  InstanceSpec spec;
  if (meter == Meter::instance_time || section.has("vcpu")) spec.vcpu = section.quantity("vcpu");
  spec.memory_gib = section.quantity("memory_gib");
  if (const auto gpu = section.optional_section("gpu")) {
    Accelerator accelerator;
    accelerator.model = gpu->text("model");
    accelerator.count = gpu->integer("count", {.min = 1, .max = 1024, .unit = "GPUs"});
    accelerator.memory_gib = gpu->quantity("memory_gib");
    spec.gpu = accelerator;
  }
  return spec;
}

core::MeteringRule read_granularity(const Section& section) {
  const auto whole_seconds = [&section](std::string_view key, core::Duration least) {
    const core::Duration span = section.duration(key, {.min = least, .max = std::chrono::hours{24 * 31}});
    if (span.count() % core::ns_per_second != 0) {
      throw section.error(key, fmt::format("'{}'", section.text(key)), "whole seconds");
    }
    return span.count() / core::ns_per_second;
  };
  return {.step_s = whole_seconds("step", std::chrono::seconds{1}),
          .minimum_s = whole_seconds("minimum", core::Duration{0})};
}

std::vector<Offer> read_offers(const Section& sku, const std::string& row_confidence) {
  static const std::vector<std::string_view> confidences{"vendor", "mirror", "assumption"};
  std::vector<Offer> offers;
  for (const Section& item : sku.sections("offers")) {
    Offer offer;
    offer.id = item.text("id");
    const bool twice = std::ranges::any_of(offers, [&offer](const Offer& other) { return other.id == offer.id; });
    if (twice) {
      throw item.error("id", fmt::format("'{}' a second time", offer.id), "an id of its own for each offer of a row");
    }
    offer.confidence = row_confidence;
    if (item.has("confidence")) offer.confidence = confidences[item.choice("confidence", confidences)];
    offer.note = optional_text(item, "note");
    if (item.has("discount")) {
      offer.discount = share(item, "discount");
      if (offers.empty() || offers.front().id != "on_demand") {
        throw item.error("discount", fmt::format("'{}'", item.text("discount")),
                         "an offer on_demand before it, of which this is the share taken off");
      }
      // The grid of quoted rates; with 9 decimals a line of whole 1e-9 hours needs no rounding of its own.
      if (const auto& list = offers.front().price) {
        offer.price = core::cost(Quantity::whole(1) - *offer.discount, *list).rounded(9);
      }
    } else {
      offer.price = price(item, "price");
    }
    offers.push_back(std::move(offer));
  }
  if (offers.empty() || offers.front().id != "on_demand") {
    throw sku.error("offers", offers.empty() ? "no offer" : fmt::format("'{}' first", offers.front().id),
                    "the offer on_demand first");
  }
  return offers;
}

Tiers read_tiers(const Section& section) {
  Tiers tiers;
  tiers.mode = std::array{TierMode::graduated, TierMode::volume}[section.choice("mode", {"graduated", "volume"})];
  if (const auto free = section.optional_section("free")) {
    tiers.free = free->quantity("quantity");
    if (tiers.free < Quantity{}) {
      throw free->error("quantity", fmt::format("'{}'", tiers.free.to_string()), "a quantity of 0 or more");
    }
    tiers.placement =
        std::array{FreePlacement::before, FreePlacement::inside}[free->choice("placement", {"before", "inside"})];
  }
  const std::vector<Section> steps = section.sections("steps");
  if (steps.empty()) throw section.error("steps", "an empty list", "at least one step");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    TierStep step;
    step.price = price(steps[i], "price");
    const bool last = i + 1 == steps.size();
    if (last != !steps[i].has("upto")) {
      throw steps[i].error("upto", last ? "an upper edge in the last step" : "nothing",
                           last ? "no upper edge there: it holds for all that is left"
                                : "the upper edge of a step that is not the last");
    }
    if (!last) {
      step.upto = steps[i].quantity("upto");
      const Quantity below = tiers.steps.empty() ? Quantity{} : *tiers.steps.back().upto;
      if (*step.upto <= below) {
        throw steps[i].error("upto", fmt::format("'{}'", step.upto->to_string()),
                             fmt::format("an edge above {}", below.to_string()));
      }
    }
    tiers.steps.push_back(step);
  }
  return tiers;
}

TokenPrices read_buckets(const Section& buckets) {
  TokenPrices prices{.input = price(buckets, "input"),
                     .cached_input = price(buckets, "cached_input"),
                     .output = price(buckets, "output")};
  if (buckets.has("cache_write")) prices.cache_write = price(buckets, "cache_write");
  if (buckets.has("cache_write_1h")) prices.cache_write_1h = price(buckets, "cache_write_1h");
  return prices;
}

TokenTariff read_tokens(const Section& sku) {
  TokenTariff tariff;
  tariff.base = read_buckets(sku.section("buckets"));
  if (const auto tiers = sku.optional_section("tiers")) {
    tiers->choice("mode", {"per_request_bracket"});
    tariff.compare = std::array{BracketCompare::greater, BracketCompare::greater_or_equal}[tiers->choice(
        "compare", {"greater", "greater_or_equal"}, 0, "most providers charge the higher rate from above + 1 on")];
    for (const Section& item : tiers->sections("steps")) {
      TokenBracket bracket;
      const std::int64_t below = tariff.brackets.empty() ? 0 : tariff.brackets.back().above;
      item.declare_relative("above");
      bracket.above = item.integer("above", {.min = below + 1, .unit = "tokens"});
      bracket.prices = read_buckets(item.section("buckets"));
      tariff.brackets.push_back(bracket);
    }
  }
  if (const auto modes = sku.optional_section("modes")) {
    const Section batch = modes->section("batch");
    if (batch.has("multiplier")) {
      tariff.batch_multiplier = share(batch, "multiplier");
    } else {
      tariff.batch = read_buckets(batch);
    }
  }
  return tariff;
}

CapacityUnit read_capacity(const Section& section, std::int64_t unit_bytes) {
  CapacityUnit unit;
  unit.new_connections_per_s = section.integer("new_connections_per_s", {.min = 1, .max = 1'000'000'000});
  unit.active_connections = section.integer("active_connections", {.min = 1, .max = 1'000'000'000});
  unit.bytes_per_hour = section.integer("gb_per_hour", {.min = 1, .max = 1'000'000}) * unit_bytes;
  unit.rule_evaluations_per_s = section.integer(
      "rule_evaluations_per_s",
      {.min = 0, .max = 1'000'000'000, .fallback = 0, .why = "a load balancer without rules is not billed by them"});
  return unit;
}

struct RowDefaults {
  std::string provider;
  std::string region;
  std::map<std::string, SourceNote> sources;
};

Sku read_sku(const Section& section, const RowDefaults& defaults) {
  Sku sku;
  sku.id = section.text("id");
  if (section.has("aliases")) sku.aliases = section.texts("aliases");
  sku.provider = defaults.provider.empty() || section.has("provider") ? section.text("provider") : defaults.provider;
  sku.region = section.has("region") ? section.text("region") : defaults.region;
  const Section service = section.section("service");
  sku.service = {service.text("name"), service.text("category"), service.text("subcategory")};
  sku.source = read_source(section, defaults.sources);
  sku.note = optional_text(section, "note");

  std::vector<std::string_view> names;
  for (const MeterWords& words : meters) names.push_back(words.name);
  const MeterWords& words = meters[section.choice("meter", names)];
  sku.meter = words.meter;
  sku.unit = section.text("unit");
  if (sku.unit != words.unit) {
    throw section.error("unit", fmt::format("'{}'", sku.unit),
                        fmt::format("'{}', in which {} is counted", words.unit, words.name));
  }
  // Whether a GB has 10^9 or 2^30 bytes is 7 % of a bill, so each row says it.
  if (words.counts_bytes) {
    sku.unit_bytes = section.bytes("unit_size", {.min = 1'000'000'000, .max = 1'073'741'824, .unit = "bytes in a GB"});
  }

  if (sku.meter == Meter::tokens) {
    sku.tokens = read_tokens(section);
    if (const auto limits = section.optional_section("limits")) {
      sku.limits = {limits->integer("max_input_tokens", {.min = 1}), limits->integer("max_output_tokens", {.min = 1})};
    }
  } else if (sku.meter == Meter::bytes_out) {
    sku.tiers = read_tiers(section.section("tiers"));
  } else {
    sku.offers = read_offers(section, sku.source.confidence);
  }
  if (sku.meter == Meter::capacity_units) sku.capacity = read_capacity(section.section("dimensions"), sku.unit_bytes);
  if (sku.meter == Meter::instance_time) {
    sku.spec = read_spec(section.section("spec"), sku.meter);
    sku.granularity = read_granularity(section.section("granularity"));
  } else if (sku.meter == Meter::node_time) {
    sku.spec = read_spec(section.section("spec"), sku.meter);
  }
  return sku;
}

}  // namespace

std::string_view name_of(Meter meter) { return words_of(meter).name; }

std::string_view unit_of(Meter meter) { return words_of(meter).unit; }

const Offer* Sku::find_offer(std::string_view offer_id) const {
  const auto found = std::ranges::find_if(offers, [offer_id](const Offer& offer) { return offer.id == offer_id; });
  return found == offers.end() ? nullptr : &*found;
}

std::string Sku::offer_names() const {
  std::string text;
  for (const Offer& offer : offers) text += (text.empty() ? "" : ", ") + offer.id;
  return text;
}

namespace {

PriceTable read_table(const core::Document& document, std::string_view text) {
  const Section root = document.root();
  root.choice("schema", {"price-table/v1"});

  PriceTable table;
  table.hash = sha256(text);
  table.id = root.text("id");
  table.revision = root.text("revision");
  table.currency = root.text("currency");
  const bool is_code =
      table.currency.size() == 3 && std::ranges::all_of(table.currency, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_code) { throw root.error("currency", fmt::format("'{}'", table.currency), "three capital letters, as USD"); }
  table.as_of = root.date("as_of");
  table.stale_after = root.duration("stale_after", {.min = std::chrono::hours{24}});
  table.licence = root.text("licence");

  RowDefaults defaults;
  defaults.provider = optional_text(root, "provider");
  defaults.region = optional_text(root, "region");
  defaults.sources = read_sources(root);
  std::set<std::string> taken;
  for (const Section& section : root.sections("skus")) {
    Sku sku = read_sku(section, defaults);
    std::vector<std::pair<std::string_view, std::string>> names{{"id", sku.id}};
    for (const std::string& alias : sku.aliases) names.emplace_back("aliases", alias);
    for (const auto& [key, word] : names) {
      if (!taken.insert(word).second) {
        throw section.error(key, fmt::format("'{}' a second time", word), "a name that no other row of the table has");
      }
    }
    table.skus.push_back(std::move(sku));
  }
  document.finish();
  return table;
}

}  // namespace

PriceTable read_price_table(const std::string& name, std::string_view text) {
  return read_table(core::Document{name, text}, text);
}

PriceTable read_price_table(const std::string& name, std::string_view text, core::Declarations& declarations) {
  core::Document document{name, text};
  document.declare_to(declarations);
  return read_table(document, text);
}

PriceSource source_of(const PriceTable& table, const Sku& sku, std::string_view offer_id) {
  const Offer* offer = sku.find_offer(offer_id);
  return {.table = table.id,
          .sku = sku.id,
          .offer = std::string{offer_id},
          .url = sku.source.url,
          .retrieved = sku.source.retrieved,
          .confidence = offer != nullptr ? offer->confidence : sku.source.confidence,
          .hash = table.hash};
}

}  // namespace pricing
