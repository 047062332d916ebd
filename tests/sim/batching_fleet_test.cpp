// Fleets of LLM engines, from the words of a scenario to the books: the fast way and the plain way must agree, and what
// is served, drained and billed must be what the rules say.

#include "sim/batching/batching_fleet.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/scenario.hpp"
#include "sim/simulation.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/sim/serving_run.hpp"
#include "tests/sim/troubled_fleet.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/in_order.hpp"

using serving_run::books_balance;
using serving_run::Dice;
using sim::OptionResult;
using test_support::InOrder;

namespace {

constexpr std::string_view linear =
    "attention: {decode: {base: 30, per_sequence: 20, per_token: 0.7}, prefill: {base: 50, per_pair: 0.01}}";
constexpr std::string_view tables =
    "attention_tables:\n"
    "  decode: {batches: [1, 4, 64], contexts: [0, 300, 4096], times: [[1, 9, 90], [3, 30, 300], [9, 90, 900]]}\n"
    "  prefill: {contexts: [0, 4096], chunks: [1, 64, 4096], times: [[5, 50, 500], [9, 90, 900]]}\n"
    "  group_overhead: {decode: 10%, prefill: 7%}";

struct Drawn {
  std::string text;
  scenario_run::Files files;
  bool is_scaled = false;
};

std::string draw_serving(Dice& dice, bool has_classes, bool has_prefixes) {
  static constexpr std::string_view batchings[] = {"chunked_prefill", "prefill_first", "static"};
  static constexpr std::string_view routers[] = {"round_robin", "random", "least_outstanding", "power_of_two",
                                                 "prefix_affine"};
  const auto batching = static_cast<std::size_t>(dice.below(has_prefixes ? 2 : 3));
  // Without a GPU behind the instance there are as many replicas on it as share one.
  const std::int64_t engines = dice.between(1, 3);
  std::string serving =
      InOrder{"profile: p.yaml, batching: {}, max_batch: {}, router: {}, replicas_per_gpu: {}", batchings[batching],
              dice.between(1, dice.one_in(3) ? 4 : 40), routers[static_cast<std::size_t>(dice.below(5))], engines}
          .text;
  if (batching < 2) serving += InOrder{", token_budget: {}", dice.between(1, dice.one_in(3) ? 60 : 2'000)}.text;
  serving += InOrder{", kv_memory: {{block: {}, watermark: {}%}}", 1 << dice.below(6), dice.below(5)}.text;
  if (dice.one_in(2)) {
    serving += InOrder{", overhead: {{per_iteration: {}us, per_sequence: {}us, per_request: {}ms}}", dice.below(900),
                       dice.below(90), dice.below(3) * 40}
                   .text;
  }
  if (has_classes && !dice.one_in(3)) serving += ", priority: [now, soon, later]";
  if (has_prefixes && dice.one_in(4)) serving += ", prefix_cache: false";
  return serving;
}

std::string draw_fleet(Dice& dice, bool is_scaled) {
  std::string fleet;
  if (!dice.one_in(3)) fleet += InOrder{"    timeout: {}ms\n", dice.between(100, dice.one_in(2) ? 5'000 : 60'000)}.text;
  if (!dice.one_in(3)) fleet += InOrder{"    queue: {{limit: {}}}\n", dice.between(1, dice.one_in(2) ? 4 : 30)}.text;
  if (!is_scaled) return fleet + fmt::format("    replicas: {}\n", dice.between(1, 4));
  static constexpr std::string_view metrics[] = {"metric: concurrency, target: 3", "metric: utilization, target: 50%",
                                                 "metric: requests_per_second, target: 0.2"};
  return fleet +
         InOrder{
             "    autoscaler: {{kind: hpa, {}, min: {}, max: {}, sync_period: {}s, metric_delay: {}s, "
             "scale_down_stabilization: {}s}}\n"
             "    cold_start: {{provision: {}s, image: 1s, warmup: {}ms}}\n",
             metrics[dice.below(3)],
             dice.between(1, 2),
             dice.between(3, 8),
             dice.between(5, 60),
             dice.below(30),
             dice.below(200),
             dice.below(100),
             dice.below(900)}
             .text;
}

// Loads from idle to hopeless; memory for a few requests, or for all.
Drawn draw(std::uint64_t seed) {
  Dice dice{seed};
  Drawn drawn;
  const bool has_prefixes = dice.one_in(3);
  const bool has_classes = dice.one_in(2);
  drawn.is_scaled = dice.one_in(2);
  std::string traffic;
  if (has_prefixes) {
    drawn.files["t.jsonl"] = serving_run::tree_trace({.rows = dice.between(100, 500),
                                                      .mean_gap_ms = dice.between(50, 3'000),
                                                      .branches = dice.between(1, 3),
                                                      .depth = dice.between(1, 6)},
                                                     seed);
    traffic = InOrder{"arrivals: {{process: trace, file: t.jsonl, repeat: {}, scale: {}}}", dice.one_in(2),
                      dice.one_in(2) ? 1.0 : 1.5}
                  .text;
  } else {
    traffic =
        InOrder{
            "daily_users: {}, requests_per_user_day: 1, arrivals: {{process: {}}}, "
            "tokens: {{input: {}, output: {{distribution: lognormal, p50: {}, p95: {}}}}}",
            dice.between(2'000, 30'000),
            dice.one_in(2) ? "poisson" : "mmpp, burst_factor: 6, burst_share: 10%",
            dice.one_in(4) ? dice.below(2) : dice.between(1, 400),
            40,
            dice.between(45, 80)}
            .text;
  }
  if (has_classes) {
    traffic += ", classes: [{name: soon, share: 30%}, {name: later, share: 50%}, {name: now, share: 20%}]";
  }
  const std::string serving = draw_serving(dice, has_classes, has_prefixes);
  drawn.text = fmt::format("scenario: s\nhorizon: {{start: 2026-12-01, hours: {}}}\ntraffic: {{{}}}\n",
                           dice.between(1, 2), traffic);
  if (dice.one_in(3)) {
    drawn.text += "cache: {kind: exact, entries: 100, ttl: 10m, popularity: {zipf: 0.9, keys: 400}}\n";
  }
  drawn.text += fmt::format("options:\n  - name: a\n    kind: self_hosted\n    instance: any\n    serving: {{{}}}\n{}",
                            serving, draw_fleet(dice, drawn.is_scaled));
  const bool is_tight = !dice.one_in(3);
  const std::int64_t least_kv_tokens = has_prefixes ? 6 * 512 + 200 + 512 + 300 : 1'900;
  drawn.files["p.yaml"] = serving_run::profile(
      {.iteration_us = InOrder{"[[1, {}], [512, {}]]", dice.between(2'000, 20'000), dice.between(20'000, 60'000)}.text,
       .attention = std::string{dice.one_in(2) ? linear : tables},
       .kv_tokens = is_tight ? least_kv_tokens + dice.below(2'500) : 1'000'000});
  return drawn;
}

OptionResult simulate(const std::string& text, const scenario_run::Files& files, std::uint64_t seed = 1,
                      sim::Engine engine = sim::Engine::fast, bool is_troubled = false) {
  sim::Scenario scenario = scenario_run::read_scenario(text, files).scenario;
  if (is_troubled) {
    core::Stream chance{seed};
    troubled_fleet::trouble(std::get<sim::BatchingFleetConfig>(scenario.options.front().serving).fleet,
                            core::Duration{1},
                            [&](std::uint64_t n) { return static_cast<std::int64_t>(chance.next() % n); });
  }
  sim::Simulation simulation{scenario, seed, engine};
  return std::move(sim::run(simulation).front());
}

void check_equal(const OptionResult& a, const OptionResult& b) {
  REQUIRE(a.usage == b.usage);
  REQUIRE(a.fleet == b.fleet);
  REQUIRE(a.engine == b.engine);
  REQUIRE(a.checks == b.checks);
  REQUIRE(a.latency_ns == b.latency_ns);
  REQUIRE(a.time_to_first_token_ns == b.time_to_first_token_ns);
  REQUIRE(a.wait_ns == b.wait_ns);
  REQUIRE(a.time_per_output_token_ns == b.time_per_output_token_ns);
  REQUIRE(a.classes.size() == b.classes.size());
  for (std::size_t i = 0; i < a.classes.size(); ++i) {
    REQUIRE(a.classes[i].name == b.classes[i].name);
    REQUIRE(a.classes[i].latency_ns == b.classes[i].latency_ns);
    REQUIRE(a.classes[i].time_to_first_token_ns == b.classes[i].time_to_first_token_ns);
  }
}

// What must be so of every fleet, whatever was drawn.
void check_sense(const OptionResult& result) {
  REQUIRE(books_balance(result));
  REQUIRE(result.engine.has_value());
  const sim::EngineSummary& engine = *result.engine;
  REQUIRE(engine.found_tokens <= engine.looked_up_tokens);
  REQUIRE(engine.busy_share >= 0);
  REQUIRE(engine.busy_share <= 1 + 1e-12);
  const core::HourUsage total = result.usage.total();
  REQUIRE(total.billed_instance_seconds * core::ns_per_second >= static_cast<std::int64_t>(total.alive_instance_ns));
  REQUIRE(total.alive_instance_ns >= total.ready_instance_ns);
  REQUIRE(result.wait_ns.total_count() ==
          result.usage.count(core::Outcome::served) + result.usage.count(core::Outcome::timed_out));
  std::int64_t in_classes = 0;
  for (const sim::ClassResult& c : result.classes) in_classes += c.latency_ns.total_count();
  if (!result.classes.empty()) REQUIRE(in_classes == total.served);
}

struct Seen {
  std::int64_t served = 0;
  std::int64_t rejected = 0;
  std::int64_t late = 0;
  std::int64_t in_flight = 0;
  std::int64_t evictions = 0;
  std::int64_t found = 0;
  std::int64_t hits = 0;
  std::int64_t grew = 0;
  std::int64_t lost = 0;
  std::int64_t wasted = 0;

  void note(const Drawn& drawn, const OptionResult& result) {
    served += result.usage.count(core::Outcome::served);
    rejected += result.usage.count(core::Outcome::rejected);
    late += result.usage.count(core::Outcome::timed_out);
    in_flight += result.usage.count(core::Outcome::in_flight);
    hits += result.usage.count(core::Outcome::cache_hit);
    evictions += result.engine->evictions;
    found += result.engine->found_tokens > 0 ? 1 : 0;
    lost += result.fleet.lost_requests;
    wasted += result.usage.total().wasted_output_tokens;
    grew += drawn.is_scaled && result.fleet.replica_starts > 2 ? 1 : 0;
  }
};

Seen check_cases(std::uint64_t first, std::uint64_t end, bool is_troubled = false) {
  Seen seen;
  for (std::uint64_t seed = first; seed < end; ++seed) {
    CAPTURE(seed);
    const Drawn drawn = draw(seed);
    CAPTURE(drawn.text);
    const OptionResult fast = simulate(drawn.text, drawn.files, seed, sim::Engine::fast, is_troubled);
    check_sense(fast);
    check_equal(fast, simulate(drawn.text, drawn.files, seed, sim::Engine::events, is_troubled));
    seen.note(drawn, fast);
  }
  fmt::print(
      "{} served, {} rejected, {} late, {} in flight, {} cache hits, {} evictions, {} fleets with prefixes found, "
      "{} that grew, {} requests lost\n",
      seen.served, seen.rejected, seen.late, seen.in_flight, seen.hits, seen.evictions, seen.found, seen.grew,
      seen.lost);
  return seen;
}

std::vector<std::unique_ptr<core::traffic::Block>> produced(const std::string& text, const scenario_run::Files& files) {
  const sim::Scenario scenario = scenario_run::read_scenario(text, files).scenario;
  sim::Simulation simulation{scenario, 7};
  std::vector<std::unique_ptr<core::traffic::Block>> blocks;
  auto block = std::make_unique<core::traffic::Block>();
  while (simulation.produce(*block)) blocks.push_back(std::exchange(block, std::make_unique<core::traffic::Block>()));
  return blocks;
}

constexpr std::string_view plain_traffic =
    "daily_users: 20_000, requests_per_user_day: 1, tokens: {input: 100, output: 50}";

// One option behind the given traffic.
std::string scenario_of(std::string_view traffic, std::string_view option, std::string_view hours = "hours: 1") {
  return fmt::format(
      "scenario: s\nhorizon: {{start: 2026-12-01, {}}}\ntraffic: {{{}}}\noptions:\n"
      "  - {{name: a, kind: self_hosted, instance: any, {}}}\n",
      hours, traffic, option);
}

// Rows of "time,input,output" for a trace.
std::string trace_of(const std::vector<std::string>& rows) {
  std::string text = "time,input,output\n";
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

}  // namespace

TEST_CASE("A fleet of engines that skip does what one of engines that step does", "[sim][batching][fleet]") {
  const Seen seen = check_cases(480, 640);
  CHECK(seen.served > 20'000);
  CHECK(seen.rejected > 2'000);
  CHECK(seen.late > 2'000);
  CHECK(seen.in_flight > 200);
  CHECK(seen.evictions > 2'000);
  CHECK(seen.found > 10);
  CHECK(seen.hits > 1'000);
  CHECK(seen.grew > 20);
}

TEST_CASE("Engines that are lost, replaced and slowed down do what they do step by step", "[sim][batching][fleet]") {
  const Seen seen = check_cases(480, 640, true);
  CHECK(seen.lost > 100);
  CHECK(seen.wasted > 500);
  CHECK(seen.served > 20'000);
}

TEST_CASE("Engines that are lost do what they do step by step, three thousand times", "[sim][batching][fleet][heavy]") {
  check_cases(1'000, 4'000, true);
}

TEST_CASE("Fleets that skip do what fleets that step do, three thousand times", "[sim][batching][fleet][heavy]") {
  check_cases(1'000, 4'000);
}

TEST_CASE("An engine, a cache, classes or another option move no arrival", "[sim][batching][fleet]") {
  const scenario_run::Files files{{"p.yaml", serving_run::profile()}};
  constexpr std::string_view engines = "serving: {profile: p.yaml}, replicas: 2";
  const std::string alone = scenario_of(plain_traffic, engines);
  const auto before = produced(alone, files);
  REQUIRE(before.size() == 1);

  const std::string with_classes = scenario_of(
      fmt::format("{}, classes: [{{name: x, share: 0.5}}, {{name: y, share: 0.5}}]", plain_traffic), engines);
  const std::string with_more =
      "cache: {kind: exact, entries: 100, ttl: 10m, popularity: {zipf: 0.9, keys: 400}}\n" + with_classes +
      "  - {name: b, kind: self_hosted, instance: any, serving: {profile: p.yaml, router: random}, replicas: 1}\n"
      "  - {name: c, kind: self_hosted, instance: any, serving: {histogram: 1s, slots: 2}, replicas: 1}\n";
  for (const std::string& text : {with_classes, with_more}) {
    const auto after = produced(text, files);
    REQUIRE(after.size() == 1);
    const core::traffic::Block& a = *before.front();
    const core::traffic::Block& b = *after.front();
    REQUIRE(a.count == b.count);
    CHECK(std::equal(a.arrival_ns.begin(), a.arrival_ns.begin() + a.count, b.arrival_ns.begin()));
    CHECK(std::equal(a.luck.begin(), a.luck.begin() + a.count, b.luck.begin()));
    CHECK(std::equal(a.input_tokens.begin(), a.input_tokens.begin() + a.count, b.input_tokens.begin()));
    CHECK(std::equal(a.output_tokens.begin(), a.output_tokens.begin() + a.count, b.output_tokens.begin()));
  }

  // And an option's own result is the same beside others.
  const std::string beside =
      alone +
      "  - {name: b, kind: self_hosted, instance: any, serving: {profile: p.yaml, router: random}, replicas: 1}\n";
  check_equal(simulate(alone, files), simulate(beside, files));
}

TEST_CASE("Classes without an order of priority change no request's fate", "[sim][batching][fleet]") {
  const scenario_run::Files files{{"p.yaml", serving_run::profile({.kv_tokens = 2'000})}};
  constexpr std::string_view engines = "serving: {profile: p.yaml, max_batch: 4, router: power_of_two}, replicas: 2";
  const OptionResult alike = simulate(scenario_of(plain_traffic, engines), files);
  OptionResult told = simulate(
      scenario_of(fmt::format("{}, classes: [{{name: x, share: 90%}}, {{name: y, share: 10%}}]", plain_traffic),
                  engines),
      files);
  CHECK(told.classes.size() == 2);
  CHECK(told.classes[0].latency_ns.total_count() > 5 * told.classes[1].latency_ns.total_count());
  told.classes.clear();
  check_equal(alike, told);
}

TEST_CASE("The more important class is served first", "[sim][batching][fleet]") {
  const scenario_run::Files files{{"p.yaml", serving_run::profile()}};
  const std::string traffic =
      "daily_users: 1_500_000, requests_per_user_day: 1, tokens: {input: 100, output: 50}, "
      "classes: [{name: batch, share: 30%}, {name: interactive, share: 70%}]";
  const OptionResult result = simulate(
      scenario_of(traffic, "serving: {profile: p.yaml, max_batch: 1, priority: [interactive, batch]}, replicas: 1"),
      files);
  // 17 requests a second of 50 ms each, of which 12 are important: for them alone there is room, for all there is
  // hardly.
  REQUIRE(result.classes.size() == 2);
  const double batch_ns = result.classes[0].time_to_first_token_ns.mean();
  const double interactive_ns = result.classes[1].time_to_first_token_ns.mean();
  CAPTURE(batch_ns, interactive_ns);
  CHECK(result.classes[0].name == "batch");
  CHECK(batch_ns > 3 * interactive_ns);
  CHECK(books_balance(result));
}

TEST_CASE("A cold start is billed from its beginning, and serves from its end", "[sim][batching][fleet]") {
  // Requests of 10 s each, one a second, at an instance that answers one at a time: the fleet asks for more at the
  // first tick, which come 100 s later.
  std::vector<std::string> rows;
  for (int i = 1; i <= 400; ++i) rows.push_back(fmt::format("{},1,10000", i));
  const scenario_run::Files files{{"p.yaml", serving_run::profile()}, {"t.csv", trace_of(rows)}};
  const std::string option =
      "serving: {profile: p.yaml, max_batch: 1, router: least_outstanding}, "
      "autoscaler: {kind: hpa, metric: concurrency, target: 1, max: 2, sync_period: 30s, metric_delay: 0s, "
      "scale_down_stabilization: 1h}, cold_start: {provision: 60s, image: 30s, warmup: 10s}";
  const OptionResult result = simulate(scenario_of("arrivals: {process: trace, file: t.csv}", option), files);
  const core::HourUsage total = result.usage.total();
  REQUIRE(result.fleet.replica_starts == 2);
  REQUIRE(total.billed_instance_seconds == 3'600 + 3'570);  // of the second from the tick at 30 s on
  REQUIRE(total.alive_instance_ns == core::Int128{7'170} * core::ns_per_second);
  REQUIRE(total.ready_instance_ns == core::Int128{7'070} * core::ns_per_second);
  // Each answers one in 10 s, the second from its first request after 130 s on, until the horizon.
  CHECK(result.usage.count(core::Outcome::served) == 400);
  CHECK(result.checks.conservation);
}

TEST_CASE("What is removed answers what it has, takes nothing new, and is billed until then",
          "[sim][batching][fleet]") {
  // Two instances that take turns: each gets an answer of 1,000 s at the start. Then nothing more comes, and the second
  // instance is no longer wanted: it goes when its answer is done, not at the tick.
  const std::string costs = serving_run::profile({.kv_tokens = 10'000'000});
  const scenario_run::Files files{{"p.yaml", costs},
                                  {"t.csv", trace_of({"0.5,1,1000000", "0.6,1,1000000", "0.7,1,5", "0.8,1,5"})}};
  // Of a concurrency of 2 at a target of 100 one instance is enough.
  const std::string option =
      "serving: {profile: p.yaml, max_batch: 8}, "
      "autoscaler: {kind: hpa, metric: concurrency, target: 100, min: 1, initial: 2, max: 2, sync_period: 15s, "
      "metric_delay: 0s, scale_down_stabilization: 0s}, "
      "cold_start: {provision: 60s, image: 30s, warmup: 10s}";
  const std::string text = scenario_of("arrivals: {process: trace, file: t.csv}", option);
  const OptionResult result = simulate(text, files);
  CHECK(books_balance(result));
  CHECK(result.usage.count(core::Outcome::served) == 4);
  const core::HourUsage total = result.usage.total();
  // Its long answer begins at 0.6 s and takes a million iterations of 1 ms, but for the shorter one's wait for a place:
  // the prompt that joins shares an iteration.
  CHECK(total.alive_instance_ns == core::Int128{3'600} * core::ns_per_second + core::Int128{1'000'600'000'000});
  CHECK(total.billed_instance_seconds == 3'600 + 1'001);
  CHECK(result.fleet.peak_replicas == 2);

  // Cut off by the horizon, it is billed until then and its answer is in flight.
  const std::string slow = serving_run::profile({.iteration_us = "[[1, 10_000]]", .kv_tokens = 10'000'000});
  const OptionResult cut = simulate(text, {{"p.yaml", slow}, {"t.csv", trace_of({"0.5,1,1000", "0.6,1,1000000"})}});
  CHECK(books_balance(cut));
  CHECK(cut.usage.count(core::Outcome::in_flight) == 1);
  CHECK(cut.usage.total().billed_instance_seconds == 7'200);
}

TEST_CASE("Nobody comes to an instance that is going", "[sim][batching][fleet]") {
  // As above, and afterwards a request every second: all go to the one that stays, where each needs two iterations of
  // its own; beside the long answer they would need none.
  std::vector<std::string> rows{"0.5,1,10", "0.6,1,900000"};
  for (int i = 20; i < 100; ++i) rows.push_back(fmt::format("{},1,2", i));
  const scenario_run::Files files{{"p.yaml", serving_run::profile()}, {"t.csv", trace_of(rows)}};
  const std::string option =
      "serving: {profile: p.yaml, max_batch: 8}, "
      "autoscaler: {kind: hpa, metric: concurrency, target: 100, min: 1, initial: 2, max: 2, sync_period: 15s, "
      "metric_delay: 0s, scale_down_stabilization: 0s}, cold_start: {provision: 60s, image: 30s, warmup: 10s}";
  const OptionResult result = simulate(scenario_of("arrivals: {process: trace, file: t.csv}", option), files);
  CHECK(result.usage.count(core::Outcome::served) == 82);
  CHECK(result.engine->iterations == 10 + 900'000 + 80 * 2);
}

TEST_CASE("A year's result is as large as its hours, and no larger", "[sim][batching][fleet]") {
  const scenario_run::Files files{{"p.yaml", serving_run::profile()}};
  const std::string traffic = "daily_users: 2_000, requests_per_user_day: 1, tokens: {input: 100, output: 50}";
  const std::string option = "serving: {profile: p.yaml}, replicas: 2";
  const OptionResult day = simulate(scenario_of(traffic, option, "days: 1"), files);
  const OptionResult many = simulate(scenario_of(traffic, option, "days: 40"), files);
  CHECK(day.usage.hours.size() == 24);
  CHECK(many.usage.hours.size() == 24 * 40);
  CHECK(many.latency_ns.counts().size() == day.latency_ns.counts().size());
  CHECK(many.time_per_output_token_ns.counts().size() == day.time_per_output_token_ns.counts().size());
  // The hours of the first day are the same but for the last one, whose requests may end beyond midnight.
  const std::vector<core::HourUsage> first{many.usage.hours.begin(), many.usage.hours.begin() + 23};
  CHECK(first == std::vector<core::HourUsage>{day.usage.hours.begin(), day.usage.hours.begin() + 23});
}

TEST_CASE("Replicas that share a GPU are slower, and together no faster", "[sim][batching][fleet]") {
  // An iteration takes twice as long when two engines share the GPU: a lone answer of 50 tokens 100 ms.
  const scenario_run::Files files{{"p.yaml", serving_run::profile()},
                                  {"t.csv", trace_of({"1,1,50", "2,1,50", "3,1,50"})}};
  const auto run = [&](std::string_view serving) {
    return simulate(scenario_of("arrivals: {process: trace, file: t.csv}",
                                fmt::format("serving: {{profile: p.yaml, {}}}, replicas: 1", serving)),
                    files);
  };
  const OptionResult alone = run("replicas_per_gpu: 1");
  const OptionResult shared = run("replicas_per_gpu: 2");
  CHECK(alone.engine->replicas_per_instance == 1);
  CHECK(shared.engine->replicas_per_instance == 2);
  CHECK(alone.latency_ns.quantile_at_or_below(50'100'000) == 1);
  CHECK(shared.latency_ns.min() >= 99'900'000);
  CHECK(shared.latency_ns.max() <= 100'100'000);
  CHECK(alone.usage.total().billed_instance_seconds == shared.usage.total().billed_instance_seconds);
  // Of the hour, 150 ms busy; or 300 ms of two engines.
  CHECK(alone.engine->busy_share == Approx(0.15 / 3'600).epsilon(1e-12));
  CHECK(shared.engine->busy_share == Approx(0.30 / 7'200).epsilon(1e-12));
}

TEST_CASE("Iterations of many minutes end where steps end, for months", "[sim][batching][fleet]") {
  // Eight answers of 30,000 tokens take longer than the horizon, which nothing interrupts: stretches must not outrun
  // it.
  const std::string costs =
      "schema: serving-profile/v1\norigin: o\ndate: d\nunit: s\nkv_tokens: 400_000\ntokens: [[1, 90]]\n"
      "attention: {decode: {base: 0, per_sequence: 60, per_token: 0.001}, prefill: {base: 9, per_pair: 0}}\n";
  std::vector<std::string> rows;
  for (int i = 0; i < 8; ++i) rows.push_back(fmt::format("{},200,{}", i, 10'000 + 3'000 * i));
  const scenario_run::Files files{{"p.yaml", costs}, {"t.csv", trace_of(rows)}};
  for (int days = 60; days < 200; days += 4) {
    CAPTURE(days);
    const std::string text =
        scenario_of("arrivals: {process: trace, file: t.csv}", "serving: {profile: p.yaml, max_batch: 8}, replicas: 1",
                    fmt::format("days: {}", days));
    const OptionResult fast = simulate(text, files);
    check_sense(fast);
    check_equal(fast, simulate(text, files, 1, sim::Engine::events));
    CHECK(fast.engine->iterations > 4'096);
  }
}
