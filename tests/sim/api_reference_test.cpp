// The engine against a second implementation, written from its description alone, in random scenarios with everything
// in them: the same outcome of every request, to the nanosecond, and the same tokens.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/sim/api_run.hpp"
#include "tests/sim/serving_run.hpp"

using namespace std::chrono_literals;
using namespace api_run;
using serving_run::Dice;

namespace {

struct Case {
  Api api;
  std::vector<Request> requests;
  std::size_t block_size = 1;
};

// Half of the cases live on a grid of 100 ms, so that everything happens at once all the time.
Case random_case(std::uint64_t seed) {
  Dice dice{seed};
  const bool is_coarse = dice.one_in(2);
  const auto time = [&](std::int64_t least_ms, std::int64_t most_ms) {
    return core::Duration{is_coarse ? dice.between(least_ms / 100, most_ms / 100) * 100 * ms
                                    : dice.between(least_ms * ms, most_ms * ms)};
  };
  const auto latency = [&](std::int64_t most_ms) {
    return is_coarse || dice.one_in(3) ? constant(std::max<core::Duration>(time(100, most_ms), 1ns))
                                       : exponential(core::Duration{dice.between(1, most_ms * ms)});
  };
  Case one;
  sim::ManagedApiConfig& config = one.api.config;
  config.latency = {.first_token = latency(1'500), .per_output_token = constant(dice.one_in(3) ? 0ns : time(0, 100))};
  if (!dice.one_in(3)) config.timeout = std::max<core::Duration>(time(100, 8'000), 1ns);
  if (!dice.one_in(4)) {
    sim::LimitsConfig limits;
    if (dice.one_in(2)) limits.requests_per_minute = dice.between(1, 300);
    if (dice.one_in(4)) limits.requests_per_day = dice.between(20, 200'000);
    if (dice.one_in(3)) limits.tokens_per_minute = dice.between(200, 40'000);
    if (dice.one_in(4)) limits.input_tokens_per_minute = dice.between(200, 30'000);
    if (dice.one_in(4)) limits.output_tokens_per_minute = dice.between(50, 10'000);
    if (dice.one_in(3)) limits.concurrency = dice.between(1, 12);
    limits.burst = std::max<core::Duration>(time(100, 60'000), 1ms);
    if (dice.one_in(3)) {
      limits.max_output_tokens = dice.between(20, 100);
      limits.is_corrected = dice.one_in(2);
    }
    limits.cached_tokens_count = dice.one_in(2);
    const bool has_any = limits.requests_per_minute + limits.requests_per_day + limits.tokens_per_minute +
                             limits.input_tokens_per_minute + limits.output_tokens_per_minute + limits.concurrency >
                         0;
    if (has_any) config.limits = limits;
  }
  if (!dice.one_in(4)) {
    sim::RetryConfig retry{.max = dice.between(1, 5)};
    retry.backoff = std::max<core::Duration>(time(100, 1'000), 1ns);
    retry.cap = retry.backoff * dice.between(1, 8);
    retry.jitter = is_coarse ? sim::Jitter::none : static_cast<sim::Jitter>(dice.below(3));
    if (dice.one_in(3)) {
      retry.budget_millionths = dice.between(0, 1'000'000);
      retry.reserve = dice.between(0, 20);
    }
    retry.honours_retry_after = dice.one_in(2);
    config.retry = retry;
  }
  if (dice.one_in(2)) config.hedging = sim::HedgingConfig{std::max<core::Duration>(time(100, 1'500), 1ms)};
  if (dice.one_in(2)) {
    config.errors = sim::ErrorsConfig{.share = dice.one_in(4) ? 1.0 : static_cast<double>(dice.between(1, 8)) / 16,
                                      .billed = dice.one_in(2)};
    if (dice.one_in(2)) config.errors->after = time(0, 2'000);
  }
  if (dice.one_in(3)) {
    config.prompt_cache = sim::PromptCacheConfig{.prefix_tokens = dice.between(10, 120),
                                                 .ttl = std::max<core::Duration>(time(100, 3'000), 1ns),
                                                 .minimum_tokens = dice.between(0, 60),
                                                 .prefixes = dice.between(1, 4),
                                                 .by_content = dice.one_in(2)};
  }
  if (dice.one_in(4)) {
    config.provisioned = sim::ProvisionedConfig{.units = dice.between(1, 10),
                                                .tokens_per_minute_per_unit = dice.between(50, 2'000),
                                                .output_weight = dice.between(1, 5),
                                                .spills = dice.one_in(2),
                                                .window = std::max<core::Duration>(time(100, 20'000), 1ms)};
  }
  const std::int64_t first_ns = core::ns_per_hour - 40 * second;
  const std::int64_t span_ns = dice.between(2, 40) * second;
  for (const sim::FaultKind kind : {sim::FaultKind::vendor_outage, sim::FaultKind::slow_dependency}) {
    if (!dice.one_in(3)) continue;
    const std::int64_t begin_ns = first_ns + dice.below(span_ns);
    const double amount = kind == sim::FaultKind::vendor_outage ? (dice.one_in(2) ? 1 : 0.5) : 2.5;
    config.faults.push_back(
        {.kind = kind, .begin_ns = begin_ns, .end_ns = begin_ns + dice.between(1, 8) * second, .amount = amount});
  }
  // Close to the end of the horizon, or around the first of its hours.
  one.api.hours = dice.one_in(2) ? 1 : 2;
  const std::int64_t shift_ns = one.api.hours == 1 ? 40 * second - span_ns : dice.between(20, 40) * second;
  for (std::int64_t i = dice.between(1, 150); i > 0; --i) {
    const std::int64_t offset_ns = is_coarse ? dice.below(span_ns / (100 * ms)) * 100 * ms : dice.below(span_ns);
    one.requests.push_back(
        {first_ns + shift_ns + offset_ns, core::mix(static_cast<std::uint64_t>(dice.below(1L << 62))),
         static_cast<std::uint32_t>(dice.between(0, 200)), static_cast<std::uint32_t>(dice.between(0, 40)),
         static_cast<std::uint32_t>(dice.between(0, 9))});
  }
  std::stable_sort(one.requests.begin(), one.requests.end(),
                   [](const Request& a, const Request& b) { return a.arrival_ns < b.arrival_ns; });
  one.block_size = static_cast<std::size_t>(dice.between(1, 40));
  return one;
}

void check_tokens(const core::HourUsage& ours, const core::HourUsage& theirs) {
  CHECK(ours.served == theirs.served);
  CHECK(ours.input_tokens == theirs.input_tokens);
  CHECK(ours.output_tokens == theirs.output_tokens);
  CHECK(ours.cache_read_tokens == theirs.cache_read_tokens);
  CHECK(ours.cache_write_tokens == theirs.cache_write_tokens);
  CHECK(ours.provisioned_input_tokens == theirs.provisioned_input_tokens);
  CHECK(ours.provisioned_output_tokens == theirs.provisioned_output_tokens);
  CHECK(ours.wasted_input_tokens == theirs.wasted_input_tokens);
  CHECK(ours.wasted_output_tokens == theirs.wasted_output_tokens);
}

struct Seen {
  std::int64_t throttled = 0;
  std::int64_t retries = 0;
  std::int64_t denied = 0;
  std::int64_t too_large = 0;
  std::int64_t hedges_won = 0;
  std::int64_t outages = 0;
  std::int64_t spilled = 0;
  std::int64_t reads = 0;
  std::int64_t timed_out = 0;
  std::int64_t in_flight = 0;
};

void check_case(std::uint64_t seed, Seen& seen) {
  INFO("seed " << seed);
  const Case one = random_case(seed);
  const Answer ours = one.api.run(one.requests, one.block_size);
  api_reference::Reference theirs{one.api.config, one.api.hours * core::ns_per_hour};
  theirs.run(one.requests);
  std::sort(theirs.log.begin(), theirs.log.end());
  REQUIRE(ours.log.size() == theirs.log.size());
  for (std::size_t i = 0; i < ours.log.size(); ++i) {
    if (ours.log[i] == theirs.log[i]) continue;
    const auto show = [](const sim::RequestRecord& r) {
      return fmt::format("{} {} {} {}", r.arrival_ns, r.start_ns, r.end_ns, core::name_of(r.outcome));
    };
    FAIL("request " << i << ": engine " << show(ours.log[i]) << ", reference " << show(theirs.log[i]));
  }
  check_books(ours.result);
  for (std::size_t hour = 0; hour < theirs.hours.size(); ++hour) {
    CAPTURE(hour);
    check_tokens(ours.result.usage.hours[hour], theirs.hours[hour]);
  }
  if (!ours.result.api) return;
  sim::ApiSummary summary = *ours.result.api;
  CHECK(summary.peak_requests_per_minute <= summary.requests);
  summary.feasibility.clear();
  summary.peak_requests_per_minute = summary.outages = summary.outage_ns = 0;
  CHECK(summary == theirs.summary);
  seen.throttled += summary.throttled;
  seen.retries += summary.retries;
  seen.denied += summary.retries_denied;
  seen.too_large += summary.too_large;
  seen.hedges_won += summary.hedges_won;
  seen.outages += summary.failed_outages;
  seen.spilled += summary.spilled_calls;
  seen.reads += summary.prompt_cache_reads;
  seen.timed_out += ours.result.usage.count(core::Outcome::timed_out);
  seen.in_flight += ours.result.usage.count(core::Outcome::in_flight);
}

void check_cases(std::uint64_t first, std::uint64_t end) {
  Seen seen;
  for (std::uint64_t seed = first; seed < end; ++seed) check_case(seed, seen);
  // The cases are worth nothing if none of this happens in them.
  const auto often = static_cast<std::int64_t>(end - first);
  CHECK(seen.throttled > often);
  CHECK(seen.retries > often);
  CHECK(seen.denied > often / 10);
  CHECK(seen.too_large > often / 10);
  CHECK(seen.hedges_won > often / 2);
  CHECK(seen.outages > often);
  CHECK(seen.spilled > often);
  CHECK(seen.reads > often);
  CHECK(seen.timed_out > often);
  CHECK(seen.in_flight > often / 10);
}

}  // namespace

TEST_CASE("Calls of a managed API end as in a second implementation", "[sim][managed_api][property]") {
  check_cases(0, 2'000);
}

TEST_CASE("Calls of a managed API end as in a second implementation, many times",
          "[sim][managed_api][property][heavy]") {
  check_cases(1'000'000, 1'100'000);
}
