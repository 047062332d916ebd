#include "cli/option_runs.hpp"

#include <algorithm>
#include <utility>

#include "cli/identities.hpp"
#include "core/random.hpp"
#include "pricing/billing.hpp"
#include "sim/simulation.hpp"

namespace cli {

Simulated simulate(const sim::Scenario& scenario, const SimulateWith& with, const std::atomic<bool>& interrupt,
                   const ProgressReport& progress) {
  sim::Simulation simulation{scenario, with.seed};
  const Stages stages{.produce = [&](core::traffic::Block& b) { return simulation.produce(b); },
                      .look_up = [&](core::traffic::Block& b) { simulation.look_up(b); },
                      .option_count = simulation.option_count(),
                      .serve = [&](std::size_t k, const core::traffic::Block& b) { simulation.serve(k, b); }};
  Simulated simulated;
  simulated.end = run_pipeline(stages, with.threads, interrupt, progress);
  simulated.results = simulation.finish();
  demand_identities(simulated.results, with.seed);
  return simulated;
}

std::vector<reports::OptionRun> priced(const Plan& plan, const core::Horizon& horizon,
                                       std::vector<sim::OptionResult> results, std::uint64_t seed) {
  // The same for all options: those that rent the same spot instances pay the same prices.
  const core::Stream prices = core::Stream{seed}.child("prices");
  std::vector<reports::OptionRun> runs;
  for (sim::OptionResult& simulated : results) {
    const auto& options = plan.scenario.options;
    const auto option =
        std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.name == simulated.name; });
    const pricing::CostPlan& costs = plan.cost_plans[static_cast<std::size_t>(option - options.begin())];
    reports::OptionRun run;
    run.kind = sim::name_of(option->kind);
    run.simulated = std::move(simulated);
    for (const core::BillingPeriod& period : horizon.periods) {
      run.bills.push_back(pricing::bill(costs, plan.catalog, run.simulated.usage, period, prices));
    }
    run.one_time = pricing::one_time(costs, plan.catalog);
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace cli
