// A month at a million daily users, one option, one core: 310 million requests through an autoscaled fleet with
// measured service times, histograms, checks and bills; then behind a cache. The baseline is the same through the event
// core, a day of it. `bench_month year` runs twelve months instead.

#include <string>
#include <string_view>
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

pricing::Catalog catalog_of_files() {
  std::vector<std::pair<std::string, std::string>> tables;
  for (const char* const name : {"models", "aws-us-east-1", "gcp-us-central1", "azure-eastus"}) {
    tables.emplace_back(name, bench::read_file(fmt::format("{}/pricing/tables/{}.yaml", PROJECT_SOURCE, name)));
  }
  return pricing::Catalog{tables};
}

double simulate(const std::string& text, sim::Engine engine, std::string& answer) {
  const core::Document document{"month.yaml", text};
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
  core::Money total;
  for (const core::BillingPeriod& period : scenario.horizon.periods) {
    total += pricing::bill(plan, catalog, result.usage, period, core::Stream{1}).total();
  }
  const core::HourUsage all = result.usage.total();
  answer = fmt::format(
      "{} requests, {:.2f} % of them cache hits, p95 {:.3f} s, {:.1f} replicas on average, {} at most, utilisation "
      "{:.3f}, {} USD",
      all.arrivals, 100 * static_cast<double>(all.cache_hits) / static_cast<double>(all.arrivals),
      static_cast<double>(result.latency_ns.value_at_quantile(0.95)) / 1e9, result.fleet.mean_replicas,
      result.fleet.peak_replicas, result.fleet.utilisation, total.to_fixed(2));
  return static_cast<double>(all.arrivals);
}

// A year of the whole fleet takes minutes: only when it is asked for.
void year() {
  std::string answer;
  const double begin = bench::cpu_seconds();
  const double requests = simulate(bench::fleet_scenario("months: 12", {bench::cache}), sim::Engine::fast, answer);
  fmt::print("# {}\n", answer);
  fmt::print("bench year-seconds {:.1f} ({:.0f} million requests, cache and one option, one core), peak memory {} MB\n",
             bench::cpu_seconds() - begin, requests / 1e6, bench::peak_memory_mb());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view{argv[1]} == "year") {
    year();
    return 0;
  }
  const std::string plain_day = bench::fleet_scenario("days: 1", {});
  const std::string plain_month = bench::fleet_scenario("days: 31", {});
  const std::string cached_month = bench::fleet_scenario("days: 31", {bench::cache});
  std::string month;
  std::string cached;
  std::string day;
  std::vector<bench::Contestant> contestants{
      {.name = "month-event-core", .run = [&] { return simulate(plain_day, sim::Engine::events, day); }},
      {.name = "month", .run = [&] { return simulate(plain_month, sim::Engine::fast, month); }},
      {.name = "month-cache", .run = [&] { return simulate(cached_month, sim::Engine::fast, cached); }},
  };
  bench::in_turns(contestants, 3);
  bench::print(contestants);
  fmt::print("# {}\n# with the cache: {}\n", month, cached);
  fmt::print("bench month-seconds {:.2f} (300 million requests, one option, one core), peak memory {} MB\n",
             300e6 / contestants[1].best(), bench::peak_memory_mb());
  fmt::print("bench month-cache-seconds {:.2f} (the same with Zipf keys and a cache, {:.2f} × as long)\n",
             300e6 / contestants[2].best(), contestants[1].best() / contestants[2].best());
}
