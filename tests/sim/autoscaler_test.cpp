#include "sim/fleet/autoscaler.hpp"

#include <cstdint>

#include "sim/fleet/metric_window.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using sim::Autoscaler;
using sim::AutoscalerConfig;
using sim::MetricReading;
using sim::replicas_wanted;

namespace {

MetricReading all_ready(std::int64_t replicas, double each) {
  return {.metric_total = each * static_cast<double>(replicas), .measured = replicas};
}

core::Instant at(core::Duration since_start) { return core::Instant{since_start}; }

AutoscalerConfig target(double value, std::int64_t min, std::int64_t max) {
  return {.target = value, .min_replicas = min, .max_replicas = max};
}

}  // namespace

TEST_CASE("50 replicas at 90 of 75 become 60, at 82 of 75 they stay", "[sim][autoscaler]") {
  const AutoscalerConfig config = target(75, 1, 1000);
  CHECK(replicas_wanted(all_ready(50, 90), 50, config) == 60);
  CHECK(replicas_wanted(all_ready(50, 82), 50, config) == 50);  // ratio 1.093: within the tolerance of 0.1
  // 1.1 is a little more as a double: beyond the tolerance, and ceil(50 × 1.1) is 56, here as in Kubernetes.
  CHECK(replicas_wanted(all_ready(50, 82.5), 50, config) == 56);
  CHECK(replicas_wanted(all_ready(50, 60), 50, config) == 40);
}

TEST_CASE("Replicas that are not ready damp scaling up and are left alone when scaling down", "[sim][autoscaler]") {
  const AutoscalerConfig config = target(10, 1, 1000);
  // 4 ready at 30, 4 not ready: 120 / 8 = 15, ratio 1.5, of 8 replicas.
  CHECK(replicas_wanted({.metric_total = 120, .measured = 4, .unready = 4}, 8, config) == 12);
  // 4 ready at 12 alone would scale up; with the others at 0 the ratio turns below 1: no change.
  CHECK(replicas_wanted({.metric_total = 48, .measured = 4, .unready = 4}, 8, config) == 8);
  // Scaling down does not count those that are not ready: ceil(4 × 0.5).
  CHECK(replicas_wanted({.metric_total = 20, .measured = 4, .unready = 4}, 8, config) == 2);
}

TEST_CASE("Replicas without a report count as on target when scaling down, as idle when scaling up",
          "[sim][autoscaler]") {
  const AutoscalerConfig config = target(10, 1, 1000);
  // (4 × 5 + 4 × 10) / 8 = 7.5: ceil(8 × 0.75).
  CHECK(replicas_wanted({.metric_total = 20, .measured = 4, .missing = 4}, 8, config) == 6);
  // (4 × 30 + 0) / 8 = 15: ceil(8 × 1.5).
  CHECK(replicas_wanted({.metric_total = 120, .measured = 4, .missing = 4}, 8, config) == 12);
}

TEST_CASE("Without any reading nothing changes", "[sim][autoscaler]") {
  CHECK(replicas_wanted({}, 7, target(10, 1, 1000)) == 7);
}

TEST_CASE("Scaling up doubles at most, or adds four, in fifteen seconds", "[sim][autoscaler]") {
  Autoscaler small{target(10, 1, 1000)};
  CHECK(small.decide(at(15s), all_ready(2, 1000), 2) == 6);   // 2 + 4 is more than 2 × 2
  CHECK(small.decide(at(30s), all_ready(6, 1000), 6) == 12);  // 6 × 2 is more than 6 + 4
  Autoscaler large{target(10, 1, 30)};
  CHECK(large.decide(at(15s), all_ready(20, 1000), 20) == 30);  // the maximum
}

TEST_CASE("Within one policy period the limit counts from its beginning", "[sim][autoscaler]") {
  AutoscalerConfig config = target(10, 1, 1000);
  config.sync_period = 5s;
  Autoscaler autoscaler{config};
  CHECK(autoscaler.decide(at(5s), all_ready(10, 1000), 10) == 20);
  CHECK(autoscaler.decide(at(10s), all_ready(20, 1000), 20) == 20);  // 10 of 15 s on: the ten are used up
  CHECK(autoscaler.decide(at(20s), all_ready(20, 1000), 20) == 40);
}

TEST_CASE("Scaling down waits for five minutes without a higher recommendation", "[sim][autoscaler]") {
  Autoscaler autoscaler{target(10, 2, 1000)};
  CHECK(autoscaler.decide(at(15s), all_ready(10, 10), 10) == 10);
  for (core::Duration now = 30s; now < 15s + 5min; now += 15s) {
    REQUIRE(autoscaler.decide(at(now), all_ready(10, 3), 10) == 10);
  }
  CHECK(autoscaler.decide(at(15s + 5min), all_ready(10, 3), 10) == 3);
  CHECK(autoscaler.decide(at(30s + 5min), all_ready(3, 0), 3) == 3);  // recommendations of 3 are still in the window
}

TEST_CASE("A late metric decides with the reading of then and the replicas of now", "[sim][metric_window]") {
  AutoscalerConfig config = target(10, 1, 1000);
  config.metric_delay = 15s;
  sim::MetricWindow window{config};
  window.read({.ready_replicas = 2, .all_replicas = 2, .busy_slots = 12, .waiting = 8});
  const MetricReading reading = window.read({.ready_replicas = 3, .all_replicas = 5, .busy_slots = 30});
  CHECK(reading.metric_total == 20);
  CHECK(reading.measured == 2);
  CHECK(reading.missing == 1);
  CHECK(reading.unready == 2);
}

TEST_CASE("Utilisation is the busy share of the slots, the request rate is per second", "[sim][metric_window]") {
  AutoscalerConfig config = target(70, 1, 10);
  config.metric = sim::ScalingMetric::utilization;
  const sim::FleetState fleet{
      .ready_replicas = 2, .all_replicas = 2, .slots_per_replica = 8, .busy_slots = 12, .waiting = 99, .arrivals = 30};
  CHECK(sim::MetricWindow{config}.read(fleet).metric_total == 150);  // 75 % of each
  config.metric = sim::ScalingMetric::requests_per_second;
  CHECK(sim::MetricWindow{config}.read(fleet).metric_total == 2);  // 30 in 15 s
}
