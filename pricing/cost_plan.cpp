#include "pricing/cost_plan.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace pricing {
namespace {

using core::Money;
using core::Quantity;
using core::Section;

struct Wanted {
  Meter meter;
  std::string_view words;  // "an instance type"
};
constexpr Wanted instance_type{Meter::instance_time, "an instance type"};

// The row that `name`, the value of `key` or its default, stands for; else an error there.
Row row_of(const Section& section, std::string_view key, const std::string& name, const Catalog& catalog,
           Wanted wanted) {
  const auto row = catalog.find(name);
  if (row && (*row)->meter == wanted.meter) return *row;
  const auto near = catalog.nearest(name, wanted.meter);
  throw section.error(
      key, row ? fmt::format("'{}', which is counted in {}", name, name_of((*row)->meter)) : fmt::format("'{}'", name),
      fmt::format("{} of the price tables{}", wanted.words,
                  near ? fmt::format("; did you mean '{}'?", *near) : " (`billcast prices list` shows them)"));
}

std::string row_name(const Section& section, std::string_view key, const Catalog& catalog, Wanted wanted) {
  const std::string name = section.text(key, {.expected = wanted.words});
  row_of(section, key, name, catalog, wanted);
  return name;
}

std::string row_name_or(const Section& section, std::string_view key, const Catalog& catalog, Wanted wanted,
                        const std::string& fallback, std::string_view why) {
  const std::string name = section.text(key, {.expected = wanted.words, .fallback = fallback, .why = why});
  row_of(section, key, name, catalog, wanted);
  return name;
}

Money positive(const Section& section, std::string_view key, Money amount) {
  if (amount < Money{}) { throw section.error(key, fmt::format("'{}'", amount.to_string()), "an amount of 0 or more"); }
  return amount;
}

Quantity positive(const Section& section, std::string_view key, Quantity quantity) {
  if (quantity < Quantity{}) {
    throw section.error(key, fmt::format("'{}'", quantity.to_string()), "a number of 0 or more");
  }
  return quantity;
}

Money read_day_rate(const Section& section) {
  return positive(section, "day_rate",
                  section.money("day_rate", Money::parse("1167"),
                                "a sprint of two engineers, 24 engineer-days, loaded cost USD 28,000"));
}

// The cloud in which an option stands, as the tables spell it: "aws/g6.xlarge" is in "aws". A managed API is called
// by an application that runs somewhere, and its answers leave from there.
struct Cloud {
  std::string prefix;
  std::string why;
};

Cloud cloud_of(const CostPlan& plan) {
  const std::size_t slash = plan.instance.find('/');
  if (slash == std::string::npos) { return {"aws", "the application that calls the API is taken to run in AWS"}; }
  return {plan.instance.substr(0, slash), "the cloud of the instance"};
}

ProvisionedPlan read_provisioned(const Section& section, const Catalog& catalog) {
  ProvisionedPlan plan;
  plan.units = section.integer("units", {.min = 1});
  plan.tokens_per_minute_per_unit = section.integer("tokens_per_minute_per_unit", {.min = 1});
  plan.output_weight = section.integer("output_weight", {.min = 1});
  const bool has_price = section.has("price");
  if (has_price == section.has("row")) {
    throw section.error("price", has_price ? "both a price and a row" : "neither a price nor a row",
                        "price: $2, of a unit and hour, or row: azure/openai-ptu, of the price tables");
  }
  if (has_price) plan.price = positive(section, "price", section.money("price"));
  else plan.sku = row_name(section, "row", catalog, {Meter::provisioned_time, "a unit of provisioned throughput"});
  return plan;
}

WeightsPlan read_weights(const Section& section, const Cloud& cloud, const Catalog& catalog) {
  WeightsPlan plan;
  plan.bytes = section.bytes("size", {.min = 1});
  plan.copies = section.integer(
      "copies", {.min = 1, .max = 1'000'000, .fallback = 1, .why = "one copy, from which every instance loads"});
  plan.sku = row_name_or(section, "sku", catalog, {Meter::storage_time, "an object storage"},
                         cloud.prefix + "/storage.object", cloud.why);
  return plan;
}

EgressPlan read_egress(const Section& section, const Cloud& cloud, const Catalog& catalog) {
  EgressPlan plan;
  plan.bytes_per_request = section.bytes("per_request");
  plan.bytes_per_output_token = section.bytes("per_output_token");
  plan.sku = row_name_or(section, "sku", catalog, {Meter::bytes_out, "an internet egress"},
                         cloud.prefix + "/egress.internet", cloud.why);
  return plan;
}

LoadBalancerPlan read_load_balancer(const Section& section, const Cloud& cloud, const Catalog& catalog) {
  LoadBalancerPlan plan;
  plan.sku = section.text("sku", {.expected = "a load balancer", .fallback = cloud.prefix + "/lb", .why = cloud.why});
  for (const std::string_view part : {".hour", ".capacity"}) {
    const std::string name = plan.sku + std::string{part};
    const auto row = catalog.find(name);
    const bool fits =
        row && (part == ".hour" ? (*row)->meter == Meter::load_balancer_time
                                : (*row)->meter == Meter::capacity_units || (*row)->meter == Meter::bytes_processed);
    if (fits) continue;
    auto near = catalog.nearest(name, Meter::load_balancer_time);
    if (near && near->ends_with(".hour")) near->resize(near->size() - std::string_view{".hour"}.size());
    throw section.error("sku", fmt::format("'{}'", plan.sku),
                        fmt::format("a load balancer of the price tables, with rows NAME.hour and NAME.capacity{}",
                                    near && *near != plan.sku ? fmt::format("; did you mean '{}'?", *near) : ""));
  }
  plan.requests_per_connection =
      section.integer("requests_per_connection", {.min = 1,
                                                  .max = 1'000'000'000,
                                                  .fallback = 1,
                                                  .why = "every request on a connection of its own, the dearest case"});
  const core::Duration open =
      section.duration("connection_lifetime", {.min = std::chrono::seconds{1},
                                               .max = std::chrono::hours{24},
                                               .fallback = std::chrono::seconds{60},
                                               .why = "the idle timeout of AWS application load balancers"});
  plan.connection_seconds = (open.count() + core::ns_per_second - 1) / core::ns_per_second;
  plan.bytes_in_per_request =
      section.bytes("in_per_request", {.min = 0, .fallback = 1000, .why = "the headers and the envelope of a request"});
  plan.bytes_in_per_input_token =
      section.bytes("in_per_input_token", {.min = 0, .fallback = 4, .why = "about four letters of English a token"});
  return plan;
}

TrainingPlan read_training(const Section& section, const Catalog& catalog) {
  TrainingPlan plan;
  plan.gpu_hours = positive(section, "gpu_hours", section.quantity("gpu_hours"));
  plan.instance = row_name(section, "instance", catalog, instance_type);
  if (!row_of(section, "instance", plan.instance, catalog, instance_type)->spec->gpu) {
    throw section.error("instance", fmt::format("'{}', which has no GPU", plan.instance),
                        "an instance type with GPUs, for gpu_hours are divided among them");
  }
  if (section.has("retrain_every")) {
    plan.retrain_every = section.duration("retrain_every", {.min = std::chrono::hours{1}});
  }
  if (const auto labels = section.optional_section("labels")) {
    plan.labels = LabelsPlan{labels->integer("count", {.min = 0, .max = 1'000'000'000'000, .unit = "labels"}),
                             positive(*labels, "each", labels->money("each"))};
  }
  if (section.has("engineer_days")) {
    plan.engineer_days = positive(section, "engineer_days", section.quantity("engineer_days"));
    plan.day_rate = read_day_rate(section);
  }
  return plan;
}

}  // namespace

namespace {

// Says so if the nodes hold less than the entries take; what a cache keeps beside them is its own affair.
void check_size(const Section& root, const Section& cache, const CacheTierPlan& tier, const Catalog& catalog) {
  constexpr std::int64_t billion = 1'000'000'000;  // a Quantity's parts of one
  core::Int128 needed = 0;
  const bool has_entries = cache.has("entries");
  if (cache.has("bytes_per_entry") && has_entries) {
    needed = core::Int128{cache.integer("entries")} * cache.bytes("bytes_per_entry", {.min = 1});
  } else if (cache.has("memory")) {
    needed = cache.bytes("memory");
  }
  const Row node = *catalog.find(tier.node);
  if (!node->spec) return;
  const core::Int128 held = node->spec->memory_gib.count() * tier.count * (core::Int128{1} << 30U) / billion;
  if (needed <= held) return;
  const auto gigabytes = [](core::Int128 bytes) { return Quantity::ratio(bytes, billion).to_fixed(1); };
  root.assume("cache_tier", "large enough",
              fmt::format("{} × {} hold {} GB, the cache's entries take {} GB: the run goes on as if they fitted",
                          tier.node, tier.count, gigabytes(held), gigabytes(needed)));
}

}  // namespace

SharedCosts read_shared_costs(const Section& root, const Catalog& catalog) {
  SharedCosts shared;
  const std::optional<Section> cache = root.optional_section("cache");
  if (const auto section = root.optional_section("cache_tier")) {
    CacheTierPlan plan;
    plan.node = row_name(*section, "node", catalog, {Meter::node_time, "a cache node"});
    plan.count = section->integer("count", {.min = 1, .max = 100'000, .unit = "nodes"});
    shared.cache_tier = plan;
    if (cache) check_size(root, *cache, plan, catalog);
  } else if (cache) {
    root.assume("cache_tier", "not billed", "the scenario does not say on which nodes its cache runs");
  }
  if (!cache || cache->kind("kind") != Section::Kind::scalar || cache->text("kind") != "semantic") return shared;
  if (const auto embedding = cache->optional_section("embedding")) {
    shared.embedding_model = row_name(*embedding, "model", catalog, {Meter::tokens, "an embedding model"});
  } else {
    cache->assume("embedding", "not billed", "the scenario does not say which model reads the questions");
  }
  return shared;
}

CostPlan read_cost_plan(const Section& option, const SharedCosts& shared, const Catalog& catalog) {
  CostPlan plan;
  const bool goes_past_cache = option.has("cache") && !option.boolean("cache");
  if (!goes_past_cache) {
    plan.cache_tier = shared.cache_tier;
    plan.embedding_model = shared.embedding_model;
  }
  const std::size_t kind = option.choice("kind", {"managed_api", "self_hosted", "custom_model", "mixture"});
  const bool is_mixture = kind == 3;
  if (kind == 0) {
    plan.model = row_name(option, "model", catalog, {Meter::tokens, "a managed model"});
    if (const auto section = option.optional_section("prompt_cache")) {
      plan.prompt_cache_ttl = section->has("ttl") ? section->duration("ttl") : std::chrono::minutes{5};
    }
    if (const auto section = option.optional_section("provisioned")) {
      plan.provisioned = read_provisioned(*section, catalog);
    }
  } else if (!is_mixture) {
    plan.instance = row_name(option, "instance", catalog, instance_type);
    const Row row = row_of(option, "instance", plan.instance, catalog, instance_type);
    if (const auto section = option.optional_section("purchase")) {
      plan.purchase = read_purchase(*section, *row.sku, plan.instance);
    } else {
      option.assume("purchase", "on demand", "the option does not say how its instances are bought");
    }
  }

  const Cloud cloud = cloud_of(plan);
  // What a mixture keeps and trains belongs to its parts.
  if (const auto section = is_mixture ? std::nullopt : option.optional_section("weights")) {
    plan.weights = read_weights(*section, cloud, catalog);
  } else if (!plan.instance.empty()) {
    option.assume("weights", "not billed", "the option does not say how large its stored weights are");
  }
  if (const auto section = option.optional_section("egress")) {
    plan.egress = read_egress(*section, cloud, catalog);
  } else if (!is_mixture) {
    option.assume("egress", "not billed", "the option does not say how many bytes leave its cloud");
  }
  if (const auto section = option.optional_section("load_balancer")) {
    plan.load_balancer = read_load_balancer(*section, cloud, catalog);
  } else if (!is_mixture) {
    option.assume("load_balancer", "not billed", "the option does not say which load balancer it stands behind");
  }
  if (const auto section = is_mixture ? std::nullopt : option.optional_section("training")) {
    plan.training = read_training(*section, catalog);
  }
  if (const auto section = option.optional_section("engineering")) {
    plan.engineering = EngineeringPlan{positive(*section, "days", section->quantity("days")), read_day_rate(*section)};
  }
  if (is_mixture) {
    for (const Section& part : option.sections("parts")) plan.parts.push_back(read_cost_plan(part, {}, catalog));
  }
  return plan;
}

}  // namespace pricing
