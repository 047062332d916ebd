// What is gathered of a run: a fleet of slots with an HPA, and a vendor with limits.
#include "reports/capacity.hpp"

#include "core/time.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

reports::OptionReport an_hour() {
  reports::OptionReport option;
  option.name = "fleet";
  core::HourUsage hour;
  hour.arrivals = hour.served = 3600;
  hour.busy_slot_ns = core::Int128{7200} * core::ns_per_second;  // 2 s each
  hour.peak_instances = 3;
  option.usage.hours = {hour};
  option.fleet.peak_replicas = 3;
  return option;
}

sim::FleetConfig fleet(sim::ScalerConfig scaler) {
  sim::FleetConfig config;
  config.slots_per_replica = 8;
  config.autoscaler = std::move(scaler);
  config.cold_start.provision = core::Duration{60s};
  config.cold_start.image = core::Duration{30s};
  config.cold_start.weights = core::Duration{10s};
  config.cold_start.warmup = core::Duration{5s};
  config.nodes.quota = 12;
  config.nodes.zones = {"a", "b", "c"};
  return config;
}

decision::ServingFacts gathered(sim::FleetConfig config) {
  sim::DynamicBatchingConfig batches;
  batches.fleet = std::move(config);
  const sim::OptionConfig option{.name = "fleet", .serving = std::move(batches)};
  return capacity_of(an_hour(), option, {}, {}, {}).parts.at(0);
}

}  // namespace

TEST_CASE("A fleet is gathered with its scaler's reaction, its cold start in parts, its quota and zones",
          "[reports][capacity]") {
  sim::AutoscalerConfig hpa{
      .metric = sim::ScalingMetric::concurrency, .target = 6, .min_replicas = 2, .max_replicas = 20};
  hpa.metric_delay = 10s;
  const decision::FleetFacts facts = gathered(fleet(hpa)).fleet.value();
  CHECK(facts.scales);
  CHECK(facts.min_replicas == 2);
  CHECK(facts.max_replicas == 20);
  CHECK(facts.places == 8);
  CHECK(facts.quota == 12);
  CHECK(facts.zones == 3);
  CHECK(facts.peak_replicas == 3);
  CHECK(facts.aim_millis == 6600);                                            // a tolerance of 10 % on top
  CHECK(facts.reaction == decision::Spread{17'500'000'000, 24'250'000'000});  // 10 s late, and half of 15 s or 95 %
  CHECK(facts.ready_after == decision::Spread{105'000'000'000, 105'000'000'000});
  REQUIRE(facts.cold_start.size() == 4);
  CHECK(facts.cold_start[1].name == "image");
  CHECK(facts.cold_start[1].time.p95_ns == 30'000'000'000);
}

TEST_CASE("What a scaler aims at is told in requests at once, or not at all", "[reports][capacity]") {
  sim::AutoscalerConfig hpa{.metric = sim::ScalingMetric::requests_per_second, .target = 3};
  hpa.scale_up_tolerance = 0;
  CHECK(gathered(fleet(hpa)).fleet->aim_millis == 6000);  // 3 a second × 2 s
  hpa.metric = sim::ScalingMetric::cpu;
  hpa.target = 50;
  CHECK(gathered(fleet(hpa)).fleet->aim_millis == 4000);  // half of 8 slots
  hpa.metric = sim::ScalingMetric::waiting;
  CHECK_FALSE(gathered(fleet(hpa)).fleet->aim_millis.has_value());
  sim::ScalerConfig tracking;
  tracking.policy = sim::TargetTrackingConfig{.metric = sim::ScalingMetric::concurrency, .target = 5};
  const decision::FleetFacts slow = gathered(fleet(tracking)).fleet.value();
  CHECK(slow.aim_millis == 5000);
  CHECK(slow.reaction == decision::Spread{210'000'000'000, 237'000'000'000});  // 3 minutes, and a part of one
  sim::ScalerConfig ahead;
  ahead.policy = sim::PredictiveConfig{};
  CHECK_FALSE(gathered(fleet(ahead)).fleet->reaction.has_value());
}

TEST_CASE("A fleet without scaler, quota and zones says so", "[reports][capacity]") {
  sim::FleetConfig config;
  config.initial_replicas = 3;
  const decision::FleetFacts facts = gathered(config).fleet.value();
  CHECK_FALSE(facts.scales);
  CHECK(facts.max_replicas == 3);
  CHECK_FALSE(facts.quota.has_value());
  CHECK(facts.zones == 0);
  CHECK_FALSE(facts.gpus_per_node.has_value());  // no instance that a price table knows
}

TEST_CASE("A vendor is gathered with its limits and the minutes that were counted", "[reports][capacity]") {
  const sim::Latency second{core::QuantileTable::constant(core::ns_per_second)};
  sim::ManagedApiConfig api{.latency = {second, second}};
  api.limits = sim::LimitsConfig{.requests_per_minute = 500, .tokens_per_minute = 90'000};
  reports::OptionReport option = an_hour();
  option.api = sim::ApiSummary{};
  option.api->peak_requests_per_minute = 71;
  reports::Result result;
  result.about = test_support::about();
  reports::DrillReport drill;
  drill.name = "surge";
  drill.begin_ns = 5;
  drill.end_ns = 65;
  drill.options.resize(2);
  drill.options[0].name = "other";
  drill.options[1].name = "fleet";
  result.drills = {drill};
  const auto gathered = capacity_of(option, {.name = "fleet", .serving = api}, {}, {}, result);
  REQUIRE(gathered.parts.at(0).api.has_value());
  CHECK(gathered.parts[0].api->requests_per_minute == 500);
  CHECK(gathered.parts[0].api->tokens_per_minute == 90'000);
  CHECK(gathered.parts[0].api->peak_requests_per_minute == 71);
  CHECK(gathered.availability == 999'000'000);
  REQUIRE(gathered.drills.size() == 1);
  CHECK(gathered.drills[0].length_ns == 60);
}
