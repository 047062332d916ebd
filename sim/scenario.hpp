// What a scenario asks to be simulated.
//
//  * `Scenario`       horizon, traffic, cache and the options, as the simulator needs them
//  * `read_scenario`  reads them from the file's root section
//
// Prices, SLO and decision stand in the same file and are read by those who use them (pricing/cost_plan.hpp,
// decision/slo.hpp, …); `Document::finish` then finds what nobody asked for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/calendar.hpp"
#include "core/time.hpp"
#include "core/timeline.hpp"
#include "core/traffic/stream.hpp"
#include "core/usage.hpp"
#include "core/yaml_reader.hpp"
#include "sim/api/api_reader.hpp"
#include "sim/batching/batching_fleet.hpp"
#include "sim/batching/engine_reader.hpp"
#include "sim/cache/cache_reader.hpp"
#include "sim/drills/drill.hpp"
#include "sim/dynamic_batching/dynamic_batching_fleet.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/serving/service_model.hpp"
#include "sim/topology/route.hpp"

namespace sim {

struct SlotFleetConfig {
  FleetConfig fleet;
  ServiceModel service;
};

enum class OptionKind : std::uint8_t { managed_api, self_hosted, custom_model, mixture };
std::string_view name_of(OptionKind kind);

// Several ways of serving, and the way of a request through them. No part is a mixture.
struct OptionConfig;
struct MixtureConfig {
  std::vector<OptionConfig> parts;
  Route route;
};

struct OptionConfig {
  std::string name;
  OptionKind kind = OptionKind::managed_api;
  // What a transform leaves of the accuracy of the model, as the scenario says it; nothing: nothing was said.
  std::optional<double> accuracy{};
  bool goes_past_cache = false;  // its requests meet no cache, whatever stands before the other options
  std::variant<ManagedApiConfig, SlotFleetConfig, BatchingFleetConfig, DynamicBatchingConfig, MixtureConfig> serving;
};

struct Scenario {
  std::string name;
  core::Horizon horizon;
  core::traffic::TrafficConfig traffic;
  std::optional<CacheConfig> cache;
  std::vector<OptionConfig> options;  // none: nothing is simulated, and no traffic was read
  std::vector<Drill> drills;
  std::vector<core::Watch> watches;  // limits to hold against every answer, minute by minute; none: no timeline
};

// What the simulator must know of an option's instances: a matter of the price table, told by the caller.
struct InstanceFacts {
  core::MeteringRule metering;
  std::string name;  // "aws/g6.xlarge"
  InstanceGpus gpus;
};
using InstanceLookup = std::function<InstanceFacts(const core::Section& option)>;

// The `horizon` section. Throws ConfigError.
core::Horizon read_horizon(const core::Section& section, std::optional<int> months = std::nullopt);

// `months` (--months) replaces what the file says of the horizon's length. Throws ConfigError.
Scenario read_scenario(const core::Section& root, const core::traffic::TextLoader& load_text,
                       const InstanceLookup& instance, std::optional<int> months = std::nullopt);

}  // namespace sim
