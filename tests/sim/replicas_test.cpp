#include "sim/fleet/replicas.hpp"

#include "core/calendar.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

struct Metered {
  core::Horizon horizon = core::Horizon::hours(core::parse_date("2026-12-01"), 3);
  sim::Ledger ledger{"x", horizon, 0ns, false};
  sim::Replicas replicas{{.step_s = 1, .minimum_s = 60}, core::to_ns(horizon.length())};

  void live(core::Duration from, core::Duration to) {
    replicas.start(core::to_ns(from), core::to_ns(from), ledger);
    replicas.remove(core::to_ns(to), core::to_ns(to), ledger);
  }
  core::HourUsage hour(std::size_t i) { return ledger.usage().hours[i]; }
};

}  // namespace

TEST_CASE("Ten starts of seven seconds are billed as 600 seconds", "[sim][replicas]") {
  Metered fleet;
  for (int i = 0; i < 10; ++i) fleet.live(i * 5min, i * 5min + 7s);
  CHECK(fleet.hour(0).billed_instance_seconds == 600);
  CHECK(fleet.hour(0).instance_starts == 10);
  CHECK(fleet.hour(0).alive_instance_ns == core::Int128{70} * core::ns_per_second);
}

TEST_CASE("A started second is billed in full, and a life is cut at the hours", "[sim][replicas]") {
  Metered fleet;
  fleet.live(59min, 2h + 1ns);
  CHECK(fleet.hour(0).billed_instance_seconds == 60);
  CHECK(fleet.hour(1).billed_instance_seconds == 3600);
  CHECK(fleet.hour(2).billed_instance_seconds == 1);
  CHECK(fleet.hour(2).alive_instance_ns == 1);
}

TEST_CASE("What the minimum adds beyond the horizon is billed in its last hour", "[sim][replicas]") {
  Metered fleet;
  fleet.replicas.start(core::to_ns(3h - 10s), core::to_ns(3h - 10s), fleet.ledger);
  fleet.replicas.finish(1, fleet.ledger);
  CHECK(fleet.hour(2).billed_instance_seconds == 60);
  CHECK(fleet.hour(2).alive_instance_ns == core::to_ns(10s));
}

TEST_CASE("An instance is billed from provision and ready from then on", "[sim][replicas]") {
  Metered fleet;
  fleet.replicas.start(0, core::to_ns(100s), fleet.ledger);
  CHECK(fleet.replicas.ready_count(core::to_ns(99s)) == 0);
  CHECK(fleet.replicas.ready_count(core::to_ns(100s)) == 1);
  fleet.replicas.remove(core::to_ns(200s), core::to_ns(300s), fleet.ledger);  // drains for 100 s
  CHECK(fleet.hour(0).billed_instance_seconds == 300);
  CHECK(fleet.hour(0).ready_instance_ns == core::to_ns(200s));
}

TEST_CASE("Draining instances count among those alive", "[sim][replicas]") {
  Metered fleet;
  fleet.replicas.start(0, 0, fleet.ledger);
  fleet.replicas.start(0, 0, fleet.ledger);
  fleet.replicas.remove(core::to_ns(10s), core::to_ns(60s), fleet.ledger);
  fleet.replicas.start(core::to_ns(20s), core::to_ns(20s), fleet.ledger);
  CHECK(fleet.ledger.fleet().peak_replicas == 3);
  fleet.replicas.remove(core::to_ns(70s), core::to_ns(70s), fleet.ledger);
  fleet.replicas.start(core::to_ns(80s), core::to_ns(80s), fleet.ledger);
  CHECK(fleet.ledger.fleet().peak_replicas == 3);
}
