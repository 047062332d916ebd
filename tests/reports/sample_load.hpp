// Load tests made by hand, one for each kind of ending, with texts that try to break out.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/metric.hpp"
#include "loadgen/summary.hpp"

namespace test_support {

using namespace std::chrono_literals;

inline loadgen::LoadPlanFacts open_plan() {
  loadgen::LoadPlanFacts plan;
  plan.version = "0.1.0";
  plan.url = "http://127.0.0.1:8080/v1/ask";
  plan.address = "127.0.0.1:8080";
  plan.method = "POST";
  plan.headers = {"content-type", "authorization"};
  plan.traffic = "constant, 1000/s";
  plan.seed = 7;
  plan.requests = 10'000;
  plan.length = 10s;
  plan.mean_per_s = 1000;
  plan.peak_per_s = 1000.5;
  plan.plan_sha256 = "3f786850e387550fdab836ed7e6dc881de23001b5f0b9a7d1a1b6d6f7c9a2e41";
  plan.catch_up = "burst";
  plan.most_connections = 256;
  plan.timeout = 30s;
  plan.drain = 10s;
  plan.start_since_epoch = 1'796'083'200s;
  plan.arguments = {"http://127.0.0.1:8080/v1/ask", "--rate", "1000", "--header", "Authorization: Bearer ${KEY}"};
  return plan;
}

// `p50` … `max` grow in fixed ratios from the median.
inline loadgen::LatencyRow row(std::string metric, std::int64_t count, std::int64_t p50_us, double claimed) {
  const std::int64_t ns = p50_us * 1000;
  return {.metric = std::move(metric),
          .count = count,
          .mean_ns = ns * 5 / 4,
          .p50_ns = ns,
          .p90_ns = ns * 2,
          .p95_ns = ns * 3,
          .p99_ns = ns * 6,
          .p999_ns = ns * 10,
          .max_ns = ns * 21,
          .highest_claimed = claimed};
}

inline loadgen::LoadSummary healthy_load() {
  using loadgen::Outcome;
  loadgen::LoadSummary s;
  s.plan = open_plan();
  s.counts[Outcome::answered] = 9'998;
  s.counts[Outcome::status] = 1;
  s.counts[Outcome::open] = 1;
  s.failures = {{"status", 1, "status 503"}};
  s.retried = 2;
  s.connects = 64;
  s.closed_by_server = 3;
  s.bytes_received = 2'512'345;
  s.bytes_sent = 987;
  s.length = 10'023ms;
  s.asked_per_s = 1000;
  s.reached_per_s = 999.83;
  s.answered_per_s = 997.5;
  s.latencies = {row("waited", 9'999, 35'400, 99.9),       row("response_time", 9'998, 35'400, 99.9),
                 row("service_time", 9'998, 35'200, 99.9), row("schedule_error", 9'999, 21, 99.9),
                 row("generator_delay", 9'999, 12, 99.9),  row("connect_time", 64, 150, 90),
                 row("time_to_first_token", 0, 0, 0)};
  s.steady_from = 2s;
  s.steady_rule = "MSER-1 on the mean response time, at most half cut: the first 2 s cut.";
  s.steady_latencies = {row("waited", 7'999, 34'100, 99.9), row("service_time", 7'998, 34'000, 99.9)};
  s.thresholds = {{"p99>500ms", "212 ms", false, true, ""}};
  return s;
}

// Too few samples, a slow server, a late generator, and a stop by the user.
inline loadgen::LoadSummary invalid_load() {
  using loadgen::Outcome;
  loadgen::LoadSummary s = healthy_load();
  s.interrupted = true;
  s.valid = false;
  s.invalid_because = {
      "the generator was late: 1 % of its requests by 14 ms or more, while their response times have a p99 of 212 ms",
      "more than the planned load fell on the server at once"};
  s.plan.requests = 650;
  s.counts = {};
  s.counts[Outcome::answered] = 400;
  s.counts[Outcome::refused] = 20;
  s.counts[Outcome::timeout] = 30;
  s.counts[Outcome::dropped] = 50;
  s.counts[Outcome::unsent] = 150;
  s.failures = {{"refused", 20, "Connection refused"}, {"timeout", 30, "no answer within 30 s"}};
  s.latencies = {row("waited", 580, 35'400, 95), row("response_time", 400, 35'400, 95)};
  s.steady_from = 0s;
  s.steady_rule = "No steady part was looked for: 3 seconds with answers are too few, 10 are needed.";
  s.steady_latencies.clear();
  s.thresholds = {{"p99>200ms", "212 ms", true, false, "580 samples; p99 takes 662"},
                  {"service.p90>50ms", "70.8 ms", true, true, "p90 of service_time is 70.8 ms"},
                  {"errors>50%", "38.5 %", false, true, ""}};
  s.warnings = {"The rate asked for was not reached."};
  return s;
}

// A closed loop against a language model that sends several tokens an event, by a server that lies.
inline loadgen::LoadSummary streaming_load() {
  using loadgen::Outcome;
  loadgen::LoadSummary s;
  s.plan = open_plan();
  s.plan.closed_loop = true;
  s.plan.concurrency = 8;
  s.plan.think_time = 1s;
  s.plan.api = "chat";
  s.plan.traffic = "evil\x1b[2J|configs/*.yaml*";
  s.plan.requests = 0;
  s.plan.plan_sha256.clear();
  s.plan.arguments = {"https://model.example/it's", "--concurrency", "8"};
  s.counts[Outcome::answered] = 1'000;
  s.counts[Outcome::malformed] = 2;
  s.failures = {{"malformed", 2, "an event '<b>\x1b]0;x\x07`' | \xff"}};
  s.length = 61s;
  s.answered_per_s = 16.4;
  s.reached_per_s = 16.43;
  s.tokens = 211'000;
  s.token_events = 150'000;
  s.tokens_from_usage = true;
  s.connects = 1;
  s.latencies = {row("waited", 1'000, 350'000, 99), row("time_to_first_token", 1'000, 50'000, 99),
                 row("first_token_from_send", 1'000, 49'900, 99), row("inter_token", 149'000, 6'700, 99.9),
                 row("time_per_token", 1'000, 4'800, 99)};
  s.bytes_received = 999'600;
  return s;
}

inline loadgen::LoadSummary searched_load() {
  loadgen::LoadSummary s = healthy_load();
  s.found_max = {{.condition = "p99<200ms",
                  .highest_held_per_s = 1980,
                  .lowest_broken_per_s = 2022.5,
                  .confidence = 0.95,
                  .note = "1 verdict was too close to call.",
                  .probes = {{1000, "held", "p99 52 ms", 10'000},
                             {2000, "undecided", "p99 201 ms", 80'000},
                             {4000, "broken", "p99 3.1 s", 40'000}}}};
  return s;
}

}  // namespace test_support
