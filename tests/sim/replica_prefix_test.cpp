// The prefix cache inside an engine: what is found is not computed, what is held never exceeds the memory, and an
// engine that skips evicts what one that steps evicts.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/traffic/trace.hpp"
#include "sim/batching/replica.hpp"
#include "sim/simulation.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/sim/serving_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gunzip.hpp"
#include "tests/support/reference_data.hpp"

using core::traffic::Trace;
using serving_run::books_balance;
using serving_run::Dice;
using sim::OptionResult;

namespace {

constexpr std::int64_t ps_per_ms = 1'000'000'000;
constexpr std::int64_t the_end_ns = core::never_ns / 2;

std::shared_ptr<const Trace> trace_of(const std::string& text) {
  return std::make_shared<const Trace>(core::traffic::read_trace("t.jsonl", text));
}

std::vector<sim::Prompt> prompts_of(const Trace& trace) {
  std::vector<sim::Prompt> prompts;
  for (std::size_t row = 0; row < trace.at_ns.size(); ++row) {
    prompts.push_back({.arrival_ns = trace.at_ns[row],
                       .input_tokens = trace.input_tokens[row],
                       .output_tokens = trace.output_tokens[row],
                       .prefix_row = static_cast<std::uint32_t>(row)});
  }
  return prompts;
}

struct Run {
  std::vector<sim::Answer> answers;
  sim::ReplicaTotals totals;
};

auto key_of(const sim::Answer& a) {
  return std::tuple{a.arrival_ns, a.input_tokens, a.output_tokens,  a.start_ns, a.first_token_ns,
                    a.end_ns,     a.tokens_made,  a.priority_class, a.outcome,  a.was_admitted};
}

// `looks`: advances in between, at these times and at every arrival.
Run run(const sim::EngineConfig& config, const sim::IterationCost& cost, const std::vector<sim::Prompt>& prompts,
        bool stepping, Dice* looks = nullptr) {
  Run run;
  sim::Replica replica{config, cost, run.answers, stepping};
  for (const sim::Prompt& prompt : prompts) {
    if (looks != nullptr) {
      replica.advance(prompt.arrival_ns);
      REQUIRE(replica.memory_adds_up());
      if (looks->one_in(2)) replica.outstanding(prompt.arrival_ns);
    }
    replica.push(prompt);
  }
  replica.advance(the_end_ns);
  REQUIRE(replica.memory_adds_up());
  run.totals = replica.totals();
  std::sort(run.answers.begin(), run.answers.end(),
            [](const sim::Answer& a, const sim::Answer& b) { return key_of(a) < key_of(b); });
  return run;
}

void check_equal(const Run& a, const Run& b) {
  REQUIRE(a.totals == b.totals);
  REQUIRE(a.answers.size() == b.answers.size());
  for (std::size_t i = 0; i < a.answers.size(); ++i) REQUIRE(key_of(a.answers[i]) == key_of(b.answers[i]));
}

struct Case {
  sim::EngineConfig config;
  sim::IterationCost cost{{0, 1}, sim::LinearAttention{}};
  std::vector<sim::Prompt> prompts;
};

// Prompts of up to six blocks of 512 in memory for a few of them.
Case draw(std::uint64_t seed) {
  Dice dice{seed};
  Case drawn;
  const std::int64_t depth = dice.between(1, 6);
  drawn.config.prefixes = trace_of(serving_run::tree_trace({.rows = dice.between(20, 150),
                                                            .mean_gap_ms = dice.between(20, 2'000),
                                                            .branches = dice.between(1, 4),
                                                            .depth = depth},
                                                           seed));
  drawn.config.batching = dice.one_in(3) ? sim::Batching::prefill_first : sim::Batching::chunked_prefill;
  drawn.config.max_batch = static_cast<std::uint32_t>(dice.between(1, 20));
  drawn.config.token_budget = static_cast<std::uint32_t>(dice.between(1, dice.one_in(2) ? 100 : 3'000));
  drawn.config.kv_block_tokens = 1U << static_cast<unsigned>(dice.below(10));
  const std::int64_t block = drawn.config.kv_block_tokens;
  const std::int64_t largest = (depth * 512 + 200 + block) / block + 1;
  drawn.config.kv_blocks = largest + dice.below(dice.one_in(2) ? largest : 5 * largest);
  if (dice.one_in(2)) drawn.config.watermark_blocks = dice.below(drawn.config.kv_blocks / 20 + 1);
  if (dice.one_in(2)) drawn.config.timeout = core::Duration{dice.between(1, 60'000) * 1'000'000};
  if (dice.one_in(3)) drawn.config.queue_limit = dice.between(1, 10);
  if (dice.one_in(3)) drawn.config.priority_classes = 3;
  const std::int64_t step_ps = dice.between(1, 30) * ps_per_ms;
  drawn.cost = {{0, step_ps, step_ps + ps_per_ms / 50},
                {.decode_per_token_ps = dice.below(3) * 5'001'234, .prefill_per_pair_fs = dice.below(3) * 9'000'000}};
  drawn.prompts = prompts_of(*drawn.config.prefixes);
  for (sim::Prompt& prompt : drawn.prompts) {
    prompt.priority_class = static_cast<std::uint32_t>(dice.below(drawn.config.priority_classes));
    prompt.prefix_round = dice.one_in(8) ? 1 : 0;
  }
  return drawn;
}

struct Seen {
  std::int64_t evictions = 0;
  std::int64_t found = 0;
  std::int64_t late = 0;
};

Seen check_cases(std::uint64_t first, std::uint64_t end) {
  Seen seen;
  for (std::uint64_t seed = first; seed < end; ++seed) {
    CAPTURE(seed);
    const Case drawn = draw(seed);
    const Run skipped = run(drawn.config, drawn.cost, drawn.prompts, false);
    check_equal(skipped, run(drawn.config, drawn.cost, drawn.prompts, true));
    for (const bool stepping : {false, true}) {
      Dice looks{seed};
      check_equal(skipped, run(drawn.config, drawn.cost, drawn.prompts, stepping, &looks));
    }
    REQUIRE(skipped.answers.size() == drawn.prompts.size());
    REQUIRE(skipped.totals.found_tokens <= skipped.totals.looked_up_tokens);
    // Whatever is neither found nor cut off is computed: of each admission at least the last token.
    if (drawn.config.timeout == sim::no_timeout && skipped.totals.evictions == 0) {
      REQUIRE(skipped.totals.prefill_tokens == skipped.totals.looked_up_tokens - skipped.totals.found_tokens);
    }
    seen.evictions += skipped.totals.evictions;
    seen.found += skipped.totals.found_tokens > 0 ? 1 : 0;
    for (const sim::Answer& a : skipped.answers) seen.late += a.outcome == core::Outcome::timed_out ? 1 : 0;
  }
  return seen;
}

OptionResult simulate(const std::string& option, const scenario_run::Files& files) {
  const std::string text = fmt::format(
      "scenario: s\nhorizon: {{start: 2026-12-01, hours: 2}}\n"
      "traffic: {{arrivals: {{process: trace, file: mooncake.jsonl}}}}\noptions:\n"
      "  - {{name: a, kind: self_hosted, instance: any, {}}}\n",
      option);
  const sim::Scenario scenario = scenario_run::read_scenario(text, files).scenario;
  sim::Simulation simulation{scenario, 1};
  return std::move(sim::run(simulation).front());
}

// Of the tokens that are found, in an engine whose prompts take no time worth mentioning.
scenario_run::Files with_mooncake(std::string trace, std::int64_t kv_tokens, std::string iteration_us) {
  return {{"mooncake.jsonl", std::move(trace)},
          {"p.yaml", serving_run::profile({.iteration_us = std::move(iteration_us), .kv_tokens = kv_tokens})}};
}

}  // namespace

TEST_CASE("With prefixes and little memory, an engine that skips does what one does that steps", "[sim][prefix]") {
  const Seen seen = check_cases(0, 400);
  CHECK(seen.evictions > 1'000);
  CHECK(seen.found > 300);
  CHECK(seen.late > 1'000);
}

TEST_CASE("Engines with prefixes skip as they step, ten thousand times", "[sim][prefix][heavy]") {
  check_cases(1'000, 11'000);
}

TEST_CASE("A prompt that has been here computes its last token only", "[sim][prefix]") {
  // 1,000 tokens: a whole block and one of 488. At the second time both are there; at the third, a longer prompt that
  // goes on from the first block finds that one.
  const auto trace = trace_of(
      "{\"timestamp\": 0, \"input_length\": 1000, \"output_length\": 2, \"hash_ids\": [1, 2]}\n"
      "{\"timestamp\": 100, \"input_length\": 1000, \"output_length\": 2, \"hash_ids\": [1, 2]}\n"
      "{\"timestamp\": 200, \"input_length\": 1100, \"output_length\": 2, \"hash_ids\": [1, 3, 4]}\n"
      "{\"timestamp\": 300, \"input_length\": 1024, \"output_length\": 2, \"hash_ids\": [1, 3]}\n");
  const sim::EngineConfig config{.token_budget = 2'000, .kv_blocks = 1'000, .prefixes = trace};
  const sim::IterationCost cost{{0, ps_per_ms, 2 * ps_per_ms}, sim::LinearAttention{}};  // a millisecond a token
  const std::vector<sim::Prompt> prompts = prompts_of(*trace);
  const auto totals_of_first = [&](std::size_t count) {
    return run(config, cost, {prompts.begin(), prompts.begin() + static_cast<std::ptrdiff_t>(count)}, false).totals;
  };
  CHECK(totals_of_first(1).prefill_tokens == 1'000);
  CHECK(totals_of_first(1).found_tokens == 0);
  // Far apart, so that each is done when the next one comes.
  std::vector<sim::Prompt> apart = prompts;
  for (std::size_t i = 0; i < apart.size(); ++i) apart[i].arrival_ns = static_cast<std::int64_t>(i) * 10'000'000'000;
  const Run spaced = run(config, cost, apart, false);
  CHECK(spaced.totals.looked_up_tokens == 1'000 + 1'000 + 1'100 + 1'024);
  CHECK(spaced.totals.found_tokens == 0 + 999 + 512 + 1'023);
  CHECK(spaced.totals.prefill_tokens == 1'000 + 1 + 588 + 1);
  REQUIRE(spaced.answers.size() == 4);
  const std::int64_t first_ms[] = {1'000, 1, 588, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(spaced.answers[i].first_token_ns - spaced.answers[i].arrival_ns == first_ms[i] * 1'000'000);
  }
  // Close to one another: the second and the third join while the first one's blocks are being computed.
  const Run crowded = run(config, cost, prompts, false);
  CHECK(crowded.totals.found_tokens < spaced.totals.found_tokens);

  std::vector<sim::Prompt> other_round = apart;
  other_round[1].prefix_round = 1;
  CHECK(run(config, cost, other_round, false).totals.found_tokens == 0 + 0 + 512 + 1'023);
}

TEST_CASE("What nobody uses makes room, the least recently used first", "[sim][prefix]") {
  // Memory of 4 prompt blocks and a little for answers: 1 2, then 3 4, then 1 2 again, then 5 6, which pushes 4 and 3
  // out, and not 1 2.
  std::string text;
  const auto row = [&](std::int64_t at_s, std::string_view ids) {
    text += fmt::format("{{\"timestamp\": {}, \"input_length\": 1024, \"output_length\": 2, \"hash_ids\": [{}]}}\n",
                        1'000 * at_s, ids);
  };
  row(0, "1, 2");
  row(10, "3, 4");
  row(20, "1, 2");
  row(30, "5, 6");
  row(40, "1, 2");
  row(50, "3, 4");
  const auto trace = trace_of(text);
  const sim::EngineConfig config{.token_budget = 2'000, .kv_blocks = 4 * 32 + 3, .prefixes = trace};
  const sim::IterationCost cost{{0, ps_per_ms, ps_per_ms}, sim::LinearAttention{}};
  const Run result = run(config, cost, prompts_of(*trace), false);
  CHECK(result.totals.found_tokens == 1'023 + 1'023);  // at 20 s and at 40 s
  CHECK(result.totals.prefill_tokens == 4 * 1'024 + 2);
}

TEST_CASE("An answer that grows beside a prompt pushes out what rests longest", "[sim][prefix]") {
  // Blocks of memory as large as those of prompts, ten of them. Two rest, 1 and 2. From 10 s on an answer has its
  // prompt (3) and a block of its own; from 10.5 s a prompt of six blocks is computed beside it, 99 tokens in a
  // millisecond. The memory is full when at 10.518 s the answer needs its second block, and 1 goes: so a prompt that
  // wants it at 10.525 s finds nothing, while 2 would be there.
  const auto trace = trace_of(
      "{\"timestamp\": 0, \"input_length\": 512, \"output_length\": 1, \"hash_ids\": [1]}\n"
      "{\"timestamp\": 1000, \"input_length\": 512, \"output_length\": 1, \"hash_ids\": [2]}\n"
      "{\"timestamp\": 10000, \"input_length\": 512, \"output_length\": 600, \"hash_ids\": [3]}\n"
      "{\"timestamp\": 10500, \"input_length\": 3072, \"output_length\": 1, \"hash_ids\": [4, 5, 6, 7, 8, 9]}\n"
      "{\"timestamp\": 10525, \"input_length\": 512, \"output_length\": 1, \"hash_ids\": [1]}\n"
      "{\"timestamp\": 10525, \"input_length\": 512, \"output_length\": 1, \"hash_ids\": [2]}\n");
  const sim::EngineConfig config{.token_budget = 100, .kv_block_tokens = 512, .kv_blocks = 10, .prefixes = trace};
  const sim::IterationCost cost{{0, ps_per_ms, ps_per_ms}, sim::LinearAttention{}};
  std::vector<sim::Prompt> prompts = prompts_of(*trace);
  prompts.pop_back();
  CHECK(run(config, cost, prompts, false).totals.found_tokens == 0);
  CHECK(run(config, cost, prompts, true).totals.found_tokens == 0);
  prompts.back().prefix_row = 5;
  CHECK(run(config, cost, prompts, false).totals.found_tokens == 511);
}

TEST_CASE("One prompt at a time finds what a list of recent blocks holds", "[sim][prefix][property]") {
  // With one place in the batch, and prompts as whole blocks, the engine's cache is a list: the blocks of the last
  // prompt at its end, the first one last; what is beyond the memory goes from the front. The answer takes its own.
  std::int64_t pushed_out = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Case drawn = draw(seed);
    drawn.config.max_batch = 1;
    drawn.config.timeout = sim::no_timeout;
    drawn.config.queue_limit = sim::no_limit;
    drawn.config.priority_classes = 1;
    drawn.config.watermark_blocks = 0;
    for (sim::Prompt& prompt : drawn.prompts) prompt.priority_class = 0;
    const std::int64_t blocks_of_one = 512 / std::int64_t{drawn.config.kv_block_tokens};
    std::vector<std::uint64_t> recent;
    std::vector<std::uint64_t> keys;
    std::int64_t found_tokens = 0;
    for (const sim::Prompt& prompt : drawn.prompts) {
      drawn.config.prefixes->prefix_keys(prompt.prefix_row, prompt.prefix_round, keys);
      std::int64_t found = 0;
      for (const std::uint64_t key : keys) {
        if (std::find(recent.begin(), recent.end(), key) == recent.end()) break;
        ++found;
      }
      found_tokens += std::min<std::int64_t>(found * 512, prompt.input_tokens - 1);
      for (const std::uint64_t key : keys) std::erase(recent, key);
      recent.insert(recent.end(), keys.rbegin(), keys.rend());
      // An answer of one token is whole as soon as its prompt is.
      const std::int64_t own = prompt.output_tokens > 1 ? prompt.output_tokens : 0;
      const std::int64_t own_blocks = (own + drawn.config.kv_block_tokens - 1) / drawn.config.kv_block_tokens;
      while (static_cast<std::int64_t>(recent.size()) * blocks_of_one > drawn.config.kv_blocks - own_blocks) {
        recent.erase(recent.begin());
        ++pushed_out;
      }
    }
    for (const bool stepping : {false, true}) {
      REQUIRE(run(drawn.config, drawn.cost, drawn.prompts, stepping).totals.found_tokens == found_tokens);
    }
  }
  CHECK(pushed_out > 5'000);
}

TEST_CASE("Mooncake's trace finds in one engine what its ids repeat", "[sim][prefix]") {
  const auto packed = test_support::read_reference_data("traces/mooncake_conversation.jsonl.gz");
  if (!packed) return;
  const std::string trace = test_support::gunzip(*packed);
  // Unbounded memory, and iterations of a microsecond: hardly anybody is there when the next one comes.
  //
  // Of 288,500 blocks 105,710 come again: 0.3664. In tokens, prompts' last blocks count for less (254 on average), and
  // they hardly ever come again; each prompt that is found whole computes its last token, one of 12,031 at most a
  // prompt; and rows of one time begin together, so that none finds what the others bring. All of them are counted
  // below, from the trace alone.
  const Trace rows = core::traffic::read_trace("mooncake.jsonl", trace);
  std::vector<std::uint64_t> keys;
  std::vector<bool> seen(1'000'000);
  std::int64_t blocks_found = 0;
  std::int64_t tokens_found = 0;
  std::int64_t tokens = 0;
  std::int64_t tokens_of_equal_times = 0;  // that are found when rows of one time come one after another
  std::vector<std::uint64_t> pending;
  for (std::size_t row = 0; row < rows.at_ns.size(); ++row) {
    if (row > 0 && rows.at_ns[row] != rows.at_ns[row - 1]) {
      for (const std::uint64_t key : pending) seen[key] = true;
      pending.clear();
    }
    rows.prefix_keys(row, 0, keys);
    std::int64_t before = 0;  // blocks from earlier times
    while (before < static_cast<std::int64_t>(keys.size()) && seen[keys[static_cast<std::size_t>(before)]]) ++before;
    std::int64_t with_equal = before;
    while (with_equal < static_cast<std::int64_t>(keys.size()) &&
           (seen[keys[static_cast<std::size_t>(with_equal)]] ||
            std::find(pending.begin(), pending.end(), keys[static_cast<std::size_t>(with_equal)]) != pending.end())) {
      ++with_equal;
    }
    pending.insert(pending.end(), keys.begin(), keys.end());
    const std::int64_t input = rows.input_tokens[row];
    blocks_found += with_equal;
    tokens_found += std::min(before * 512, input - 1);
    tokens_of_equal_times += std::min(with_equal * 512, input - 1) - std::min(before * 512, input - 1);
    tokens += input;
  }
  CHECK(blocks_found == 288'500 - 182'790);

  const OptionResult one =
      simulate("serving: {profile: p.yaml, max_batch: 10_000, token_budget: 1_000_000}, replicas: 1",
               with_mooncake(trace, std::int64_t{1} << 30, "[[1, 1]]"));
  REQUIRE(books_balance(one));
  CHECK(one.usage.count(core::Outcome::served) == 12'031);
  CHECK(one.engine->looked_up_tokens == tokens);
  CHECK(one.engine->evictions == 0);
  const double ratio = static_cast<double>(one.engine->found_tokens) / static_cast<double>(tokens);
  fmt::print(
      "Mooncake, one engine: found {:.5f} of tokens; from the trace alone {:.5f}, rows of one time apart {:.5f} more; "
      "of "
      "blocks 0.3664\n",
      ratio, static_cast<double>(tokens_found) / static_cast<double>(tokens),
      static_cast<double>(tokens_of_equal_times) / static_cast<double>(tokens));
  CHECK(one.engine->found_tokens == tokens_found);
  CHECK(one.engine->prefill_tokens == tokens - tokens_found);
  CHECK(std::abs(ratio - 0.3664) < 0.03);
}

TEST_CASE("Prompts that go where their beginnings are find more of them", "[sim][prefix]") {
  const auto packed = test_support::read_reference_data("traces/mooncake_conversation.jsonl.gz");
  if (!packed) return;
  // Iterations of 20 ms and 0.03 ms a prompt token: four engines are busy half of the time. Memory for 2 million
  // tokens each, about what eight H100 hold of a model of 70 billion parameters.
  const scenario_run::Files files =
      with_mooncake(test_support::gunzip(*packed), 2'000'000, "[[1, 20_000], [2, 20_030]]");
  const auto found = [&](std::string_view router) {
    const OptionResult result = simulate(
        fmt::format("serving: {{profile: p.yaml, max_batch: 256, token_budget: 4_096, router: {}}}, replicas: 4",
                    router),
        files);
    REQUIRE(books_balance(result));
    const double share =
        static_cast<double>(result.engine->found_tokens) / static_cast<double>(result.engine->looked_up_tokens);
    fmt::print("Mooncake, 4 engines, {:<18} found {:.4f} of tokens, busy {:.3f}, mean time to first token {:.3f} s\n",
               router, share, result.engine->busy_share, result.time_to_first_token_ns.mean() * 1e-9);
    return share;
  };
  const double in_turn = found("round_robin");
  const double least = found("least_outstanding");
  const double affine = found("prefix_affine");
  CHECK(affine > 1.2 * in_turn);
  CHECK(affine > 1.2 * least);
}
