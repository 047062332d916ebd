#include "sim/fleet/replica_limits.hpp"

#include <fmt/format.h>

#include "core/format.hpp"

namespace sim {

std::optional<std::string> max_below_load(const MeanLoad& load) {
  if (load.service_s <= 0) return std::nullopt;
  const double most =
      static_cast<double>(load.max_replicas) * static_cast<double>(load.slots_per_replica) / load.service_s;
  if (most >= load.requests_per_s) return std::nullopt;
  return fmt::format("max: {} replicas × {} slots ÷ {} s = {} requests/s, the traffic brings {} on average",
                     core::format_count(load.max_replicas), core::format_count(load.slots_per_replica),
                     core::format_figure(load.service_s), core::format_figure(most),
                     core::format_figure(load.requests_per_s));
}

}  // namespace sim
