// A cache within a simulation: what it counts, what users feel of it, and that nobody else's luck moves.
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/simulation.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"

namespace {

std::string text_of(std::string_view cache) {
  return "scenario: s\n"
         "horizon: {start: 2026-12-01, hours: 4}\n"
         "traffic: {daily_users: 50_000, requests_per_user_day: 10, tokens: {input: 500, output: 1}}\n" +
         std::string{cache} +
         "options:\n"
         "  - {name: api, kind: managed_api, latency: {time_to_first_token: 1s, per_output_token: 9ms}}\n";
}

constexpr std::string_view exact =
    "cache: {kind: exact, entries: 1000, ttl: 10m, popularity: {zipf: 0.9, keys: 10_000}}\n";
constexpr std::string_view semantic =
    "cache: {kind: semantic, similarity: 0.9, hit_share: 60%, wrong: 2%, lookup_latency: 40ms, entries: 1000, ttl: "
    "10m, "
    "popularity: {zipf: 0.9, keys: 10_000}}\n";

sim::OptionResult run(std::string_view cache, const sim::Faults& faults = {}) {
  sim::Scenario scenario = scenario_run::read_scenario(text_of(cache)).scenario;
  if (scenario.cache) scenario.cache->faults = faults;
  sim::Simulation simulation{scenario, 1};
  return sim::run(simulation).front();
}

}  // namespace

TEST_CASE("A semantic cache is an exact one of topics with a share of its hits", "[sim][cache]") {
  const sim::OptionResult plain = run("");
  const sim::OptionResult by_key = run(exact);
  const sim::OptionResult by_topic = run(semantic);
  const core::HourUsage all = by_topic.usage.total();
  REQUIRE(by_topic.checks.conservation);
  CHECK(all.arrivals == plain.usage.total().arrivals);
  CHECK(all.cache_lookups == all.arrivals);
  CHECK(all.cache_lookup_tokens == 500 * all.arrivals);
  CHECK(plain.usage.total().cache_lookups == 0);

  // The same keys are held; of those that an exact cache finds, a share is recognised, each by a draw of its own.
  const auto found = static_cast<double>(by_key.usage.total().cache_hits);
  const auto recognised = static_cast<double>(all.cache_hits);
  CHECK(recognised / found == Approx(0.6).margin(4 * std::sqrt(0.24 / found)));
  CHECK(static_cast<double>(all.cache_wrong_hits) / recognised ==
        Approx(0.02).margin(4 * std::sqrt(0.0196 / recognised)));
  CHECK(by_key.usage.total().cache_wrong_hits == 0);
}

TEST_CASE("Whoever asks a semantic cache waits for the look-up, hit or miss", "[sim][cache]") {
  const sim::OptionResult result = run(semantic);
  CHECK(result.cache_hit_ns == 45'000'000);
  REQUIRE(result.latency_ns.recorded_buckets().size() == 2);
  // A histogram's bucket is 0.1 % wide.
  CHECK(static_cast<double>(result.latency_ns.min()) == Approx(45e6).epsilon(2e-3));
  CHECK(static_cast<double>(result.latency_ns.max()) == Approx(1040e6).epsilon(2e-3));
  CHECK(static_cast<double>(result.time_to_first_token_ns.max()) == Approx(1040e6).epsilon(2e-3));
  CHECK(result.latency_ns.total_count() == result.usage.total().cache_hits + result.usage.total().served);
  CHECK(run(exact).cache_hit_ns == 5'000'000);
  CHECK(static_cast<double>(run(exact).latency_ns.max()) == Approx(1e9).epsilon(2e-3));
  CHECK_FALSE(run("").cache_hit_ns.has_value());
}

TEST_CASE("A cold cache costs hits until it is warm again, and moves nothing else", "[sim][cache]") {
  const sim::OptionResult warm = run(exact);
  const sim::OptionResult cold = run(
      exact,
      {{.kind = sim::FaultKind::cold_cache, .begin_ns = 2 * core::ns_per_hour, .end_ns = 2 * core::ns_per_hour + 1}});
  REQUIRE(cold.usage.hours.size() == 4);
  for (const std::size_t hour : {std::size_t{0}, std::size_t{1}})
    CHECK(cold.usage.hours[hour] == warm.usage.hours[hour]);
  CHECK(cold.usage.hours[2].arrivals == warm.usage.hours[2].arrivals);
  CHECK(cold.usage.hours[2].cache_hits < warm.usage.hours[2].cache_hits);
  // An hour later every entry of then has expired in both runs: 10 minutes of life. What differs is the phase of the
  // lives that began anew, so the hits of an hour agree to their own scatter.
  const auto hits = static_cast<double>(warm.usage.hours[3].cache_hits);
  CHECK(static_cast<double>(cold.usage.hours[3].cache_hits) == Approx(hits).margin(4 * std::sqrt(hits)));
}

TEST_CASE("An option that goes past the cache is served as if there were none", "[sim][cache]") {
  const std::string text = text_of(semantic) +
                           "  - {name: past, kind: managed_api, cache: false, "
                           "latency: {time_to_first_token: 1s, per_output_token: 9ms}}\n";
  for (const sim::Engine engine : {sim::Engine::fast, sim::Engine::events}) {
    sim::Simulation simulation{scenario_run::read_scenario(text).scenario, 1, engine};
    const std::vector<sim::OptionResult> results = sim::run(simulation);
    const sim::OptionResult plain = run("");
    const sim::OptionResult cached = run(semantic);
    CHECK(results[0].usage == cached.usage);
    CHECK(results[0].latency_ns == cached.latency_ns);
    CHECK(results[1].usage == plain.usage);
    CHECK(results[1].latency_ns == plain.latency_ns);
    CHECK_FALSE(results[1].cache_hit_ns.has_value());
    CHECK(results[1].checks.conservation);
  }
}
