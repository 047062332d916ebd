#include "sim/capacity.hpp"

#include <optional>
#include <variant>

#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/fleet/replica_limits.hpp"
#include "sim/topology/met_first.hpp"

namespace sim {

namespace {

// Slots of a replica, and the mean time that a request holds one of them; none: that comes out of the run.
std::optional<MeanLoad> known_load(const OptionConfig& option, double mean_output_tokens) {
  const auto load = [](const FleetConfig& fleet, double service_ns) {
    return MeanLoad{.max_replicas = fleet.autoscaler ? fleet.autoscaler->max_replicas : fleet.initial_replicas,
                    .slots_per_replica = fleet.slots_per_replica,
                    .service_s = service_ns / 1e9};
  };
  if (const auto* const slots = std::get_if<SlotFleetConfig>(&option.serving)) {
    return load(slots->fleet, slots->service.mean_ns(mean_output_tokens));
  }
  if (const auto* const batches = std::get_if<DynamicBatchingConfig>(&option.serving)) {
    // Full batches, one after the other: it carries no more than that.
    return load(batches->fleet, static_cast<double>(batches->latency_ns.back()));
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> capacity_warnings(const Scenario& scenario) {
  const core::traffic::RequestStream traffic{scenario.traffic, scenario.horizon, core::Stream{1}};
  std::vector<std::string> warnings;
  const auto warn = [&](const std::string& name, const OptionConfig& option, double share) {
    std::optional<MeanLoad> load = known_load(option, traffic.mean_output_tokens());
    if (!load) return;
    load->requests_per_s = traffic.mean_per_s() * share;
    const std::optional<std::string> warning = max_below_load(*load);
    if (!warning) return;
    warnings.push_back(fmt::format("{}: {}{}", name, *warning, scenario.cache ? ", before the cache" : ""));
  };
  for (const OptionConfig& option : scenario.options) {
    const auto* const mixture = std::get_if<MixtureConfig>(&option.serving);
    if (mixture == nullptr) {
      warn(option.name, option, 1);
      continue;
    }
    const auto met = met_first(mixture->route, mixture->parts.size(), scenario.traffic, scenario.horizon);
    for (PartNumber part = 0; part < met.size(); ++part) {
      warn(fmt::format("{}, {}", option.name, mixture->parts[part].name), mixture->parts[part], met[part].mean);
    }
  }
  return warnings;
}

}  // namespace sim
