#include "sim/fleet/nodes.hpp"

#include "core/calendar.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

struct Metered {
  core::Horizon horizon = core::Horizon::hours(core::parse_date("2026-12-01"), 3);
  sim::Ledger ledger{"x", horizon, 0ns, false};
  sim::NodeConfig config{};
  sim::Nodes nodes{config, {.step_s = 1, .minimum_s = 60}, core::to_ns(horizon.length())};

  // A node that is there for one replica.
  std::uint32_t start(core::Duration at, core::Duration ready) {
    const std::uint32_t node = nodes.buy({.started_ns = core::to_ns(at)}, ledger);
    nodes.put_replica(node, core::to_ns(at), core::to_ns(ready));
    return node;
  }
  void end(std::uint32_t node, core::Duration at) {
    nodes.take_replica(node, core::to_ns(at));
    nodes.release_until(core::to_ns(at), ledger);
  }
  void live(core::Duration from, core::Duration to) { end(start(from, from), to); }
  core::HourUsage hour(std::size_t i) { return ledger.usage().hours[i]; }
  bool adds_up() { return nodes.billing_adds_up(ledger.usage().total()); }
};

}  // namespace

TEST_CASE("Ten starts of seven seconds are billed as 600 seconds", "[sim][nodes]") {
  Metered fleet;
  for (int i = 0; i < 10; ++i) fleet.live(i * 5min, i * 5min + 7s);
  CHECK(fleet.hour(0).billed_instance_seconds == 600);
  CHECK(fleet.hour(0).instance_starts == 10);
  CHECK(fleet.hour(0).alive_instance_ns == core::Int128{70} * core::ns_per_second);
}

TEST_CASE("A started second is billed in full, and a life is cut at the hours", "[sim][nodes]") {
  Metered fleet;
  fleet.live(59min, 2h + 1ns);
  CHECK(fleet.hour(0).billed_instance_seconds == 60);
  CHECK(fleet.hour(1).billed_instance_seconds == 3600);
  CHECK(fleet.hour(2).billed_instance_seconds == 1);
  CHECK(fleet.hour(2).alive_instance_ns == 1);
}

TEST_CASE("What the minimum adds beyond the horizon is billed in its last hour", "[sim][nodes]") {
  Metered fleet;
  fleet.start(3h - 10s, 3h - 10s);
  fleet.nodes.finish(fleet.ledger);
  CHECK(fleet.hour(2).billed_instance_seconds == 60);
  CHECK(fleet.hour(2).alive_instance_ns == core::to_ns(10s));
  CHECK(fleet.adds_up());
}

TEST_CASE("A node is billed from provision and ready from its first replica on", "[sim][nodes]") {
  Metered fleet;
  fleet.end(fleet.start(0s, 100s), 300s);
  CHECK(fleet.hour(0).billed_instance_seconds == 300);
  CHECK(fleet.hour(0).ready_instance_ns == core::to_ns(200s));
  CHECK(fleet.adds_up());
}

TEST_CASE("Spot nodes are billed as all are, and apart", "[sim][nodes]") {
  Metered fleet;
  const std::uint32_t spot = fleet.nodes.buy({.is_spot = true, .started_ns = 0}, fleet.ledger);
  fleet.nodes.put_replica(spot, 0, 0);
  fleet.live(0s, 100s);
  fleet.end(spot, 90s);
  CHECK(fleet.hour(0).instance_starts == 2);
  CHECK(fleet.hour(0).spot_starts == 1);
  CHECK(fleet.hour(0).billed_instance_seconds == 190);
  CHECK(fleet.hour(0).spot_billed_seconds == 90);
}

TEST_CASE("Replicas go to the fullest node that has room, and an empty node stays as long as it is told",
          "[sim][nodes]") {
  Metered fleet;
  fleet.config = {.replicas_per_node = 3, .consolidate_after = 30s};
  fleet.nodes = sim::Nodes{fleet.config, {}, core::to_ns(fleet.horizon.length())};
  const std::uint32_t first = fleet.start(0s, 0s);
  const std::uint32_t second = fleet.start(0s, 0s);
  fleet.nodes.put_replica(second, 0, 0);
  REQUIRE(fleet.nodes.with_room(false) != nullptr);
  CHECK(fleet.nodes.with_room(false)->id == second);
  CHECK(fleet.nodes.with_room(true) == nullptr);
  fleet.nodes.put_replica(second, 0, 0);
  CHECK(fleet.nodes.with_room(false)->id == first);

  fleet.end(first, 100s);
  CHECK(fleet.nodes.next_release_ns() == core::to_ns(130s));
  fleet.nodes.release_until(core::to_ns(129s), fleet.ledger);
  CHECK(fleet.nodes.count() == 2);
  fleet.nodes.release_until(core::to_ns(500s), fleet.ledger);
  CHECK(fleet.nodes.count() == 1);
  CHECK(fleet.hour(0).billed_instance_seconds == 130);
}

TEST_CASE("Seconds that nobody lived do not add up", "[sim][nodes]") {
  Metered fleet;
  fleet.live(0s, 100s);
  CHECK(fleet.adds_up());
  ++fleet.ledger.usage().hours[1].billed_instance_seconds;
  CHECK_FALSE(fleet.adds_up());
}
