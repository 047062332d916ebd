#include "sim/fleet/roster.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using sim::Roster;

namespace {

// A roster and an engine that serves nothing: whoever drains is done `drains_for` later.
struct Troupe {
  explicit Troupe(const sim::FleetConfig& given, core::Duration drains = 0s, std::int32_t hours = 3)
      : config{given}, horizon{core::Horizon::hours(core::parse_date("2026-12-01"), hours)}, drains_for{drains} {
    apply(roster.begin(ledger), 0);
  }
  void apply(std::span<const Roster::Change> changes, std::int64_t now_ns) {
    const std::vector<Roster::Change> all{changes.begin(), changes.end()};
    for (const Roster::Change& change : all) {
      if (change.kind == Roster::Change::Kind::start) {
        CHECK(at_berth.emplace(change.berth, change.life).second);
        ++starts;
      } else if (change.kind == Roster::Change::Kind::drain) {
        CHECK(at_berth.erase(change.berth) == 1);
        if (change.ready_ns <= now_ns) roster.ended(change.life, now_ns + core::to_ns(drains_for));
      } else {
        ++lost;
      }
      log.push_back(change);
    }
    fewest_ready = std::min(fewest_ready, roster.ready_count(now_ns));
    most = std::max(most, roster.count());
  }
  void run_until(core::Duration end) {
    while (roster.next_ns() <= core::to_ns(end) && roster.next_ns() < core::to_ns(horizon.length())) {
      const std::int64_t now_ns = roster.next_ns();
      apply(roster.step(now_ns, seen, ledger), now_ns);
      ++steps;
      if (steps > 20'000'000) FAIL("it never ends");
    }
  }
  core::HourUsage finish() {
    run_until(horizon.length());
    roster.finish(ledger);
    CHECK(ledger.checks().billed_time);
    return ledger.usage().total();
  }
  std::int64_t spot_count() const {
    return std::count_if(roster.members().begin(), roster.members().end(), [](const auto& m) { return m.is_spot; });
  }

  sim::FleetConfig config;
  core::Horizon horizon;
  core::Duration drains_for;
  sim::Ledger ledger{"x", horizon, 0ns, false};
  Roster roster{config, horizon};
  sim::FleetState seen{};
  std::map<std::uint32_t, std::uint64_t> at_berth{};
  std::vector<Roster::Change> log{};
  std::int64_t starts = 0;
  std::int64_t lost = 0;
  std::int64_t fewest_ready = 1'000'000;
  std::int64_t most = 0;
  std::int64_t steps = 0;
};

sim::FleetConfig fixed(std::int64_t replicas, core::Duration cold_start = 60s) {
  sim::FleetConfig config;
  config.initial_replicas = replicas;
  config.cold_start.provision = cold_start;
  return config;
}

sim::AutoscalerConfig by_concurrency(std::int64_t max) {
  sim::AutoscalerConfig hpa;
  hpa.target = 1;
  hpa.max_replicas = max;
  hpa.scale_down_stabilization = 0s;
  return hpa;
}

sim::SpotConfig spot_of(std::vector<sim::SpotZone> zones, double share = 1) {
  sim::SpotConfig spot;
  spot.share = share;
  spot.zones = std::move(zones);
  return spot;
}

sim::SpotZone zone(const char* name, core::Duration up, core::Duration down) {
  return sim::SpotZone::alternating(name, {sim::DwellTime::exponential(up), sim::DwellTime::exponential(down)});
}

}  // namespace

TEST_CASE("A fleet that nothing befalls has nothing to do", "[sim][roster]") {
  Troupe troupe{fixed(3)};
  CHECK(troupe.roster.next_ns() == core::never_ns);
  const core::HourUsage total = troupe.finish();
  CHECK(total.instance_starts == 3);
  CHECK(total.billed_instance_seconds == 3 * 3 * 3600);
  CHECK(troupe.ledger.fleet().mean_replicas == 3);
}

TEST_CASE("A roll-back replaces everybody, some at a time, and serves with no fewer meanwhile", "[sim][roster]") {
  sim::FleetConfig config = fixed(10);
  config.faults.push_back(
      {.kind = sim::FaultKind::rollback, .begin_ns = core::to_ns(10min), .amount = 0.25, .zone = {}});
  Troupe troupe{config, 30s};
  const core::HourUsage total = troupe.finish();
  CHECK(troupe.starts == 20);
  CHECK(troupe.fewest_ready == 10);
  CHECK(troupe.most == 13);  // a quarter of ten, rounded up, more than ten
  CHECK(troupe.roster.count() == 10);
  for (const Roster::Member& member : troupe.roster.members()) CHECK(member.life >= 10);
  // Each old one overlaps with its successor for a cold start and the time that it drains.
  CHECK(total.alive_instance_ns == core::to_ns(10 * 3h) + core::Int128{10} * core::to_ns(60s + 30s));
}

TEST_CASE("What was lost with a zone is started in another", "[sim][roster]") {
  sim::FleetConfig config = fixed(6);
  config.nodes.zones = {"a", "b", "c"};
  config.faults.push_back({.kind = sim::FaultKind::zone_loss,
                           .begin_ns = core::to_ns(1h),
                           .end_ns = core::to_ns(2h),
                           .amount = 1,
                           .zone = "b"});
  Troupe troupe{config, 10min};
  troupe.run_until(1h);
  CHECK(troupe.lost == 2);
  CHECK(troupe.roster.count() == 6);
  CHECK(troupe.roster.ready_count(core::to_ns(1h)) == 4);
  CHECK(troupe.roster.ready_count(core::to_ns(1h + 60s)) == 6);
  const core::HourUsage total = troupe.finish();
  CHECK(total.instance_starts == 8);
  CHECK(total.alive_instance_ns == core::to_ns(6 * 3h));
}

TEST_CASE("The only zone lost, replicas are pending until it is back", "[sim][roster]") {
  sim::FleetConfig config = fixed(4);
  config.faults.push_back({.kind = sim::FaultKind::zone_loss,
                           .begin_ns = core::to_ns(1h),
                           .end_ns = core::to_ns(2h),
                           .amount = 1,
                           .zone = "zone"});
  Troupe troupe{config};
  const core::HourUsage total = troupe.finish();
  CHECK(troupe.ledger.fleet().most_pending == 4);
  CHECK(total.alive_instance_ns == core::to_ns(4 * 2h));
}

TEST_CASE("The quota of nodes keeps replicas waiting, and says so", "[sim][roster]") {
  sim::FleetConfig config = fixed(1);
  config.autoscaler = by_concurrency(10);
  config.nodes.quota = 4;
  Troupe troupe{config, 100s};
  troupe.seen.busy_slots = 9;
  troupe.run_until(10min);
  CHECK(troupe.roster.count() == 4);
  CHECK(troupe.ledger.fleet().quota_waits >= 5);
  CHECK(troupe.ledger.fleet().most_pending >= 5);
  troupe.seen.busy_slots = 2;
  troupe.run_until(20min);
  CHECK(troupe.roster.count() == 2);
  troupe.finish();
}

TEST_CASE("Replicas share nodes, wait for others to come, and leave emptied nodes behind", "[sim][roster]") {
  sim::FleetConfig config = fixed(1, 0s);
  config.cold_start.image = core::Duration{100s};
  config.cold_start.warmup = core::Duration{10s};
  config.autoscaler = by_concurrency(12);
  config.nodes = {.replicas_per_node = 4,
                  .consolidate_after = 30s,
                  .consolidates_underused = true,
                  .batch_idle = 1s,
                  .batch_max = 10s};
  Troupe troupe{config};
  troupe.seen.busy_slots = 4;
  troupe.run_until(15s);
  // Three more fit on the node that is there, which has the image.
  REQUIRE(troupe.roster.count() == 4);
  CHECK(troupe.roster.members().back().ready_ns == core::to_ns(25s));
  troupe.seen.busy_slots = 6;
  troupe.run_until(30s);
  CHECK(troupe.roster.count() == 4);  // two have no node yet
  troupe.run_until(31s);
  REQUIRE(troupe.roster.count() == 6);
  CHECK(troupe.roster.members().back().ready_ns == core::to_ns(31s + 100s + 10s));
  troupe.seen.busy_slots = 12;
  troupe.run_until(5min);
  REQUIRE(troupe.roster.count() == 12);
  // Seven: of three nodes of four the youngest five leave, an empty node goes, and one more is emptied.
  troupe.seen.busy_slots = 7;
  troupe.run_until(5min + 15s);
  CHECK(troupe.roster.count() == 7);
  troupe.seen.busy_slots = 3;
  troupe.run_until(30min);
  CHECK(troupe.roster.count() == 3);
  std::vector<std::uint32_t> nodes;
  for (const Roster::Member& member : troupe.roster.members()) nodes.push_back(member.node);
  CHECK(std::count(nodes.begin(), nodes.end(), nodes.front()) == 3);
  const core::HourUsage total = troupe.finish();
  CHECK(total.instance_starts <= 4);
}

TEST_CASE("A spot fleet is there as long as its zone, up ÷ (up + down)", "[sim][roster][closed_form]") {
  constexpr std::int32_t hours = 4'000;
  sim::FleetConfig config = fixed(1, 0s);
  config.spot = spot_of({zone("a", 3'000s, 1'000s)});
  config.spot->falls_back = false;
  config.spot->notice = 0s;
  config.spot->retry_every = 1s;
  config.chance = core::Stream{5};
  Troupe troupe{config, 0s, hours};
  const core::HourUsage total = troupe.finish();
  const double share = static_cast<double>(total.ready_instance_ns) / (hours * 3600e9);
  // The share of a time T that an alternating process of exponential times is up has the variance
  // 2 u² d² / ((u + d)³ T); asking once a second misses half a second of each span.
  const double up = 3'000;
  const double down = 1'000;
  const double seconds = hours * 3600.0;
  const double deviation = std::sqrt(2 * up * up * down * down / (std::pow(up + down, 3) * seconds));
  fmt::print("spot fleet: up {:.4f}, closed form {:.4f} ± {:.4f} (99 %), {} interruptions\n", share, up / (up + down),
             2.576 * deviation, total.spot_interruptions);
  CHECK(std::abs(share - up / (up + down)) < 2.576 * deviation + 1 / (up + down));
  CHECK(std::abs(static_cast<double>(total.spot_interruptions) - seconds / (up + down)) <
        2.576 * std::sqrt(seconds / (up + down)));
}

TEST_CASE("Replicas on demand stand in for spot ones until they are ready again", "[sim][roster]") {
  sim::FleetConfig config = fixed(10, 100s);
  config.spot = spot_of({zone("a", 30min, 10min)}, 0.6);
  config.chance = core::Stream{3};
  Troupe troupe{config, 0s, 24};
  std::int64_t stood_in = 0;
  for (core::Duration at = 0s; at < 24h; at += 60s) {
    troupe.run_until(at);
    const std::int64_t spot = troupe.spot_count();
    CHECK(spot <= 6);
    CHECK(troupe.roster.count() - spot >= 4);
    CHECK(troupe.roster.count() - spot <= 10);
    stood_in = std::max(stood_in, troupe.roster.count() - spot - 4);
    // Spot nodes there are, or others in their stead.
    CHECK(troupe.roster.count() >= 10);
  }
  const core::HourUsage total = troupe.finish();
  CHECK(stood_in == 6);
  CHECK(total.spot_interruptions > 20);
  CHECK(total.spot_starts > 20);
  CHECK(total.spot_billed_seconds < total.billed_instance_seconds);
  CHECK(troupe.ledger.fleet().spot_refusals > 20);
}

TEST_CASE("More spot replicas than needed are kept, and a reclaim takes the oldest", "[sim][roster]") {
  sim::FleetConfig config = fixed(4);
  config.spot = spot_of({sim::SpotZone::always_up("a"), sim::SpotZone::always_up("b")});
  config.spot->over_provision = 2;
  config.spot->notice = 120s;
  config.faults.push_back(
      {.kind = sim::FaultKind::spot_reclaim, .begin_ns = core::to_ns(1h), .amount = 0.5, .zone = {}});
  Troupe troupe{config, 10min};
  CHECK(troupe.roster.count() == 6);
  troupe.run_until(1h);
  CHECK(troupe.roster.count() == 6);
  CHECK(troupe.roster.ready_count(core::to_ns(1h)) == 3);
  for (const Roster::Member& member : troupe.roster.members()) CHECK(member.life >= 3);
  CHECK(troupe.lost == 0);
  troupe.run_until(1h + 2min);
  CHECK(troupe.lost == 3);  // they would have drained for ten minutes
  const core::HourUsage total = troupe.finish();
  CHECK(total.spot_interruptions == 3);
  CHECK(total.alive_instance_ns == core::to_ns(6 * 3h) + core::to_ns(3 * 120s));
}

TEST_CASE("Cold starts by chance are those of the node and of the replica, whoever else is there", "[sim][roster]") {
  sim::FleetConfig config = fixed(1);
  const auto table = core::QuantileTable::lognormal(60e9, 180e9);
  config.cold_start.provision = sim::ColdStartPart{std::make_shared<const sim::Latency>(sim::Latency{.table = table})};
  config.autoscaler = by_concurrency(50);
  config.chance = core::Stream{11};
  const auto ready_times = [&](std::int64_t busy) {
    Troupe troupe{config};
    troupe.seen.busy_slots = busy;
    troupe.run_until(15s);
    std::vector<std::int64_t> times;
    for (const Roster::Member& member : troupe.roster.members()) times.push_back(member.ready_ns);
    return times;
  };
  const std::vector<std::int64_t> few = ready_times(3);
  const std::vector<std::int64_t> more = ready_times(5);
  REQUIRE(few.size() == 3);
  REQUIRE(more.size() == 5);
  CHECK(std::equal(few.begin(), few.end(), more.begin()));
  CHECK(more[1] != more[2]);
}
