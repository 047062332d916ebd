// Mixtures drawn at random: every request ends in exactly one outcome, what is handed on arrives, both engines agree on
// every request, and it does not matter how the requests are cut into blocks.
#include <string>
#include <vector>

#include "tests/sim/serving_run.hpp"
#include "tests/sim/topology/topology_run.hpp"
#include "tests/support/catch.hpp"

using core::Outcome;
using serving_run::books_balance;
using serving_run::Dice;
using topology_run::Run;

namespace {

std::string random_part(Dice& dice, const std::string& name) {
  // Whole seconds make nearly everything happen at once: ties are where orders differ.
  const bool is_coarse = dice.one_in(2);
  const std::string time = is_coarse ? fmt::format("{}s", dice.between(1, 4))
                                     : fmt::format("{{exponential: {{mean: {}ms}}}}", dice.between(200, 4'000));
  const std::string timeout = dice.one_in(2) ? fmt::format("timeout: {}s, ", dice.between(1, 6)) : "";
  switch (dice.below(4)) {
    case 0:
      return fmt::format(
          "{{name: {}, kind: managed_api, {}latency: {{time_to_first_token: {}, per_output_token: 10ms}}}}", name,
          timeout, is_coarse ? "1s" : "{lognormal: {p50: 300ms, p95: 900ms}}");
    case 1:
      return fmt::format(
          "{{name: {}, kind: custom_model, instance: any, {}replicas: {}, {}serving: {{histogram: {}, slots: {}}}}}",
          name, timeout, dice.between(1, 4),
          dice.one_in(2) ? fmt::format("queue: {{limit: {}}}, ", dice.below(10)) : "", time, dice.between(1, 3));
    case 2:
      return fmt::format(
          "{{name: {}, kind: self_hosted, instance: any, {}serving: {{histogram: {}, slots: {}}}, autoscaler: {{kind: "
          "hpa, metric: concurrency, target: {}, min: 1, max: 8, sync_period: {}s}}, cold_start: {{provision: {}s, "
          "image: 0s, warmup: 1s}}}}",
          name, timeout, time, dice.between(1, 3), dice.between(1, 3), dice.between(5, 30), dice.below(60));
    default:
      return fmt::format(
          "{{name: {}, kind: self_hosted, instance: any, serving: {{profile: p.yaml, max_batch: {}}}, replicas: {}}}",
          name, dice.between(2, 8), dice.between(1, 3));
  }
}

std::string random_route(Dice& dice) {
  switch (dice.below(6)) {
    case 0:
      return fmt::format("kind: cascade, first: a, then: b, escalate: {}%", dice.between(0, 100));
    case 1: {
      const std::int64_t first = dice.between(0, 100);
      return fmt::format("kind: split, shares: {{a: {}%, b: {}%}}", first, 100 - first);
    }
    case 2:
      return "kind: split, classes: {x: b, y: a}";
    case 3:
      return fmt::format("kind: shadow, answer: a, mirror: b, share: {}%, wait: {}", dice.between(0, 100),
                         dice.one_in(2));
    case 4:
      return fmt::format("kind: dual, answer: a, mirror: b, then: {{c: {}%}}", dice.between(0, 100));
    default:
      return "kind: failover, chain: [b, a, c]";
  }
}

std::string random_mixture(std::uint64_t seed) {
  Dice dice{seed};
  const std::string route = random_route(dice);
  std::string parts = random_part(dice, "a") + ", " + random_part(dice, "b");
  if (route.find('c', route.find(", ")) != std::string::npos &&
      (route.find("c:") != std::string::npos || route.find("c]") != std::string::npos)) {
    parts += ", " + random_part(dice, "c");
  }
  const std::string traffic = fmt::format(
      "daily_users: {}, requests_per_user_day: 1, tokens: {{input: 20, output: {{distribution: lognormal, p50: 20, "
      "p95: "
      "60}}}}, arrivals: {}, classes: [{{name: x, share: 60%}}, {{name: y, share: 40%}}]",
      dice.between(5'000, 200'000), dice.one_in(3) ? "{process: constant}" : "{process: gamma, cv: 2}");
  return topology_run::text_of(topology_run::mixture(parts, route), 2, traffic);
}

std::int64_t sum_of(const core::Usage& usage) {
  std::int64_t sum = 0;
  for (const std::int64_t count : usage.outcomes) sum += count;
  return sum;
}

struct Seen {
  std::int64_t handed_on = 0;
  std::int64_t lost = 0;
  std::int64_t scaled = 0;
};

void check_random(std::uint64_t seed, Seen& seen) {
  const std::string text = random_mixture(seed);
  CAPTURE(seed, text);
  const scenario_run::Files files{{"p.yaml", serving_run::profile()}};
  const Run fast = topology_run::run(text, {.seed = seed}, files);
  REQUIRE(books_balance(fast.result));
  REQUIRE(sum_of(fast.result.usage) == fast.result.usage.total().arrivals);
  REQUIRE(static_cast<std::int64_t>(fast.log.size()) == fast.result.usage.total().arrivals);
  std::int64_t visits = 0;
  for (const sim::OptionResult& part : fast.result.parts) {
    REQUIRE(books_balance(part));
    visits += part.usage.total().arrivals;
    seen.scaled += part.fleet.replica_starts > 4 ? 1 : 0;
  }
  seen.handed_on += visits - fast.result.usage.total().arrivals;
  seen.lost += fast.result.usage.count(Outcome::timed_out) + fast.result.usage.count(Outcome::rejected);

  const Run events = topology_run::run(text, {.seed = seed, .engine = sim::Engine::events}, files);
  REQUIRE((events.log == fast.log));  // in brackets: nobody wants to read a thousand requests
  REQUIRE((events.of_parts == fast.of_parts));
  REQUIRE(events.result.usage == fast.result.usage);
  REQUIRE(events.result.latency_ns == fast.result.latency_ns);
  REQUIRE(events.result.time_to_first_token_ns == fast.result.time_to_first_token_ns);

  const Run pieces = topology_run::run(text, {.seed = seed, .most_in_block = 37}, files);
  REQUIRE((pieces.log == fast.log));
  REQUIRE((pieces.of_parts == fast.of_parts));
  REQUIRE(pieces.result.latency_ns == fast.result.latency_ns);
}

}  // namespace

TEST_CASE("Mixtures drawn at random keep their books, whichever engine serves and however blocks are cut",
          "[sim][topology]") {
  Seen seen;
  for (std::uint64_t seed = 0; seed < 60; ++seed) check_random(seed, seen);
  CHECK(seen.handed_on > 10'000);
  CHECK(seen.lost > 10'000);
  CHECK(seen.scaled > 5);
}

TEST_CASE("Thousands of mixtures drawn at random keep their books", "[sim][topology][heavy]") {
  Seen seen;
  for (std::uint64_t seed = 100; seed < 3'100; ++seed) check_random(seed, seen);
}
