// Fleets and parts that cannot carry what comes on average are said before the run, with the arithmetic.
#include "sim/capacity.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"

namespace {

// 100 requests a second.
std::vector<std::string> warnings_of(std::string_view options) {
  return sim::capacity_warnings(
      scenario_run::read_scenario(
          fmt::format("scenario: s\nhorizon: {{start: 2026-12-01, days: 2}}\n"
                      "traffic: {{daily_users: 8_640_000, requests_per_user_day: 1, tokens: {{input: 1, output: 1}},\n"
                      "  classes: [{{name: page, share: 90%}}, {{name: mail, share: 10%}}]}}\noptions:\n{}",
                      options))
          .scenario);
}

constexpr std::string_view small =
    "kind: custom_model, instance: any, replicas: 2, serving: {histogram: 500ms, slots: 4}";

std::string mixture(std::string_view route) {
  return fmt::format(
      "  - name: mix\n    kind: mixture\n    route: {{{}}}\n    parts: [{{name: a, {}}}, {{name: b, {}}}]\n", route,
      small, small);
}

}  // namespace

TEST_CASE("A fleet, and one of batches, says that its most replicas are too few", "[sim][capacity]") {
  CHECK(warnings_of(fmt::format("  - {{name: fleet, {}}}\n", small)) ==
        std::vector<std::string>{
            "fleet: max: 2 replicas × 4 slots ÷ 0.5 s = 16 requests/s, the traffic brings 100 on average"});
  constexpr std::string_view batches =
      "  - {name: batches, kind: custom_model, instance: any, replicas: 2,\n"
      "     serving: {batch_latency: [[1, 50ms], [4, 200ms]]}}\n";
  CHECK(warnings_of(batches) ==
        std::vector<std::string>{
            "batches: max: 2 replicas × 4 slots ÷ 0.2 s = 40 requests/s, the traffic brings 100 on average"});
}

TEST_CASE("A part of a mixture that requests meet first says so too, of its own share", "[sim][capacity]") {
  const std::string words = "max: 2 replicas × 4 slots ÷ 0.5 s = 16 requests/s, the traffic brings";
  const auto say = [&](std::string_view part, std::string_view rate) {
    return fmt::format("mix, {}: {} {} on average", part, words, rate);
  };
  CHECK(warnings_of(mixture("kind: failover, chain: [a, b]")) == std::vector<std::string>{say("a", "100")});
  CHECK(warnings_of(mixture("kind: cascade, first: b, then: a, escalate: 50%")) ==
        std::vector<std::string>{say("b", "100")});
  CHECK(warnings_of(mixture("kind: shadow, answer: a, mirror: b, share: 50%")) ==
        std::vector<std::string>{say("a", "100"), say("b", "50")});
  CHECK(warnings_of(mixture("kind: split, classes: {page: b, mail: a}")) == std::vector<std::string>{say("b", "90")});
  // A day of 10 % and a day of all: 55 % on average.
  CHECK(warnings_of(mixture("kind: split, shares: {a: 90%, b: 10%}, until: 2026-12-02, then: {b: 100%}")) ==
        std::vector<std::string>{say("a", "45"), say("b", "55")});
}
