// Small cases of one engine, to be followed with a pencil. An iteration of T tokens takes 10 + T milliseconds.

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/batching/replica.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::int64_t ps_per_ms = 1'000 * ns_per_ms;
const sim::IterationCost ten_and_tokens{{10 * ps_per_ms, 11 * ps_per_ms}, sim::LinearAttention{}};

// Memory of ten tokens, to the token.
sim::EngineConfig small_engine() { return {.max_batch = 4, .token_budget = 8, .kv_block_tokens = 1, .kv_blocks = 10}; }
sim::EngineConfig roomy_engine() {
  sim::EngineConfig config = small_engine();
  config.kv_blocks = 1'000;
  return config;
}

struct Asked {
  std::int64_t arrival_ms;
  std::uint32_t input;
  std::uint32_t output;
  std::uint32_t priority_class = 0;
};

// "start first end" in milliseconds; of one that was not served, what became of it and when.
std::string told(const sim::Answer& a) {
  if (a.outcome != core::Outcome::served) {
    return fmt::format("{} {}, {} made", core::name_of(a.outcome), a.end_ns / ns_per_ms, a.tokens_made);
  }
  return fmt::format("{} {} {}", a.start_ns / ns_per_ms, a.first_token_ns / ns_per_ms, a.end_ns / ns_per_ms);
}

struct Run {
  std::vector<std::string> told;  // in order of the requests
  sim::ReplicaTotals totals;
};

// Somebody asks who is there at each millisecond from `looks_from_ms` to `looks_to_ms`.
Run serve_once(const sim::EngineConfig& config, const std::vector<Asked>& requests, bool stepping,
               std::int64_t looks_from_ms, std::int64_t looks_to_ms) {
  std::vector<sim::Answer> ended;
  sim::Replica replica{config, ten_and_tokens, ended, stepping};
  std::int64_t now_ms = looks_from_ms;
  const auto look_until = [&](std::int64_t end_ms) {
    for (; now_ms < std::min(end_ms, looks_to_ms + 1); ++now_ms) {
      replica.advance(now_ms * ns_per_ms);
      replica.outstanding(now_ms * ns_per_ms);
      REQUIRE(replica.memory_adds_up());
    }
  };
  for (const Asked& asked : requests) {
    look_until(asked.arrival_ms);
    replica.push({.arrival_ns = asked.arrival_ms * ns_per_ms,
                  .input_tokens = asked.input,
                  .output_tokens = asked.output,
                  .priority_class = asked.priority_class});
  }
  look_until(looks_to_ms + 1);
  replica.advance(core::ns_per_hour);
  REQUIRE(ended.size() == requests.size());
  Run run{.told = {}, .totals = replica.totals()};
  for (const Asked& asked : requests) {
    // The requests of a case differ.
    const auto is_its = [&](const sim::Answer& a) {
      return a.arrival_ns == asked.arrival_ms * ns_per_ms && a.input_tokens == asked.input &&
             a.output_tokens == asked.output && a.priority_class == asked.priority_class;
    };
    run.told.push_back(told(*std::find_if(ended.begin(), ended.end(), is_its)));
  }
  return run;
}

// Whether it skips, and whether somebody looks always, never or once, makes no difference.
Run serve(const sim::EngineConfig& config, const std::vector<Asked>& requests) {
  constexpr std::int64_t last_ms = 120;
  const Run run = serve_once(config, requests, false, 0, -1);
  const auto check_same = [&](const Run& other) {
    CHECK(other.told == run.told);
    CHECK(other.totals == run.totals);
  };
  for (const bool stepping : {false, true}) {
    check_same(serve_once(config, requests, stepping, 0, -1));
    check_same(serve_once(config, requests, stepping, 0, last_ms));
    for (std::int64_t now_ms = 0; now_ms <= last_ms; ++now_ms) {
      CAPTURE(now_ms);
      check_same(serve_once(config, requests, stepping, now_ms, now_ms));
    }
  }
  return run;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("A request alone takes its chunks, then a step for each token but the first", "[sim][batching]") {
  // Chunks of 8, 8 and 4 tokens: 18 + 18 + 14 ms. Two more tokens: 11 ms each.
  const Run run = serve(roomy_engine(), {{5, 20, 3}});
  CHECK(run.told == Told{"5 55 77"});
  CHECK(run.totals.iterations == 5);
  CHECK(run.totals.prefill_tokens == 20);
  CHECK(run.totals.decode_tokens == 2);
  CHECK(run.totals.busy_ps == 72 * ps_per_ms);
  CHECK(run.totals.peak_kv_tokens == 23);
}

TEST_CASE("A request without an answer ends with its prompt, and so does one of a single token", "[sim][batching]") {
  CHECK(serve(roomy_engine(), {{0, 20, 0}}).told == Told{"0 50 50"});
  CHECK(serve(roomy_engine(), {{0, 20, 1}}).told == Told{"0 50 50"});
}

TEST_CASE("A request that comes during an iteration joins the next one", "[sim][batching]") {
  //  0 - 14  first's prompt; its first token
  // 14 - 25  its second; the other comes at 20
  // 25 - 40  one token and a prompt of 4
  // 40 - 52  one token each: both are done
  CHECK(serve(roomy_engine(), {{0, 4, 4}, {20, 4, 2}}).told == Told{"0 14 52", "25 40 52"});
  // At the very boundary, it is in time.
  CHECK(serve(roomy_engine(), {{0, 4, 4}, {25, 4, 2}}).told == Told{"0 14 52", "25 40 52"});
  // With 6 ms before the engine sees it, one boundary later: 14 - 25, 25 - 36, 36 - 51 (one token and a prompt of 4).
  sim::EngineConfig slow_front = roomy_engine();
  slow_front.request_overhead = 6ms;
  CHECK(serve(slow_front, {{-6, 4, 4}, {20, 4, 2}}).told == Told{"0 14 51", "36 51 62"});
}

TEST_CASE("A long prompt is computed in what answers leave of the token budget", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.token_budget = 4;
  //  0 - 12  first's prompt of 2
  // 12 - 26  one token and 3 of the other's prompt
  // 26 - 40  one token and 3 more
  // 40 - 52  one token and the last of it
  // 52 - 64  one token each
  CHECK(serve(config, {{0, 2, 5}, {1, 7, 2}}).told == Told{"0 12 64", "12 52 64"});
}

TEST_CASE("When the memory is full, the youngest gives way and is computed again", "[sim][batching]") {
  //  0 - 16  both prompts of 3: 8 tokens in memory
  // 16 - 28  10 tokens: full
  // 28 - 61  the second is put back with 2 tokens made, for 2 × 6 do not fit; the first goes on alone, 3 × 11 ms
  // 61 - 76  the second's 3 + 2 tokens are computed, which makes its third
  // 76 - 87  its fourth
  const Run run = serve(small_engine(), {{0, 3, 5}, {0, 3, 4}});
  CHECK(run.told == Told{"0 16 61", "0 16 87"});
  CHECK(run.totals.evictions == 1);
  CHECK(run.totals.prefill_tokens == 3 + 3 + 5);
  CHECK(run.totals.peak_kv_tokens == 10);
}

TEST_CASE("What an iteration ends counts in the peaks of memory and queue", "[sim][batching]") {
  CHECK(serve(roomy_engine(), {{0, 20, 1}}).totals.peak_kv_tokens == 21);
  // Each finds the queue empty; then the third is put back, and while it waits, the second.
  const sim::ReplicaTotals totals = serve(small_engine(), {{0, 1, 9}, {5, 1, 8}, {15, 1, 7}}).totals;
  CHECK(totals.evictions >= 2);
  CHECK(totals.longest_queue == 2);
}

TEST_CASE("The busy time of an engine has no end", "[sim][batching]") {
  // 20,000 iterations of ten minutes: more picoseconds than 64 bits hold.
  constexpr std::int64_t ten_minutes_ps = 600'000 * ps_per_ms;
  const sim::IterationCost slow{{0, ten_minutes_ps, ten_minutes_ps}, sim::LinearAttention{}};
  sim::EngineConfig config = roomy_engine();
  config.kv_blocks = 100'000;
  std::vector<sim::Answer> ended;
  sim::Replica replica{config, slow, ended};
  replica.push({.arrival_ns = 0, .input_tokens = 1, .output_tokens = 20'000});
  replica.advance(core::never_ns / 2);
  REQUIRE(ended.size() == 1);
  CHECK(ended.front().end_ns == 20'000 * (ten_minutes_ps / 1'000));
  CHECK((replica.totals().busy_ps == core::Int128{20'000} * ten_minutes_ps));
}

TEST_CASE("The less important gives way first, even if it is older", "[sim][batching]") {
  sim::EngineConfig config = small_engine();
  config.priority_classes = 2;
  // As above, but it is the first that is put back at 28. The second is done at 50. 50 - 65 (3 + 2 tokens), 76, 87.
  CHECK(serve(config, {{0, 3, 5, 1}, {0, 3, 4, 0}}).told == Told{"0 16 87", "0 16 50"});
}

TEST_CASE("The more important is admitted first", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.max_batch = 1;
  config.priority_classes = 2;
  CHECK(serve(config, {{0, 1, 1, 1}, {1, 1, 1, 1}, {2, 1, 1, 0}}).told == Told{"0 11 11", "22 33 33", "11 22 22"});
}

TEST_CASE("Behind a request that has no room, a small one waits as well", "[sim][batching]") {
  // 0 - 14, then 11 ms a step: 25, 36. Until then there are 4 + 2 tokens and more in memory: no room for 6, and the
  // one of 1 token does not pass. 36 - 53: 6 + 1 tokens.
  CHECK(serve(small_engine(), {{0, 4, 3}, {1, 6, 1}, {2, 1, 1}}).told == Told{"0 14 36", "36 53 53", "36 53 53"});
}

TEST_CASE("The watermark stays free when a request is admitted, not later", "[sim][batching]") {
  sim::EngineConfig config = small_engine();
  CHECK(serve(config, {{0, 3, 1}, {0, 4, 3}}).told == Told{"0 17 17", "0 17 39"});
  config.watermark_blocks = 3;
  // 3 + 4 + 3 tokens are just what there is; 3 + 4 + 4 are more: 0 - 13, 13 - 27, then 38, 49.
  CHECK(serve(config, {{0, 3, 1}, {0, 4, 3}}).told == Told{"0 17 17", "0 17 39"});
  config.watermark_blocks = 4;
  CHECK(serve(config, {{0, 3, 1}, {0, 4, 2}}).told == Told{"0 13 13", "13 27 38"});
  // What can never be admitted is turned away; it may use the watermark only later.
  CHECK(serve(config, {{0, 4, 2}, {0, 4, 3}}).told == Told{"0 14 25", "rejected 0, 0 made"});
}

TEST_CASE("Prefill first lets answers wait for whole prompts", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.batching = sim::Batching::prefill_first;
  //  0 - 14  first's prompt
  // 14 - 25  its second token; the other comes at 20
  // 25 - 41  the other's prompt of 6, alone
  // 41 - 53  one token each: the other is done
  // 53 - 64  first's last
  CHECK(serve(config, {{0, 4, 4}, {20, 6, 2}}).told == Told{"0 14 64", "25 41 53"});
  // Two prompts of 4 fill the budget of 8, the third comes next; one of 20 tokens has 30 ms for itself.
  CHECK(serve(config, {{0, 4, 1}, {0, 4, 0}, {1, 4, 1}}).told == Told{"0 18 18", "0 18 18", "18 32 32"});
  CHECK(serve(config, {{0, 4, 1}, {0, 20, 1}, {0, 4, 0}}).told == Told{"0 14 14", "0 44 44", "0 58 58"});
}

TEST_CASE("A static batch goes on, padded, until its last answer is whole", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.batching = sim::Batching::static_batches;
  //  0 - 16  prompts of 4 and 2; the first is done
  // 16 - 52  3 × 12 ms for two places, though one is padding
  // 52 - 63  the one that came at 5, though there had been a place
  const Run run = serve(config, {{0, 4, 1}, {0, 2, 4}, {5, 1, 2}});
  CHECK(run.told == Told{"0 16 16", "0 16 52", "52 63 74"});
  CHECK(run.totals.iterations == 6);
  CHECK(run.totals.decode_tokens == 4);  // padding is not counted
  CHECK(run.totals.peak_kv_tokens == 5 + 3 + 2 * 3);
  // Each place has room for the longest answer from the beginning: 4 + 2 + 2 × 4 tokens are one too many for 13.
  config.kv_blocks = 13;
  CHECK(serve(config, {{0, 4, 1}, {0, 2, 4}}).told == Told{"0 14 14", "14 26 59"});
}

TEST_CASE("An impatient client ends at its deadline, and its place is free at the next boundary", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.max_batch = 1;
  config.timeout = 30ms;
  // 0 - 14, 25, 36: at 30 the first leaves, with its third token under way, and its place is free at 36. The second
  // gives up at 35, before it; the third's token would come at 47.
  CHECK(serve(config, {{0, 4, 9}, {5, 1, 1}, {20, 1, 1}}).told ==
        Told{"timed_out 30, 3 made", "timed_out 35, 0 made", "36 47 47"});
}

TEST_CASE("A full queue turns away who comes then", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.max_batch = 1;
  config.queue_limit = 1;
  CHECK(serve(config, {{0, 1, 1}, {1, 1, 1}, {2, 1, 1}, {12, 1, 1}}).told ==
        Told{"0 11 11", "11 22 22", "rejected 2, 0 made", "22 33 33"});
  // Who has left by then takes no place in the queue, be it between two boundaries: 0 - 18 - 36, for a prompt of 16.
  config.timeout = 20ms;
  CHECK(serve(config, {{0, 16, 1}, {1, 1, 1}, {30, 1, 1}, {31, 1, 1}}).told ==
        Told{"timed_out 20, 1 made", "timed_out 21, 0 made", "36 47 47", "rejected 31, 0 made"});
  // Who leaves later does.
  CHECK(serve(config, {{0, 16, 1}, {16, 1, 1}, {30, 1, 1}}).told ==
        Told{"timed_out 20, 1 made", "timed_out 36, 0 made", "rejected 30, 0 made"});
}

TEST_CASE("An answer that is whole after its client's deadline is late", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.timeout = 25ms;
  CHECK(serve(config, {{0, 4, 2}}).told == Told{"0 14 25"});
  CHECK(serve(config, {{0, 20, 0}}).told == Told{"timed_out 25, 0 made"});
  config.timeout = 24ms;
  CHECK(serve(config, {{0, 4, 2}}).told == Told{"timed_out 24, 2 made"});
}

TEST_CASE("To ask who is there admits nobody", "[sim][batching]") {
  sim::EngineConfig config = small_engine();
  config.priority_classes = 2;
  config.timeout = 50ms;
  //  0 - 18  a prompt of 8, while a less important one of 9 tokens waits
  // 18 - 32  a more important one of 4, then 43, 54: beside it there is no room for the 9, and one of 1 is behind them
  // At 51 the 9 leave, in the middle of an iteration: the one behind them is admitted when it ends, not when it began.
  // 54 - 66  a token and a prompt of 1
  CHECK(serve(config, {{0, 8, 1, 0}, {1, 9, 1, 1}, {10, 4, 5, 0}, {20, 1, 1, 1}}).told ==
        Told{"0 18 18", "timed_out 51, 0 made", "timed_out 60, 4 made", "54 66 66"});
}

TEST_CASE("Those who are there have arrived and not left", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.max_batch = 1;
  config.queue_limit = 5;
  config.timeout = 30ms;
  std::vector<sim::Answer> ended;
  sim::Replica replica{config, ten_and_tokens, ended};
  const auto here_at = [&](std::int64_t ms) {
    replica.advance(ms * ns_per_ms);
    return replica.outstanding(ms * ns_per_ms);
  };
  CHECK(here_at(10) == 0);
  // Pushed after the advance to its time, and asked for at once.
  replica.push({.arrival_ns = 10 * ns_per_ms, .input_tokens = 4, .output_tokens = 9});  // 24, 35, 46: leaves at 40
  CHECK(replica.outstanding(10 * ns_per_ms) == 1);
  replica.push({.arrival_ns = 26 * ns_per_ms, .input_tokens = 1'000, .output_tokens = 1});  // can never fit
  CHECK(here_at(26) == 1);
  replica.push({.arrival_ns = 30 * ns_per_ms, .input_tokens = 1, .output_tokens = 1});
  CHECK(here_at(30) == 2);
  // Whoever is in the batch is there until the boundary, and at the boundary no more.
  CHECK(here_at(45) == 2);
  CHECK(here_at(46) == 1);
  CHECK(here_at(56) == 1);
  CHECK(here_at(57) == 0);
  REQUIRE(ended.size() == 3);
  CHECK(told(ended.back()) == "46 57 57");
}

TEST_CASE("Whoever is there at the end of the horizon is in flight", "[sim][batching]") {
  sim::EngineConfig config = roomy_engine();
  config.max_batch = 1;
  config.timeout = 38ms;
  std::vector<sim::Answer> ended;
  sim::Replica replica{config, ten_and_tokens, ended};
  replica.push({.arrival_ns = 0, .input_tokens = 4, .output_tokens = 9});
  replica.push({.arrival_ns = 2 * ns_per_ms, .input_tokens = 1, .output_tokens = 1});
  replica.advance(30 * ns_per_ms);
  replica.close(30 * ns_per_ms);
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].was_admitted != ended[1].was_admitted);
  for (const sim::Answer& answer : ended) {
    CHECK(told(answer) == (answer.arrival_ns == 0 ? "in_flight 30, 2 made" : "in_flight 30, 0 made"));
    CHECK(answer.start_ns == (answer.arrival_ns == 0 ? 0 : 30 * ns_per_ms));
  }
}
