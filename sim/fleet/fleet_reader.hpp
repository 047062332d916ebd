// Instances, and the autoscaler or the number of them, as a scenario says it.
//
//  * `read_fleet`       `replicas` or `autoscaler`, `cold_start`, `queue`, `timeout` of an option
//  * `read_autoscaler`  the `autoscaler` section
//
// Both throw core::ConfigError.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/usage.hpp"
#include "core/yaml_reader.hpp"
#include "sim/fleet/fleet_config.hpp"

namespace sim {

// Places for requests on one instance, and the key that says so.
struct Slots {
  std::int64_t count;
  const core::Section& section;
  std::string_view key;
};

FleetConfig read_fleet(const core::Section& option, const Slots& slots, const core::MeteringRule& metering);
AutoscalerConfig read_autoscaler(const core::Section& section);

}  // namespace sim
