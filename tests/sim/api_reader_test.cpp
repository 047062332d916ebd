#include "sim/api/api_reader.hpp"

#include <string>
#include <variant>
#include <vector>

#include "sim/api/api_calls.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;

namespace {

std::string text_of(const std::string& api,
                    const std::string& latency = "latency: {time_to_first_token: 300ms, per_output_token: 9ms}, ") {
  return "scenario: s\nhorizon: {start: 2026-12-01, hours: 1}\n"
         "traffic: {daily_users: 100, requests_per_user_day: 1, tokens: {input: 10, output: 10}}\n"
         "options:\n"
         "  - {name: a, kind: managed_api, " +
         latency + api + "}\n";
}

scenario_run::Read read(const std::string& api) { return scenario_run::read_scenario(text_of(api)); }

sim::ManagedApiConfig config_of(const std::string& api) {
  return std::get<sim::ManagedApiConfig>(read(api).scenario.options[0].serving);
}

std::string complaint(const std::string& api,
                      const std::string& latency = "latency: {time_to_first_token: 300ms, per_output_token: 9ms}, ") {
  const std::string all = test_support::complaint([&] { scenario_run::read_scenario(text_of(api, latency)); });
  // Without the position, which is that of the line's text.
  const std::size_t at = all.find("options.a");
  return at == std::string::npos ? all : all.substr(at);
}

}  // namespace

TEST_CASE("An API of which only the latency is said has nothing else", "[sim][scenario]") {
  const sim::ManagedApiConfig config = config_of("");
  CHECK_FALSE(sim::ApiCalls::are_needed(config));
  CHECK_FALSE(config.limits);
  CHECK_FALSE(config.retry);
}

TEST_CASE("Limits, retries and the rest are read as they are written", "[sim][scenario]") {
  const sim::ManagedApiConfig config = config_of(
      "timeout: 60s, limits: {requests_per_minute: 30_000, requests_per_day: 1_000_000, tokens_per_minute: 2_000_000, "
      "input_tokens_per_minute: 1_500_000, output_tokens_per_minute: 600_000, concurrency: 500, burst: 10s, "
      "estimate: max_output, max_output_tokens: 4096, corrected: false, cached_tokens_count: true}, "
      "retry: {max: 4, backoff: 1s, cap: 20s, jitter: equal, budget: 20%, reserve: 7, honour_retry_after: false}, "
      "hedging: {after: 2s}, errors: {share: 0.1%, billed: true, after: 50ms}, "
      "outages: {mean_between: 30d, mean_repair: 45m}, "
      "prompt_cache: {prefix_tokens: 1200, ttl: 1h, minimum_tokens: 1000, prefixes: 30, chosen_by: content}, "
      "provisioned: {units: 150, tokens_per_minute_per_unit: 3000, output_weight: 4, spill: false, window: 10s, "
      "minimum_units: 50, unit_step: 50}");
  CHECK(config.limits->requests_per_minute == 30'000);
  CHECK(config.limits->requests_per_day == 1'000'000);
  CHECK(config.limits->tokens_per_minute == 2'000'000);
  CHECK(config.limits->input_tokens_per_minute == 1'500'000);
  CHECK(config.limits->output_tokens_per_minute == 600'000);
  CHECK(config.limits->concurrency == 500);
  CHECK(config.limits->burst == 10s);
  CHECK(config.limits->max_output_tokens == 4'096);
  CHECK_FALSE(config.limits->is_corrected);
  CHECK(config.limits->cached_tokens_count);
  CHECK(config.retry->max == 4);
  CHECK(config.retry->backoff == 1s);
  CHECK(config.retry->cap == 20s);
  CHECK(config.retry->jitter == sim::Jitter::equal);
  CHECK(config.retry->budget_millionths == 200'000);
  CHECK(config.retry->reserve == 7);
  CHECK_FALSE(config.retry->honours_retry_after);
  CHECK(config.hedging->after == 2s);
  CHECK(config.errors->share == 0.001);
  CHECK(config.errors->billed);
  CHECK(config.errors->after == 50ms);
  CHECK(config.outages->mean_between == 24h * 30);
  CHECK(config.outages->mean_repair == 45min);
  CHECK(config.prompt_cache->ttl == 1h);
  CHECK(config.prompt_cache->prefixes == 30);
  CHECK(config.prompt_cache->by_content);
  CHECK(config.provisioned->units == 150);
  CHECK_FALSE(config.provisioned->spills);
  CHECK(config.provisioned->window == 10s);
}

TEST_CASE("What an API takes for granted is an assumption", "[sim][scenario]") {
  const auto assumptions = read(
                               "limits: {tokens_per_minute: 1000}, retry: {max: 3}, errors: {share: 1%}, prompt_cache: "
                               "{prefix_tokens: 2000}")
                               .assumptions;
  std::string all;
  for (const core::Assumption& a : assumptions) all += a.key + " = " + a.value + "\n";
  for (const std::string_view key :
       {"options.a.limits.burst = 1m", "options.a.limits.estimate = actual", "options.a.retry.backoff = 500ms",
        "options.a.retry.cap = 30s", "options.a.retry.jitter = full", "options.a.retry.honour_retry_after = true",
        "options.a.errors.after = time to first token", "options.a.errors.billed = false",
        "options.a.prompt_cache.ttl = 5m", "options.a.prompt_cache.minimum_tokens = 1024"}) {
    test_support::check_says(all, key);
  }
}

TEST_CASE("A batch is read instead of a latency", "[sim][scenario]") {
  const auto read = scenario_run::read_scenario(text_of("batch: {turnaround: {lognormal: {p50: 1h, p95: 6h}}}", ""));
  const auto config = std::get<sim::ManagedApiConfig>(read.scenario.options[0].serving);
  CHECK(config.batch->deadline == 24h);
  CHECK(config.latency.per_output_token.mean_ns() == 0);
}

TEST_CASE("Each slip in what is said of an API is one line", "[sim][scenario]") {
  struct Slip {
    std::string api;
    std::string says;
  };
  const std::vector<Slip> slips{
      {"limits: {requests_per_minute: 0}",
       "options.a.limits.requests_per_minute: found '0', expected a whole number from 1 to 1_000_000_000_000"},
      {"limits: {}", "options.a.limits.requests_per_minute: found no limit, expected at least one of"},
      {"limits: {concurrency: -1}", "options.a.limits.concurrency: found '-1', expected a whole number from 1"},
      {"limits: {tokens_per_minute: 1000, estimate: guess}",
       "options.a.limits.estimate: found 'guess', expected actual or max_output"},
      {"limits: {tokens_per_minute: 1000, max_output_tokens: 100}",
       "options.a.limits.max_output_tokens: found an estimate that is the actual one, expected it with estimate: "
       "max_output"},
      {"limits: {output_tokens_per_minute: 6000, burst: 10s, estimate: max_output, max_output_tokens: 1001}",
       "options.a.limits.max_output_tokens: found 1001, expected at most the 1000 tokens that "
       "output_tokens_per_minute "
       "admits at once, or no call is ever admitted"},
      {"limits: {requests_per_minute: 5, burst: 0s}",
       "options.a.limits.burst: found '0s', expected a duration from 1ms"},
      {"retry: {backoff: 1s}", "options.a.retry.max: found nothing, expected a whole number from 1 to 100"},
      {"retry: {max: 0}", "options.a.retry.max: found '0', expected a whole number from 1 to 100"},
      {"retry: {max: 3, cap: 100ms}", "options.a.retry.cap: found 100ms, expected at least the backoff of 500ms"},
      {"retry: {max: 3, jitter: some}", "options.a.retry.jitter: found 'some', expected full, equal or none"},
      {"retry: {max: 3, budget: 120%}", "options.a.retry.budget: found '120%', expected"},
      {"timeout: 2s, hedging: {after: 2s}", "options.a.hedging.after: found 2s, expected less than the timeout of 2s"},
      {"hedging: {}", "options.a.hedging.after: found nothing, expected a duration from 1ms"},
      {"errors: {share: 1.5}", "options.a.errors.share: found '1.5', expected"},
      {"outages: {mean_between: 30d}", "options.a.outages.mean_repair: found nothing, expected a duration"},
      {"prompt_cache: {prefix_tokens: 2000, ttl: -5m}", "options.a.prompt_cache.ttl: found '-5m', expected"},
      {"prompt_cache: {prefix_tokens: 1000}",
       "options.a.prompt_cache.prefix_tokens: found 1000, expected at least the minimum of 1024 tokens, or nothing "
       "is "
       "ever cached"},
      {"provisioned: {units: 51, tokens_per_minute_per_unit: 3000, output_weight: 4, minimum_units: 50, unit_step: 50}",
       "options.a.provisioned.units: found 51, expected 50 units and steps of 50 beyond, as the vendor sells them"},
      {"batch: {turnaround: 1h}", "options.a.latency: found 'latency' beside a batch, expected batch alone"},
  };
  for (const Slip& slip : slips) {
    CAPTURE(slip.api);
    test_support::check_says(complaint(slip.api), slip.says);
  }
  for (const std::string key : {"timeout: 60s", "limits: {requests_per_minute: 5}", "retry: {max: 3}",
                                "hedging: {after: 1s}", "outages: {mean_between: 1d, mean_repair: 1h}"}) {
    CAPTURE(key);
    test_support::check_says(complaint("batch: {turnaround: 1h}, " + key, ""), "beside a batch");
  }
}
