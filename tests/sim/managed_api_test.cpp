// A managed API's answers, worked by hand: a first token after 300 ms, then 10 ms for each further one.
#include "sim/api/managed_api.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "core/random.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using core::Outcome;
using core::traffic::Block;

namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t hour_ns = core::ns_per_hour;

struct Request {
  std::int64_t arrival_ns = 0;
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
};

struct Answer {
  sim::OptionResult result;
  sim::RequestLog log;
};

sim::Latency constant(core::Duration d) { return {.table = core::QuantileTable::constant(d.count())}; }

// One hour. Requests in order of time.
Answer ask(const std::vector<Request>& requests, core::Duration timeout) {
  auto block = std::make_unique<Block>();
  for (const Request& request : requests) {
    const std::size_t i = block->count++;
    block->arrival_ns[i] = request.arrival_ns;
    block->luck[i] = core::mix(i);
    block->input_tokens[i] = request.input_tokens;
    block->output_tokens[i] = request.output_tokens;
  }
  Answer answer;
  const core::Horizon horizon = core::Horizon::hours(core::parse_date("2026-12-01"), 1);
  sim::ManagedApi api{{.first_token = constant(300ms), .per_output_token = constant(10ms)},
                      timeout,
                      sim::Ledger{"api", horizon, 0ns, true, &answer.log}};
  api.serve(*block);
  answer.result = api.close();
  return answer;
}

void check_books(const sim::OptionResult& result) {
  CHECK(result.checks.conservation);
  CHECK(result.checks.littles_law);
  CHECK(result.checks.busy_time);
}

// Histograms keep three digits.
bool is_near(std::int64_t value_ns, std::int64_t expected_ns) {
  return value_ns >= expected_ns - expected_ns / 1'000 && value_ns <= expected_ns + expected_ns / 1'000;
}

}  // namespace

TEST_CASE("An answer takes its first token and its pace, however many ask at once", "[sim][managed_api]") {
  const Answer answer = ask(std::vector<Request>(1'000, {5 * ms, 500, 101}), sim::no_timeout);
  const sim::OptionResult& result = answer.result;
  check_books(result);
  CHECK(result.usage.count(Outcome::served) == 1'000);
  // 300 + (101 - 1) × 10 ms.
  CHECK(answer.log == sim::RequestLog(1'000, {5 * ms, 5 * ms, 1'305 * ms, Outcome::served}));
  CHECK(is_near(result.latency_ns.min(), 1'300 * ms));
  CHECK(is_near(result.latency_ns.max(), 1'300 * ms));
  CHECK(result.has_first_token);
  CHECK(is_near(result.time_to_first_token_ns.max(), 300 * ms));
  const core::HourUsage total = result.usage.total();
  CHECK(total.input_tokens == 500'000);
  CHECK(total.output_tokens == 101'000);
  CHECK(total.busy_slot_ns == core::Int128{1'300'000} * ms);
  // Nobody waits for a slot, and there are no instances.
  CHECK(result.wait_ns.total_count() == 1'000);
  CHECK(result.wait_ns.max() == 0);
  CHECK(result.fleet == sim::FleetSummary{});
  CHECK(total.billed_instance_seconds == 0);
}

TEST_CASE("A client that leaves is billed its prompt and the tokens made by then", "[sim][managed_api]") {
  struct Case {
    core::Duration timeout;
    std::int64_t tokens_billed;
  };
  // The whole answer of 101 tokens would take 1.3 s. The first one comes at 300 ms, so 800 ms are 1 + 500 / 10.
  const std::vector<Case> cases{{800ms, 51}, {805ms, 51}, {809ms, 51}, {810ms, 52}, {310ms, 2},
                                {309ms, 1},  {300ms, 1},  {299ms, 0},  {1ms, 0},    {1'299ms, 100}};
  for (const Case& one : cases) {
    CAPTURE(one.timeout.count());
    const Answer answer = ask({{1'000 * ms, 500, 101}}, one.timeout);
    const sim::OptionResult& result = answer.result;
    check_books(result);
    CHECK(result.usage.count(Outcome::timed_out) == 1);
    CHECK(result.usage.count(Outcome::served) == 0);
    CHECK(result.usage.total().input_tokens == 500);
    CHECK(result.usage.total().output_tokens == one.tokens_billed);
    CHECK(answer.log ==
          sim::RequestLog{{1'000 * ms, 1'000 * ms, 1'000 * ms + one.timeout.count(), Outcome::timed_out}});
    // Latencies are those of whole answers.
    CHECK(result.latency_ns.total_count() == 0);
    CHECK(result.time_to_first_token_ns.total_count() == 0);
  }
}

TEST_CASE("Who leaves before the first token is billed the prompt alone, however short the answer",
          "[sim][managed_api]") {
  for (const std::uint32_t output_tokens : {0U, 1U, 2U}) {
    CAPTURE(output_tokens);
    const sim::OptionResult late = ask({{0, 500, output_tokens}}, 299ms).result;
    check_books(late);
    CHECK(late.usage.count(Outcome::timed_out) == 1);
    CHECK(late.usage.total().input_tokens == 500);
    CHECK(late.usage.total().output_tokens == 0);
  }
  // At 300 ms answers of no token and of one are complete; one of two lacks its second.
  for (const std::uint32_t output_tokens : {0U, 1U}) {
    CAPTURE(output_tokens);
    const sim::OptionResult result = ask({{0, 500, output_tokens}}, 300ms).result;
    CHECK(result.usage.count(Outcome::served) == 1);
    CHECK(result.usage.total().output_tokens == output_tokens);
  }
  const sim::OptionResult half = ask({{0, 500, 2}}, 300ms).result;
  CHECK(half.usage.count(Outcome::timed_out) == 1);
  CHECK(half.usage.total().output_tokens == 1);
}

TEST_CASE("An answer that is complete at the deadline is served", "[sim][managed_api]") {
  const sim::OptionResult result = ask({{0, 500, 101}}, 1'300ms).result;
  check_books(result);
  CHECK(result.usage.count(Outcome::served) == 1);
  CHECK(result.usage.total().output_tokens == 101);
}

TEST_CASE("What is not answered at the end of the horizon is in flight and billed nothing", "[sim][managed_api]") {
  const Answer answer = ask({{hour_ns - 1'300 * ms, 500, 101},      // ends with the horizon: served
                             {hour_ns - 1'300 * ms + 1, 500, 101},  // a nanosecond too late
                             {hour_ns - 1, 500, 101}},
                            sim::no_timeout);
  const sim::OptionResult& result = answer.result;
  check_books(result);
  CHECK(result.usage.count(Outcome::served) == 1);
  CHECK(result.usage.count(Outcome::in_flight) == 2);
  CHECK(result.usage.total().input_tokens == 500);
  CHECK(result.usage.total().output_tokens == 101);
  CHECK(result.latency_ns.total_count() == 1);
  CHECK(answer.log[1] ==
        sim::RequestRecord{hour_ns - 1'300 * ms + 1, hour_ns - 1'300 * ms + 1, hour_ns, Outcome::in_flight});
}

TEST_CASE("At the end of the horizon a deadline counts if it lies before it", "[sim][managed_api]") {
  const Answer answer = ask({{hour_ns - 1'000 * ms, 500, 101},  // leaves at -200 ms with 1 + 500 / 10 tokens
                             {hour_ns - 800 * ms, 500, 101},    // leaves with the horizon
                             {hour_ns - 500 * ms, 500, 101}},   // is still there
                            800ms);
  const sim::OptionResult& result = answer.result;
  check_books(result);
  CHECK(result.usage.count(Outcome::timed_out) == 2);
  CHECK(result.usage.count(Outcome::in_flight) == 1);
  CHECK(result.usage.total().input_tokens == 1'000);
  CHECK(result.usage.total().output_tokens == 2 * 51);
  CHECK(answer.log[2].end_ns == hour_ns);
}

TEST_CASE("Every request of an hour is somewhere, and its tokens with it", "[sim][managed_api]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    core::Stream chance{seed};
    std::vector<Request> requests;
    std::int64_t at_ns = 0;
    while (at_ns < hour_ns && requests.size() < 5'000) {
      requests.push_back(
          {at_ns, static_cast<std::uint32_t>(chance.next() % 2'000), static_cast<std::uint32_t>(chance.next() % 400)});
      at_ns += static_cast<std::int64_t>(chance.next() % 1'500'000'000);
    }
    constexpr std::int64_t timeout_ns = 2'000 * ms;
    // The same in plain words.
    std::int64_t served = 0;
    std::int64_t timed_out = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    for (const Request& request : requests) {
      const std::int64_t further_tokens = request.output_tokens > 0 ? request.output_tokens - 1 : 0;
      const std::int64_t answer_ns = 300 * ms + 10 * ms * further_tokens;
      if (request.arrival_ns + std::min(answer_ns, timeout_ns) > hour_ns) continue;
      input_tokens += request.input_tokens;
      if (answer_ns <= timeout_ns) {
        ++served;
        output_tokens += request.output_tokens;
      } else {
        ++timed_out;
        output_tokens += 171;  // 1 + (2000 - 300) / 10
      }
    }
    const sim::OptionResult result = ask(requests, core::Duration{timeout_ns}).result;
    check_books(result);
    CHECK(result.usage.count(Outcome::served) == served);
    CHECK(result.usage.count(Outcome::timed_out) == timed_out);
    CHECK(result.usage.total().arrivals == static_cast<std::int64_t>(requests.size()));
    CHECK(result.usage.total().input_tokens == input_tokens);
    CHECK(result.usage.total().output_tokens == output_tokens);
    CHECK(timed_out > 100);
  }
}
