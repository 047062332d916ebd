// Every line that a slip in a scenario can print on its way to the simulator, and what is assumed where it is silent.
// Latencies have their own: tests/sim/latency_reader_test.cpp; traffic: tests/core/traffic/read_traffic_test.cpp.
#include "sim/scenario.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;

namespace {

// Each key on a line of its own, so that a case replaces one of them.
constexpr std::string_view fleet =
    "scenario: s\n"
    "horizon: {start: 2026-12-01, hours: 1}\n"
    "traffic: {daily_users: 10, requests_per_user_day: 1, tokens: {input: 1, output: 1}}\n"
    "options:\n"
    "  - name: a\n"
    "    kind: self_hosted\n"
    "    instance: any\n"
    "    serving: {histogram: 1s, slots: 2}\n"
    "    replicas: 1\n";

constexpr std::string_view scaled =
    "scenario: s\n"
    "horizon: {start: 2026-12-01, hours: 1}\n"
    "traffic: {daily_users: 10, requests_per_user_day: 1, tokens: {input: 1, output: 1}}\n"
    "options:\n"
    "  - name: a\n"
    "    kind: custom_model\n"
    "    instance: any\n"
    "    serving: {time_to_first_token: 1s, per_output_token: 9ms, slots: 2}\n"
    "    autoscaler: {kind: hpa, metric: concurrency, target: 2, max: 9}\n"
    "    cold_start: {provision: 1m, image: 40s, weights: {size: 16GB, bandwidth: 1GB/s}, warmup: 10s}\n";

constexpr std::string_view api =
    "scenario: s\n"
    "horizon: {start: 2026-12-01, hours: 1}\n"
    "traffic: {daily_users: 10, requests_per_user_day: 1, tokens: {input: 1, output: 1}}\n"
    "cache: {kind: exact, entries: 10, ttl: 1h, popularity: {zipf: 0.9, keys: 100}}\n"
    "options:\n"
    "  - name: a\n"
    "    kind: managed_api\n"
    "    latency: {time_to_first_token: 1s, per_output_token: 9ms}\n";

std::string replaced(std::string_view text, std::string_view old_part, std::string_view new_part) {
  std::string changed{text};
  const std::size_t at = changed.find(old_part);
  REQUIRE(at != std::string::npos);
  changed.replace(at, old_part.size(), new_part);
  return changed;
}

// The line a user would meet, or "accepted".
std::string message(const std::string& text) {
  try {
    scenario_run::read_scenario(text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "accepted";
}

struct Case {
  std::string_view old_part;
  std::string_view new_part;
  std::string_view expected;
};

void check_all(std::string_view text, const std::vector<Case>& cases) {
  REQUIRE(message(std::string{text}) == "accepted");
  for (const Case& one : cases) {
    CAPTURE(one.old_part, one.new_part);
    CHECK(message(replaced(text, one.old_part, one.new_part)) == one.expected);
  }
}

std::vector<core::Assumption> assumptions_of(const std::string& text) {
  return scenario_run::read_scenario(text).assumptions;
}

bool contains(const std::vector<core::Assumption>& all, const core::Assumption& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

const sim::FleetConfig& fleet_of(const sim::Scenario& scenario) {
  return std::get<sim::SlotFleetConfig>(scenario.options.front().serving).fleet;
}

}  // namespace

TEST_CASE("A scenario without a name, a horizon, traffic or options is refused", "[sim][scenario]") {
  check_all(fleet,
            {
                {"scenario: s\n", "seed: 1\n", "s.yaml:1:1: scenario: found nothing, expected the scenario's name"},
                {"scenario: s\n", "scenario:\n", "s.yaml:1:1: scenario: found no value, expected the scenario's name"},
                {"horizon: {", "horizont: {",
                 "s.yaml:1:1: horizon: found nothing (is 'horizont' in line 2 meant?), expected a mapping"},
                {"traffic: {", "trafic: {",
                 "s.yaml:1:1: traffic: found nothing (is 'trafic' in line 3 meant?), expected a mapping"},
                {"options:\n", "option:\n",
                 "s.yaml:1:1: options: found nothing (is 'option' in line 4 meant?), expected a list of at least one "
                 "mapping"},
            });
  CHECK(message("scenario: s\nhorizon: {start: 2026-12-01, hours: 1}\n"
                "traffic: {daily_users: 10, requests_per_user_day: 1, tokens: {input: 1, output: 1}}\n"
                "options: []\n") ==
        "s.yaml:4:10: options: found an empty list, expected a list of at least one mapping");
  CHECK(message("scenario: s\nhorizon: {start: 2026-12-01, hours: 1}\n"
                "traffic: {daily_users: 10, requests_per_user_day: 1, tokens: {input: 1, output: 1}}\n"
                "options: [managed_api]\n") == "s.yaml:4:11: options.0: found 'managed_api', expected a mapping");
}

TEST_CASE("A horizon has a real start and one length of at most ten years", "[sim][scenario]") {
  check_all(
      fleet,
      {
          {"start: 2026-12-01, ", "", "s.yaml:2:1: horizon.start: found nothing, expected a date such as 2026-12-01"},
          {"2026-12-01", "2026-13-01",
           "s.yaml:2:18: horizon.start: found '2026-13-01', expected a date such as 2026-12-01"},
          {"2026-12-01", "1.12.2026",
           "s.yaml:2:18: horizon.start: found '1.12.2026', expected a date such as 2026-12-01"},
          {"hours: 1", "hours: 0",
           "s.yaml:2:37: horizon.hours: found '0', expected a whole number from 1 to 87_840 hours"},
          {"hours: 1", "hours: 87_841",
           "s.yaml:2:37: horizon.hours: found '87_841', expected a whole number from 1 to 87_840 hours"},
          {"hours: 1", "days: 3661",
           "s.yaml:2:36: horizon.days: found '3661', expected a whole number from 1 to 3660 days"},
          {"hours: 1", "months: 121",
           "s.yaml:2:38: horizon.months: found '121', expected a whole number from 1 to 120 months"},
          {"hours: 1", "months: 1.5",
           "s.yaml:2:38: horizon.months: found '1.5', expected a whole number from 1 to 120 months"},
          {"hours: 1", "days: 1, hours: 1",
           "s.yaml:2:46: horizon.hours: found more than one length, expected one of months, days and hours"},
          {"hours: 1", "months: 1, days: 1",
           "s.yaml:2:47: horizon.days: found more than one length, expected one of months, days and hours"},
          {"hours: 1", "hours: 1, calendar: 731",
           "s.yaml:2:50: horizon.calendar: found '731', expected actual or 730; did you mean '730'?"},
      });
}

TEST_CASE("A horizon's length counts in real months, average ones, days or hours", "[sim][scenario]") {
  const auto hours = [](std::string_view length, std::optional<int> months = std::nullopt) {
    const core::Document document{"s.yaml", replaced(fleet, "hours: 1", length)};
    return sim::read_scenario(document.root(), scenario_run::load_from(), scenario_run::any_instance, months)
        .horizon.hour_count();
  };
  CHECK(hours("months: 1") == 744);  // a December
  CHECK(hours("months: 2, calendar: actual") == 1'488);
  CHECK(hours("months: 2, calendar: 730") == 1'460);
  CHECK(hours("days: 3") == 72);
  CHECK(hours("hours: 5") == 5);
  // --months replaces whatever the file says.
  CHECK(hours("hours: 5", 2) == 1'488);
  CHECK(hours("days: 5, calendar: 730", 3) == 2'190);
  CHECK(hours("months: 7", 1) == 744);
}

TEST_CASE("A cache is exact, and its popularity is within what Zipf and memory allow", "[sim][scenario]") {
  check_all(
      api,
      {
          {"kind: exact, ", "", "s.yaml:4:1: cache.kind: found nothing, expected exact or semantic"},
          {"kind: exact", "kind: exakt",
           "s.yaml:4:15: cache.kind: found 'exakt', expected exact or semantic; did you mean 'exact'?"},
          {"kind: exact", "kind: exact, policy: mru",
           "s.yaml:4:30: cache.policy: found 'mru', expected lru or lfu; did you mean 'lru'?"},
          {"entries: 10", "policy: lfu, entries: 10", "accepted"},
          {"entries: 10", "memory: 1GB, bytes_per_entry: 1kB", "accepted"},
          {"entries: 10", "memory: 1GB",
           "s.yaml:4:1: cache.bytes_per_entry: found nothing, expected a size of at least 1B"},
          {"entries: 10", "memory: 1kB, bytes_per_entry: 2kB",
           "s.yaml:4:30: cache.memory: found 1kB, which holds 0 entries of 2kB, expected memory for 1 to 268435456 "
           "entries"},
          {"entries: 10", "entries: 10, memory: 1kB, bytes_per_entry: 200B",
           "s.yaml:4:31: cache.entries: found 10 of 200B each, which take more than the memory of 1kB, expected at "
           "most 5 "
           "entries"},
          {"keys: 100", "keys: 300_000_000", "accepted"},
          {"entries: 10, ", "",
           "s.yaml:4:1: cache.entries: found nothing, expected a whole number from 1 to 268_435_456 entries"},
          {"entries: 10", "entries: 0",
           "s.yaml:4:31: cache.entries: found '0', expected a whole number from 1 to 268_435_456 entries"},
          {"entries: 10", "entries: 300_000_000",
           "s.yaml:4:31: cache.entries: found '300_000_000', expected a whole number from 1 to 268_435_456 entries"},
          {"entries: 10", "entries: -10",
           "s.yaml:4:31: cache.entries: found '-10', expected a whole number from 1 to 268_435_456 entries"},
          {"ttl: 1h, ", "", "s.yaml:4:1: cache.ttl: found nothing, expected a duration from 1ns to 3660d"},
          {"ttl: 1h", "ttl: -1h", "s.yaml:4:40: cache.ttl: found '-1h', expected a duration from 1ns to 3660d"},
          {"ttl: 1h", "ttl: 0s", "s.yaml:4:40: cache.ttl: found '0s', expected a duration from 1ns to 3660d"},
          {"ttl: 1h", "ttl: 3600",
           "s.yaml:4:40: cache.ttl: found '3600', which has no unit, expected a duration from 1ns to 3660d (such as "
           "15s; units: ns, us, ms, s, m, h, d, w)"},
          {"ttl: 1h", "ttl: 20y",
           "s.yaml:4:40: cache.ttl: found '20y', which has an unknown unit, expected a duration from 1ns to 3660d "
           "(such as 15s; units: ns, us, ms, s, m, h, d, w)"},
          {"ttl: 1h", "ttl: 1h, hit_latency: 2h",
           "s.yaml:4:57: cache.hit_latency: found '2h', expected a duration from 0s to 1h"},
          {", popularity: {zipf: 0.9, keys: 100}", "",
           "s.yaml:4:1: cache.popularity: found nothing, expected a mapping"},
          {"zipf: 0.9", "zipf: -0.1",
           "s.yaml:4:63: cache.popularity.zipf: found '-0.1', expected a number from 0 to 20"},
          {"zipf: 0.9", "zipf: 21", "s.yaml:4:63: cache.popularity.zipf: found '21', expected a number from 0 to 20"},
          {"zipf: 0.9", "zipf: .nan",
           "s.yaml:4:63: cache.popularity.zipf: found '.nan', expected a number from 0 to 20"},
          {"keys: 100", "keys: 0",
           "s.yaml:4:74: cache.popularity.keys: found '0', expected a whole number from 1 to 1_000_000_000 keys"},
          {"keys: 100", "keys: 2_000_000_000",
           "s.yaml:4:74: cache.popularity.keys: found '2_000_000_000', expected a whole number from 1 to 1_000_000_000 "
           "keys"},
      });
}

TEST_CASE("An LFU counts every key", "[sim][scenario]") {
  check_all(replaced(api, "kind: exact", "kind: exact, policy: lfu"),
            {{"keys: 100", "keys: 300_000_000",
              "s.yaml:4:87: cache.popularity.keys: found 300000000, each of which an LFU counts, expected at most "
              "268435456 keys with policy: lfu"}});
}

TEST_CASE("A semantic cache says how often it recognises a question, and how often wrongly", "[sim][scenario]") {
  const std::string semantic = replaced(
      api, "kind: exact", "kind: semantic, similarity: 0.9, hit_share: 60%, wrong: 0.5%, embedding: {model: anything}");
  check_all(semantic,
            {
                {"similarity: 0.9, ", "",
                 "s.yaml:4:1: cache.similarity: found nothing, expected a share from 0% to 100% (such as 60% or 0.6)"},
                {"hit_share: 60%, ", "",
                 "s.yaml:4:1: cache.hit_share: found nothing, expected a share from 0% to 100% (such as 60% or 0.6)"},
                {"wrong: 0.5%, ", "",
                 "s.yaml:4:1: cache.wrong: found nothing, expected a share from 0% to 100% (such as 60% or 0.6)"},
                {"hit_share: 60%", "hit_share: 160%",
                 "s.yaml:4:53: cache.hit_share: found '160%', expected a share from 0% to 100% (such as 60% or 0.6)"},
                {"hit_share: 60%", "hit_share: {head: 90%, exponent: 0.1}", "accepted"},
                {"hit_share: 60%", "hit_share: [[10, 0.9], [100, 0.5]]", "accepted"},
                {"hit_share: 60%", "hit_share: [[10, 0.9], [10, 0.5]]",
                 "s.yaml:4:53: cache.hit_share: found rank 10, expected whole ranks that grow from row to row"},
                {"hit_share: 60%", "hit_share: [[10, 1.5]]",
                 "s.yaml:4:53: cache.hit_share: found a share of 1.5, expected shares from 0 to 1"},
                {"wrong: 0.5%", "wrong: 0.5%, lookup_latency: 2h",
                 "s.yaml:4:87: cache.lookup_latency: found '2h', expected a duration from 0s to 1h"},
            });
}

TEST_CASE("An option has a name of its own and a kind that there is", "[sim][scenario]") {
  check_all(fleet,
            {
                {"  - name: a\n    kind", "  - kind",
                 "s.yaml:5:5: options.0.name: found nothing, expected the option's name"},
                {"name: a", "name: ''", "s.yaml:5:11: options.0.name: found '', expected the option's name"},
                {"name: a", "name: [a]", "s.yaml:5:11: options.0.name: found a list, expected the option's name"},
                {"    kind: self_hosted\n", "",
                 "s.yaml:5:5: options.a.kind: found nothing, expected managed_api, self_hosted or custom_model"},
                {"kind: self_hosted", "kind: self-hosted",
                 "s.yaml:6:11: options.a.kind: found 'self-hosted', expected managed_api, self_hosted or custom_model; "
                 "did you mean 'self_hosted'?"},
                {"kind: self_hosted", "kind: lambda",
                 "s.yaml:6:11: options.a.kind: found 'lambda', expected managed_api, self_hosted or custom_model"},
                {"    instance: any\n", "", "s.yaml:5:5: options.a.instance: found nothing, expected a text"},
                {"    replicas: 1\n", "    replicas: 1\n    assumptions: [{gpu: new}]\n",
                 "s.yaml:10:19: options.a.assumptions.0: found a mapping, expected a text"},
                {"    replicas: 1\n",
                 "    replicas: 1\n  - {name: a, kind: managed_api, latency: {time_to_first_token: 1s, "
                 "per_output_token: 1ms}}\n",
                 "s.yaml:10:12: options.a.name: found 'a' again, expected a name of its own for each option"},
            });
}

TEST_CASE("What this release does not simulate is refused, not skipped", "[sim][scenario]") {
  check_all(api, {
                     {"    kind: managed_api\n", "    kind: managed_api\n    limits: {requests_per_minute: 30_000}\n",
                      "s.yaml:8:13: options.a.limits: found 'limits', expected no such key in this release: it is not "
                      "simulated yet"},
                     {"    kind: managed_api\n", "    kind: managed_api\n    retry: {max: 3}\n",
                      "s.yaml:8:12: options.a.retry: found 'retry', expected no such key in this release: it is not "
                      "simulated yet"},
                     {"    kind: managed_api\n", "    kind: managed_api\n    hedging: {after: 1s}\n",
                      "s.yaml:8:14: options.a.hedging: found 'hedging', expected no such key in this release: it is "
                      "not simulated yet"},
                     {"    kind: managed_api\n", "    kind: managed_api\n    routing: random\n",
                      "s.yaml:8:14: options.a.routing: found 'routing', expected no such key in this release: it is "
                      "not simulated yet"},
                 });
  check_all(fleet, {{"    replicas: 1\n", "    replicas: 1\n    retry: {max: 3}\n",
                     "s.yaml:10:12: options.a.retry: found 'retry', expected no such key in this release: it is not "
                     "simulated yet"}});
}

TEST_CASE("A managed API needs a first token and a pace, and patience of at most a day", "[sim][scenario]") {
  check_all(api, {
                     {"    latency: {time_to_first_token: 1s, per_output_token: 9ms}\n", "",
                      "s.yaml:6:5: options.a.latency: found nothing, expected a mapping"},
                     {"{time_to_first_token: 1s, per_output_token: 9ms}", "1s",
                      "s.yaml:8:14: options.a.latency: found '1s', expected a mapping"},
                     {"time_to_first_token: 1s, ", "",
                      "s.yaml:8:5: options.a.latency.time_to_first_token: found nothing, expected a duration, a "
                      "latency table or histogram, or a distribution"},
                     {", per_output_token: 9ms", "",
                      "s.yaml:8:5: options.a.latency.per_output_token: found nothing, expected a duration, a latency "
                      "table or histogram, or a distribution"},
                     {"    kind: managed_api\n", "    kind: managed_api\n    timeout: 0s\n",
                      "s.yaml:8:14: options.a.timeout: found '0s', expected a duration from 1ns to 1d"},
                     {"    kind: managed_api\n", "    kind: managed_api\n    timeout: 25h\n",
                      "s.yaml:8:14: options.a.timeout: found '25h', expected a duration from 1ns to 1d"},
                     {"    kind: managed_api\n", "    kind: managed_api\n    timeout: 60\n",
                      "s.yaml:8:14: options.a.timeout: found '60', which has no unit, expected a duration from 1ns to "
                      "1d (such as 15s; units: ns, us, ms, s, m, h, d, w)"},
                 });
}

TEST_CASE("A fleet has slots, and replicas or an autoscaler, not both and not neither", "[sim][scenario]") {
  check_all(
      fleet,
      {
          {"    serving: {histogram: 1s, slots: 2}\n", "",
           "s.yaml:5:5: options.a.serving: found nothing, expected a mapping"},
          {"histogram: 1s", "histogram: 1s, per_output_token: 1ms",
           "s.yaml:8:48: options.a.serving.per_output_token: found both a histogram and a pace, expected a model, a "
           "profile, the latency of whole answers (histogram), or time_to_first_token and per_output_token"},
          {"histogram: 1s, ", "",
           "s.yaml:8:5: options.a.serving.histogram: found nothing, expected a model, a profile, the latency of whole "
           "answers (histogram), "
           "or time_to_first_token and per_output_token"},
          {"histogram: 1s", "histogram: {exponential: {mean: 1s}}, time_to_first_token: 300ms",
           "s.yaml:8:74: options.a.serving.time_to_first_token: found 300 ms where the whole answer takes 1 ms, "
           "expected "
           "a first token that comes before the answer is whole"},
          {"histogram: 1s", "histogramm: 1s",
           "s.yaml:8:5: options.a.serving.histogram: found nothing (is 'histogramm' meant?), expected a model, a "
           "profile, the latency of whole answers (histogram), or time_to_first_token and per_output_token"},
          {"histogram: 1s", "time_to_first_token: 1s",
           "s.yaml:8:5: options.a.serving.histogram: found nothing, expected a model, a profile, the latency of whole "
           "answers (histogram), "
           "or time_to_first_token and per_output_token"},
          {"histogram: 1s", "per_output_token: 1ms",
           "s.yaml:8:5: options.a.serving.time_to_first_token: found nothing, expected a duration, a latency table or "
           "histogram, or a distribution"},
          {", slots: 2", "",
           "s.yaml:8:5: options.a.serving.slots: found nothing, expected a whole number from 1 to 10_000 slots a "
           "replica"},
          {"slots: 2", "slots: 0",
           "s.yaml:8:37: options.a.serving.slots: found '0', expected a whole number from 1 to 10_000 slots a replica"},
          {"slots: 2", "slots: 10_001",
           "s.yaml:8:37: options.a.serving.slots: found '10_001', expected a whole number from 1 to 10_000 slots a "
           "replica"},
          {"slots: 2", "slots: 2.5",
           "s.yaml:8:37: options.a.serving.slots: found '2.5', expected a whole number from 1 to 10_000 slots a "
           "replica"},
          {"    replicas: 1\n", "",
           "s.yaml:5:5: options.a.replicas: found neither replicas nor an autoscaler, expected one of them"},
          {"replicas: 1", "replica: 1",
           "s.yaml:5:5: options.a.replicas: found neither replicas nor an autoscaler (is 'replica' meant?), expected "
           "one of them"},
          {"    replicas: 1\n", "    autoscaling: {kind: hpa}\n",
           "s.yaml:5:5: options.a.replicas: found neither replicas nor an autoscaler (is 'autoscaling' meant?), "
           "expected one of them"},
          {"replicas: 1", "replicas: 0",
           "s.yaml:9:15: options.a.replicas: found '0', expected a whole number from 1 to 100_000 replicas"},
          {"replicas: 1", "replicas: 100_001",
           "s.yaml:9:15: options.a.replicas: found '100_001', expected a whole number from 1 to 100_000 replicas"},
          {"    replicas: 1\n",
           "    replicas: 1\n    autoscaler: {kind: hpa, metric: concurrency, target: 2, max: 9}\n",
           "s.yaml:9:15: options.a.replicas: found both replicas and an autoscaler, expected one of them"},
          {"    replicas: 1\n", "    replicas: 1\n    queue: {limit: -1}\n",
           "s.yaml:10:20: options.a.queue.limit: found '-1', expected a whole number from 0 to 100_000_000 waiting "
           "requests"},
          {"    replicas: 1\n", "    replicas: 1\n    queue: {}\n",
           "s.yaml:10:5: options.a.queue.limit: found nothing, expected a whole number from 0 to 100_000_000 waiting "
           "requests"},
          {"    replicas: 1\n", "    replicas: 1\n    queue: 5\n",
           "s.yaml:10:12: options.a.queue: found '5', expected a mapping"},
          {"    replicas: 1\n", "    replicas: 1\n    timeout: -1s\n",
           "s.yaml:10:14: options.a.timeout: found '-1s', expected a duration from 1ns to 1d"},
      });
  CHECK(message(replaced(replaced(fleet, "slots: 2", "slots: 10_000"), "replicas: 1", "replicas: 1_678")) ==
        "s.yaml:8:37: options.a.serving.slots: found 10_000 slots on each of 1678 replicas, expected at most "
        "16_777_216 slots in all");
  CHECK(message(replaced(replaced(fleet, "slots: 2", "slots: 10_000"), "replicas: 1", "replicas: 1_677")) ==
        "accepted");
  CHECK(message(replaced(replaced(scaled, "slots: 2", "slots: 10_000"), "max: 9", "max: 1_678")) ==
        "s.yaml:8:70: options.a.serving.slots: found 10_000 slots on each of 1678 replicas, expected at most "
        "16_777_216 slots in all");
}

TEST_CASE("An autoscaler has a kind, a metric, a target and limits that fit each other", "[sim][scenario]") {
  check_all(
      scaled,
      {
          {"kind: hpa", "kind: karpenter",
           "s.yaml:9:24: options.a.autoscaler.kind: found 'karpenter', expected hpa, keda, target_tracking, kpa, "
           "scheduled or predictive"},
          {"kind: hpa, ", "",
           "s.yaml:9:5: options.a.autoscaler.kind: found nothing, expected hpa, keda, target_tracking, kpa, scheduled "
           "or predictive"},
          {"metric: concurrency", "metric: concurency",
           "s.yaml:9:37: options.a.autoscaler.metric: found 'concurency', expected concurrency, utilization, "
           "requests_per_second, cpu or waiting; did you mean 'concurrency'?"},
          {"metric: concurrency", "metric: queue_length",
           "s.yaml:9:37: options.a.autoscaler.metric: found 'queue_length', expected concurrency, utilization, "
           "requests_per_second, cpu or waiting"},
          {"metric: concurrency, ", "",
           "s.yaml:9:5: options.a.autoscaler.metric: found nothing, expected concurrency, utilization, "
           "requests_per_second, cpu or waiting"},
          {"target: 2, ", "",
           "s.yaml:9:5: options.a.autoscaler.target: found nothing, expected a number from 0.001 to 1_000_000_000"},
          {"target: 2", "target: 0",
           "s.yaml:9:58: options.a.autoscaler.target: found '0', expected a number from 0.001 to 1_000_000_000"},
          {"target: 2", "target: -2",
           "s.yaml:9:58: options.a.autoscaler.target: found '-2', expected a number from 0.001 to 1_000_000_000"},
          {"metric: concurrency, target: 2", "metric: utilization, target: 75",
           "s.yaml:9:58: options.a.autoscaler.target: found '75', expected a share from 1% to 100% (such as 60% or "
           "0.6)"},
          {"metric: concurrency, target: 2", "metric: utilization, target: 0%",
           "s.yaml:9:58: options.a.autoscaler.target: found '0%', expected a share from 1% to 100% (such as 60% or "
           "0.6)"},
          {", max: 9", "",
           "s.yaml:9:5: options.a.autoscaler.max: found nothing, expected a whole number from 1 to 100_000 replicas"},
          {"max: 9", "max: 0",
           "s.yaml:9:66: options.a.autoscaler.max: found '0', expected a whole number from 1 to 100_000 replicas"},
          {"max: 9", "min: 10, max: 9",
           "s.yaml:9:66: options.a.autoscaler.min: found '10', expected a whole number from 1 to 9 replicas"},
          {"max: 9", "max: 9, initial: 10",
           "s.yaml:9:78: options.a.autoscaler.initial: found '10', expected a whole number from 1 to 9 replicas"},
          {"max: 9", "min: 3, max: 9, initial: 2",
           "s.yaml:9:86: options.a.autoscaler.initial: found '2', expected a whole number from 3 to 9 replicas"},
          {"max: 9", "max: 9, tolerance: -0.1",
           "s.yaml:9:80: options.a.autoscaler.tolerance: found '-0.1', expected a number from 0 to 1"},
          {"max: 9", "max: 9, sync_period: 500ms",
           "s.yaml:9:82: options.a.autoscaler.sync_period: found '500ms', expected a duration from 1s to 1h"},
          {"max: 9", "max: 9, scale_down_stabilization: 2h",
           "s.yaml:9:95: options.a.autoscaler.scale_down_stabilization: found '2h', expected a duration from 0s to 1h"},
          {"max: 9", "max: 9, scale_up_stabilization: -1s",
           "s.yaml:9:93: options.a.autoscaler.scale_up_stabilization: found '-1s', expected a duration from 0s to 1h"},
          {"max: 9", "max: 9, scale_up_replicas: -1",
           "s.yaml:9:88: options.a.autoscaler.scale_up_replicas: found '-1', expected a whole number from 0 to 100_000 "
           "replicas a period"},
          {"max: 9", "max: 9, scale_up_share: -5%",
           "s.yaml:9:85: options.a.autoscaler.scale_up_share: found '-5%', expected a share from 0% to 100000% (such "
           "as 60% or 0.6)"},
          {"max: 9", "max: 9, policy_period: 1h",
           "s.yaml:9:84: options.a.autoscaler.policy_period: found '1h', expected a duration from 1s to 30m"},
          {"max: 9", "max: 9, metric_delay: 2h",
           "s.yaml:9:83: options.a.autoscaler.metric_delay: found '2h', expected a duration from 0s to 1h"},
      });
}

TEST_CASE("A cold start tells all its parts, each of at most a day", "[sim][scenario]") {
  check_all(
      scaled,
      {
          {"    cold_start: {provision: 1m, image: 40s, weights: {size: 16GB, bandwidth: 1GB/s}, warmup: 10s}\n", "",
           "s.yaml:5:5: options.a.cold_start: found nothing, expected {provision: …, image: …, weights: {size: …, "
           "bandwidth: …}, warmup: …}"},
          {"provision: 1m, ", "",
           "s.yaml:10:5: options.a.cold_start.provision: found nothing, expected a duration from 0s to 1d"},
          {"provision: 1m", "provision: 2d",
           "s.yaml:10:29: options.a.cold_start.provision: found '2d', expected a duration from 0s to 1d"},
          {"image: 40s", "image: -40s",
           "s.yaml:10:40: options.a.cold_start.image: found '-40s', expected a duration from 0s to 1d"},
          {"warmup: 10s", "warmup: 10",
           "s.yaml:10:94: options.a.cold_start.warmup: found '10', which has no unit, expected a duration from 0s to "
           "1d (such as 15s; units: ns, us, ms, s, m, h, d, w)"},
          {"size: 16GB", "size: 16",
           "s.yaml:10:61: options.a.cold_start.weights.size: found '16', which has no unit, expected a size of at "
           "least 0B (such as 16GB; units: B, kB, KB, MB, GB, TB, KiB, MiB, GiB, TiB)"},
          {"size: 16GB", "size: -1GB",
           "s.yaml:10:61: options.a.cold_start.weights.size: found '-1GB', expected a size of at least 0B"},
          {", bandwidth: 1GB/s", "",
           "s.yaml:10:45: options.a.cold_start.weights.bandwidth: found nothing, expected a rate of at least 1B/s"},
          {"bandwidth: 1GB/s", "bandwidth: 1GB",
           "s.yaml:10:78: options.a.cold_start.weights.bandwidth: found '1GB', which has an unknown unit, expected a "
           "rate of at least 1B/s (such as 1GB/s; units: B, kB, KB, MB, GB, TB, KiB, MiB, GiB, TiB, each /s)"},
          {"bandwidth: 1GB/s", "bandwidth: 0B/s",
           "s.yaml:10:78: options.a.cold_start.weights.bandwidth: found '0B/s', expected a rate of at least 1B/s"},
          {"bandwidth: 1GB/s", "bandwidth: 185kB/s",
           "s.yaml:10:78: options.a.cold_start.weights.bandwidth: found 16GB at 185kB/s, expected weights that are "
           "loaded within a day"},
          // The time in nanoseconds would not fit into 64 bits.
          {"size: 16GB, bandwidth: 1GB/s", "size: 9_000_000TB, bandwidth: 1B/s",
           "s.yaml:10:85: options.a.cold_start.weights.bandwidth: found 9000000TB at 1B/s, expected weights that are "
           "loaded within a day"},
      });
  CHECK(message(replaced(scaled, "bandwidth: 1GB/s", "bandwidth: 186kB/s")) == "accepted");
  // A fixed fleet starts none, but what stands there is still checked.
  CHECK(message(replaced(fleet, "replicas: 1\n", "replicas: 1\n    cold_start: {provision: 1m}\n")) ==
        "s.yaml:10:5: options.a.cold_start.image: found nothing, expected a duration from 0s to 1d");
}

TEST_CASE("A scenario without a word about it autoscales with the defaults of Kubernetes, and says so",
          "[sim][scenario]") {
  const scenario_run::Read read = scenario_run::read_scenario(std::string{scaled});
  const sim::FleetConfig& config = fleet_of(read.scenario);
  REQUIRE(config.autoscaler.has_value());
  const sim::AutoscalerConfig& autoscaler = config.autoscaler->hpa();
  CHECK(autoscaler.scale_up_tolerance == 0.1);
  CHECK(autoscaler.scale_down_tolerance == 0.1);
  CHECK(autoscaler.sync_period == 15s);
  CHECK(autoscaler.scale_down_stabilization == 5min);
  CHECK(autoscaler.scale_up_stabilization == 0s);
  REQUIRE(autoscaler.scale_up.policies.size() == 2);
  CHECK(autoscaler.scale_up.policies[0].kind == sim::ScalingPolicy::Kind::pods);
  CHECK(autoscaler.scale_up.policies[0].value == 4);
  CHECK(autoscaler.scale_up.policies[0].period == 15s);
  CHECK(autoscaler.scale_up.policies[1].value == 100);
  CHECK(autoscaler.scale_up.policies[1].period == 15s);
  REQUIRE(autoscaler.scale_down.policies.size() == 1);
  CHECK(autoscaler.scale_down.policies[0].value == 100);
  CHECK(autoscaler.metric_delay == 15s);
  CHECK(autoscaler.min_replicas == 1);
  CHECK(config.initial_replicas == 1);
  CHECK(config.queue_limit == sim::no_limit);
  CHECK(config.timeout == sim::no_timeout);
  CHECK(config.cold_start.typical() == 1min + 40s + 16s + 10s);

  const std::string path = "options.a.autoscaler.";
  for (const core::Assumption& expected : std::vector<core::Assumption>{
           {path + "tolerance", "0.1", "Kubernetes default"},
           {path + "sync_period", "15s", "Kubernetes default"},
           {path + "scale_down_stabilization", "5m", "Kubernetes default"},
           {path + "scale_up_stabilization", "0s", "Kubernetes default"},
           {path + "scale_up_share", "100%", "Kubernetes default"},
           {path + "scale_up_replicas", "4 replicas a period", "Kubernetes default"},
           {path + "policy_period", "15s", "Kubernetes default"},
           {path + "scale_down", "100% in 15s", "Kubernetes default"},
           {path + "min", "1 replicas", "Kubernetes default"},
           {path + "metric_delay", "15s", "metrics are scraped every 15 s"},
           {path + "initial", "1 replicas", "the fleet begins at its minimum"},
           {"options.a.timeout", "none", "clients wait for their answer however long it takes"},
           {"options.a.queue.limit", "none", "requests wait, however many there are"},
       }) {
    CAPTURE(expected.key, expected.value);
    CHECK(contains(read.assumptions, expected));
  }
}

TEST_CASE("What a scenario says itself is no assumption", "[sim][scenario]") {
  const std::string said = replaced(
      scaled, "max: 9",
      "max: 9, min: 2, initial: 3, tolerance: 0.2, sync_period: 30s, scale_down_stabilization: 1m, "
      "scale_up_stabilization: 10s, scale_up_share: 50%, scale_up_replicas: 0, policy_period: 1m, metric_delay: 0s, "
      "scale_down: {select: max, policies: [{percent: 100%, period: 15s}]}");
  const scenario_run::Read read = scenario_run::read_scenario(said + "    timeout: 60s\n    queue: {limit: 7}\n");
  for (const core::Assumption& one : read.assumptions) {
    CAPTURE(one.key, one.value);
    CHECK_FALSE(one.key.starts_with("options.a.autoscaler"));
    CHECK_FALSE(one.key.starts_with("options.a.timeout"));
    CHECK_FALSE(one.key.starts_with("options.a.queue"));
  }
  const sim::FleetConfig& config = fleet_of(read.scenario);
  CHECK(config.initial_replicas == 3);
  CHECK(config.timeout == 60s);
  CHECK(config.queue_limit == 7);
  CHECK(config.autoscaler->min_replicas == 2);
  CHECK(config.autoscaler->max_replicas == 9);
  CHECK(config.autoscaler->hpa().target == 2);
  CHECK(config.autoscaler->hpa().scale_down_tolerance == 0.2);
  CHECK(config.autoscaler->hpa().sync_period == 30s);
  CHECK(config.autoscaler->hpa().scale_down_stabilization == 1min);
  CHECK(config.autoscaler->hpa().scale_up_stabilization == 10s);
  CHECK(config.autoscaler->hpa().scale_up.policies[1].value == 50);
  CHECK(config.autoscaler->hpa().scale_up.policies[0].value == 0);
  CHECK(config.autoscaler->hpa().scale_up.policies[0].period == 1min);
  CHECK(config.autoscaler->hpa().metric_delay == 0s);
}

TEST_CASE("A utilisation target is a share of the slots, kept in percent as the metric is", "[sim][scenario]") {
  const scenario_run::Read read = scenario_run::read_scenario(
      replaced(scaled, "metric: concurrency, target: 2", "metric: utilization, target: 75%"));
  CHECK(fleet_of(read.scenario).autoscaler->hpa().metric == sim::ScalingMetric::utilization);
  CHECK(fleet_of(read.scenario).autoscaler->hpa().target == 75);
}

TEST_CASE("A horizon's length, a cache's latency and weights that nobody mentions are assumptions", "[sim][scenario]") {
  CHECK(contains(assumptions_of(replaced(fleet, ", hours: 1", "")), {"horizon.months", "1 months", "one bill"}));
  CHECK(contains(assumptions_of(std::string{fleet}),
                 {"horizon.calendar", "actual", "the real calendar; 730 h is its average month"}));
  CHECK(contains(assumptions_of(std::string{api}),
                 {"cache.hit_latency", "5ms", "one look-up in a cache of the same zone"}));
  CHECK(contains(assumptions_of(replaced(scaled, "weights: {size: 16GB, bandwidth: 1GB/s}, ", "")),
                 {"options.a.cold_start.weights", "0 s", "no weights to load"}));
  CHECK(contains(assumptions_of(std::string{api}),
                 {"options.a.timeout", "none", "clients wait for their answer however long it takes"}));
}

TEST_CASE("What a scenario states as an assumption of an option stands among its assumptions", "[sim][scenario]") {
  const auto all =
      assumptions_of(replaced(fleet, "replicas: 1\n", "replicas: 1\n    assumptions: ['the A100 of 2023']\n"));
  CHECK(contains(all, {"options.a.assumptions", "the A100 of 2023", "stated in the scenario"}));
}

TEST_CASE("The kinds of options have the names that scenarios use", "[sim][scenario]") {
  CHECK(sim::name_of(sim::OptionKind::managed_api) == "managed_api");
  CHECK(sim::name_of(sim::OptionKind::self_hosted) == "self_hosted");
  CHECK(sim::name_of(sim::OptionKind::custom_model) == "custom_model");
}
