// Limits, failures and retries against what arithmetic says of them.
#include "sim/api/api_calls.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/math.hpp"
#include "tests/sim/api_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using namespace api_run;
using core::Outcome;

namespace {

double share(std::int64_t part, std::int64_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

// Requests at the times of a Poisson process.
std::vector<Request> poisson(double per_s, std::int64_t count, std::uint64_t seed) {
  core::Stream chance{seed};
  std::vector<Request> requests;
  std::int64_t now_ns = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    now_ns += static_cast<std::int64_t>(-core::log(core::unit_open_closed(chance.next())) / per_s * 1e9);
    requests.push_back({now_ns, chance.next(), 2'000, 10, 0});
  }
  return requests;
}

void check_same_but_api(const sim::OptionResult& a, const sim::OptionResult& b) {
  CHECK(a.usage == b.usage);
  CHECK(a.latency_ns == b.latency_ns);
  CHECK(a.time_to_first_token_ns == b.time_to_first_token_ns);
  CHECK(a.wait_ns == b.wait_ns);
  CHECK(a.checks == b.checks);
}

}  // namespace

TEST_CASE("Of independent failures a share p^(k+1) is final, after (1 - p^(k+1))/(1 - p) calls",
          "[sim][managed_api][closed form]") {
  constexpr double p = 0.3;
  constexpr int k = 3;
  Api api{.hours = 2};
  api.config.errors = sim::ErrorsConfig{.share = p};
  api.config.retry = sim::RetryConfig{.max = k, .backoff = 10ms, .cap = 1s};
  constexpr std::int64_t count = 400'000;
  const Answer answer = api.run(every(10 * ms, count));
  check_books(answer.result);
  const double failed = std::pow(p, k + 1);
  const double tolerance = 4 * std::sqrt(failed * (1 - failed) / count);
  CHECK(std::abs(share(answer.result.usage.count(Outcome::failed), count) - failed) < tolerance);
  // Calls of a request: j with probability p^(j-1) (1 - p), and k + 1 with p^k.
  double mean = 0;
  double square = 0;
  for (int j = 1; j <= k + 1; ++j) {
    const double probability = std::pow(p, j - 1) * (j <= k ? 1 - p : 1);
    mean += j * probability;
    square += j * j * probability;
  }
  CHECK(mean == Approx((1 - failed) / (1 - p)));
  const sim::ApiSummary& calls = *answer.result.api;
  CHECK(std::abs(share(calls.calls, count) - mean) < 4 * std::sqrt((square - mean * mean) / count));
  CHECK(calls.calls == calls.requests + calls.retries);
  CHECK(calls.errors == answer.result.usage.count(Outcome::failed) + calls.retries);
  CHECK(answer.result.usage.total().wasted_input_tokens == 0);
}

TEST_CASE("Errors cost a prompt where the vendor bills them", "[sim][managed_api]") {
  Api api;
  api.config.errors = sim::ErrorsConfig{.share = 1, .billed = true, .after = 100ms};
  api.config.retry = sim::RetryConfig{.max = 2, .backoff = 1s, .cap = 1s, .jitter = sim::Jitter::none};
  const Answer answer = api.run(every(second, 3, 500));
  check_books(answer.result);
  CHECK(answer.log[0] == sim::RequestRecord{0, 2'300 * ms, 2'300 * ms, Outcome::failed});
  CHECK(answer.result.usage.total().input_tokens == 3 * 3 * 500);
  CHECK(answer.result.usage.total().wasted_input_tokens == 3 * 3 * 500);
  CHECK(answer.result.usage.total().output_tokens == 0);
  // 300 ms of each were spent in calls, two seconds waiting for the next one.
  CHECK(answer.result.usage.total().busy_slot_ns == core::Int128{3 * 300 * ms});
}

TEST_CASE("Hedging exponential first tokens after a leaves m(1 - q) + q m/2 with q = exp(-a/m)",
          "[sim][managed_api][closed form]") {
  constexpr double m = 1e9;
  constexpr double a = 0.7e9;
  Api api{.hours = 3};
  api.config.latency = {.first_token = exponential(1s), .per_output_token = constant(0ns)};
  api.config.hedging = sim::HedgingConfig{700ms};
  constexpr std::int64_t count = 500'000;
  const Answer answer = api.run(every(20 * ms, count, 100, 1));
  check_books(answer.result);
  double sum = 0;
  for (const sim::RequestRecord& r : answer.log) sum += static_cast<double>(r.end_ns - r.arrival_ns);
  const double q = std::exp(-a / m);
  const double mean = m * (1 - q) + q * m / 2;
  CHECK(std::abs(sum / count - mean) < 4 * m / std::sqrt(count));
  const sim::ApiSummary& calls = *answer.result.api;
  CHECK(std::abs(share(calls.hedges, count) - q) < 4 * std::sqrt(q * (1 - q) / count));
  // Without memory, both calls are as likely to answer first.
  CHECK(std::abs(share(calls.hedges_won, calls.hedges) - 0.5) < 4 * std::sqrt(0.25 / (q * count)));
  // Every hedge costs one prompt, and no answer is made twice.
  CHECK(answer.result.usage.total().wasted_input_tokens == 100 * calls.hedges);
  CHECK(answer.result.usage.total().input_tokens == 100 * (count + calls.hedges));
  CHECK(answer.result.usage.total().output_tokens == count);
}

TEST_CASE("A prompt cache is read by those who come within its life, 1 - exp(-rate × ttl) of a Poisson stream",
          "[sim][managed_api][closed form]") {
  Api api{.hours = 40};
  api.config.prompt_cache = sim::PromptCacheConfig{.prefix_tokens = 1'200, .ttl = 300ms, .minimum_tokens = 1'024};
  constexpr std::int64_t count = 200'000;
  const Answer answer = api.run(poisson(2, count, 5));
  check_books(answer.result);
  const sim::ApiSummary& calls = *answer.result.api;
  const double hit = 1 - std::exp(-0.6);
  CHECK(calls.prompt_cache_reads + calls.prompt_cache_writes == count);
  CHECK(std::abs(share(calls.prompt_cache_reads, count) - hit) < 4 * std::sqrt(hit * (1 - hit) / count));
  const core::HourUsage used = answer.result.usage.total();
  CHECK(used.cache_read_tokens == 1'200 * calls.prompt_cache_reads);
  CHECK(used.cache_write_tokens == 1'200 * calls.prompt_cache_writes);
  CHECK(used.input_tokens == 2'000 * count);

  // Four beginnings, each as likely as another: four streams of a quarter of the rate.
  api.config.prompt_cache->prefixes = 4;
  const sim::ApiSummary four = *api.run(poisson(2, count, 6)).result.api;
  const double rarer = 1 - std::exp(-0.15);
  CHECK(std::abs(share(four.prompt_cache_reads, count) - rarer) < 4 * std::sqrt(rarer * (1 - rarer) / count));
}

TEST_CASE("Prompts that are too short are not kept", "[sim][managed_api]") {
  Api api;
  api.config.prompt_cache = sim::PromptCacheConfig{.prefix_tokens = 1'200, .ttl = 5min, .minimum_tokens = 1'024};
  const core::HourUsage below = api.run(every(second, 10, 1'023)).result.usage.total();
  CHECK(below.cache_write_tokens == 0);
  CHECK(below.cache_read_tokens == 0);
  const core::HourUsage above = api.run(every(second, 10, 1'024)).result.usage.total();
  CHECK(above.cache_write_tokens == 1'024);
  CHECK(above.cache_read_tokens == 9 * 1'024);
}

TEST_CASE("A limit of 30,000 a minute under 1,000 requests a second serves half of them", "[sim][managed_api]") {
  Api api;
  api.config.limits = sim::LimitsConfig{.requests_per_minute = 30'000, .burst = 1s};
  constexpr std::int64_t count = 600'000;
  const Answer alone = api.run(every(ms, count));
  check_books(alone.result);
  // A burst of 500, and 500 a second until the last one comes after 599.999 s.
  CHECK(alone.result.usage.count(Outcome::served) == 500 + 299'999);
  CHECK(alone.result.usage.count(Outcome::rejected) == count - 300'499);
  CHECK(alone.result.api->calls == count);
  CHECK(alone.result.api->throttled == count - 300'499);
  CHECK(alone.result.api->peak_calls_per_minute == 60'000);

  // With three retries the calls multiply and nothing else does: of c calls a second 500 are admitted, so that a share
  // q = 1 - 500/c is refused; half of the requests end so, q^4 = 1/2, after (1 - q^4)/(1 - q) = 3.14 calls each. (At
  // random times: one each millisecond would keep step with the bucket and always find its token.)
  api.config.retry = sim::RetryConfig{.max = 3, .backoff = 500ms, .cap = 30s};
  const std::vector<Request> crowd = poisson(1'000, count, 9);
  const Answer storm = api.run(crowd);
  check_books(storm.result);
  const double q = std::pow(0.5, 0.25);
  const double calls_each = 0.5 / (1 - q);
  CHECK(share(storm.result.api->calls, count) == Approx(calls_each).epsilon(0.02));
  CHECK(share(storm.result.usage.count(Outcome::rejected), count) == Approx(0.5).epsilon(0.01));
  CHECK(share(storm.result.api->peak_calls_per_minute, 60'000) == Approx(calls_each).epsilon(0.03));
  CHECK(storm.result.api->peak_requests_per_minute < 62'000);
  // The bucket is never full again, so what it gives is the rate: while requests come, and while retries still do.
  const std::int64_t served = storm.result.usage.count(Outcome::served);
  const std::int64_t rate_gives = 500 + crowd.back().arrival_ns / (2 * ms);
  CHECK(served >= rate_gives - 1);
  CHECK(served <= rate_gives + 500 * 4);
  // Who is served after a while has waited: half of the back-off on average for each retry.
  CHECK(storm.result.latency_ns.mean() > alone.result.latency_ns.mean());
  CHECK(storm.result.latency_ns.mean() ==
        Approx(alone.result.latency_ns.mean() + storm.result.wait_ns.mean()).epsilon(0.002));
}

TEST_CASE("A retry budget bounds a storm", "[sim][managed_api]") {
  Api api;
  api.config.limits = sim::LimitsConfig{.requests_per_minute = 30'000, .burst = 1s};
  api.config.retry =
      sim::RetryConfig{.max = 3, .backoff = 500ms, .cap = 30s, .budget_millionths = 200'000, .reserve = 50};
  constexpr std::int64_t count = 120'000;
  const Answer answer = api.run(every(ms, count));
  check_books(answer.result);
  const sim::ApiSummary& calls = *answer.result.api;
  CHECK(calls.retries <= count / 5 + 50);
  CHECK(calls.retries > count / 5 - 1'000);
  CHECK(calls.retries_denied > 0);
  CHECK(calls.peak_calls_per_minute <= 72'050);
}

TEST_CASE("A limit that is never hit changes no byte", "[sim][managed_api]") {
  Api plain{.hours = 2};
  plain.config.latency = {.first_token = exponential(300ms), .per_output_token = exponential(9ms)};
  plain.config.timeout = 900ms;
  const std::vector<Request> requests = every(70 * ms, 100'000, 500, 40);
  const Answer expected = plain.run(requests);
  CHECK(expected.result.usage.count(Outcome::timed_out) > 1'000);
  const auto check_alike = [&](const auto& change) {
    Api api = plain;
    change(api.config);
    const Answer answer = api.run(requests);
    CHECK(answer.log == expected.log);
    check_same_but_api(answer.result, expected.result);
  };
  check_alike([](sim::ManagedApiConfig& c) { c.limits = sim::LimitsConfig{.requests_per_minute = 1'000'000}; });
  check_alike([](sim::ManagedApiConfig& c) { c.limits = sim::LimitsConfig{.concurrency = 1'000}; });
  check_alike([](sim::ManagedApiConfig& c) { c.retry = sim::RetryConfig{.max = 3}; });
  check_alike([](sim::ManagedApiConfig& c) { c.errors = sim::ErrorsConfig{.share = 0}; });
  // The other way through the engine, request by request.
  check_alike([](sim::ManagedApiConfig& c) { c.hedging = sim::HedgingConfig{24h}; });
  check_alike([](sim::ManagedApiConfig& c) {
    c.limits = sim::LimitsConfig{.tokens_per_minute = 1'000'000'000, .max_output_tokens = 500, .is_corrected = true};
    c.outages = sim::OutagesConfig{.mean_between = 24h * 36'500, .mean_repair = 1h};
    c.hedging = sim::HedgingConfig{24h};
  });
}

TEST_CASE("Who is throttled first meets later what it would have met at once", "[sim][managed_api]") {
  Api api;
  api.config.latency.first_token = exponential(300ms);
  const std::vector<Request> requests = every(0, 2);
  const sim::RequestLog free = api.run(requests).log;
  api.config.limits = sim::LimitsConfig{.requests_per_minute = 60, .burst = 1s};
  api.config.retry = sim::RetryConfig{.max = 1, .backoff = 5s, .cap = 5s, .jitter = sim::Jitter::none};
  const sim::RequestLog late = api.run(requests).log;
  std::vector<std::int64_t> times_free;
  std::vector<std::int64_t> times_late;
  for (const auto& r : free) times_free.push_back(r.end_ns - r.start_ns);
  for (const auto& r : late) times_late.push_back(r.end_ns - r.start_ns);
  std::sort(times_free.begin(), times_free.end());
  std::sort(times_late.begin(), times_late.end());
  CHECK(times_free == times_late);
  CHECK(late[1].start_ns == 5 * second);
}

TEST_CASE("At one nanosecond a retry goes before an arrival", "[sim][managed_api]") {
  Api api;
  api.config.limits = sim::LimitsConfig{.requests_per_minute = 60, .burst = 1s};
  api.config.retry = sim::RetryConfig{.max = 1, .backoff = 10ms, .cap = 1s, .jitter = sim::Jitter::none};
  // The first takes the only token; the second is told to come again when there is one, and so is there before the
  // third.
  const std::vector<Request> requests{{0, 1, 1, 1, 0}, {400 * ms, 2, 1, 1, 0}, {second, 3, 1, 1, 0}};
  const Answer answer = api.run(requests);
  CHECK(answer.log[1] == sim::RequestRecord{400 * ms, second, 1'300 * ms, Outcome::served});
  CHECK(answer.log[2] == sim::RequestRecord{second, 2 * second, 2'300 * ms, Outcome::served});
  CHECK(answer.result.api->throttled == 2);
}

TEST_CASE("Patience covers all calls", "[sim][managed_api]") {
  Api api;
  api.config.timeout = 2s;
  api.config.errors = sim::ErrorsConfig{.share = 1, .after = 500ms};
  api.config.retry = sim::RetryConfig{.max = 9, .backoff = 300ms, .cap = 300ms, .jitter = sim::Jitter::none};
  // Calls at 0, 0.8 and 1.6 s; the third is cut off at 2 s.
  const Answer answer = api.run(every(0, 1));
  check_books(answer.result);
  CHECK(answer.log[0] == sim::RequestRecord{0, 1'600 * ms, 2'000 * ms, Outcome::timed_out});
  CHECK(answer.result.api->calls == 3);
  // With 1.6 s of patience the third would begin when it is over.
  api.config.timeout = 1'600ms;
  CHECK(api.run(every(0, 1)).log[0] == sim::RequestRecord{0, 1'600 * ms, 1'600 * ms, Outcome::timed_out});
}

TEST_CASE("A call larger than a bucket ever holds is not tried again", "[sim][managed_api]") {
  Api api;
  api.config.limits = sim::LimitsConfig{.input_tokens_per_minute = 600, .burst = 1s};
  api.config.retry = sim::RetryConfig{.max = 5};
  const Answer answer = api.run({{0, 1, 11, 1, 0}});
  CHECK(answer.log[0] == sim::RequestRecord{0, 0, 0, Outcome::rejected});
  CHECK(answer.result.api->too_large == 1);
  CHECK(answer.result.api->retries == 0);
}

TEST_CASE("Requests fail while a vendor is down, by chance and by drill", "[sim][managed_api]") {
  Api api{.hours = 1'000};
  api.config.outages = sim::OutagesConfig{.mean_between = 10min, .mean_repair = 1min};
  const Answer answer = api.run(every(second, 3'600'000));
  check_books(answer.result);
  const sim::ApiSummary& calls = *answer.result.api;
  // One request a second: an outage meets as many as it has seconds, give or take one.
  const double down_s = static_cast<double>(calls.outage_ns) / 1e9;
  const auto outages = static_cast<double>(calls.outages);
  CHECK(std::abs(static_cast<double>(answer.result.usage.count(Outcome::failed)) - down_s) < outages);
  // 5,455 cycles of eleven minutes.
  CHECK(std::abs(down_s / 3.6e6 - 1.0 / 11) < 4 * std::sqrt(2 * std::pow(10.0 / 121, 2) / 5'455));

  Api drill;
  drill.config.faults = {{.kind = sim::FaultKind::vendor_outage, .begin_ns = 10 * second, .end_ns = 20 * second}};
  const Answer dark = drill.run(every(second, 30));
  CHECK(dark.result.usage.count(Outcome::failed) == 10);
  CHECK(dark.log[10] == sim::RequestRecord{10 * second, 10 * second, 10 * second, Outcome::failed});
  CHECK(dark.result.api->outages == 1);
  CHECK(dark.result.api->outage_ns == 10 * second);
  drill.config.faults[0] = {
      .kind = sim::FaultKind::vendor_outage, .begin_ns = 0, .end_ns = core::ns_per_hour, .amount = 0.25};
  const Answer partly = drill.run(every(ms, 100'000));
  CHECK(std::abs(share(partly.result.usage.count(Outcome::failed), 100'000) - 0.25) <
        4 * std::sqrt(0.25 * 0.75 / 100'000));
}

TEST_CASE("A slow dependency makes slow whoever arrives in its window", "[sim][managed_api]") {
  Api api;
  api.config.faults = {
      {.kind = sim::FaultKind::slow_dependency, .begin_ns = 10 * second, .end_ns = 20 * second, .amount = 3}};
  for (const bool is_plain : {true, false}) {
    if (!is_plain) api.config.hedging = sim::HedgingConfig{24h};
    const Answer answer = api.run(every(second, 30));
    check_books(answer.result);
    for (std::size_t i = 0; i < 30; ++i) {
      CHECK(answer.log[i].end_ns - answer.log[i].arrival_ns == (i >= 10 && i < 20 ? 3 : 1) * 390 * ms);
    }
  }
}

TEST_CASE("Provisioned units carry what they can, and the rest spills or is turned away", "[sim][managed_api]") {
  Api api;
  // Calls of 100 + 5 × 20 = 200 tokens each second: 12,000 a minute, of which 10 units of 600 carry half.
  api.config.provisioned = sim::ProvisionedConfig{
      .units = 10, .tokens_per_minute_per_unit = 600, .output_weight = 5, .spills = true, .window = 1s};
  const Answer spilling = api.run(every(second, 600, 100, 20));
  check_books(spilling.result);
  const sim::ApiSummary& calls = *spilling.result.api;
  CHECK(calls.provisioned_calls + calls.spilled_calls == 600);
  // Beyond the first call the level alternates between half of a call's tokens too few and enough.
  CHECK(std::abs(calls.provisioned_calls - 300) <= 1);
  const core::HourUsage used = spilling.result.usage.total();
  CHECK(used.provisioned_input_tokens == 100 * calls.provisioned_calls);
  CHECK(used.provisioned_output_tokens == 20 * calls.provisioned_calls);
  CHECK(used.input_tokens == 60'000);
  api.config.provisioned->spills = false;
  const Answer strict = api.run(every(second, 600, 100, 20));
  CHECK(strict.result.usage.count(Outcome::rejected) == calls.spilled_calls);
  CHECK(strict.result.usage.total().input_tokens == used.provisioned_input_tokens);
}

TEST_CASE("A batch is answered by its deadline or expires for nothing", "[sim][managed_api]") {
  Api api{.hours = 30};
  api.config.latency = {.first_token = constant(20h), .per_output_token = constant(0ns)};
  api.config.batch = sim::BatchConfig{24h};
  const Answer answer = api.run(every(core::ns_per_hour, 20));
  check_books(answer.result);
  // What is handed in after ten hours is not back after thirty.
  CHECK(answer.result.usage.count(Outcome::served) == 11);
  CHECK(answer.result.usage.count(Outcome::in_flight) == 9);
  CHECK(answer.result.usage.total().batch_input_tokens == 1'100);
  CHECK(answer.result.usage.total().input_tokens == 1'100);
  CHECK(answer.result.usage.total().batch_output_tokens == 110);
  // Hours are told apart.
  CHECK(answer.result.latency_ns.max() >= 20 * core::ns_per_hour);
  CHECK(answer.result.latency_ns.max() < 20 * core::ns_per_hour / 1'000 * 1'002);

  api.config.batch = sim::BatchConfig{19h};
  const Answer expired = api.run(every(core::ns_per_hour, 10));
  check_books(expired.result);
  CHECK(expired.result.usage.count(Outcome::timed_out) == 10);
  CHECK(expired.result.usage.total().input_tokens == 0);
  CHECK(expired.log[0] == sim::RequestRecord{0, 0, 19 * core::ns_per_hour, Outcome::timed_out});
}

TEST_CASE("Advancing between blocks changes nothing", "[sim][managed_api]") {
  Api api;
  api.config.limits = sim::LimitsConfig{.requests_per_minute = 600, .burst = 1s};
  api.config.retry = sim::RetryConfig{.max = 3, .backoff = 100ms, .cap = 1s};
  api.config.hedging = sim::HedgingConfig{200ms};
  const std::vector<Request> requests = every(50 * ms, 200);
  const Answer whole = api.run(requests);
  sim::RequestLog log;
  sim::ManagedApi stepped{
      api.config, {}, core::Stream{1}, sim::Ledger{"api", api.horizon(), core::Duration{0}, true, &log}};
  auto block = std::make_unique<core::traffic::Block>();
  block->count = 1;
  for (const Request& request : requests) {
    block->arrival_ns[0] = request.arrival_ns;
    block->luck[0] = request.luck;
    block->input_tokens[0] = request.input_tokens;
    block->output_tokens[0] = request.output_tokens;
    block->traffic_class[0] = 0;
    stepped.serve(*block);
    stepped.advance_to(request.arrival_ns + 20 * ms);
  }
  const std::size_t before = log.size();
  stepped.advance_to(core::ns_per_hour);
  CHECK(log.size() > before);
  CHECK(log.size() == requests.size());
  const sim::OptionResult result = stepped.close();
  std::sort(log.begin(), log.end());
  CHECK(log == whole.log);
  check_same_but_api(result, whole.result);
  CHECK(result.api == whole.result.api);
}
