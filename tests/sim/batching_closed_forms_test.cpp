// Engines whose waits and throughput have a closed form. Where chance is in it, the tolerance is the estimator's own
// 99 % interval (queue_run.hpp); where not, there is none.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/batching/replica.hpp"
#include "tests/sim/queue_run.hpp"
#include "tests/support/catch.hpp"

using queue_run::BatchMeans;
using queue_run::Estimate;

namespace {

#ifdef NDEBUG
constexpr std::int64_t scale = 1;
#else
constexpr std::int64_t scale = 20;
#endif

constexpr std::int64_t ps_per_ms = 1'000'000'000;
constexpr std::int64_t ps_per_us = 1'000'000;
constexpr std::int64_t the_end_ns = core::never_ns / 2;

void check_covers(const char* what, const Estimate& estimate, double truth) {
  INFO(what << ": " << estimate.mean << " ± " << estimate.half_width << ", truth " << truth);
  CHECK(estimate.covers(truth));
  fmt::print("{:<44} {:.6g} ± {:.2g} (99 %), closed form {:.6g}, off by {:+.3f} %\n", what, estimate.mean,
             estimate.half_width, truth, 100 * (estimate.mean / truth - 1));
}

// How many tokens an answer has: always the same number, or at each a further one with the same chance.
struct Tokens {
  bool is_geometric = false;
  double mean = 1;

  std::uint32_t draw(std::uint64_t luck) const {
    if (!is_geometric) return static_cast<std::uint32_t>(mean);
    const double more = std::log(core::unit_open_closed(luck)) / std::log1p(-1 / mean);
    return 1 + static_cast<std::uint32_t>(more);
  }
  double mean_square() const { return is_geometric ? mean * (2 * mean - 1) : mean * mean; }
};

struct Observed {
  Estimate wait_s;         // until admission
  Estimate first_token_s;  // from arrival
  Estimate in_system_s;
  Estimate found;  // requests there when another one arrives
};

// Poisson arrivals of prompts of one token, at an engine whose iterations take a millisecond, whatever is in them.
Observed observe(std::uint32_t max_batch, const Tokens& tokens, double per_second, std::int64_t requests) {
  const sim::EngineConfig config{.max_batch = max_batch, .token_budget = 1'000, .kv_blocks = 1'000'000};
  const sim::IterationCost cost{{0, ps_per_ms, ps_per_ms}, sim::LinearAttention{}};
  std::vector<sim::Answer> ended;
  sim::Replica replica{config, cost, ended};
  core::Stream gaps = core::Stream{1}.child("gaps");
  core::Stream lengths = core::Stream{1}.child("lengths");
  BatchMeans wait_s;
  BatchMeans first_token_s;
  BatchMeans in_system_s;
  BatchMeans found;
  double now_s = 0;
  for (std::size_t batch = 0; batch <= BatchMeans::batches; ++batch) {
    double waits = 0;
    double first_tokens = 0;
    double times = 0;
    double there = 0;
    std::int64_t count = 0;
    const std::int64_t arrivals = requests / static_cast<std::int64_t>(BatchMeans::batches);
    for (std::int64_t i = 0; i < arrivals; ++i) {
      now_s -= std::log(core::unit_open_closed(gaps.next())) / per_second;
      const auto now_ns = static_cast<std::int64_t>(now_s * 1e9);
      replica.advance(now_ns);
      there += static_cast<double>(replica.outstanding(now_ns));
      replica.push({.arrival_ns = now_ns, .input_tokens = 1, .output_tokens = tokens.draw(lengths.next())});
      for (const sim::Answer& answer : ended) {
        waits += static_cast<double>(answer.start_ns - answer.arrival_ns) * 1e-9;
        first_tokens += static_cast<double>(answer.first_token_ns - answer.arrival_ns) * 1e-9;
        times += static_cast<double>(answer.end_ns - answer.arrival_ns) * 1e-9;
        ++count;
      }
      ended.clear();
    }
    if (batch == 0) continue;  // warm-up
    const auto n = static_cast<double>(count);
    wait_s.add(waits / n);
    first_token_s.add(first_tokens / n);
    in_system_s.add(times / n);
    found.add(there / static_cast<double>(arrivals));
  }
  return {.wait_s = wait_s.estimate(),
          .first_token_s = first_token_s.estimate(),
          .in_system_s = in_system_s.estimate(),
          .found = found.estimate()};
}

// With one place, a request holds the engine for as many milliseconds as it has tokens.
void check_one_server(const char* name, const Tokens& tokens, double load, std::int64_t requests) {
  const double service_s = tokens.mean / 1'000;
  const double rate = load / service_s;
  const double wait_s = rate * tokens.mean_square() / 1e6 / (2 * (1 - load));  // Pollaczek and Khinchine
  const Observed observed = observe(1, tokens, rate, requests);
  check_covers(fmt::format("{} mean wait, s", name).c_str(), observed.wait_s, wait_s);
  check_covers(fmt::format("{} time in system, s", name).c_str(), observed.in_system_s, wait_s + service_s);
  // Little's law: arrivals find rate × time.
  check_covers(fmt::format("{} requests found", name).c_str(), observed.found, rate * (wait_s + service_s));
}

}  // namespace

TEST_CASE("An engine with one place is an M/D/1 queue when answers are of one length", "[sim][batching][closed_form]") {
  check_one_server("M/D/1", {.mean = 500}, 0.8, 10'000'000 / scale);
}

TEST_CASE("An engine with one place is an M/M/1 queue, nearly, when lengths are geometric",
          "[sim][batching][closed_form]") {
  // A mean square of (2 - 1/1000) instead of 2: the geometric distribution's own.
  check_one_server("M/Geo/1", {.is_geometric = true, .mean = 1'000}, 0.7, 20'000'000 / scale);
}

TEST_CASE("With room for all, a request waits for half an iteration", "[sim][batching][closed_form]") {
  // M/G/infinity in steps: 100 requests are there on average, so that the engine is never idle (e^-100). An arrival
  // falls evenly into an iteration and waits for its end; then it takes an iteration for each token.
  const Tokens tokens{.is_geometric = true, .mean = 200};
  const double rate = 500;
  const Observed observed = observe(10'000, tokens, rate, 5'000'000 / scale);
  check_covers("unlimited batch mean wait, s", observed.wait_s, 0.0005);
  check_covers("unlimited batch time to first token, s", observed.first_token_s, 0.0015);
  check_covers("unlimited batch time in system, s", observed.in_system_s, 0.2005);
  check_covers("unlimited batch requests found", observed.found, rate * 0.2005);
}

TEST_CASE("Batches in lockstep make B / (a + bB + cBk) tokens a second", "[sim][batching][closed_form]") {
  // a: an iteration; b: a sequence; c: a token of context. Prompts of p tokens, answers of m + 1: after the iteration
  // that computes B prompts, m iterations with contexts of p + 1 to p + m, k = p + (m + 1) / 2 on average.
  constexpr std::int64_t a = 7 * ps_per_ms + 3;
  constexpr std::int64_t b = 120 * ps_per_us + 1;
  constexpr std::int64_t c = 5'407;
  constexpr std::int64_t p = 300;
  constexpr std::int64_t m = 799;
  constexpr std::int64_t k = p + (m + 1) / 2;
  constexpr std::int64_t waves = 20;
  const sim::IterationCost cost{{0, a, a}, {.decode_per_sequence_ps = b, .decode_per_token_ps = c}};
  for (const std::int64_t batch : {1, 8, 64}) {
    for (const sim::Batching batching :
         {sim::Batching::chunked_prefill, sim::Batching::prefill_first, sim::Batching::static_batches}) {
      const sim::EngineConfig config{.batching = batching,
                                     .max_batch = static_cast<std::uint32_t>(batch),
                                     .token_budget = 64 * p,
                                     .kv_blocks = 100'000};
      std::vector<sim::Answer> ended;
      sim::Replica replica{config, cost, ended};
      for (std::int64_t i = 0; i < batch * waves; ++i) {
        replica.push({.arrival_ns = 0, .input_tokens = p, .output_tokens = m + 1});
      }
      replica.advance(the_end_ns);
      // To the picosecond: the prompts' iterations cost a, for there is no term for prompts here.
      const std::int64_t decode_ps = static_cast<std::int64_t>(replica.totals().busy_ps) - waves * a;
      CHECK(decode_ps == waves * m * (a + b * batch + c * batch * k));
      CHECK(replica.totals().decode_tokens == batch * waves * m);
      const double per_second = static_cast<double>(replica.totals().decode_tokens) / static_cast<double>(decode_ps);
      const double closed = static_cast<double>(batch) / static_cast<double>(a + b * batch + c * batch * k);
      CHECK(std::abs(per_second / closed - 1) < 1e-12);
      CHECK(replica.last_end_ns() == (waves * a + decode_ps + 999) / 1'000);
    }
  }
}

TEST_CASE("A full engine of evenly staggered answers makes a batch of tokens an iteration",
          "[sim][batching][closed_form]") {
  // As many places as tokens in an answer, n: once staggered, in each iteration one answer ends and the next prompt of
  // p tokens is computed beside the other n - 1, whose contexts are p + 1, …, p + n - 1. All terms of the cost take
  // part.
  constexpr std::int64_t n = 50;
  constexpr std::int64_t p = 40;
  constexpr std::int64_t per_token = 9 * ps_per_us;
  constexpr std::int64_t base = 5 * ps_per_ms;
  const sim::IterationCost cost{{base, base + per_token},
                                {.decode_base_ps = 11 * ps_per_us,
                                 .decode_per_sequence_ps = 2 * ps_per_us,
                                 .decode_per_token_ps = 3'000,
                                 .prefill_base_ps = 70 * ps_per_us,
                                 .prefill_per_pair_fs = 5'000'000}};
  constexpr std::int64_t contexts = (n - 1) * p + n * (n - 1) / 2;
  constexpr std::int64_t iteration_ps = base + per_token * (n - 1 + p) + 11 * ps_per_us + 2 * ps_per_us * (n - 1) +
                                        3'000 * contexts + 70 * ps_per_us + 5'000 * p * p / 2;
  const sim::EngineConfig config{.max_batch = n, .token_budget = 100'000, .kv_blocks = 100'000};
  std::vector<sim::Answer> ended;
  sim::Replica replica{config, cost, ended};
  for (std::uint32_t i = 1; i <= n; ++i) replica.push({.arrival_ns = 0, .input_tokens = p, .output_tokens = i});
  for (int i = 0; i < 1'000; ++i) replica.push({.arrival_ns = 0, .input_tokens = p, .output_tokens = n});
  replica.advance(the_end_ns);
  std::vector<std::int64_t> ends_ns;
  for (const sim::Answer& answer : ended) ends_ns.push_back(answer.end_ns);
  std::sort(ends_ns.begin(), ends_ns.end());
  REQUIRE(ends_ns.size() == 1'000 + n);
  // From the first iteration after the stagger to the last that finds somebody waiting.
  for (std::size_t i = n; i < 1'000; ++i) REQUIRE((ends_ns[i] - ends_ns[i - 1]) * 1'000 == iteration_ps);
  const double seconds = static_cast<double>(ends_ns[999] - ends_ns[n - 1]) * 1e-9;
  const double per_second = static_cast<double>((1'000 - n) * n) / seconds;
  CHECK(std::abs(per_second / (static_cast<double>(n) / (static_cast<double>(iteration_ps) * 1e-12)) - 1) < 1e-12);
}

TEST_CASE("The integral of those who are there is the sum of their times, to the nanosecond",
          "[sim][batching][closed_form]") {
  // Little's law without its limit: an engine that evicts, and prompts of all lengths.
  const sim::EngineConfig config{.max_batch = 20, .token_budget = 200, .kv_blocks = 60};
  const sim::IterationCost cost{{0, 4'999'999'999, 5'000'010'007}, {.decode_per_token_ps = 1'234'567}};
  core::Stream chance{5};
  std::vector<sim::Prompt> prompts;
  std::int64_t now_ns = 0;
  for (int i = 0; i < 5'000; ++i) {
    now_ns += static_cast<std::int64_t>(chance.next() % 300'000'000);
    prompts.push_back({.arrival_ns = now_ns,
                       .input_tokens = 1 + static_cast<std::uint32_t>(chance.next() % 200),
                       .output_tokens = static_cast<std::uint32_t>(chance.next() % 200)});
  }
  std::vector<sim::Answer> answers;
  sim::Replica alone{config, cost, answers};
  for (const sim::Prompt& prompt : prompts) alone.push(prompt);
  alone.advance(the_end_ns);
  CHECK(alone.totals().evictions > 100);

  std::vector<std::int64_t> changes_ns;
  std::int64_t times_ns = 0;
  for (const sim::Answer& answer : answers) {
    changes_ns.push_back(answer.arrival_ns);
    changes_ns.push_back(answer.end_ns);
    times_ns += answer.end_ns - answer.arrival_ns;
  }
  std::sort(changes_ns.begin(), changes_ns.end());
  std::vector<sim::Answer> ended;
  sim::Replica watched{config, cost, ended};
  std::int64_t integral_ns = 0;
  std::size_t pushed = 0;
  for (std::size_t i = 0; i + 1 < changes_ns.size(); ++i) {
    while (pushed < prompts.size() && prompts[pushed].arrival_ns <= changes_ns[i]) watched.push(prompts[pushed++]);
    watched.advance(changes_ns[i]);
    integral_ns += watched.outstanding(changes_ns[i]) * (changes_ns[i + 1] - changes_ns[i]);
  }
  CHECK(integral_ns == times_ns);
}
