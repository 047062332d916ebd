// What may befall a fleet, drawn by chance: nodes with room for several and a quota, spot in zones that come and go,
// cold starts that nobody knows beforehand, faults.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "core/quantile_table.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "sim/fleet/fleet_config.hpp"

namespace troubled_fleet {

using namespace std::chrono_literals;

// `below(n)`: a whole number of 0 … n - 1.
template <class Below>
void trouble(sim::FleetConfig& fleet, core::Duration grain, const Below& below) {
  fleet.chance = core::Stream{static_cast<std::uint64_t>(below(1'000'000))};
  const auto by_chance = [&](double p50_s) {
    const auto table = core::QuantileTable::lognormal(p50_s * 1e9, 3 * p50_s * 1e9);
    return sim::ColdStartPart{std::make_shared<const sim::Latency>(sim::Latency{.table = table})};
  };
  if (below(2) == 0) fleet.cold_start.provision = by_chance(1.0 + static_cast<double>(below(60)));
  if (below(2) == 0) fleet.cold_start.warmup = by_chance(1.0 + static_cast<double>(below(30)));
  if (below(4) == 0) fleet.cold_start.image = core::Duration{1s * below(60)};
  sim::NodeConfig& nodes = fleet.nodes;
  if (below(2) == 0) {
    nodes.replicas_per_node = 1 + below(4);
    if (below(3) == 0) nodes.quota = 1 + below(6);
    nodes.consolidate_after = core::Duration{1s * (below(2) * below(120))};
    nodes.consolidates_underused = below(2) == 0;
    nodes.batch_idle = core::Duration{1s * below(3)};
    nodes.batch_max = core::Duration{1s * below(12)};
  }
  if (below(2) == 0) nodes.zones = {"a", "b", "c"};
  if (below(3) != 0) {
    sim::SpotConfig& spot = fleet.spot.emplace();
    spot.share = static_cast<double>(below(11)) / 10;
    spot.over_provision = below(2) * below(3);
    spot.falls_back = below(2) == 0;
    spot.notice = core::Duration{1s * (below(2) * below(150))};
    spot.retry_every = core::Duration{1s * (5 + below(60))};
    spot.spreads = below(2) == 0;
    for (const char* const name : {"a", "b", "c"}) {
      const core::Duration up{1s * (60 + below(3'000))};
      const core::Duration down{1s * (10 + below(600))};
      spot.zones.push_back(sim::SpotZone::alternating(
          name, {sim::DwellTime::exponential(up), sim::DwellTime::exponential(down)}, below(2) == 0 ? 1 : 0.5));
      if (below(2) == 0) break;
    }
  }
  for (std::int64_t left = below(4); left > 0; --left) {
    sim::Fault& fault = fleet.faults.emplace_back();
    constexpr sim::FaultKind kinds[]{sim::FaultKind::zone_loss, sim::FaultKind::spot_reclaim,
                                     sim::FaultKind::slow_dependency, sim::FaultKind::rollback};
    fault.kind = kinds[below(4)];
    fault.begin_ns = core::to_ns(grain) * (below(7'000) * 1'000 * 1'000'000 / core::to_ns(grain));
    fault.end_ns = fault.begin_ns + core::to_ns(1s) * (1 + below(1'200));
    fault.amount = fault.kind == sim::FaultKind::slow_dependency ? 1 + static_cast<double>(below(8)) / 2
                                                                 : static_cast<double>(1 + below(10)) / 10;
    if (fault.kind == sim::FaultKind::zone_loss) fault.zone = fleet.nodes.zones.size() == 1 ? "zone" : "b";
    if (fleet.spot && below(2) == 0) fault.zone = "a";
  }
}

// Clients who lose patience, come again, and are shed by class (two of them).
template <class Below>
void upset_clients(sim::FleetConfig& fleet, core::Duration grain, const Below& below) {
  const auto multiple_of_grain = [&](std::int64_t most_ms) {
    const std::int64_t most = most_ms * 1'000'000 / core::to_ns(grain) + 1;
    return core::to_ns(grain) * (1 + below(static_cast<std::uint64_t>(most)));
  };
  if (below(2) == 0) {
    // None at all, too.
    const core::QuantilePoint points[]{{0, 0}, {1, static_cast<double>(multiple_of_grain(60'000))}};
    fleet.patience = std::make_shared<const sim::Latency>(sim::Latency{.table = core::QuantileTable{points}});
  }
  if (fleet.queue_limit < sim::no_limit && below(2) == 0) {
    fleet.class_limits = {fleet.queue_limit / 2, fleet.queue_limit};
  }
  if (below(2) == 0) {
    fleet.retry.max = 1 + below(3);
    fleet.retry.backoff = core::Duration{multiple_of_grain(5'000)};
    fleet.retry.cap = fleet.retry.backoff * (1 + below(4));
    fleet.retry.jitter = static_cast<sim::Jitter>(below(3));
    if (below(2) == 0) {
      fleet.retry.budget_millionths = below(500'000);
      fleet.retry.reserve = below(20);
    }
  }
}

}  // namespace troubled_fleet
