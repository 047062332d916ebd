#include "sim/drills/fault.hpp"

#include <array>

namespace sim {

std::string_view name_of(FaultKind kind) {
  constexpr std::array<std::string_view, 7> names{"surge",         "cold_cache",      "zone_loss", "spot_reclaim",
                                                  "vendor_outage", "slow_dependency", "rollback"};
  return names.at(static_cast<std::size_t>(kind));
}

}  // namespace sim
