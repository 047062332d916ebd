// What holds for every simulation, whatever it simulates: the same requests for every option, the same result in any
// order of work, and books that add up.
#include "sim/simulation.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "sim/fleet/fifo_fleet.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using core::Outcome;
using core::traffic::Block;
using sim::OptionResult;
using sim::Scenario;
using sim::Simulation;

namespace {

constexpr std::string_view head =
    "scenario: s\n"
    "horizon: {start: 2026-12-01, hours: 2}\n"
    "traffic:\n"
    "  daily_users: 50_000\n"
    "  requests_per_user_day: 10\n"
    "  arrivals: {process: gamma, cv: 1.1}\n"
    "  tokens: {input: 500, output: {distribution: lognormal, p50: 100, p95: 400}}\n";
constexpr std::string_view cache =
    "cache: {kind: exact, entries: 1000, ttl: 10m, popularity: {zipf: 0.9, keys: 10_000}}\n";
constexpr std::string_view api =
    "  - name: api\n"
    "    kind: managed_api\n"
    "    timeout: 5s\n"
    "    latency: {time_to_first_token: {lognormal: {p50: 300ms, p95: 900ms}}, per_output_token: 9ms}\n";
constexpr std::string_view fixed =
    "  - name: fixed\n"
    "    kind: custom_model\n"
    "    instance: any\n"
    "    timeout: 20s\n"
    "    serving: {histogram: {exponential: {mean: 2s}}, slots: 3}\n"
    "    queue: {limit: 20}\n"
    "    replicas: 2\n";
constexpr std::string_view scaled =
    "  - name: scaled\n"
    "    kind: self_hosted\n"
    "    instance: any\n"
    "    serving: {time_to_first_token: 300ms, per_output_token: {lognormal: {p50: 9ms, p95: 15ms}}, slots: 4}\n"
    "    autoscaler: {kind: hpa, metric: utilization, target: 70%, min: 1, max: 20}\n"
    "    cold_start: {provision: 20s, image: 10s, warmup: 5s}\n";

std::string text_of(const std::vector<std::string_view>& options, std::string_view before_options = "") {
  std::string text{head};
  text += before_options;
  text += "options:\n";
  for (const std::string_view option : options) text += option;
  return text;
}

std::string replaced(std::string_view text, std::string_view old_part, std::string_view new_part) {
  std::string changed{text};
  const std::size_t at = changed.find(old_part);
  REQUIRE(at != std::string::npos);
  changed.replace(at, old_part.size(), new_part);
  return changed;
}

using Results = std::map<std::string, OptionResult>;

Results by_name(std::vector<OptionResult> results) {
  Results named;
  for (OptionResult& result : results) {
    const std::string name = result.name;
    named.emplace(name, std::move(result));
  }
  return named;
}

Results simulate(const std::string& text, std::uint64_t seed = 1, sim::Engine engine = sim::Engine::fast) {
  const Scenario scenario = scenario_run::read_scenario(text).scenario;
  Simulation simulation{scenario, seed, engine};
  return by_name(sim::run(simulation));
}

bool same(const OptionResult& a, const OptionResult& b) {
  return a.name == b.name && a.usage == b.usage && a.latency_ns == b.latency_ns &&
         a.time_to_first_token_ns == b.time_to_first_token_ns && a.has_first_token == b.has_first_token &&
         a.wait_ns == b.wait_ns && a.fleet == b.fleet && a.checks == b.checks;
}

bool books_balance(const OptionResult& result) {
  return result.checks.conservation && result.checks.littles_law && result.checks.busy_time;
}

// All blocks of the stream, before the cache has seen them.
std::vector<std::unique_ptr<Block>> produced(Simulation& simulation) {
  std::vector<std::unique_ptr<Block>> blocks;
  auto block = std::make_unique<Block>();
  while (simulation.produce(*block)) blocks.push_back(std::exchange(block, std::make_unique<Block>()));
  return blocks;
}

std::vector<std::unique_ptr<Block>> produced(const std::string& text, std::uint64_t seed = 1) {
  Simulation simulation{scenario_run::read_scenario(text).scenario, seed};
  return produced(simulation);
}

// But for what is asked, which only a cache looks at.
bool same_requests(const Block& a, const Block& b) {
  const auto equal = [&](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.begin() + a.count, y.begin());
  };
  return a.hour == b.hour && a.count == b.count && equal(a.arrival_ns, b.arrival_ns) && equal(a.luck, b.luck) &&
         equal(a.input_tokens, b.input_tokens) && equal(a.output_tokens, b.output_tokens);
}

bool same_requests(const std::vector<std::unique_ptr<Block>>& a, const std::vector<std::unique_ptr<Block>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return same_requests(*x, *y); });
}

}  // namespace

TEST_CASE("The books of every option balance, and nobody is lost between them", "[sim][simulation]") {
  const Results results = simulate(text_of({api, fixed, scaled}, cache));
  REQUIRE(results.size() == 3);
  for (const auto& [name, result] : results) {
    CAPTURE(name);
    CHECK(books_balance(result));
    CHECK(result.usage.total().arrivals == results.at("api").usage.total().arrivals);
    CHECK(result.usage.count(Outcome::cache_hit) == results.at("api").usage.count(Outcome::cache_hit));
  }
  // The run is worth comparing: the cache hits, clients leave, queues are full, the fleet grows.
  CHECK(results.at("api").usage.count(Outcome::cache_hit) > 1'000);
  CHECK(results.at("api").usage.count(Outcome::timed_out) > 100);
  CHECK(results.at("fixed").usage.count(Outcome::rejected) > 100);
  CHECK(results.at("scaled").fleet.peak_replicas > 3);
}

TEST_CASE("The same seed gives the same results, another seed others", "[sim][simulation]") {
  const std::string text = text_of({api, fixed, scaled}, cache);
  const Results first = simulate(text, 7);
  const Results again = simulate(text, 7);
  const Results other = simulate(text, 8);
  for (const auto& [name, result] : first) {
    CAPTURE(name);
    CHECK(same(result, again.at(name)));
    CHECK_FALSE(same(result, other.at(name)));
    CHECK_FALSE(result.usage == other.at(name).usage);
  }
}

TEST_CASE("A cache changes what options see, but no request", "[sim][simulation]") {
  const auto without = produced(text_of({api}));
  const auto with = produced(text_of({api}, cache));
  REQUIRE(without.size() > 4);
  CHECK(same_requests(without, with));
  CHECK_FALSE(same_requests(without, produced(text_of({api}), 2)));
}

TEST_CASE("A cache that never hits changes nothing", "[sim][simulation]") {
  // One entry among a billion equally popular questions.
  constexpr std::string_view useless =
      "cache: {kind: exact, entries: 1, ttl: 1s, popularity: {zipf: 0, keys: 1_000_000_000}}\n";
  const Results without = simulate(text_of({api, fixed, scaled}));
  Results with = simulate(text_of({api, fixed, scaled}, useless));
  REQUIRE(with.at("api").usage.count(Outcome::cache_hit) == 0);
  for (const auto& [name, result] : without) {
    CAPTURE(name);
    for (core::HourUsage& hour : with.at(name).usage.hours) {  // but for having been looked at
      CHECK(hour.cache_lookups == hour.arrivals);
      hour.cache_lookups = 0;
      hour.cache_lookup_tokens = 0;
    }
    CHECK(same(result, with.at(name)));
  }
}

TEST_CASE("An option's result does not depend on the others", "[sim][simulation]") {
  const Results all = simulate(text_of({api, fixed, scaled}, cache));
  CHECK(same(all.at("fixed"), simulate(text_of({fixed}, cache)).at("fixed")));
  const Results reversed = simulate(text_of({scaled, fixed, api}, cache));
  for (const auto& [name, result] : all) {
    CAPTURE(name);
    CHECK(same(result, reversed.at(name)));
  }

  const Results slower = simulate(text_of({api, replaced(fixed, "slots: 3", "slots: 2"), scaled}, cache));
  CHECK_FALSE(same(all.at("fixed"), slower.at("fixed")));
  CHECK(same(all.at("api"), slower.at("api")));
  CHECK(same(all.at("scaled"), slower.at("scaled")));
  // It met the very same requests.
  for (std::size_t hour = 0; hour < 2; ++hour) {
    CHECK(all.at("fixed").usage.hours[hour].arrivals == slower.at("fixed").usage.hours[hour].arrivals);
  }
}

TEST_CASE("A longer horizon begins with the same requests", "[sim][simulation]") {
  const auto two = produced(text_of({api}));
  const auto three = produced(replaced(text_of({api}), "hours: 2", "hours: 3"));
  REQUIRE(three.size() > two.size());
  for (std::size_t i = 0; i < two.size(); ++i) CHECK(same_requests(*two[i], *three[i]));
}

TEST_CASE("Stages may run in any order that keeps each one's own", "[sim][simulation]") {
  const std::string text = text_of({api, fixed, scaled}, cache);
  const Results expected = simulate(text);
  const Scenario scenario = scenario_run::read_scenario(text).scenario;
  for (std::uint64_t order = 0; order < 20; ++order) {
    CAPTURE(order);
    core::Stream chance{order};
    Simulation simulation{scenario, 1};
    std::vector<std::unique_ptr<Block>> blocks;
    bool is_over = false;
    std::size_t looked_up = 0;
    std::vector<std::size_t> served(simulation.option_count(), 0);
    const auto is_done = [&] {
      return is_over && looked_up == blocks.size() &&
             std::all_of(served.begin(), served.end(), [&](std::size_t count) { return count == blocks.size(); });
    };
    while (!is_done()) {
      // Some orders race ahead with one stage, others take turns.
      const std::uint64_t stage = chance.next() % (2 + served.size());
      for (std::uint64_t steps = 1 + chance.next() % (order + 1); steps > 0; --steps) {
        if (stage == 0 && !is_over) {
          auto block = std::make_unique<Block>();
          is_over = !simulation.produce(*block);
          if (!is_over) blocks.push_back(std::move(block));
        } else if (stage == 1 && looked_up < blocks.size()) {
          simulation.look_up(*blocks[looked_up++]);
        } else if (stage >= 2 && served[stage - 2] < looked_up) {
          simulation.serve(stage - 2, *blocks[served[stage - 2]++]);
        }
      }
    }
    const Results results = by_name(simulation.finish());
    for (const auto& [name, result] : expected) {
      CAPTURE(name);
      CHECK(same(result, results.at(name)));
    }
  }
}

TEST_CASE("Hours sum to totals, and outcomes to arrivals", "[sim][simulation]") {
  for (const auto& [name, result] : simulate(text_of({api, fixed, scaled}, cache))) {
    CAPTURE(name);
    const core::Usage& usage = result.usage;
    REQUIRE(usage.hours.size() == 2);
    core::HourUsage sum = usage.hours[0];
    sum += usage.hours[1];
    CHECK(sum == usage.total());
    CHECK(usage.total(0, 1) == usage.hours[0]);
    CHECK(usage.total(1, 2) == usage.hours[1]);
    std::int64_t outcomes = 0;
    for (const std::int64_t count : usage.outcomes) outcomes += count;
    CHECK(outcomes == usage.total().arrivals);
    CHECK(usage.total().served == usage.count(Outcome::served));
    CHECK(usage.total().cache_hits == usage.count(Outcome::cache_hit));
    CHECK(result.latency_ns.total_count() == usage.count(Outcome::served) + usage.count(Outcome::cache_hit));
    CHECK(result.wait_ns.total_count() == usage.count(Outcome::served) + usage.count(Outcome::timed_out));
  }
}

TEST_CASE("When everything is served, the tokens used are those of the stream", "[sim][simulation]") {
  constexpr std::string_view instant_api =
      "  - {name: api, kind: managed_api, latency: {time_to_first_token: 1ns, per_output_token: 1ns}}\n";
  constexpr std::string_view instant_fleet =
      "  - {name: fleet, kind: self_hosted, instance: any, serving: {histogram: 1ns, slots: 100}, replicas: 1}\n";
  const std::string text = text_of({instant_api, instant_fleet});
  std::int64_t requests = 0;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  for (const auto& block : produced(text)) {
    requests += static_cast<std::int64_t>(block->count);
    for (std::size_t i = 0; i < block->count; ++i) {
      input_tokens += block->input_tokens[i];
      output_tokens += block->output_tokens[i];
    }
  }
  for (const auto& [name, result] : simulate(text)) {
    CAPTURE(name);
    REQUIRE(result.usage.count(Outcome::served) == requests);
    CHECK(result.usage.total().input_tokens == input_tokens);
    CHECK(result.usage.total().output_tokens == output_tokens);
  }
}

TEST_CASE("What the cache answers costs an option no tokens, and nothing is lost on the way", "[sim][simulation]") {
  constexpr std::string_view instant =
      "  - {name: api, kind: managed_api, latency: {time_to_first_token: 1ns, per_output_token: 1ns}}\n";
  const core::HourUsage without = simulate(text_of({instant})).at("api").usage.total();
  const core::HourUsage with = simulate(text_of({instant}, cache)).at("api").usage.total();
  REQUIRE(with.cache_hits > 1'000);
  CHECK(with.served + with.cache_hits == without.served);
  CHECK(with.output_tokens + with.cache_hit_output_tokens == without.output_tokens);
  CHECK(with.input_tokens == without.input_tokens - 500 * with.cache_hits);
}

TEST_CASE("The general event core gives the results of the fast path", "[sim][simulation]") {
  const auto check_equal = [](const std::string& text) {
    const Results fast = simulate(text, 1, sim::Engine::fast);
    for (const auto& [name, result] : simulate(text, 1, sim::Engine::events)) {
      CAPTURE(name);
      CHECK(books_balance(result));
      CHECK(same(result, fast.at(name)));
    }
    return fast;
  };
  check_equal(text_of({api, fixed, scaled}, cache));

  const Results smoke = check_equal(scenario_run::read_file(scenario_run::configs() / "smoke.yaml"));
  REQUIRE(smoke.size() == 4);
  CHECK(smoke.at("self-hosted").usage.count(Outcome::cache_hit) > 0);
  CHECK(smoke.at("self-hosted").usage.count(Outcome::rejected) > 0);
  CHECK(smoke.at("self-hosted").usage.count(Outcome::timed_out) > 0);
  CHECK(smoke.at("self-hosted").fleet.peak_replicas > 2);
  CHECK(smoke.at("engine").engine->evictions > 0);
  CHECK(smoke.at("engine").usage.count(Outcome::timed_out) > 0);
}

namespace {

// The stream of `text` through its first option, a fleet of fixed size: entries in order of arrival.
sim::RequestLog log_of(const std::string& text, std::uint64_t seed) {
  const Scenario scenario = scenario_run::read_scenario(text).scenario;
  const auto& option = std::get<sim::SlotFleetConfig>(scenario.options.front().serving);
  sim::RequestLog log;
  sim::FifoFleet fleet{option.fleet, option.service, scenario.horizon,
                       sim::Ledger{"x", scenario.horizon, 0ns, true, &log}};
  core::traffic::RequestStream stream{scenario.traffic, scenario.horizon, core::Stream{seed}};
  const auto block = std::make_unique<Block>();
  while (stream.fill(*block)) fleet.serve(*block);
  CHECK(books_balance(fleet.close()));
  return log;
}

// Requests that wait longer, or end later, in `better` than in `worse`; and how many wait shorter.
struct Comparison {
  std::int64_t worse_off = 0;
  std::int64_t better_off = 0;
};

Comparison compare(const sim::RequestLog& better, const sim::RequestLog& worse) {
  REQUIRE(better.size() == worse.size());
  REQUIRE(std::equal(better.begin(), better.end(), worse.begin(),
                     [](const auto& a, const auto& b) { return a.arrival_ns == b.arrival_ns; }));
  Comparison comparison;
  for (std::size_t i = 0; i < better.size(); ++i) {
    const bool later = better[i].start_ns > worse[i].start_ns || better[i].end_ns > worse[i].end_ns;
    comparison.worse_off += later ? 1 : 0;
    comparison.better_off += better[i].start_ns < worse[i].start_ns ? 1 : 0;
  }
  return comparison;
}

// At 90 to 110 % of its capacity; everybody is patient.
constexpr std::string_view busy =
    "  - name: busy\n"
    "    kind: self_hosted\n"
    "    instance: any\n"
    "    serving:\n"
    "      time_to_first_token: {lognormal: {p50: 300ms, p95: 900ms}}\n"
    "      per_output_token: {lognormal: {p50: 10ms, p95: 20ms}}\n"
    "      slots: 6\n"
    "    replicas: 2\n";

}  // namespace

// Waits of a FIFO queue never fall when services grow and never grow with another server, request by request: J.
// Kiefer, J. Wolfowitz, "On the theory of queues with many servers", Trans. AMS 78 (1955).
TEST_CASE("A faster service lets nobody wait longer", "[sim][simulation][property]") {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    CAPTURE(seed);
    const sim::RequestLog slow = log_of(text_of({busy}), seed);
    for (const auto& [old_part, new_part] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"p50: 10ms, p95: 20ms", "p50: 9ms, p95: 18ms"}, {"p50: 300ms, p95: 900ms", "p50: 200ms, p95: 600ms"}}) {
      const Comparison comparison = compare(log_of(text_of({replaced(busy, old_part, new_part)}), seed), slow);
      CHECK(comparison.worse_off == 0);
      CHECK(comparison.better_off > 1'000);
    }
  }
}

TEST_CASE("Another slot lets nobody wait longer", "[sim][simulation][property]") {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    CAPTURE(seed);
    const sim::RequestLog few = log_of(text_of({busy}), seed);
    const std::string one_replica = replaced(busy, "replicas: 2", "replicas: 1");
    for (const std::string& more :
         {replaced(busy, "slots: 6", "slots: 7"), replaced(busy, "replicas: 2", "replicas: 3"),
          replaced(one_replica, "slots: 6", "slots: 13")}) {
      const Comparison comparison = compare(log_of(text_of({more}), seed), few);
      CHECK(comparison.worse_off == 0);
      CHECK(comparison.better_off > 1'000);
    }
    // Where the slots stand does not matter.
    CHECK(log_of(text_of({replaced(one_replica, "slots: 6", "slots: 12")}), seed) == few);
  }
}

TEST_CASE("A fleet that is overloaded for ever keeps its books", "[sim][simulation]") {
  // A day for each of 200,000 requests and one slot: their work is more than 2^63 nanoseconds.
  std::string text =
      text_of({"  - {name: x, kind: self_hosted, instance: any, serving: {histogram: 24h, slots: 1}, replicas: 1}\n"});
  text = replaced(text, "daily_users: 50_000", "daily_users: 240_000");
  text = replaced(text, "process: gamma, cv: 1.1", "process: poisson");
  for (const sim::Engine engine : {sim::Engine::fast, sim::Engine::events}) {
    const OptionResult result = simulate(text, 1, engine).at("x");
    CHECK(books_balance(result));
    CHECK(result.usage.total().arrivals > 150'000);
    CHECK(result.usage.count(Outcome::in_flight) == result.usage.total().arrivals);
    CHECK(result.fleet.longest_queue == result.usage.total().arrivals - 1);
    CHECK(result.fleet.utilisation > 0.99);
  }
}
