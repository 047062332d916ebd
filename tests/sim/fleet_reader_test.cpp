#include "sim/fleet/fleet_reader.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "sim/scenario.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/sim/serving_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

constexpr std::string_view cold_start = "cold_start: {provision: 60s, image: 40s, warmup: 10s}";

std::string scenario(std::string_view keys, std::string_view serving = "{histogram: 1s, slots: 2}") {
  return fmt::format(
      "scenario: s\nhorizon: {{start: 2026-12-01, hours: 1}}\n"
      "traffic: {{daily_users: 1000, requests_per_user_day: 1, tokens: {{input: 10, output: 10}},\n"
      "  classes: [{{name: interactive, share: 70%}}, {{name: batch, share: 20%}}, {{name: other, share: 10%}}]}}\n"
      "options:\n  - name: a\n    kind: self_hosted\n    instance: any\n    serving: {}\n    replicas: 4\n    {}\n",
      serving, keys);
}

sim::FleetConfig read(std::string_view keys) {
  const sim::Scenario scenario_ = scenario_run::read_scenario(scenario(keys)).scenario;
  return std::get<sim::SlotFleetConfig>(scenario_.options.front().serving).fleet;
}

// Without the place.
std::string message(std::string_view keys, std::string_view serving = "{histogram: 1s, slots: 2}") {
  try {
    const core::Document document{"s.yaml", scenario(keys, serving)};
    const scenario_run::Files files{{"p.yaml", serving_run::profile()}};
    (void)sim::read_scenario(document.root(), scenario_run::load_from(files), scenario_run::any_instance);
    document.finish();
  } catch (const core::ConfigError& error) {
    const std::string text = error.what();
    return text.substr(text.find("options.a"));
  }
  return "accepted";
}

}  // namespace

TEST_CASE("Without a word about nodes each replica has one of its own", "[sim][fleet_reader]") {
  const sim::FleetConfig fleet = read("");
  CHECK(fleet.nodes.replicas_per_node == 1);
  CHECK(fleet.nodes.quota == sim::no_limit);
  CHECK(fleet.nodes.batch_max == 0s);
  CHECK_FALSE(fleet.spot.has_value());
  CHECK_FALSE(fleet.patience);
  CHECK(fleet.retry.max == 0);
  CHECK(fleet.class_limits.empty());
}

TEST_CASE("Nodes are read with Karpenter's defaults", "[sim][fleet_reader]") {
  const sim::FleetConfig fleet = read("nodes: {replicas_per_node: 4, quota: 100, zones: [a, b]}");
  CHECK(fleet.nodes.replicas_per_node == 4);
  CHECK(fleet.nodes.quota == 100);
  CHECK(fleet.nodes.consolidates_underused);
  CHECK(fleet.nodes.consolidate_after == 0s);
  CHECK(fleet.nodes.batch_idle == 1s);
  CHECK(fleet.nodes.batch_max == 10s);
  CHECK(fleet.nodes.zones == std::vector<std::string>{"a", "b"});
}

TEST_CASE("A part of a cold start is a time or a distribution", "[sim][fleet_reader]") {
  const sim::ColdStart cold =
      read(
          "cold_start: {provision: {p50: 60s, p95: 180s}, image: 40s, weights: {size: 16GB, bandwidth: 1GB/s}, "
          "warmup: {exponential: {mean: 20s}}}")
          .cold_start;
  CHECK_FALSE(cold.provision.is_constant());
  CHECK(cold.image.is_constant());
  CHECK(cold.weights.draw_ns(7) == core::to_ns(16s));
  CHECK(cold.warmup.typical() == 20s);
  // The median and the 95th percentile are where they were asked for.
  CHECK(std::abs(cold.provision.draw_ns(std::uint64_t{1} << 63U) - core::to_ns(60s)) < core::to_ns(1s));
  CHECK(std::abs(cold.provision.draw_ns(0xf333333333333333U) - core::to_ns(180s)) < core::to_ns(1s));
  CHECK(read("cold_start: {provision: 60s, image: 40s, weights: {p50: 5s, p95: 60s}, warmup: 1s}")
            .cold_start.weights.draw_ns(std::uint64_t{1} << 63U) > core::to_ns(4s));
}

TEST_CASE("Clients are patient, shed and come again as it is said", "[sim][fleet_reader]") {
  const sim::FleetConfig fleet = read(
      "queue: {limit: 1000, shed: [batch, interactive]}\n    patience: {exponential: {mean: 30s}}\n"
      "    retry: {max: 2, backoff: 1s, cap: 30s, jitter: full, budget: 20%}");
  CHECK(fleet.class_limits == std::vector<std::int64_t>{1000, 500, 1000});
  REQUIRE(fleet.patience);
  CHECK(fleet.patience->exponential_mean == 30s);
  CHECK(fleet.retry.max == 2);
  CHECK(fleet.retry.budget_millionths == 200'000);
}

TEST_CASE("What cannot be of a fleet is said in one line", "[sim][fleet_reader]") {
  CHECK(message("nodes: {quota: 0}") ==
        "options.a.nodes.quota: found '0', expected a whole number from 1 to 1_000_000 nodes in the region");
  CHECK(message("nodes: {zones: [a, a]}") ==
        "options.a.nodes.zones: found 'a' again, expected a name of its own for each zone");
  CHECK(message("nodes: {batch_idle: 5s, batch_max: 2s}") ==
        "options.a.nodes.batch_max: found 2s, expected at least the batch_idle of 5s");
  CHECK(message("nodes: {replicas: 5}").find("replicas_per_node") != std::string::npos);
  CHECK(message("queue: {limit: 10, shed: [bulk]}") ==
        "options.a.queue.shed: found 'bulk', expected classes of the traffic (interactive, batch, other), each once");
  CHECK(message("queue: {limit: 10, shed: [batch, batch]}") ==
        "options.a.queue.shed: found 'batch', expected classes of the traffic (interactive, batch, other), each once");
  CHECK(message("cold_start: {provision: {p50: 60s, p95: 30s}, image: 1s, warmup: 1s}") ==
        "options.a.cold_start.provision.p95: found 30s, expected at least the p50 of 1m");
  CHECK(message("purchase: {spot: 60%}") ==
        "options.a.cold_start: found nothing, expected {provision: …, image: …, weights: {size: …, bandwidth: …}, "
        "warmup: …}");
  CHECK(message("retry: {max: 0}") ==
        "options.a.retry.max: found '0', expected a whole number from 1 to 100 calls after the first");
}

TEST_CASE("Engines have queues of their own and shed there, what their clients do not do is refused",
          "[sim][fleet_reader]") {
  CHECK(message("retry: {max: 2}", "{profile: p.yaml}") ==
        "options.a.retry: found 'retry', expected no such key in this release: it is not simulated yet");
  CHECK(message("patience: 10s", "{profile: p.yaml}") ==
        "options.a.patience: found 'patience', expected no such key in this release: it is not simulated yet");
  CHECK(message("queue: {limit: 10, shed: [batch]}", "{profile: p.yaml}") == "accepted");
  CHECK(message("queue: {limit: 10, shed: [bulk]}", "{profile: p.yaml}").find("found 'bulk'") != std::string::npos);
  CHECK(message(fmt::format("nodes: {{quota: 8}}\n    {}\n    purchase: {{spot: 50%}}", cold_start),
                "{profile: p.yaml}") == "accepted");
}
