#include "sim/capacity.hpp"

#include <variant>

#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/fleet/replica_limits.hpp"

namespace sim {

std::vector<std::string> capacity_warnings(const Scenario& scenario) {
  const core::traffic::RequestStream traffic{scenario.traffic, scenario.horizon, core::Stream{1}};
  std::vector<std::string> warnings;
  for (const OptionConfig& option : scenario.options) {
    const auto* const slots = std::get_if<SlotFleetConfig>(&option.serving);
    if (slots == nullptr) continue;
    const FleetConfig& fleet = slots->fleet;
    const auto warning =
        max_below_load({.max_replicas = fleet.autoscaler ? fleet.autoscaler->max_replicas : fleet.initial_replicas,
                        .slots_per_replica = fleet.slots_per_replica,
                        .service_s = slots->service.mean_ns(traffic.mean_output_tokens()) / 1e9,
                        .requests_per_s = traffic.mean_per_s()});
    if (!warning) continue;
    warnings.push_back(fmt::format("{}: {}{}", option.name, *warning, scenario.cache ? ", before the cache" : ""));
  }
  return warnings;
}

}  // namespace sim
