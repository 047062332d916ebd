// A month at a million daily users, one option, one core: 310 million requests through an autoscaled fleet with
// measured service times, histograms, checks and bills. The baseline is the same through the event core, a day of it.

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/measure.hpp"
#include "bench/scenario_text.hpp"
#include "pricing/billing.hpp"
#include "pricing/catalog.hpp"
#include "pricing/cost_plan.hpp"
#include "sim/simulation.hpp"

namespace {

constexpr const char* text =
    "scenario: month\n"
    "horizon: {{start: 2026-12-01, days: {}}}\n"
    "traffic:\n"
    "  daily_users: 1_000_000\n"
    "  requests_per_user_day: 10\n"
    "  hour_of_day: consumer\n"
    "  day_of_week: [1.05, 1.0, 1.0, 1.0, 0.98, 0.9, 0.95]\n"
    "  tokens: {{from: azure-conversation-2023}}\n"
    "options:\n"
    "  - name: fleet\n"
    "    kind: self_hosted\n"
    "    instance: gcp/a2-highgpu-1g\n"
    "    serving: {{histogram: latency/llmpilot-llama-7b-a100-16-users, slots: 16}}\n"
    "    queue: {{limit: 1000}}\n"
    "    autoscaler: {{kind: hpa, metric: concurrency, target: 12, min: 4, max: 200}}\n"
    "    cold_start: {{provision: 60s, image: 60s, weights: {{size: 13.5GB, bandwidth: 1GB/s}}, warmup: 30s}}\n";

pricing::Catalog catalog_of_files() {
  std::vector<std::pair<std::string, std::string>> tables;
  for (const char* const name : {"models", "aws-us-east-1", "gcp-us-central1", "azure-eastus"}) {
    tables.emplace_back(name, bench::read_file(fmt::format("{}/pricing/tables/{}.yaml", PROJECT_SOURCE, name)));
  }
  return pricing::Catalog{tables};
}

double simulate(int days, sim::Engine engine, std::string& answer) {
  const core::Document document{"month.yaml", fmt::format(fmt::runtime(text), days)};
  const pricing::Catalog catalog = catalog_of_files();
  const sim::Scenario scenario =
      sim::read_scenario(document.root(), bench::named_table, [&](const core::Section& option) {
        return sim::InstanceFacts{
            .metering = catalog.metering_rule(option.text("instance")).value(), .name = {}, .gpus = {}};
      });
  const pricing::SharedCosts shared = pricing::read_shared_costs(document.root(), catalog);
  const pricing::CostPlan plan = pricing::read_cost_plan(document.root().sections("options").front(), shared, catalog);

  sim::Simulation simulation{scenario, 1, engine};
  const sim::OptionResult result = sim::run(simulation).front();
  if (!result.checks.conservation || !result.checks.littles_law || !result.checks.busy_time) {
    throw std::runtime_error{"the books do not balance"};
  }
  const pricing::Bill bill =
      pricing::bill(plan, catalog, result.usage, scenario.horizon.periods.front(), core::Stream{1});
  answer = fmt::format("{} requests, p95 {:.3f} s, {:.1f} replicas on average, {} at most, utilisation {:.3f}, {} USD",
                       result.usage.total().arrivals,
                       static_cast<double>(result.latency_ns.value_at_quantile(0.95)) / 1e9, result.fleet.mean_replicas,
                       result.fleet.peak_replicas, result.fleet.utilisation, bill.total().to_fixed(2));
  return static_cast<double>(result.usage.total().arrivals);
}

}  // namespace

int main() {
  std::string month;
  std::string day;
  std::vector<bench::Contestant> contestants{
      {.name = "month-event-core", .run = [&] { return simulate(1, sim::Engine::events, day); }},
      {.name = "month", .run = [&] { return simulate(31, sim::Engine::fast, month); }},
  };
  bench::in_turns(contestants, 3);
  bench::print(contestants);
  fmt::print("# {}\n", month);
  fmt::print("bench month-seconds {:.2f} (300 million requests, one option, one core), peak memory {} MB\n",
             300e6 / contestants[1].best(), bench::peak_memory_mb());
}
