// A small run made by hand: two options, one month, one unpriced and one assumed price, and texts that try to break
// out.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "reports/result.hpp"

namespace test_support {

inline constexpr std::int64_t ms = 1'000'000;

inline core::Histogram times(std::int64_t first_ms, std::int64_t step_ms) {
  core::Histogram h{3'600'000'000'000};
  for (std::int64_t i = 0; i < 1000; ++i) h.record((first_ms + i * step_ms) * ms);
  return h;
}

inline pricing::BillLine line(const char* category, const char* item, const char* quantity, const char* unit,
                              const char* unit_price, const char* amount) {
  pricing::BillLine l;
  l.category = category;
  l.item = item;
  l.quantity = core::Quantity::parse(quantity);
  l.unit = unit;
  if (*unit_price != '\0') l.unit_price = core::Money::parse(unit_price);
  if (*amount != '\0') l.amount = core::Money::parse(amount);
  return l;
}

inline reports::OptionRun managed_api() {
  reports::OptionRun run;
  run.kind = "managed_api";
  run.simulated.name = "managed|api";
  core::Usage& usage = run.simulated.usage;
  usage.hours.resize(744);
  usage.hours[0].arrivals = 1200;
  usage.hours[0].served = 1000;
  usage.hours[0].input_tokens = 1'000'000;
  usage.hours[0].output_tokens = 250'000;
  usage.hours[743].cache_hits = 195;
  usage.outcomes = {195, 1000, 0, 3, 0, 1, 1};
  run.simulated.latency_ns = times(300, 2);
  run.simulated.time_to_first_token_ns = times(80, 1);
  run.simulated.has_first_token = true;
  run.simulated.checks = {true, true, true, true, true, true, true, 0.1, 1.0 / 3.0, 0.3};

  pricing::Bill bill{"2026-12", "USD", {}};
  pricing::BillLine input = line("tokens", "gpt-4o-mini input", "1000.0005", "1000000 Tokens", "0.15", "150.000075");
  input.driver = "input tokens";
  input.source = pricing::PriceSource{"models", "gpt-4o-mini",       "", "https://prices.example/models", "2026-08-01",
                                      "vendor", std::string(64, 'a')};
  input.source->offer = "input";
  pricing::BillLine output = line("tokens", "gpt-4o-mini output", "250.125", "1000000 Tokens", "0.6", "150.075");
  output.driver = "output tokens";
  output.source = input.source;
  output.source->offer = "output";
  pricing::BillLine cache = line("cache", "=HYPERLINK(\"x\"), node", "1488", "Hours", "0.156", "232.128");
  cache.driver = "cache node hours";
  cache.note = "from the scenario <script>";
  // Thirds of a cent: rounded one by one, these three lines would print a total that is a cent off.
  pricing::BillLine third = line("network", "egress a", "1", "GB", "0.003333333333333333", "0.003333333333333333");
  third.driver = "bytes out";
  third.source = input.source;
  third.source->sku = "egress";
  third.source->offer = "";
  third.source->confidence = "assumption";
  third.source->url = "a guess of ours";
  bill.lines = {input, output, cache, third};
  third.item = "egress b";
  bill.lines.push_back(third);
  run.bills.push_back(bill);
  run.one_time = {"one-time", "USD", {}};
  return run;
}

inline reports::OptionRun self_hosted() {
  reports::OptionRun run = managed_api();
  run.kind = "self_hosted";
  run.simulated.name = "self-hosted";
  run.simulated.has_first_token = false;
  run.simulated.latency_ns = times(500, 2);
  run.simulated.wait_ns = times(0, 1);
  run.simulated.fleet = {4123, 20, 12.3, 0.612, 17, 0, 0, 0, 0, 0};
  run.simulated.time_per_output_token_ns = times(9, 0);
  run.simulated.classes.push_back({"interactive", times(500, 1), times(80, 1), {0, 600, 40, 20, 0, 10, 1}});
  run.simulated.classes.push_back({"<b>batch|", times(900, 2), times(200, 1), {0, 300, 20, 10, 0, 4, 0}});
  run.simulated.engine = {2, 53'248, 26'624, 1'000'000, 31'400'000, 90'000'000, 12, 200'000'000, 110'000'000, 0.612};
  run.simulated.usage.outcomes = {195, 900, 60, 30, 0, 14, 1};
  pricing::BillLine hours = line("compute", "g6.xlarge on demand", "9151.25", "Hours", "0.8048", "7364.926");
  hours.driver = "billed instance-seconds";
  hours.source =
      pricing::PriceSource{"aws-us-east-1", "ec2.g6.xlarge", "on_demand",         "https://prices.example/aws",
                           "2026-07-20",    "vendor",        std::string(64, 'b')};
  pricing::BillLine unknown = line("storage", "weights", "32", "GB-month", "", "");
  unknown.driver = "bytes of weights";
  unknown.note = "no price row 'aws/s4'";
  run.bills.front().lines = {hours, unknown};
  pricing::BillLine training = line("training", "p5.48xlarge", "42.5", "Hours", "55.04", "2339.2");
  training.frequency = pricing::Frequency::one_time;
  training.driver = "GPU hours of one training";
  run.one_time.lines = {training};
  return run;
}

// The two of them, the second in the shadow of the first.
inline reports::OptionRun mixture() {
  reports::OptionRun run;
  run.kind = "mixture";
  run.parts = {managed_api(), self_hosted()};
  run.beside = sim::Beside{0, {1}};
  run.simulated = run.parts[0].simulated;
  for (reports::OptionRun& part : run.parts) {  // the cache stands before the whole
    part.simulated.usage.hours[0].arrivals = 1005;
    part.simulated.usage.hours[743].cache_hits = 0;
  }
  run.simulated.name = "shadow";
  run.simulated.classes = run.parts[1].simulated.classes;
  run.bills.push_back({"2026-12", "USD", {}});
  run.one_time = {"one-time", "USD", {}};
  for (const reports::OptionRun& part : run.parts) {
    append_part(run.bills.front(), part.simulated.name, part.bills.front());
    append_part(run.one_time, part.simulated.name, part.one_time);
  }
  return run;
}

inline reports::About about() {
  using namespace std::chrono_literals;
  reports::About a;
  a.version = "0.1.0";
  a.scenario = "sample";
  a.scenario_file = "configs/sample scenario.yaml";
  a.scenario_sha256 = std::string(64, 'c');
  a.settings = {"--set=traffic.daily_users=2_000_000"};
  a.inputs = {{"tokens/azure-conversation-2023", std::string(64, 'd')}};
  a.seed = 7;
  a.horizon = core::Horizon::months(core::Date{2026y / 12 / 1}, 1);
  a.planned_hours = 744;
  a.daily_users = 1000;
  a.slo = {{{decision::Measure::latency, 9500, 2400 * ms},
            {decision::Measure::time_to_first_token, 9500, 800 * ms},
            {decision::Measure::availability, 0, 999'000'000}}};
  a.decision.weights = {{"cost", 0.6}, {"latency", 0.4}};
  a.decision.budget = decision::Budget{core::Money::parse("500")};
  a.assumptions = {{"options.self-hosted.autoscaler.sync_period", "15s", "Kubernetes default"},
                   {"options.self-hosted.assumptions", "Quality is not simulated.", "stated in the scenario"},
                   {"traffic.hour_of_day", "flat | `even`", "nothing is said"}};
  a.warnings = {"models: prices of 2026-08-01 are 122 days old on 2026-12-01 (older than 90 days)"};
  return a;
}

inline reports::Result sample_result() { return reports::assemble(about(), {managed_api(), self_hosted()}); }

}  // namespace test_support
