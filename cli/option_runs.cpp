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

namespace {

struct Prices {
  const pricing::Catalog& catalog;
  const core::Horizon& horizon;
  core::Stream chance;  // of those that vary
};

reports::OptionRun priced(const sim::OptionConfig& option, const pricing::CostPlan& cost_plan,
                          const MeasuredOption& measured, const Prices& prices, sim::OptionResult result) {
  reports::OptionRun run;
  run.kind = sim::name_of(option.kind);
  run.measured = measured.times;
  if (const auto* const mixture = std::get_if<sim::MixtureConfig>(&option.serving)) {
    run.beside = sim::beside_of(mixture->route);
    for (std::size_t k = 0; k < result.parts.size(); ++k) {
      run.parts.push_back(
          priced(mixture->parts[k], cost_plan.parts[k], measured.parts[k], prices, std::move(result.parts[k])));
    }
  }
  // What is bought for the whole is bought for what its users met.
  const core::Usage& usage = result.front ? *result.front : result.usage;
  for (std::size_t i = 0; i < prices.horizon.periods.size(); ++i) {
    pricing::Bill bill = pricing::bill(cost_plan, prices.catalog, usage, prices.horizon.periods[i], prices.chance);
    for (const reports::OptionRun& part : run.parts) append_part(bill, part.simulated.name, part.bills[i]);
    run.bills.push_back(std::move(bill));
  }
  run.one_time = pricing::one_time(cost_plan, prices.catalog);
  for (const reports::OptionRun& part : run.parts) append_part(run.one_time, part.simulated.name, part.one_time);
  run.simulated = std::move(result);
  return run;
}

}  // namespace

std::vector<reports::OptionRun> priced(const Plan& plan, const core::Horizon& horizon,
                                       std::vector<sim::OptionResult> results, std::uint64_t seed) {
  // The same for all options: those that rent the same spot instances pay the same prices.
  const Prices prices{plan.catalog, horizon, core::Stream{seed}.child("prices")};
  std::vector<reports::OptionRun> runs;
  for (sim::OptionResult& simulated : results) {
    const auto& options = plan.scenario.options;
    const auto option =
        std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.name == simulated.name; });
    const auto k = static_cast<std::size_t>(option - options.begin());
    runs.push_back(priced(*option, plan.cost_plans[k], plan.measured[k], prices, std::move(simulated)));
  }
  return runs;
}

}  // namespace cli
