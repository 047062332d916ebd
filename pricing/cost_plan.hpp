// What one option buys: the price side of a scenario.
//
//  * `SharedCosts`  what every option bears (`cache_tier` of the scenario, the embedding model of its cache)
//  * `CostPlan`     one option: a managed model or instances and how they are bought, network, storage, people
//
// The plan names rows of the catalog and says how much of them; the metered part comes from the usage. Names, shares
// and amounts are checked while reading, so a slip is an error at its position; shares are read from their text and
// never pass through a double.
//
// Example:
//   instance: aws/g6.xlarge                        # or `model: gpt-4o-mini` with `kind: managed_api`
//   provisioned: {price: $2, …}                    # of a managed model, of a unit and hour; or row: azure/openai-ptu.
//                                                  # How much of it: sim/api/api_reader.hpp
//   purchase: {committed: 30%, term: 1y}           # the rest on demand; spot as well: pricing/purchase.hpp
//   weights: {size: 16GB, copies: 1}
//   egress: {per_request: 1kB, per_output_token: 5B}
//   load_balancer: {requests_per_connection: 10}
//   training: {gpu_hours: 340, instance: aws/p5.48xlarge, retrain_every: 30d,
//              labels: {count: 100_000, each: $0.08}, engineer_days: 120}
//   engineering: {days: 20, day_rate: $1_167}
//   parts: [{name: light, kind: custom_model, …}, …]           # of a mixture: each as an option
// and beside the options:
//   cache_tier: {node: aws/cache.m6g.large, count: 2}
//   cache: {…, embedding: {model: text-embedding-3-small}}      # reads the prompt of every look-up
// An option with `cache: false` goes past the cache and bears neither.
// A tier whose nodes together hold less than the cache's entries × bytes_per_entry is an assumption that is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/time.hpp"
#include "core/yaml_reader.hpp"
#include "pricing/catalog.hpp"
#include "pricing/purchase.hpp"

namespace pricing {

struct CacheTierPlan {
  std::string node;
  std::int64_t count = 0;
  bool operator==(const CacheTierPlan&) const = default;
};

struct SharedCosts {
  std::optional<CacheTierPlan> cache_tier;
  std::string embedding_model{};  // of a semantic cache; empty: not billed
};

// Provisioned throughput: paid by the unit and hour whether it is used or not.
struct ProvisionedPlan {
  std::int64_t units = 0;
  std::int64_t tokens_per_minute_per_unit = 0;
  std::int64_t output_weight = 1;    // what an output token counts for in input tokens
  std::optional<core::Money> price;  // of a unit and hour, when the scenario says it, or …
  std::string sku;                   // … a row of the tables
  bool operator==(const ProvisionedPlan&) const = default;
};

struct WeightsPlan {
  std::int64_t bytes = 0;
  std::int64_t copies = 1;
  std::string sku;
  bool operator==(const WeightsPlan&) const = default;
};

struct EgressPlan {
  std::int64_t bytes_per_request = 0;
  std::int64_t bytes_per_output_token = 0;
  std::string sku;
  bool operator==(const EgressPlan&) const = default;
};

struct LoadBalancerPlan {
  std::string sku;  // rows SKU.hour and SKU.capacity
  std::int64_t requests_per_connection = 1;
  std::int64_t connection_seconds = 0;  // how long a connection stays open
  std::int64_t bytes_in_per_request = 0;
  std::int64_t bytes_in_per_input_token = 0;
  bool operator==(const LoadBalancerPlan&) const = default;
};

struct LabelsPlan {
  std::int64_t count = 0;
  core::Money each;
  bool operator==(const LabelsPlan&) const = default;
};

struct TrainingPlan {
  core::Quantity gpu_hours;  // of one training
  std::string instance;
  std::optional<core::Duration> retrain_every;  // each repeats the GPU hours; labels and people are paid once
  std::optional<LabelsPlan> labels;
  core::Quantity engineer_days;
  core::Money day_rate;
  bool operator==(const TrainingPlan&) const = default;
};

struct EngineeringPlan {
  core::Quantity days;
  core::Money day_rate;
  bool operator==(const EngineeringPlan&) const = default;
};

struct CostPlan {
  std::string model;     // a managed model, or …
  std::string instance;  // … an instance type; the other is empty
  PurchasePlan purchase;
  std::optional<core::Duration> prompt_cache_ttl;  // of a managed model; nothing: its prompt cache is not simulated
  std::optional<ProvisionedPlan> provisioned;
  std::optional<WeightsPlan> weights;
  std::optional<EgressPlan> egress;
  std::optional<LoadBalancerPlan> load_balancer;
  std::optional<TrainingPlan> training;
  std::optional<EngineeringPlan> engineering;
  std::optional<CacheTierPlan> cache_tier;
  std::string embedding_model{};
  // Of a mixture, which has neither model nor instance of its own: one for each part. What is bought for the whole,
  // once for each request of a user (network, cache, people), stands in the plan itself.
  std::vector<CostPlan> parts{};
  bool operator==(const CostPlan&) const = default;
};

// Of the whole scenario. Throws core::ConfigError, as does `read_cost_plan`.
SharedCosts read_shared_costs(const core::Section& root, const Catalog& catalog);
// Of one item of `options`. Notes every default it uses among the assumptions.
CostPlan read_cost_plan(const core::Section& option, const SharedCosts& shared, const Catalog& catalog);

}  // namespace pricing
