// Mixtures by hand, with parts whose answers take constant times: who goes where, and what it takes.
#include "sim/topology/topology.hpp"

#include <cmath>
#include <map>
#include <string>

#include "tests/sim/serving_run.hpp"
#include "tests/sim/topology/topology_run.hpp"
#include "tests/support/catch.hpp"

using core::Outcome;
using serving_run::books_balance;
using sim::OptionResult;
using topology_run::mixture;
using topology_run::Run;
using topology_run::run;
using topology_run::text_of;

namespace {

constexpr std::int64_t ms = 1'000'000;

// 11 tokens: 100 ms + 10 × 10 ms = 200 ms, and 300 ms + 10 × 50 ms = 800 ms.
constexpr std::string_view light =
    "{name: light, kind: managed_api, latency: {time_to_first_token: 100ms, per_output_token: 10ms}}";
constexpr std::string_view heavy =
    "{name: heavy, kind: managed_api, latency: {time_to_first_token: 300ms, per_output_token: 50ms}}";
constexpr std::string_view explainer =
    "{name: explainer, kind: managed_api, latency: {time_to_first_token: 30ms, per_output_token: 1ms}}";  // 40 ms

std::string parts(std::string_view a, std::string_view b, std::string_view c = "") {
  return fmt::format("{}, {}{}{}", a, b, c.empty() ? "" : ", ", c);
}

void check_books(const OptionResult& result) {
  CHECK(books_balance(result));
  for (const OptionResult& part : result.parts) CHECK(books_balance(part));
}

// How many requests took how long, those in flight at the end left out.
std::map<std::int64_t, std::int64_t> times_of(const sim::RequestLog& log) {
  std::map<std::int64_t, std::int64_t> times;
  for (const sim::RequestRecord& r : log) {
    if (r.outcome != Outcome::in_flight) ++times[(r.end_ns - r.arrival_ns) / ms];
  }
  return times;
}

// Of `n` requests, each with probability `share`: within 4.5 standard deviations, which chance leaves once in 150,000.
bool is_share(std::int64_t count, std::int64_t n, double share) {
  const double expected = static_cast<double>(n) * share;
  return std::abs(static_cast<double>(count) - expected) <= 4.5 * std::sqrt(expected * (1 - share)) + 1e-9;
}

// A part as an option of its own, with the same requests.
OptionResult alone(std::string_view part, int hours = 2, std::string_view traffic = topology_run::traffic) {
  const auto begin = part.find(',') + 2;
  return topology_run::simulate(text_of(part.substr(begin, part.size() - begin - 1), hours, traffic));
}

bool same_service(const OptionResult& a, const OptionResult& b) {
  return a.usage == b.usage && a.latency_ns == b.latency_ns && a.time_to_first_token_ns == b.time_to_first_token_ns &&
         a.wait_ns == b.wait_ns && a.fleet == b.fleet && a.checks == b.checks;
}

}  // namespace

TEST_CASE("In a cascade times add up, and only for the share that goes on", "[sim][topology]") {
  const Run all =
      run(text_of(mixture(parts(light, heavy), "kind: cascade, first: light, then: heavy, escalate: 100%")));
  check_books(all.result);
  const std::int64_t arrivals = all.result.usage.total().arrivals;
  REQUIRE(arrivals > 6'500);
  CHECK(times_of(all.log) == std::map<std::int64_t, std::int64_t>{{1'000, all.result.usage.count(Outcome::served)}});
  // The first token that a user sees is that of the answer he gets: 200 + 300 ms.
  CHECK(all.result.time_to_first_token_ns.max() / ms == 500);
  CHECK(all.result.time_to_first_token_ns.min() / ms == 499);  // the histogram's lowest equivalent value

  const Run some =
      run(text_of(mixture(parts(light, heavy), "kind: cascade, first: light, then: heavy, escalate: 20%")));
  check_books(some.result);
  const auto times = times_of(some.log);
  REQUIRE(times.size() == 2);
  CHECK(is_share(times.at(1'000), times.at(1'000) + times.at(200), 0.2));
  const std::int64_t escalated = some.result.parts[1].usage.total().arrivals;
  CHECK(escalated >= times.at(1'000));
  CHECK(escalated <= times.at(1'000) + some.result.usage.count(Outcome::in_flight));
  // Tokens are made twice, requests are made once.
  CHECK(some.result.usage.total().output_tokens ==
        some.result.parts[0].usage.total().output_tokens + some.result.parts[1].usage.total().output_tokens);
  CHECK(some.result.front->total().output_tokens == 11 * some.result.usage.count(Outcome::served));
}

TEST_CASE("A cascade that escalates nothing is its first part, to the byte", "[sim][topology]") {
  const Run none = run(text_of(mixture(parts(light, heavy), "kind: cascade, first: light, then: heavy, escalate: 0%")));
  const OptionResult plain = alone(light);
  CHECK(same_service(none.result.parts[0], plain));
  CHECK(none.result.parts[1].usage.total().arrivals == 0);
  CHECK(none.result.latency_ns == plain.latency_ns);
  CHECK(none.result.time_to_first_token_ns == plain.time_to_first_token_ns);
  CHECK(none.result.usage == plain.usage);
}

TEST_CASE("A request's times in two parts are independent, and the same in every run", "[sim][topology]") {
  constexpr std::string_view a =
      "{name: a, kind: custom_model, instance: any, replicas: 1, "
      "serving: {histogram: {exponential: {mean: 100ms}}, slots: 9000}}";
  constexpr std::string_view b =
      "{name: b, kind: custom_model, instance: any, replicas: 1, "
      "serving: {histogram: {exponential: {mean: 100ms}}, slots: 9000}}";
  const std::string text = text_of(mixture(parts(a, b), "kind: cascade, first: a, then: b, escalate: 100%"), 20);
  const Run once = run(text);
  CHECK(once.log == run(text).log);
  // The two stays of a request, found again by the time at which it is handed on.
  std::map<std::int64_t, double> second;
  for (const auto& r : once.of_parts[1]) second[r.arrival_ns] = static_cast<double>(r.end_ns - r.arrival_ns) * 1e-9;
  double n = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (const auto& r : once.of_parts[0]) {
    const auto found = second.find(r.end_ns);
    if (found == second.end()) continue;
    const double x = static_cast<double>(r.end_ns - r.arrival_ns) * 1e-9;
    const double y = found->second;
    ++n, sa += x, sb += y, saa += x * x, sbb += y * y, sab += x * y;
  }
  REQUIRE(n > 70'000);
  const double correlation =
      (sab / n - sa / n * sb / n) / std::sqrt((saa / n - sa / n * sa / n) * (sbb / n - sb / n * sb / n));
  // Of independent ones it is 0 with a standard deviation of 1/√n.
  CHECK(std::abs(correlation) < 4.5 / std::sqrt(n));
}

TEST_CASE("A shadow loads the mirror and leaves the answers as they are, to the byte", "[sim][topology]") {
  const OptionResult plain = alone(light);
  for (const auto& [share, route] :
       std::map<double, std::string>{{1.0, "kind: shadow, answer: light, mirror: heavy"},
                                     {0.3, "kind: shadow, answer: light, mirror: heavy, share: 30%, wait: false"}}) {
    CAPTURE(share);
    const Run shadow = run(text_of(mixture(parts(light, heavy), route)));
    check_books(shadow.result);
    CHECK(same_service(shadow.result.parts[0], plain));
    CHECK(shadow.result.latency_ns == plain.latency_ns);
    CHECK(shadow.result.time_to_first_token_ns == plain.time_to_first_token_ns);
    CHECK(shadow.result.usage.outcomes == plain.usage.outcomes);
    const std::int64_t arrivals = plain.usage.total().arrivals;
    CHECK(is_share(shadow.result.parts[1].usage.total().arrivals, arrivals, share));
    if (share == 1.0) CHECK(shadow.result.parts[1].usage.total().arrivals == arrivals);
  }
}

TEST_CASE("Where both are needed the slower one decides, and an explanation comes on top", "[sim][topology]") {
  const Run both = run(text_of(mixture(parts(light, heavy), "kind: shadow, answer: light, mirror: heavy, wait: true")));
  check_books(both.result);
  CHECK(times_of(both.log) == std::map<std::int64_t, std::int64_t>{{800, both.result.usage.count(Outcome::served)}});
  CHECK(both.result.time_to_first_token_ns.max() / ms == 300);

  const Run some =
      run(text_of(mixture(parts(light, heavy), "kind: shadow, answer: light, mirror: heavy, share: 25%, wait: true")));
  check_books(some.result);
  const auto mixed = times_of(some.log);
  CHECK(is_share(mixed.at(800), mixed.at(800) + mixed.at(200), 0.25));

  const Run dual = run(text_of(
      mixture(parts(light, heavy, explainer), "kind: dual, answer: light, mirror: heavy, then: {explainer: 12%}")));
  check_books(dual.result);
  const auto times = times_of(dual.log);
  REQUIRE(times.size() == 2);
  CHECK(is_share(times.at(840), times.at(840) + times.at(800), 0.12));
  CHECK(dual.result.time_to_first_token_ns.max() / ms == 300);
}

TEST_CASE("Where both are needed, one that is lost loses the request", "[sim][topology]") {
  constexpr std::string_view impatient =
      "{name: heavy, kind: managed_api, timeout: 500ms, latency: {time_to_first_token: 300ms, per_output_token: 50ms}}";
  const Run dual = run(text_of(mixture(parts(light, impatient), "kind: dual, answer: light, mirror: heavy")));
  check_books(dual.result);
  CHECK(dual.result.usage.count(Outcome::served) == 0);
  CHECK(times_of(dual.log) == std::map<std::int64_t, std::int64_t>{{500, dual.result.usage.count(Outcome::timed_out)}});
}

TEST_CASE("What the first of a chain does not answer goes on to the next, and its time is added", "[sim][topology]") {
  // Answers of an exponential length; the client of an attempt waits 300 ms.
  constexpr std::string_view a =
      "{name: a, kind: custom_model, instance: any, replicas: 1, timeout: 300ms, "
      "serving: {histogram: {exponential: {mean: 200ms}}, slots: 5000}}";
  const Run chain = run(text_of(mixture(parts(a, heavy, light), "kind: failover, chain: [a, heavy, light]"), 24));
  check_books(chain.result);
  const OptionResult& first = chain.result.parts[0];
  const std::int64_t arrivals = chain.result.usage.total().arrivals;
  CHECK(is_share(first.usage.count(Outcome::timed_out), arrivals, std::exp(-1.5)));
  // All of its failures, and nothing else, reach the second; that one answers all, so nobody meets the third.
  CHECK(chain.result.parts[1].usage.total().arrivals == first.usage.count(Outcome::timed_out));
  CHECK(chain.result.parts[2].usage.total().arrivals == 0);
  CHECK(chain.result.usage.count(Outcome::timed_out) == 0);
  CHECK(times_of(chain.log).rbegin()->first == 1'100);
}

TEST_CASE("Who is turned away goes on at once, and at the end of the chain is lost", "[sim][topology]") {
  constexpr std::string_view full =
      "kind: custom_model, instance: any, replicas: 1, queue: {limit: 0}, "
      "serving: {histogram: 3s, slots: 1}";
  const Run chain = run(
      text_of(mixture(fmt::format("{{name: a, {}}}, {{name: b, {}}}", full, full), "kind: failover, chain: [a, b]")));
  check_books(chain.result);
  const OptionResult& a = chain.result.parts[0];
  const OptionResult& b = chain.result.parts[1];
  REQUIRE(b.usage.count(Outcome::rejected) > 1'000);
  CHECK(b.usage.total().arrivals == a.usage.count(Outcome::rejected));
  CHECK(chain.result.usage.count(Outcome::rejected) == b.usage.count(Outcome::rejected));
  CHECK(chain.result.usage.count(Outcome::served) == a.usage.count(Outcome::served) + b.usage.count(Outcome::served));
  for (const auto& [time_ms, count] : times_of(chain.log)) {
    CAPTURE(time_ms, count);
    CHECK((time_ms == 0 || time_ms == 3'000));
  }
}

TEST_CASE("Each class goes to its part, and keeps its own times and outcomes", "[sim][topology]") {
  const std::string traffic = fmt::format(
      "{}, classes: [{{name: interactive, share: 80%}}, {{name: batch, share: 20%}}]", topology_run::traffic);
  const Run split = run(
      text_of(mixture(parts(light, heavy), "kind: split, classes: {interactive: light, batch: heavy}"), 2, traffic));
  check_books(split.result);
  REQUIRE(split.result.classes.size() == 2);
  const sim::ClassResult& interactive = split.result.classes[0];
  const sim::ClassResult& batch = split.result.classes[1];
  CHECK(interactive.latency_ns.max() / ms == 200);
  CHECK(batch.latency_ns.max() / ms == 800);
  std::array<std::int64_t, core::outcome_count> sum{};
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = interactive.outcomes[i] + batch.outcomes[i];
  CHECK(sum == split.result.usage.outcomes);
  CHECK(split.result.parts[0].usage.outcomes == interactive.outcomes);
  CHECK(split.result.parts[1].usage.outcomes == batch.outcomes);
}

TEST_CASE("Shares by luck may change on a date", "[sim][topology]") {
  const OptionResult result = run(text_of(mixture(parts(light, heavy),
                                                  "kind: split, shares: {light: 70%, heavy: 30%}, "
                                                  "until: 2026-12-02, then: {heavy: 100%}"),
                                          48))
                                  .result;
  check_books(result);
  const core::Usage& heavy_usage = result.parts[1].usage;
  CHECK(is_share(heavy_usage.total(0, 24).arrivals, result.usage.total(0, 24).arrivals, 0.3));
  CHECK(heavy_usage.total(24, 48).arrivals == result.usage.total(24, 48).arrivals);
}

TEST_CASE("Users are served where they live, hour by hour", "[sim][topology]") {
  constexpr std::string_view traffic =
      "daily_users: 864_000, requests_per_user_day: 1, hour_of_day: consumer, tokens: {input: 1, output: 1}, "
      "time_zones: [{utc_offset: -8h, share: 30%}, {utc_offset: 1h, share: 50%}, {utc_offset: 5.5h, share: 20%}]";
  const std::string text = text_of(mixture(parts(light, heavy),
                                           "kind: regions, zones: [{utc_offset: -8h, part: light}, "
                                           "{utc_offset: 1h, part: heavy}, {utc_offset: 5.5h, part: heavy}]"),
                                   24, traffic);
  const OptionResult result = run(text).result;
  check_books(result);
  const sim::Scenario scenario = scenario_run::read_scenario(text).scenario;
  core::traffic::DemandConfig west = scenario.traffic.demand;
  west.zones.resize(1);
  core::traffic::Demand demand{west, scenario.horizon};
  core::traffic::Demand all{scenario.traffic.demand, scenario.horizon};
  double least = 1;
  double most = 0;
  for (int hour = 0; hour < 24; ++hour) {
    CAPTURE(hour);
    double expected = 0;
    double of_all = 0;
    for (int minute = 0; minute < 60; ++minute) {
      expected += demand.minute(hour * 60 + minute);
      of_all += all.minute(hour * 60 + minute);
    }
    // A thinned Poisson stream is one of the zone's own rate.
    const auto count = static_cast<double>(result.parts[0].usage.total(hour, hour + 1).arrivals);
    CHECK(std::abs(count - expected) <= 4.5 * std::sqrt(expected));
    least = std::min(least, expected / of_all);
    most = std::max(most, expected / of_all);
  }
  CHECK(least < 0.15);  // so that a constant share of 30 % would have been found out
  CHECK(most > 0.45);
}

TEST_CASE("A request on its way when the horizon ends is in flight", "[sim][topology]") {
  // Every answer of the first takes 30 minutes, of the second 20: of two hours, 70 minutes' requests are answered.
  constexpr std::string_view slow =
      "{name: a, kind: managed_api, latency: {time_to_first_token: 30m, per_output_token: 1ns}}";
  constexpr std::string_view slower =
      "{name: b, kind: managed_api, latency: {time_to_first_token: 20m, per_output_token: 1ns}}";
  const Run late = run(text_of(mixture(parts(slow, slower), "kind: cascade, first: a, then: b, escalate: 100%")));
  check_books(late.result);
  for (const sim::RequestRecord& r : late.log) {
    const bool in_time = r.arrival_ns + 50 * 60'000 * ms + 20 <= 2 * core::ns_per_hour;
    REQUIRE(r.outcome == (in_time ? Outcome::served : Outcome::in_flight));
  }
  CHECK(late.result.parts[1].usage.count(Outcome::in_flight) > 1'000);
}
