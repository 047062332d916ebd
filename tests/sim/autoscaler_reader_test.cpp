// The `autoscaler` section in its six kinds: what is read, what is assumed, and what is refused.
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/yaml_reader.hpp"
#include "sim/fleet/fleet_reader.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using sim::ScalerConfig;

namespace {

struct Read {
  ScalerConfig config;
  std::vector<core::Assumption> assumptions;
};

Read read(const std::string& text) {
  const core::Document document{"a.yaml", text};
  ScalerConfig config = sim::read_autoscaler(document.root());
  document.finish();
  return {std::move(config), document.assumptions()};
}

template <class Policy>
const Policy& policy_of(const Read& read) {
  return std::get<Policy>(read.config.policy);
}

std::string message(const std::string& text) {
  try {
    read(text);
    return "accepted";
  } catch (const core::ConfigError& error) { return error.what(); }
}

bool assumes(const Read& read, std::string_view key, std::string_view value, std::string_view why) {
  for (const core::Assumption& assumption : read.assumptions) {
    if (assumption.key == key) return assumption.value == value && assumption.why == why;
  }
  return false;
}

}  // namespace

TEST_CASE("An HPA takes policies for both directions", "[sim][scenario]") {
  const Read hpa = read(
      "{kind: hpa, metric: cpu, target: 75%, min: 2, max: 40, scale_up_tolerance: 0.05, scale_down_tolerance: 0.2,\n"
      " scale_up: {select: min, policies: [{pods: 6, period: 30s}, {percent: 50%, period: 1m}]},\n"
      " scale_down: {policies: [{percent: 10%, period: 1m}]}, cpu_initialization_period: 2m}");
  const auto& config = policy_of<sim::AutoscalerConfig>(hpa);
  CHECK(config.metric == sim::ScalingMetric::cpu);
  CHECK(config.target == 75);
  CHECK(config.scale_up_tolerance == 0.05);
  CHECK(config.scale_down_tolerance == 0.2);
  CHECK(config.scale_up.select == sim::ScalingRules::Select::min);
  REQUIRE(config.scale_up.policies.size() == 2);
  CHECK(config.scale_up.policies[1].kind == sim::ScalingPolicy::Kind::percent);
  CHECK(config.scale_up.policies[1].value == 50);
  CHECK(config.scale_up.policies[1].period == 1min);
  REQUIRE(config.scale_down.policies.size() == 1);
  CHECK(config.scale_down.policies[0].value == 10);
  CHECK(config.cpu_initialization_period == 2min);
  CHECK(config.cpu_window == 15s);
  CHECK(message("{kind: hpa, metric: cpu, target: 75%, max: 4, scale_down: {select: disabled}}") == "accepted");
  CHECK(message("{kind: hpa, metric: cpu, target: 75%, max: 4, scale_down: {policies: [{period: 1m}]}}") ==
        "a.yaml:1:71: scale_down.policies.0.pods: found neither pods nor percent, expected one of them in each "
        "policy");
  // One way to say it at a time.
  CHECK(message("{kind: hpa, metric: concurrency, target: 7, max: 4, scale_up_replicas: 4,\n"
                " scale_up: {policies: [{pods: 4, period: 1m}]}}")
            .find("scale_up_replicas") != std::string::npos);
  CHECK(message("{kind: hpa, metric: concurrency, target: 7, max: 4, min: 0}") ==
        "a.yaml:1:58: min: found '0', expected a whole number from 1 to 4 replicas");
}

TEST_CASE("KEDA, AWS and Knative have their own defaults and say so", "[sim][scenario]") {
  const Read keda = read("{kind: keda, target: 8, max: 40}");
  CHECK(keda.config.min_replicas == 0);
  CHECK(keda.config.max_replicas == 40);
  CHECK(policy_of<sim::KedaConfig>(keda).hpa.metric == sim::ScalingMetric::concurrency);
  CHECK(policy_of<sim::KedaConfig>(keda).hpa.target == 8);
  CHECK(assumes(keda, "polling_interval", "30s", "KEDA default"));
  CHECK(assumes(keda, "cooldown_period", "5m", "KEDA default"));
  CHECK(assumes(keda, "activation", "0", "KEDA default"));
  CHECK(assumes(keda, "sync_period", "15s", "Kubernetes default"));

  const Read aws = read("{kind: target_tracking, metric: utilization, target: 60%, max: 40}");
  CHECK(aws.config.min_replicas == 1);
  CHECK(policy_of<sim::TargetTrackingConfig>(aws).target == 60);
  CHECK(policy_of<sim::TargetTrackingConfig>(aws).sample_period == 10s);
  CHECK(assumes(aws, "scale_out_datapoints", "3 datapoints", "the alarms that AWS makes"));
  CHECK(assumes(aws, "scale_in_datapoints", "15 datapoints", "the alarms that AWS makes"));
  CHECK(assumes(aws, "scale_in_cooldown", "5m", "AWS default"));
  CHECK(policy_of<sim::TargetTrackingConfig>(
            read("{kind: target_tracking, metric: utilization, target: 60%, max: 40, period: 75s}"))
            .sample_period == 75s);

  const Read kpa = read("{kind: kpa, max: 40}");
  CHECK(kpa.config.min_replicas == 0);
  CHECK(policy_of<sim::KnativeConfig>(kpa).target == 100);
  CHECK(assumes(kpa, "target_utilization", "70%", "Knative default"));
  CHECK(assumes(kpa, "panic_threshold", "200%", "Knative default"));
  CHECK(assumes(kpa, "stable_window", "1m", "Knative default"));
  CHECK(assumes(kpa, "scale_to_zero_grace_period", "30s", "Knative default"));
  CHECK(policy_of<sim::KnativeConfig>(read("{kind: kpa, metric: requests_per_second, max: 4}")).target == 200);
  CHECK(message("{kind: kpa, max: 40, tolerance: 0.1}").find("tolerance") != std::string::npos);
}

TEST_CASE("A schedule has times of the week, and numbers or floors above which another one decides",
          "[sim][scenario]") {
  const Read fixed = read(
      "{kind: scheduled, utc_offset: -5h,\n"
      " schedule: [{at: \"20:30\", days: [fri], replicas: 2}, {at: \"08:00\", days: [mon, tue], replicas: 10}]}");
  CHECK(fixed.config.min_replicas == 2);
  CHECK(fixed.config.max_replicas == 10);
  const auto& schedule = policy_of<sim::ScheduleConfig>(fixed);
  CHECK(schedule.utc_offset == -5h);
  REQUIRE(schedule.rules.size() == 3);  // in the order of the week
  CHECK(schedule.rules[0].begins == 8h);
  CHECK(schedule.rules[1].begins == 32h);
  CHECK(schedule.rules[2].begins == 96h + 20h + 30min);
  CHECK(schedule.rules[2].replicas == 2);

  const Read floors = read(
      "{kind: scheduled, above: {kind: hpa, metric: concurrency, target: 7, min: 3, max: 40},\n"
      " schedule: [{at: \"08:00\", min: 10}, {at: \"20:00\", min: 2}]}");
  CHECK(floors.config.min_replicas == 3);
  CHECK(floors.config.max_replicas == 40);
  CHECK(policy_of<sim::ScheduleConfig>(floors).rules.size() == 14);
  CHECK(assumes(floors, "above.sync_period", "15s", "Kubernetes default"));

  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"{kind: scheduled, schedule: [{at: \"24:00\", replicas: 1}]}",
            "a.yaml:1:35: schedule.0.at: found '24:00', expected a time of the day from 00:00 to 23:59"},
           {"{kind: scheduled, schedule: [{at: \"08:00\", days: [monday], replicas: 1}]}",
            "a.yaml:1:50: schedule.0.days: found 'monday', expected mon, tue, wed, thu, fri, sat or sun"},
           {"{kind: scheduled, schedule: [{at: \"08:00\", min: 1}]}",
            "a.yaml:1:49: schedule.0.min: found a floor under nobody, expected replicas, or another autoscaler in "
            "'above'"},
           {"{kind: scheduled, schedule: [{at: \"08:00\", replicas: 1}, {at: \"08:00\", days: [sun], replicas: 2}]}",
            "a.yaml:1:63: schedule.1.at: found 08:00 again, expected one rule at a time of the week"},
           {"{kind: scheduled, schedule: [{at: \"08:00\", replicas: 0}]}",
            "a.yaml:1:29: schedule: found no replicas at any time, expected a rule with at least one replica"},
           {"{kind: scheduled, schedule: [{at: \"08:00\"}]}",
            "a.yaml:1:30: schedule.0.replicas: found neither min nor replicas, expected one of them in each rule"}}) {
    CAPTURE(text);
    CHECK(message(text) == error);
  }
}

TEST_CASE("A forecast has a lead time, and a season that is a multiple of its interval", "[sim][scenario]") {
  const Read day = read("{kind: predictive, target: 5, lead: 3m, max: 40}");
  CHECK(policy_of<sim::PredictiveConfig>(day).lead == 3min);
  CHECK(policy_of<sim::PredictiveConfig>(day).season == 24h);
  CHECK(assumes(day, "season", "1d", "a day is like the day before"));
  CHECK(policy_of<sim::PredictiveConfig>(read("{kind: predictive, target: 5, lead: 3m, max: 40, method: trend}"))
            .season == 0s);
  CHECK(message("{kind: predictive, target: 5, max: 40}").find("a.yaml:1:1: lead: found nothing") == 0);
  CHECK(message("{kind: predictive, target: 5, lead: 3h, season: 2h, max: 40}") ==
        "a.yaml:1:49: season: found 2h, expected a multiple of the interval, 1m, and more than the lead, 3h");
  CHECK(message("{kind: predictive, target: 5, lead: 3m, season: 1h, interval: 7m, max: 40}") ==
        "a.yaml:1:49: season: found 1h, expected a multiple of the interval, 7m, and more than the lead, 3m");
}
