#include "sim/api/feasibility.hpp"

#include <string>

#include "tests/sim/api_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using api_run::constant;
using sim::feasibility;
using sim::LimitCheck;
using sim::LimitVerdict;
using sim::units_needed;

namespace {

sim::ManagedApiConfig config_with(const sim::LimitsConfig& limits) {
  return {.latency = {.first_token = constant(300ms), .per_output_token = constant(10ms)}, .limits = limits};
}

constexpr sim::TrafficNeed thousand_a_second{
    .mean_per_s = 970, .peak_per_s = 1'000, .mean_input_tokens = 1'000, .mean_output_tokens = 201};

}  // namespace

TEST_CASE("A thousand requests a second are 60,000 a minute, twice a limit of 30,000", "[sim][managed_api]") {
  const auto checks = feasibility(config_with({.requests_per_minute = 30'000}), thousand_a_second);
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].dimension == "requests a minute");
  CHECK(checks[0].limit == 30'000);
  CHECK(checks[0].peak_need == Approx(60'000));
  CHECK(checks[0].mean_need == Approx(58'200));
  CHECK(checks[0].verdict() == LimitVerdict::below_mean);
  CHECK(checks[0].servable_at_peak() == Approx(0.5));
}

TEST_CASE("Between the mean and the peak a limit holds on average only", "[sim][managed_api]") {
  const auto verdict = [](std::int64_t limit) {
    return feasibility(config_with({.requests_per_minute = limit}), thousand_a_second)[0].verdict();
  };
  CHECK(verdict(58'199) == LimitVerdict::below_mean);
  CHECK(verdict(58'200) == LimitVerdict::below_peak);
  CHECK(verdict(59'999) == LimitVerdict::below_peak);
  CHECK(verdict(60'000) == LimitVerdict::holds);
}

TEST_CASE("Every dimension is measured against what the traffic needs of it", "[sim][managed_api]") {
  const auto checks = feasibility(config_with({.requests_per_minute = 1,
                                               .requests_per_day = 1,
                                               .tokens_per_minute = 1,
                                               .input_tokens_per_minute = 1,
                                               .output_tokens_per_minute = 1,
                                               .concurrency = 1}),
                                  thousand_a_second);
  REQUIRE(checks.size() == 6);
  CHECK(checks[1].dimension == "requests a day");
  CHECK(checks[1].peak_need == Approx(970 * 86'400));
  CHECK(checks[2].peak_need == Approx(60'000 * 1'201));
  CHECK(checks[3].peak_need == Approx(60'000 * 1'000));
  CHECK(checks[4].peak_need == Approx(60'000 * 201));
  // Little's law: 300 ms + 200 × 10 ms = 2.3 s, times a thousand a second.
  CHECK(checks[5].dimension == "calls at once");
  CHECK(checks[5].peak_need == Approx(2'300));
  CHECK(checks[5].mean_need == Approx(2'231));
}

TEST_CASE("What the prompt cache holds and what an estimate adds belong to the need", "[sim][managed_api]") {
  sim::ManagedApiConfig config = config_with({.input_tokens_per_minute = 1, .output_tokens_per_minute = 1});
  config.prompt_cache = sim::PromptCacheConfig{.prefix_tokens = 600, .ttl = 5min};
  CHECK(feasibility(config, thousand_a_second)[0].peak_need == Approx(60'000 * 400));
  config.limits->cached_tokens_count = true;
  CHECK(feasibility(config, thousand_a_second)[0].peak_need == Approx(60'000 * 1'000));
  config.limits->max_output_tokens = 4'096;
  CHECK(feasibility(config, thousand_a_second)[1].peak_need == Approx(60'000.0 * 4'096));
  config.limits->is_corrected = true;
  CHECK(feasibility(config, thousand_a_second)[1].peak_need == Approx(60'000 * 201));
}

TEST_CASE("600 requests a minute of 1,000 and 200 tokens need 360 units of gpt-4.1, regionally 400",
          "[sim][managed_api][golden]") {
  sim::ProvisionedConfig units{.units = 1, .tokens_per_minute_per_unit = 3'000, .output_weight = 4};
  units.minimum_units = 15;
  units.unit_step = 5;
  CHECK(units_needed(units, 600, 1'000, 200) == 360);
  units.minimum_units = 50;
  units.unit_step = 50;
  CHECK(units_needed(units, 600, 1'000, 200) == 400);
  CHECK(units_needed(units, 1, 1'000, 200) == 50);
}

TEST_CASE("Limits carry only what provisioned units leave", "[sim][managed_api]") {
  sim::ManagedApiConfig config = config_with({.requests_per_minute = 500});
  config.provisioned = sim::ProvisionedConfig{.units = 180, .tokens_per_minute_per_unit = 3'000, .output_weight = 4};
  const sim::TrafficNeed need{.mean_per_s = 5, .peak_per_s = 10, .mean_input_tokens = 1'000, .mean_output_tokens = 200};
  auto checks = feasibility(config, need);
  REQUIRE(checks.size() == 2);
  CHECK(checks[0] == LimitCheck{"provisioned tokens a minute", 540'000, 540'000, 1'080'000, 360});
  CHECK(checks[1].mean_need == Approx(0).margin(1e-9));
  CHECK(checks[1].peak_need == Approx(300));
  config.provisioned->spills = false;
  CHECK(feasibility(config, need).size() == 1);
}
