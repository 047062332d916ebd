// Every line that a slip in a mixture can print.
#include "sim/topology/route.hpp"

#include <string>
#include <string_view>

#include "tests/sim/topology/topology_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

namespace {

constexpr std::string_view api = "kind: managed_api, latency: {time_to_first_token: 1s, per_output_token: 1ms}";

std::string message(std::string_view route, std::string_view traffic = topology_run::traffic, int parts = 2) {
  std::string list;
  for (int i = 0; i < parts; ++i) list += fmt::format("{{name: {}, {}}}, ", static_cast<char>('a' + i), api);
  const std::string said = test_support::complaint(
      [&] { scenario_run::read_scenario(topology_run::text_of(topology_run::mixture(list, route), 48, traffic)); });
  return said.empty() ? "accepted" : said.substr(said.find(": ") + 2);
}

}  // namespace

TEST_CASE("A way that comes back shows its circle", "[sim][topology][errors]") {
  constexpr std::string_view forwards = "expected each part once: what is handed on goes forwards";
  CHECK(message("kind: failover, chain: [a, b, a]") ==
        fmt::format("options.o.route.chain: found a way that comes back: a → b → a, {}", forwards));
  CHECK(message("kind: failover, chain: [a, b, b]") ==
        fmt::format("options.o.route.chain: found a way that comes back: b → b, {}", forwards));
  CHECK(message("kind: cascade, first: b, then: b, escalate: 5%") ==
        fmt::format("options.o.route.then: found a way that comes back: b → b, {}", forwards));
  CHECK(message("kind: shadow, answer: a, mirror: a") ==
        fmt::format("options.o.route.mirror: found a way that comes back: a → a, {}", forwards));
  CHECK(message("kind: dual, answer: a, mirror: b, then: {a: 5%}") ==
        fmt::format("options.o.route.then: found a way that comes back: a → b → a, {}", forwards));
}

TEST_CASE("Parts that are not there, not reached or mixtures themselves", "[sim][topology][errors]") {
  CHECK(message("kind: cascade, first: a, then: bb, escalate: 5%") ==
        "options.o.route.then: found 'bb', expected the name of a part: a, b");
  CHECK(message("kind: cascade, first: a, then: heavy, escalate: 5%") ==
        "options.o.route.then: found 'heavy', expected the name of a part: a, b");
  CHECK(message("kind: cascade, first: a, then: b, escalate: 5%", topology_run::traffic, 3) ==
        "options.o.route.kind: found no way to 'c', expected every part on the way");
  CHECK(message("kind: failover, chain: [a]") == "options.o.route.chain: found 1 of them, expected at least 2 parts");
  CHECK(message("kind: failover, chain: [a]", topology_run::traffic, 1) ==
        "options.o.parts: found 1 of them, expected 2 to 16");
  const std::string inner = fmt::format("{{name: x, {}}}, {{name: m, kind: mixture, parts: []}}", api);
  test_support::check_says(test_support::complaint([&] {
                             scenario_run::read_scenario(
                                 topology_run::text_of(topology_run::mixture(inner, "kind: failover, chain: [x, m]")));
                           }),
                           "options.o.parts.m.kind: found a mixture as a part of another, expected managed_api, "
                           "self_hosted or custom_model");
  const std::string twice = fmt::format("{{name: x, {}}}, {{name: x, {}}}", api, api);
  test_support::check_says(test_support::complaint([&] {
                             scenario_run::read_scenario(
                                 topology_run::text_of(topology_run::mixture(twice, "kind: failover, chain: [x, x]")));
                           }),
                           "found 'x' again, expected a name of its own for each part");
}

TEST_CASE("Splits that do not divide the traffic", "[sim][topology][errors]") {
  CHECK(message("kind: split, shares: {a: 70%, b: 20%}") ==
        "options.o.route.shares: found shares that sum to 0.9, expected a sum of 1");
  CHECK(message("kind: split, shares: {a: 70%, c: 30%}") ==
        "options.o.route.shares.c: found 'c', expected the name of a part: a, b");
  CHECK(message("kind: split") == "options.o.route.classes: found neither classes nor shares, expected one of the two");
  CHECK(message("kind: split, shares: {a: 1, b: 0}, classes: {x: a}") ==
        "options.o.route.shares: found classes beside it, expected one of the two");
  CHECK(message("kind: split, classes: {x: a, y: b}") ==
        "options.o.route.classes.x: found 'x', expected classes of the traffic, and traffic.classes says of none");
  const std::string classes =
      fmt::format("{}, classes: [{{name: x, share: 50%}}, {{name: y, share: 50%}}]", topology_run::traffic);
  CHECK(message("kind: split, classes: {x: a, y: b}", classes) == "accepted");
  test_support::check_says(message("kind: split, classes: {x: a, y: b, z: a}", classes),
                           "options.o.route.classes.z: found 'z', expected a class of the traffic: x, y");
  test_support::check_says(message("kind: split, classes: {x: a}", classes), "the part that serves this class");
  CHECK(message("kind: split, shares: {a: 1, b: 0}, until: 2026-12-01, then: {b: 1}") ==
        "options.o.route.until: found 2026-12-01, expected a day after the start of the horizon, 2026-12-01");
  CHECK(message("kind: split, shares: {a: 33.3333%, b: 66.6666%}") == "accepted");
}

TEST_CASE("Regions name each time zone once, and need users that live in some", "[sim][topology][errors]") {
  const std::string zones = fmt::format(
      "{}, time_zones: [{{utc_offset: -8h, share: 50%}}, {{utc_offset: 5.5h, share: 50%}}]", topology_run::traffic);
  CHECK(message("kind: regions, zones: [{utc_offset: -8h, part: a}, {utc_offset: 5.5h, part: b}]", zones) ==
        "accepted");
  CHECK(message("kind: regions, zones: [{utc_offset: -8h, part: a}, {utc_offset: 5h, part: b}]", zones) ==
        "options.o.route.zones.1.utc_offset: found 5h, expected a zone of traffic.time_zones");
  CHECK(message("kind: regions, zones: [{utc_offset: -8h, part: a}, {utc_offset: -8h, part: b}]", zones) ==
        "options.o.route.zones.1.utc_offset: found -8h again, expected each zone once");
  CHECK(message("kind: regions, zones: [{utc_offset: -8h, part: a}]", zones) ==
        "options.o.route.zones: found none for utc_offset 5.5 h, expected a part for each of traffic.time_zones");
}

TEST_CASE("Shares beyond all, and kinds that are none", "[sim][topology][errors]") {
  test_support::check_says(message("kind: cascade, first: a, then: b, escalate: 120%"),
                           "options.o.route.escalate: found");
  test_support::check_says(message("kind: cascad, first: a, then: b, escalate: 20%"), "did you mean 'cascade'?");
  test_support::check_says(message("kind: shadow, answer: a, mirror: b, share: -1%"), "options.o.route.share: found");
  CHECK(message("kind: dual, answer: a, mirror: b, then: {}") ==
        "options.o.route.then: found 0 parts, expected one part and its share");
}
