#include "cli/partial.hpp"

#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("A horizon is cut within a period and between periods", "[cli][partial]") {
  const core::Horizon all = core::Horizon::months(core::Date{2026y / 12 / 1}, 2);
  const core::Horizon within = cli::first_hours(all, 800);
  REQUIRE(within.periods.size() == 2);
  CHECK(within.hour_count() == 800);
  const core::Horizon december = cli::first_hours(all, 744);
  REQUIRE(december.periods.size() == 1);
  CHECK(december.hour_count() == 744);
  CHECK(cli::first_hours(all, 1).hour_count() == 1);
}

TEST_CASE("A fleet is averaged over the hours that are left", "[cli][partial]") {
  sim::OptionResult result;
  // Two hours with 3 instances of 2 slots, half of them busy; two idle hours with 1 instance.
  for (int hour = 0; hour < 4; ++hour) {
    core::HourUsage usage;
    const int instances = hour < 2 ? 3 : 1;
    usage.alive_instance_ns = core::Int128{instances} * core::ns_per_hour;
    usage.ready_instance_ns = usage.alive_instance_ns;
    usage.busy_slot_ns = hour < 2 ? core::Int128{3} * core::ns_per_hour : 0;
    usage.peak_instances = instances;
    usage.instance_starts = 1;
    result.usage.hours.push_back(usage);
  }
  result.fleet.mean_replicas = 2;
  result.fleet.peak_replicas = 3;
  result.fleet.replica_starts = 4;
  result.fleet.utilisation = 6.0 / 16.0;  // 6 busy of 8 × 2 ready slot-hours
  cli::keep_first_hours(result, 2);
  CHECK(result.usage.hours.size() == 2);
  CHECK(result.fleet.mean_replicas == 3);
  CHECK(result.fleet.replica_starts == 2);
  CHECK(result.fleet.utilisation == 0.5);  // 6 of 6 × 2
}

TEST_CASE("An option without a fleet stays without one", "[cli][partial]") {
  sim::OptionResult result;
  result.usage.hours.resize(4);
  cli::keep_first_hours(result, 2);
  CHECK(result.fleet == sim::FleetSummary{});
}

TEST_CASE("A mixture is cut with all its parts", "[cli][partial]") {
  sim::OptionResult result;
  result.usage.hours.resize(4);
  result.front.emplace().hours.resize(4);
  result.parts.resize(2);
  for (sim::OptionResult& part : result.parts) part.usage.hours.resize(4);
  result.parts[1].usage.hours[0].instance_starts = 3;
  cli::keep_first_hours(result, 2);
  CHECK(result.usage.hours.size() == 2);
  CHECK(result.front->hours.size() == 2);
  CHECK(result.parts[0].usage.hours.size() == 2);
  CHECK(result.parts[1].fleet.replica_starts == 3);
}
