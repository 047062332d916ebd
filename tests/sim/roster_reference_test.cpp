// The roster against a plain reference of its rules, on fleets drawn by chance.
#include "tests/sim/roster_reference.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "core/quantile_table.hpp"
#include "core/random.hpp"
#include "sim/fleet/roster.hpp"
#include "tests/sim/troubled_fleet.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using sim::Roster;

namespace {

constexpr std::int64_t s_ns = core::ns_per_second;

// The engine: whoever drains is done at once, after a while, after a long while, or does not say when.
std::int64_t drains_until(std::uint64_t life, std::int64_t now_ns) {
  const std::uint64_t luck = core::mix(life + 77);
  switch (luck % 6) {
    case 0:
    case 1:
      return now_ns;
    case 2:
      return now_ns + static_cast<std::int64_t>(luck >> 8) % (3 * s_ns) + 1;
    case 3:
      return now_ns + static_cast<std::int64_t>(luck >> 8) % (300 * s_ns);
    case 4:
      return now_ns + 15 * s_ns;
    default:
      return life % 4 == 0 ? core::never_ns : now_ns + static_cast<std::int64_t>(luck >> 8) % (4000 * s_ns);
  }
}

struct Drawn {
  explicit Drawn(std::uint64_t seed) : stream{core::Stream{seed}.child("roster")} {}
  std::int64_t operator()(std::int64_t n) const {
    return static_cast<std::int64_t>(stream.next() % static_cast<std::uint64_t>(n));
  }
  mutable core::Stream stream;
};

sim::FleetConfig drawn_fleet(const Drawn& below, std::int64_t horizon_s) {
  sim::FleetConfig fleet;
  fleet.initial_replicas = below(12);
  fleet.metering = {.step_s = below(3) == 0 ? 60 : 1, .minimum_s = below(2) * 60};
  const std::int64_t colds[]{0, 1, 40, 90, 600};
  fleet.cold_start.provision = core::Duration{1s * colds[below(5)]};
  troubled_fleet::trouble(fleet, 1ns, below);
  if (below(4) == 0) fleet.cold_start = {};
  for (sim::Fault& fault : fleet.faults) {
    // Whole seconds are where things meet.
    if (below(2) == 0) fault.begin_ns = s_ns * below(horizon_s);
    fault.end_ns = fault.begin_ns + s_ns * (1 + below(1'200));
  }
  if (below(4) != 0) {
    sim::AutoscalerConfig hpa;
    hpa.target = 1;
    hpa.min_replicas = below(3);
    hpa.max_replicas = 1 + hpa.min_replicas + below(20);
    hpa.scale_down_stabilization = core::Duration{1s * (below(2) * below(300))};
    hpa.sync_period = core::Duration{1s * (15 + below(2) * below(900))};
    hpa.metric_delay = core::Duration{0};
    if (hpa.min_replicas == 0) hpa.min_replicas = 1;
    fleet.autoscaler = hpa;
    fleet.initial_replicas = std::clamp(fleet.initial_replicas, hpa.min_replicas, hpa.max_replicas);
  }
  return fleet;
}

std::string said(const core::HourUsage& h) {
  return fmt::format("starts {} billed {} alive {} ready {} peak {} spot starts {} spot billed {} interruptions {}",
                     h.instance_starts, h.billed_instance_seconds, static_cast<std::int64_t>(h.alive_instance_ns),
                     static_cast<std::int64_t>(h.ready_instance_ns), h.peak_instances, h.spot_starts,
                     h.spot_billed_seconds, h.spot_interruptions);
}

struct Met {
  std::int64_t steps = 0;
  std::int64_t starts = 0;
  std::int64_t nodes = 0;
  std::int64_t spot_nodes = 0;
  std::int64_t interruptions = 0;
  std::int64_t lost = 0;
  std::int64_t refusals = 0;
  std::int64_t standing = 0;
};

// What the two do not agree on; nothing if they do.
std::string compare(std::uint64_t seed, Met& met) {
  const Drawn below{seed};
  const auto hours = static_cast<std::int32_t>(1 + below(4));
  const core::Horizon horizon = core::Horizon::hours(core::parse_date("2026-12-01"), hours);
  const std::int64_t horizon_ns = core::to_ns(horizon.length());
  const sim::FleetConfig config = drawn_fleet(below, horizon_ns / s_ns);
  const bool tells_late = below(2) == 0;
  const std::uint64_t load = core::mix(seed);
  const std::int64_t pace = s_ns * (30 + below(1'500));

  sim::Ledger ledger{"x", horizon, 0ns, false};
  Roster roster{config, horizon};
  roster_reference::Reference plain{config, horizon};
  plain.drains_until = drains_until;

  std::multimap<std::int64_t, std::uint64_t> to_tell;
  std::vector<std::uint64_t> lost;
  const auto apply = [&](std::span<const Roster::Change> changes, std::int64_t now_ns) {
    const std::vector<Roster::Change> all{changes.begin(), changes.end()};
    for (const Roster::Change& change : all) {
      if (change.kind == Roster::Change::Kind::lose) {
        lost.push_back(change.life);
        std::erase_if(to_tell, [&](const auto& tell) { return tell.second == change.life; });
      }
      if (change.kind != Roster::Change::Kind::drain || change.ready_ns > now_ns) continue;
      const std::int64_t at = drains_until(change.life, now_ns);
      if (at == core::never_ns) continue;
      if (tells_late && at > now_ns) {
        to_tell.emplace(at, change.life);
      } else {
        roster.ended(change.life, at);
      }
    }
  };
  const auto differ = [&](std::int64_t now_ns) -> std::string {
    std::vector<const roster_reference::Replica*> there;
    for (const roster_reference::Replica& r : plain.replicas)
      if (r.is_member()) there.push_back(&r);
    std::string ours;
    std::string theirs;
    for (const Roster::Member& m : roster.members())
      ours += fmt::format(" {}@{}b{}{}{}", m.life, m.node, m.berth, m.is_spot ? "s" : "", m.is_outdated ? "o" : "");
    for (const auto* r : there)
      theirs +=
          fmt::format(" {}@{}b{}{}{}", r->life, r->node, r->berth, r->is_spot ? "s" : "", r->is_outdated ? "o" : "");
    bool same = ours == theirs;
    for (std::size_t i = 0; same && i < there.size(); ++i)
      same =
          there[i]->started_ns == roster.members()[i].started_ns && there[i]->ready_ns == roster.members()[i].ready_ns;
    std::vector<std::uint64_t> expected;
    for (const roster_reference::Replica& r : plain.replicas)
      if (r.was_lost) expected.push_back(r.life);
    std::sort(lost.begin(), lost.end());
    if (same && expected == lost) return {};
    return fmt::format("seed {} at {} s: roster{}, reference{}; lost {} and {}", seed,
                       static_cast<double>(now_ns) / 1e9, ours, theirs, lost.size(), expected.size());
  };

  apply(roster.begin(ledger), 0);
  plain.begin();
  std::string difference = differ(0);
  std::int64_t now_ns = -1;
  while (difference.empty()) {
    const std::int64_t then_ns = std::min(roster.next_ns(), plain.next_ns(now_ns));
    if (then_ns >= horizon_ns) break;
    if (then_ns < now_ns) return fmt::format("seed {}: back to {}", seed, then_ns);
    now_ns = then_ns;
    while (!to_tell.empty() && to_tell.begin()->first <= now_ns) {
      roster.ended(to_tell.begin()->second, to_tell.begin()->first);
      to_tell.erase(to_tell.begin());
    }
    sim::FleetState seen;
    seen.slots_per_replica = config.slots_per_replica;
    seen.busy_slots = static_cast<std::int64_t>(core::mix(load + static_cast<std::uint64_t>(now_ns / pace)) % 20);
    // The plain one looks until nothing happens any more.
    std::size_t before = 0;
    for (int again = 0; again < 200; ++again) {
      plain.step(now_ns, seen);
      std::size_t now = plain.replicas.size() + plain.machines.size();
      for (const auto& r : plain.replicas)
        now = now * 31 + (r.is_draining ? 1 : 0) + (r.ended_ns != core::never_ns ? 2 : 0);
      if (again > 0 && now == before) break;
      before = now;
    }
    for (int again = 0; roster.next_ns() <= now_ns; ++again) {
      if (again > 200) return fmt::format("seed {}: it never ends at {}", seed, now_ns);
      apply(roster.step(now_ns, seen, ledger), now_ns);
      ++met.steps;
    }
    difference = differ(now_ns);
  }
  if (!difference.empty()) return difference;
  while (!to_tell.empty()) {
    if (to_tell.begin()->first <= horizon_ns) roster.ended(to_tell.begin()->second, to_tell.begin()->first);
    to_tell.erase(to_tell.begin());
  }
  roster.finish(ledger);
  plain.finish();
  const std::vector<core::HourUsage> bill = plain.metered();
  for (std::size_t h = 0; h < bill.size(); ++h) {
    if (ledger.usage().hours[h] == bill[h]) continue;
    return fmt::format("seed {} hour {}:\n  {}\n  {}", seed, h, said(ledger.usage().hours[h]), said(bill[h]));
  }
  if (!ledger.checks().billed_time) return fmt::format("seed {}: the bill does not add up", seed);
  if (ledger.fleet().most_pending != plain.most_pending || ledger.fleet().spot_refusals != plain.spot_refusals)
    return fmt::format("seed {}: pending {} and {}, refusals {} and {}", seed, ledger.fleet().most_pending,
                       plain.most_pending, ledger.fleet().spot_refusals, plain.spot_refusals);
  core::Int128 ready_ns = 0;
  core::Int128 alive_ns = 0;
  for (const auto& r : plain.replicas) {
    const std::int64_t end = std::min(r.ended_ns, horizon_ns);
    alive_ns += end - r.started_ns;
    ready_ns += std::max<std::int64_t>(end - r.ready_ns, 0);
  }
  if (roster.ready_replica_ns() != ready_ns ||
      ledger.fleet().mean_replicas != static_cast<double>(alive_ns) / static_cast<double>(horizon_ns))
    return fmt::format("seed {}: replicas ready {} and {} ns", seed,
                       static_cast<std::int64_t>(roster.ready_replica_ns()), static_cast<std::int64_t>(ready_ns));
  met.starts += static_cast<std::int64_t>(plain.replicas.size());
  met.nodes += static_cast<std::int64_t>(plain.machines.size());
  for (const core::HourUsage& h : bill) {
    met.spot_nodes += h.spot_starts;
    met.interruptions += h.spot_interruptions;
  }
  met.lost += static_cast<std::int64_t>(lost.size());
  met.refusals += plain.spot_refusals;
  return {};
}

void compare_all(std::uint64_t first, std::uint64_t count) {
  Met met;
  std::int64_t differences = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::string difference = compare(seed, met);
    if (difference.empty()) continue;
    ++differences;
    UNSCOPED_INFO(difference);
    if (differences >= 20) break;
  }
  CHECK(differences == 0);
  fmt::print(
      "roster and reference: {} fleets, {} steps, {} replicas on {} nodes ({} spot), {} interruptions, {} lost, "
      "{} refusals\n",
      count, met.steps, met.starts, met.nodes, met.spot_nodes, met.interruptions, met.lost, met.refusals);
}

}  // namespace

TEST_CASE("The roster does as a plain reading of its rules does", "[sim][roster]") { compare_all(1, 500); }

TEST_CASE("The roster does as a plain reading of its rules does, twenty thousand fleets", "[sim][roster][heavy]") {
  compare_all(100'000, 20'000);
}
