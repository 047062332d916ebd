// An engine that skips must do what one that visits every iteration does, and both what the rules say
// (engine_reference.hpp): for every request, to the nanosecond.

#include "sim/batching/replica.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/random.hpp"
#include "tests/sim/engine_reference.hpp"
#include "tests/support/catch.hpp"

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::int64_t ps_per_ms = 1'000 * ns_per_ms;
constexpr std::int64_t ns_per_day = 24 * core::ns_per_hour;
constexpr std::int64_t the_end_ns = core::never_ns / 2;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : stream_{seed} {}
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(stream_.next() % static_cast<std::uint64_t>(n));
  }
  std::uint32_t small(std::int64_t n) { return static_cast<std::uint32_t>(below(n)); }
  bool one_in(std::int64_t n) { return below(n) == 0; }

 private:
  core::Stream stream_;
};

struct Case {
  sim::EngineConfig config;
  sim::IterationCost cost{{0, 1}, sim::LinearAttention{}};
  std::vector<sim::Prompt> prompts;
};

// About a grain or some tens of them for an iteration, and always more than nothing.
sim::IterationCost draw_cost(Dice& dice, std::int64_t grain_ps, bool is_coarse) {
  const auto grains = [&](std::int64_t n) { return dice.below(n) * grain_ps; };
  std::vector<std::int64_t> linear_ps{0};
  std::int64_t ps = grain_ps + grains(30);
  for (std::int64_t left = 1 + dice.below(400); left > 0; --left) {
    linear_ps.push_back(ps += dice.one_in(8) ? grains(2) : 0);
  }
  if (dice.one_in(2)) {
    const bool by_context = !is_coarse || dice.one_in(3);
    return {linear_ps,
            sim::LinearAttention{.decode_base_ps = grains(4),
                                 .decode_per_sequence_ps = grains(2),
                                 .decode_per_token_ps = by_context ? (grain_ps + 999) / 1000 * dice.below(50) : 0,
                                 .prefill_base_ps = grains(4),
                                 .prefill_per_pair_fs = is_coarse ? 0 : grains(20)}};
  }
  sim::AttentionTables tables;
  tables.decode_batches = 1 + dice.small(10);
  tables.decode_columns = 1 + dice.small(12);
  tables.prefill_rows = 1 + dice.small(5);
  tables.prefill_columns = 2 + dice.small(100);
  tables.decode_ps.resize(std::size_t{tables.decode_batches} * tables.decode_columns);
  tables.prefill_ps.resize(std::size_t{tables.prefill_rows} * tables.prefill_columns);
  for (std::int64_t& entry : tables.decode_ps) entry = grains(20);
  for (std::int64_t& entry : tables.prefill_ps) entry = grains(20);
  if (!is_coarse) tables.decode_group_overhead_ppm = dice.below(200'000);
  if (!is_coarse) tables.prefill_group_overhead_ppm = dice.below(200'000);
  return {linear_ps, tables};
}

// Times are multiples of a grain: with a coarse one, nearly everything happens at once. The memory is too small for
// what the batch may hold, or is not; the load is from a third to three times what the engine can do.
Case draw(std::uint64_t seed) {
  Dice dice{seed};
  Case drawn;
  const bool is_coarse = dice.one_in(2);
  const bool is_tight = dice.one_in(3);  // long answers in little memory, and everybody is patient
  const std::int64_t grain_ps = is_coarse ? ps_per_ms : 1 + dice.below(ps_per_ms / 100);
  const std::int64_t grain_ns = is_coarse ? ns_per_ms : 1;
  const auto grains_within = [&](std::int64_t ns) { return dice.below(ns / grain_ns + 1) * grain_ns; };

  drawn.cost = draw_cost(dice, grain_ps, is_coarse);
  if (dice.one_in(2)) drawn.cost.add_overhead(dice.below(3) * grain_ps, dice.below(2) * grain_ps);

  sim::EngineConfig& config = drawn.config;
  config.batching = static_cast<sim::Batching>(dice.below(3));
  config.max_batch = 1 + (is_tight ? 8 : 0) + dice.small(dice.one_in(3) ? 4 : 40);
  config.token_budget = 1 + dice.small(dice.one_in(2) ? 20 : 300);
  config.kv_block_tokens = 1U << dice.small(is_tight ? 4 : 7);
  if (dice.one_in(2)) config.priority_classes = 1 + dice.small(4);

  const std::int64_t longest_input = 1 + dice.below(is_tight || dice.one_in(2) ? 30 : 300);
  const std::int64_t longest_output = 2 + dice.below(is_tight || dice.one_in(4) ? 400 : 60);
  const std::int64_t usual_tokens = (longest_input + longest_output) / 2 + 1;
  const std::int64_t places = is_tight || dice.one_in(2) ? 2 + dice.below(6) : 2 * std::int64_t{config.max_batch};
  config.kv_blocks = 1 + usual_tokens * places / config.kv_block_tokens;
  if (dice.one_in(3)) config.watermark_blocks = dice.below(config.kv_blocks / 4 + 1);

  const std::int64_t iteration_ns = drawn.cost.decode(config.max_batch / 2 + 1, 1'000).first_ps / 1'000 + 1;
  const std::int64_t answer_ns = iteration_ns * (longest_output / 2 + 1);
  if (dice.one_in(3)) config.request_overhead = core::Duration{grains_within(5 * iteration_ns)};
  if (!is_tight && dice.one_in(2)) {
    config.timeout = core::Duration{grain_ns + grains_within(answer_ns * (1 + dice.below(20)))};
  }
  if (!is_tight && dice.one_in(3)) config.queue_limit = dice.below(20);
  const bool sheds = !is_tight && dice.one_in(4);
  if (sheds) config.class_limits = {dice.below(20), dice.below(6)};

  const std::int64_t busy_places = std::min<std::int64_t>(config.max_batch, places);
  const std::int64_t mean_gap_ns = answer_ns / busy_places * (1 + dice.below(30)) / 10 + 1;
  constexpr std::array<std::int64_t, 4> starts_ns{0, 0, ns_per_day, 3'650 * ns_per_day};
  std::int64_t now_ns = starts_ns[static_cast<std::size_t>(dice.below(4))];
  std::int64_t burst = 1;
  for (std::int64_t left = 10 + dice.below(140); left > 0; --left) {
    if (dice.one_in(10)) burst = 1 + dice.below(20);
    if (dice.one_in(burst)) now_ns += grains_within(2 * mean_gap_ns * burst);
    const std::uint32_t output = dice.small(12);  // none and one more often than by chance
    drawn.prompts.push_back({.arrival_ns = now_ns,
                             .input_tokens = 1 + dice.small(longest_input),
                             .output_tokens = output < 2 ? output : dice.small(longest_output),
                             .priority_class = dice.small(config.priority_classes),
                             .traffic_class = sheds ? dice.small(2) : 0});
  }
  return drawn;
}

struct Run {
  std::vector<sim::Answer> answers;
  sim::ReplicaTotals totals;
};

// Everything is pushed before the only advance.
Run run_at_once(const Case& drawn, bool stepping, std::int64_t horizon_ns = the_end_ns) {
  Run run;
  sim::Replica replica{drawn.config, drawn.cost, run.answers, stepping};
  for (const sim::Prompt& prompt : drawn.prompts) replica.push(prompt);
  replica.advance(horizon_ns);
  REQUIRE(replica.memory_adds_up());
  replica.close(horizon_ns);
  run.totals = replica.totals();
  return run;
}

// Requests are pushed when they arrive, and somebody looks at the replica in between. `left_ns`: of each request, when
// it must be gone.
class Watch {
 public:
  Watch(const Case& drawn, bool stepping, const std::vector<std::int64_t>& left_ns, std::uint64_t seed)
      : drawn_{drawn}, left_ns_{left_ns}, dice_{seed}, replica_{drawn.config, drawn.cost, run_.answers, stepping} {}

  Run run() {
    std::vector<std::int64_t> ends_ns = left_ns_;
    std::sort(ends_ns.begin(), ends_ns.end());
    std::int64_t last_ns = drawn_.prompts.front().arrival_ns;
    for (const std::int64_t end_ns : ends_ns) {
      std::vector<std::int64_t> times_ns;
      for (std::int64_t i = dice_.below(4); i > 0; --i) times_ns.push_back(last_ns + dice_.below(end_ns - last_ns + 1));
      if (dice_.one_in(2)) times_ns.push_back(end_ns);
      std::sort(times_ns.begin(), times_ns.end());
      for (const std::int64_t now_ns : times_ns) look_up_to(now_ns);
      last_ns = end_ns;
    }
    look_up_to(last_ns);
    replica_.advance(the_end_ns);
    REQUIRE(replica_.outstanding(the_end_ns) == 0);
    run_.totals = replica_.totals();
    return std::move(run_);
  }

 private:
  void look_up_to(std::int64_t now_ns) {
    while (pushed_ < drawn_.prompts.size() && drawn_.prompts[pushed_].arrival_ns <= now_ns) {
      const sim::Prompt& prompt = drawn_.prompts[pushed_];
      if (dice_.one_in(2)) look(prompt.arrival_ns);
      replica_.push(prompt);
      ++pushed_;
      if (dice_.one_in(2)) look(prompt.arrival_ns);
    }
    look(now_ns);
  }

  void look(std::int64_t now_ns) {
    CAPTURE(now_ns);
    // At the time of the last advance, one may ask without another.
    if (now_ns > advanced_ns_ || dice_.one_in(2)) replica_.advance(now_ns);
    advanced_ns_ = now_ns;
    const auto last = left_ns_.begin() + static_cast<std::ptrdiff_t>(pushed_);
    const auto is_here = [&](std::int64_t left_ns) { return left_ns > now_ns; };
    if (dice_.one_in(2)) REQUIRE(replica_.outstanding(now_ns) == std::count_if(left_ns_.begin(), last, is_here));
    REQUIRE(replica_.memory_adds_up());
  }

  const Case& drawn_;
  const std::vector<std::int64_t>& left_ns_;
  Dice dice_;
  Run run_;
  sim::Replica replica_;
  std::size_t pushed_ = 0;
  std::int64_t advanced_ns_ = -1;
};

auto fields(const sim::Answer& a) {
  return std::tie(a.arrival_ns, a.priority_class, a.input_tokens, a.output_tokens, a.start_ns, a.first_token_ns,
                  a.end_ns, a.tokens_made, a.outcome, a.was_admitted);
}

std::string told(const sim::Answer& a) {
  return fmt::format("{} + {} tokens of class {} at {}: start {} first {} end {}, {} with {} made, {}admitted",
                     a.input_tokens, a.output_tokens, a.priority_class, a.arrival_ns, a.start_ns, a.first_token_ns,
                     a.end_ns, core::name_of(a.outcome), a.tokens_made, a.was_admitted ? "" : "not ");
}

void check_equal(Run run, engine_reference::Run truth) {
  const auto less = [](const sim::Answer& a, const sim::Answer& b) { return fields(a) < fields(b); };
  std::sort(run.answers.begin(), run.answers.end(), less);
  std::sort(truth.answers.begin(), truth.answers.end(), less);
  REQUIRE(run.answers.size() == truth.answers.size());
  for (std::size_t i = 0; i < run.answers.size(); ++i) {
    if (fields(run.answers[i]) != fields(truth.answers[i])) REQUIRE(told(run.answers[i]) == told(truth.answers[i]));
  }
  REQUIRE(run.totals.iterations == truth.totals.iterations);
  REQUIRE(run.totals.decode_tokens == truth.totals.decode_tokens);
  REQUIRE(run.totals.prefill_tokens == truth.totals.prefill_tokens);
  REQUIRE(run.totals.evictions == truth.totals.evictions);
  REQUIRE(run.totals.peak_kv_tokens == truth.totals.peak_kv_tokens);
  REQUIRE(run.totals.longest_queue == truth.totals.longest_queue);
  REQUIRE(run.totals == truth.totals);
}

// One outcome each, in the order of things, and within the client's patience.
void check_sense(const Case& drawn, const std::vector<sim::Answer>& answers) {
  REQUIRE(answers.size() == drawn.prompts.size());
  for (const sim::Answer& a : answers) {
    REQUIRE(a.arrival_ns <= a.start_ns);
    REQUIRE(a.start_ns <= a.end_ns);
    REQUIRE(a.end_ns - a.arrival_ns <= core::to_ns(drawn.config.timeout));
    REQUIRE(a.tokens_made <= a.output_tokens);
    if (a.outcome != core::Outcome::served) continue;
    REQUIRE(a.was_admitted);
    REQUIRE(a.tokens_made == a.output_tokens);
    REQUIRE(a.start_ns <= a.first_token_ns);
    REQUIRE(a.first_token_ns <= a.end_ns);
  }
}

// What the cases were made of.
struct Seen {
  std::int64_t requests = 0;
  std::int64_t served = 0;
  std::int64_t rejected = 0;
  std::int64_t late_in_queue = 0;
  std::int64_t late_in_batch = 0;
  std::int64_t in_flight = 0;  // at a horizon drawn by chance
  std::int64_t iterations = 0;
  std::int64_t evictions = 0;
  std::int64_t much_evicted = 0;  // cases with more than a hundred
  std::int64_t long_queues = 0;   // cases

  void note(const engine_reference::Run& run) {
    iterations += run.totals.iterations;
    evictions += run.totals.evictions;
    much_evicted += run.totals.evictions > 100 ? 1 : 0;
    long_queues += run.totals.longest_queue > 10 ? 1 : 0;
    for (const sim::Answer& a : run.answers) {
      ++requests;
      served += a.outcome == core::Outcome::served ? 1 : 0;
      rejected += a.outcome == core::Outcome::rejected ? 1 : 0;
      if (a.outcome == core::Outcome::timed_out) ++(a.was_admitted ? late_in_batch : late_in_queue);
    }
  }
  void print() const {
    fmt::print(
        "{} requests: {} served, {} rejected, {} late in the queue, {} late in the batch, {} in flight; {} iterations, "
        "{} evictions, more than a hundred in {} cases, long queues in {}\n",
        requests, served, rejected, late_in_queue, late_in_batch, in_flight, iterations, evictions, much_evicted,
        long_queues);
  }
};

void check_case(std::uint64_t seed, Seen& seen) {
  const Case drawn = draw(seed);
  const engine_reference::Run truth = engine_reference::run(drawn.config, drawn.cost, drawn.prompts, the_end_ns);
  check_sense(drawn, truth.answers);
  seen.note(truth);

  // The same, but for a horizon.
  Dice dice{~seed};
  const std::int64_t first_ns = drawn.prompts.front().arrival_ns;
  const std::int64_t last_ns = *std::max_element(truth.left_ns.begin(), truth.left_ns.end());
  const std::int64_t horizon_ns = first_ns + 1 + dice.below(last_ns - first_ns + 1);
  Case shorter = drawn;
  std::erase_if(shorter.prompts, [&](const sim::Prompt& prompt) { return prompt.arrival_ns >= horizon_ns; });
  const engine_reference::Run cut = engine_reference::run(drawn.config, drawn.cost, shorter.prompts, horizon_ns);
  check_sense(shorter, cut.answers);
  for (const sim::Answer& a : cut.answers) seen.in_flight += a.outcome == core::Outcome::in_flight ? 1 : 0;

  for (const bool stepping : {false, true}) {
    CAPTURE(stepping);
    check_equal(run_at_once(drawn, stepping), truth);
    check_equal(Watch{drawn, stepping, truth.left_ns, seed}.run(), truth);
    check_equal(run_at_once(shorter, stepping, horizon_ns), cut);
  }
}

}  // namespace

TEST_CASE("An engine that skips does what one does that steps, and both what the rules say", "[sim][batching]") {
  Seen seen;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    CAPTURE(seed);
    check_case(seed, seen);
  }
  seen.print();
  // The cases are worth something.
  CHECK(seen.served > 10'000);
  CHECK(seen.rejected > 1'000);
  CHECK(seen.late_in_queue > 1'000);
  CHECK(seen.late_in_batch > 1'000);
  CHECK(seen.in_flight > 1'000);
  CHECK(seen.evictions > 10'000);
  CHECK(seen.much_evicted > 30);
  CHECK(seen.long_queues > 300);
}

TEST_CASE("Engines do what the rules say in ten thousand cases", "[sim][batching][heavy]") {
  Seen seen;
  for (std::uint64_t seed = 1'000; seed < 11'000; ++seed) {
    CAPTURE(seed);
    check_case(seed, seen);
  }
  seen.print();
}

TEST_CASE("Iterations that take no time end, too", "[sim][batching]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    Case drawn = draw(seed);
    drawn.cost = sim::IterationCost{{0, 0}, sim::LinearAttention{}};
    const engine_reference::Run truth = engine_reference::run(drawn.config, drawn.cost, drawn.prompts, the_end_ns);
    for (const bool stepping : {false, true}) check_equal(run_at_once(drawn, stepping), truth);
  }
}

TEST_CASE("An engine that is busy for half a year keeps the time", "[sim][batching]") {
  // 64 bits hold 106 days of picoseconds. An iteration takes about 25 seconds, an answer of 4,000 tokens a day.
  Case drawn{.config = {.max_batch = 8, .token_budget = 64, .kv_blocks = 1'500},
             .cost = {{0, 24'999'999'999'999, 25'000'000'000'123}, {.decode_per_token_ps = 12'345'678}},
             .prompts = {}};
  Dice dice{1};
  std::int64_t now_ns = 0;
  for (int i = 0; i < 1'000; ++i) {
    now_ns += dice.below(ns_per_day / 3);
    drawn.prompts.push_back({.arrival_ns = i == 0 ? 0 : now_ns,
                             .input_tokens = 1 + dice.small(300),
                             .output_tokens = i == 0 || dice.one_in(50) ? 20'000 : dice.small(8'000)});
  }
  for (const core::Duration patience : {sim::no_timeout, core::Duration{15 * ns_per_day}}) {
    drawn.config.timeout = patience;
    const engine_reference::Run truth = engine_reference::run(drawn.config, drawn.cost, drawn.prompts, the_end_ns);
    check_sense(drawn, truth.answers);
    const std::int64_t last_ns = *std::max_element(truth.left_ns.begin(), truth.left_ns.end());
    CHECK(last_ns > 150 * ns_per_day);
    CHECK(static_cast<std::int64_t>((truth.totals.busy_ps + 999) / 1'000) == last_ns);  // never idle
    CHECK(truth.totals.evictions > 100);
    for (const bool stepping : {false, true}) {
      CAPTURE(stepping);
      check_equal(run_at_once(drawn, stepping), truth);
      check_equal(Watch{drawn, stepping, truth.left_ns, 1}.run(), truth);
    }
  }
}
