#include "cli/partial.hpp"

#include <algorithm>

#include "core/time.hpp"

namespace cli {
namespace {

double ratio(core::Int128 a, core::Int128 b) { return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b); }

}  // namespace

core::Horizon first_hours(core::Horizon horizon, std::int32_t hours) {
  std::erase_if(horizon.periods, [&](const core::BillingPeriod& p) { return p.first_hour >= hours; });
  horizon.periods.back().end_hour = std::min(horizon.periods.back().end_hour, hours);
  return horizon;
}

void keep_first_hours(sim::OptionResult& result, std::int32_t hours) {
  for (sim::OptionResult& part : result.parts) keep_first_hours(part, hours);
  if (result.front) result.front->hours.resize(std::min(result.front->hours.size(), static_cast<std::size_t>(hours)));
  const core::HourUsage all = result.usage.total();
  result.usage.hours.resize(std::min(result.usage.hours.size(), static_cast<std::size_t>(hours)));
  const core::HourUsage kept = result.usage.total();
  if (!result.parts.empty()) return;  // the fleets are theirs
  sim::FleetSummary& fleet = result.fleet;
  fleet.replica_starts = kept.instance_starts;
  fleet.peak_replicas = kept.peak_instances;
  fleet.mean_replicas = ratio(kept.alive_instance_ns, core::Int128{hours} * core::ns_per_hour);
  // busy ÷ (ready × slots); the slots of a replica cancel out against those of the whole.
  fleet.utilisation *=
      ratio(kept.busy_slot_ns, all.busy_slot_ns) * ratio(all.ready_instance_ns, kept.ready_instance_ns);
}

}  // namespace cli
