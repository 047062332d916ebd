#include <chrono>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/traffic/stream.hpp"
#include "tests/support/catch.hpp"

using namespace core;
using namespace core::traffic;
using namespace std::chrono_literals;

namespace {

const std::string table = R"(schema: token-table/v1
origin: o
date: "2026-01-01"
licence: l
citation: c
method: m
strata: [{input: [10, 20], output: [5]}]
)";

std::string load_text(std::string_view name) {
  if (name == "tokens/azure-conversation-2023" || name == "my.yaml") { return table; }
  if (name == "requests.csv") { return "time,input,output\n0,1,2\n10,3,4\n"; }
  if (name == "one.csv") { return "time,input,output\n5,1,2\n"; }
  if (name == "bad.csv") { return "time,input,output\n5,1,x\n"; }
  throw ConfigError{fmt::format("there is no {}", name)};
}

struct Read {
  TrafficConfig config;
  std::vector<Assumption> assumptions;
};

// `text`: the keys of the section, as they stand in a scenario.
Read read_all(const std::string& text) {
  std::string document = "traffic:\n";
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find('\n', from);
    document += "  " + text.substr(from, end - from) + "\n";
    from = end == std::string::npos ? text.size() : end + 1;
  }
  const Document doc{"s.yaml", document};
  Read result{read_traffic(doc.root().section("traffic"), load_text), {}};
  doc.finish();
  result.assumptions = doc.assumptions();
  return result;
}

TrafficConfig read(const std::string& text) { return read_all(text).config; }

const std::string users = "daily_users: 1000\nrequests_per_user_day: 10\n";
const std::string tokens = "tokens: {from: azure-conversation-2023}\n";
const std::string plain = users + tokens;

}  // namespace

TEST_CASE("A full traffic section is read as it is written", "[traffic][read_traffic]") {
  const TrafficConfig config = read(R"(daily_users: 1_000_000
requests_per_user_day: 10
hour_of_day: consumer
day_of_week: [1.05, 1.0, 1.0, 1.0, 0.98, 0.9, 0.95]
time_zones: [{utc_offset: -8h, share: 30%}, {utc_offset: 5.5h, share: 70%}]
growth: {kind: linear, to: 2_000_000, over: 90d}
arrivals: {process: gamma, cv: 1.1}
tokens: {from: azure-conversation-2023}
)");
  CHECK(config.demand.daily_users == 1e6);
  CHECK(config.demand.requests_per_user_day == 10);
  CHECK(config.demand.hour_of_day == hour_profile(1));
  CHECK(config.demand.day_of_week[4] == 0.98);
  CHECK(config.demand.zones.at(0).utc_offset_min == -480);
  CHECK(config.demand.zones.at(1).utc_offset_min == 330);
  CHECK(config.demand.zones.at(1).share == Approx(0.7));
  CHECK(config.demand.growth.kind == Growth::Kind::linear);
  CHECK(config.demand.growth.to == 2);
  CHECK(config.demand.growth.over_days == 90);
  CHECK(config.arrivals.process == ArrivalsConfig::Process::gamma);
  CHECK(config.arrivals.cv == 1.1);
  CHECK(config.sizes->mean_input() == 15);
}

TEST_CASE("Every default that was used is an assumption", "[traffic][read_traffic]") {
  std::vector<std::string> keys;
  for (const Assumption& assumption : read_all(plain).assumptions) {
    keys.push_back(assumption.key + " = " + assumption.value);
  }
  CHECK(keys == std::vector<std::string>{"traffic.arrivals = poisson", "traffic.hour_of_day = flat",
                                         "traffic.day_of_week = flat", "traffic.time_zones = UTC",
                                         "traffic.growth = constant"});
}

TEST_CASE("Hours may be a list, growth any of its kinds", "[traffic][read_traffic]") {
  const TrafficConfig hours =
      read(plain + "hour_of_day: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24]");
  CHECK(hours.demand.hour_of_day[23] == 24);
  CHECK(read(plain + "growth: constant").demand.growth.kind == Growth::Kind::constant);
  CHECK(read(plain + "growth: {kind: exponential, per_month: 10%}").demand.growth.per_month == Approx(0.1));
  const Growth logistic = read(plain + "growth: {kind: logistic, to: 3000, midpoint: 60d, rise: 36h}").demand.growth;
  CHECK(logistic.to == 3);
  CHECK(logistic.midpoint_days == 60);
  CHECK(logistic.rise_days == 1.5);
  const Growth phased =
      read(plain + "growth: {kind: phased, phases: [{from: 2026-12-01, share: 10%}, {from: 2026-12-24, share: 1}]}")
          .demand.growth;
  CHECK(phased.phases.at(0).share == Approx(0.1));
  CHECK(phased.phases.at(1).from == std::chrono::sys_days{std::chrono::year{2026} / 12 / 24});
  const Read linear = read_all(plain + "growth: {kind: linear, to: 2000}");
  CHECK(linear.config.demand.growth.over_days == 0);
  CHECK(linear.assumptions.back().key == "traffic.growth.over");
}

TEST_CASE("Bursts are given by their share or by the calm between them", "[traffic][read_traffic]") {
  const auto mmpp = read(plain + "arrivals: {process: mmpp, burst_factor: 5, burst_share: 10%, mean_burst: 1m}");
  CHECK(mmpp.arrivals.mean_calm == 9min);
  CHECK(mmpp.arrivals.burst_share() == Approx(0.1));
  const auto calm = read(plain + "arrivals: {process: mmpp, burst_factor: 5, mean_calm: 3m}");
  CHECK(calm.arrivals.mean_burst == 1min);
  CHECK(calm.arrivals.burst_share() == 0.25);
}

TEST_CASE("Sessions and traces are read", "[traffic][read_traffic]") {
  const auto sessions = read(plain + "arrivals: {process: sessions, requests_per_session: 4, think_time: 30s}");
  CHECK(sessions.arrivals.requests_per_session == 4);
  CHECK(sessions.arrivals.mean_think_time == 30s);
  const auto trace = read("arrivals: {process: trace, file: requests.csv, speed: 2, repeat: true, scale: 1.5}");
  CHECK(trace.sizes == nullptr);
  CHECK(trace.arrivals.trace.trace->at_ns.size() == 2);
  CHECK(trace.arrivals.trace.speed == 2);
  CHECK(trace.arrivals.trace.repeat);
  CHECK(trace.arrivals.trace.scale == 1.5);
}

TEST_CASE("Tokens come from a file, from numbers, from distributions", "[traffic][read_traffic]") {
  CHECK(read(users + "tokens: {from: my.yaml}").sizes->mean_output() == 5);
  const auto constant = read(users + "tokens: {input: 500, output: {distribution: constant, value: 70}}");
  CHECK(constant.sizes->mean_input() == 500);
  CHECK(constant.sizes->mean_output() == 70);
  // Lognormal of p50 100 and p95 300: σ = ln 3 / 1.64485, mean = 100 e^(σ²/2).
  const auto p50 = read_all(users +
                            "tokens: {input: {distribution: lognormal, p50: 100, p95: 300}, "
                            "output: {distribution: lognormal, mean: 124.98, p95: 300}}");
  const double mean = 100 * std::exp(std::pow(std::log(3) / 1.6448536, 2) / 2);
  CHECK(mean == Approx(124.98).epsilon(1e-4));
  CHECK(p50.config.sizes->mean_input() == Approx(mean).epsilon(1e-3));
  CHECK(p50.config.sizes->mean_output() == Approx(mean).epsilon(1e-3));
  CHECK(p50.assumptions.back().key == "traffic.tokens.correlation");
}

TEST_CASE("What is wrong with the traffic is said with its place", "[traffic][read_traffic]") {
  struct Case {
    std::string text;
    std::string message;
  };
  const std::string lognormal = users + "tokens: {output: 1, input: {distribution: lognormal, ";
  const std::string mmpp = plain + "arrivals: {process: mmpp, burst_factor: 5, ";
  const std::vector<Case> cases{
      {"requests_per_user_day: 10\n" + tokens,
       "s.yaml:1:1: traffic.daily_users: found nothing, expected a number from 1 to 10_000_000_000 users"},
      {"daily_users: 0\nrequests_per_user_day: 10\n" + tokens,
       "s.yaml:2:16: traffic.daily_users: found '0', expected a number from 1 to 10_000_000_000 users"},
      {users, "s.yaml:1:1: traffic.tokens: found nothing, expected a mapping"},
      {plain + "hour_of_day: consumr",
       "s.yaml:5:16: traffic.hour_of_day: found 'consumr', expected flat, consumer or office; did you mean "
       "'consumer'?"},
      {plain + "hour_of_day: [1, 2]",
       "s.yaml:5:16: traffic.hour_of_day: found a list of 2, expected a list of 24, each a number from 0 to 1_000_000"},
      {plain + "day_of_week: [0, 0, 0, 0, 0, 0, 0]",
       "s.yaml:5:16: traffic.day_of_week: found nothing but zeros, expected at least one number above 0"},
      {plain + "day_of_week: [0, 0, 0, 0, 0, 0, -1]",
       "s.yaml:5:35: traffic.day_of_week.6: found '-1', expected a number from 0 to 1_000_000"},
      {plain + "time_zones: [{utc_offset: -8h, share: 30%}, {utc_offset: 1h, share: 60%}]",
       "s.yaml:5:15: traffic.time_zones: found shares that sum to 0.9, expected a sum of 1"},
      {plain + "time_zones: [{utc_offset: 15h, share: 1}]",
       "s.yaml:5:29: traffic.time_zones.0.utc_offset: found '15h', expected a duration from -14h to 14h"},
      {plain + "time_zones: [{utc_offset: 90s, share: 1}]",
       "s.yaml:5:29: traffic.time_zones.0.utc_offset: found a part of a minute, expected whole minutes, as in 5.5h"},
      {plain + "growth: fast",
       "s.yaml:5:11: traffic.growth: found 'fast', expected constant, or {kind: linear | exponential | logistic | "
       "phased, …}"},
      {plain + "growth: {kind: linar, to: 5}",
       "s.yaml:5:18: traffic.growth.kind: found 'linar', expected constant, linear, exponential, logistic or phased; "
       "did you mean 'linear'?"},
      {plain + "growth: {kind: linear}",
       "s.yaml:5:3: traffic.growth.to: found nothing, expected a number from 0 to 10_000_000_000 users"},
      {plain + "growth: {kind: phased, phases: []}",
       "s.yaml:5:34: traffic.growth.phases: found an empty list, expected a list of at least one mapping"},
      {plain + "growth: {kind: phased, phases: [{from: 2026-12-02, share: 1}, {from: 2026-12-01, share: 1}]}",
       "s.yaml:5:72: traffic.growth.phases.1.from: found 2026-12-01 after 2026-12-02, expected dates in order"},
      {plain + "arrivals: {process: gama, cv: 1}",
       "s.yaml:5:23: traffic.arrivals.process: found 'gama', expected poisson, constant, gamma, weibull, mmpp, "
       "sessions or "
       "trace; did you mean 'gamma'?"},
      {plain + "arrivals: {process: gamma}",
       "s.yaml:5:3: traffic.arrivals.cv: found nothing, expected a number from 0.01 to 20"},
      {plain + "arrivals: {process: poisson, cv: 1}",
       "s.yaml:5:32: traffic.arrivals: unknown key 'cv' (known: process)"},
      {mmpp + "mean_burst: 1m}",
       "s.yaml:5:3: traffic.arrivals.burst_share: found neither burst_share nor mean_calm, expected one of the two"},
      {mmpp + "burst_share: 10%, mean_calm: 9m}",
       "s.yaml:5:75: traffic.arrivals.mean_calm: found burst_share beside it, expected one of the two"},
      {plain + "arrivals: {process: sessions, requests_per_session: 0.5, think_time: 1s}",
       "s.yaml:5:55: traffic.arrivals.requests_per_session: found '0.5', expected a number from 1 to 1_000_000"},
      {users + "arrivals: {process: trace, file: requests.csv}",
       "s.yaml:2:16: traffic.daily_users: found it beside a trace, expected none: the trace says when requests come "
       "and how large they are"},
      {tokens + "arrivals: {process: trace, file: requests.csv}",
       "s.yaml:2:11: traffic.tokens: found it beside a trace, expected none: the trace says when requests come and how "
       "large they are"},
      {"arrivals: {process: trace, file: one.csv, repeat: true}",
       "s.yaml:2:53: traffic.arrivals.repeat: found a trace whose rows all come at one time, expected two different "
       "times in it"},
      {"arrivals: {process: trace, file: bad.csv}",
       "bad.csv:2: found 'x' in column output, expected a whole number of tokens from 0 to 1,000,000,000"},
      {"arrivals: {process: trace, file: none.csv}",
       "s.yaml:2:36: traffic.arrivals.file: found 'none.csv', expected a file or a shipped name: there is no none.csv"},
      {users + "tokens: {from: azure-conversation-2024}",
       "s.yaml:4:18: traffic.tokens.from: found 'azure-conversation-2024', expected a file or a shipped name: there is "
       "no tokens/azure-conversation-2024"},
      {users + "tokens: {from: my.yaml, input: 3}",
       "s.yaml:4:34: traffic.tokens.input: found it beside from, expected one of the two"},
      {users + "tokens: {input: 3}",
       "s.yaml:4:3: traffic.tokens.output: found nothing, expected a whole number from 0 to 10_000_000 tokens"},
      {users + "tokens: {input: 3, output: {distribution: normal}}",
       "s.yaml:4:45: traffic.tokens.output.distribution: found 'normal', expected constant or lognormal"},
      {lognormal + "p95: 9}}",
       "s.yaml:4:23: traffic.tokens.input.p50: found neither p50 nor mean, expected one of the two"},
      {lognormal + "mean: 3, p50: 2, p95: 9}}",
       "s.yaml:4:62: traffic.tokens.input.mean: found p50 beside it, expected one of the two"},
      {lognormal + "mean: 100, p95: 400}}",
       "s.yaml:4:72: traffic.tokens.input.p95: found 400, which is 4 × the mean, expected 1 to 3.86 × the mean, as "
       "every lognormal has"},
      {lognormal + "mean: 100, p95: 90}}",
       "s.yaml:4:72: traffic.tokens.input.p95: found 90, which is 0.9 × the mean, expected 1 to 3.86 × the mean, as "
       "every lognormal has"},
      {lognormal + "p50: 100, p95: 300, max: 299}}",
       "s.yaml:4:81: traffic.tokens.input.max: found '299', expected a whole number from 300 to 10_000_000 tokens"},
      {lognormal + "p50: 100, p95: 99}}",
       "s.yaml:4:71: traffic.tokens.input.p95: found 99, which is 0.99 × p50, expected 1 to 20 × p50"},
      {lognormal + "p50: 100, p95: 2001}}",
       "s.yaml:4:71: traffic.tokens.input.p95: found 2001, which is 20.01 × p50, expected 1 to 20 × p50"},
      {plain + "dayly_users: 5",
       "s.yaml:5:3: traffic: unknown key 'dayly_users'; did you mean 'daily_users'? (known: arrivals, daily_users, "
       "requests_per_user_day, hour_of_day, day_of_week, time_zones, growth, tokens, classes)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK_THROWS_AS(read_all(c.text), ConfigError);
    CHECK_THROWS_WITH(read_all(c.text), c.message);
  }
}
