#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/identities.hpp"
#include "cli/partial.hpp"
#include "cli/pipeline.hpp"
#include "cli/plan.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "pricing/billing.hpp"
#include "reports/csv.hpp"
#include "reports/json.hpp"
#include "reports/json_io.hpp"
#include "reports/markdown.hpp"
#include "reports/text.hpp"
#include "sim/simulation.hpp"

// Wall time lives in a file of its own, so that the others are the same bytes for a seed.
struct Timing {
  double simulated_s = 0;  // how long the simulation took
  std::int64_t requests = 0;
  std::int64_t options = 0;
  std::int64_t threads = 0;
  double requests_per_s = 0;  // requests × options
};

template <>
struct reports::Fields<Timing> {
  static void visit(auto& io, Timing& t) {
    io("simulation_s", t.simulated_s);
    io("requests", t.requests);
    io("options", t.options);
    io("threads", t.threads);
    io("served_per_s", t.requests_per_s);
  }
};

namespace cli {
namespace {

using Clock = std::chrono::steady_clock;

std::filesystem::path out_folder(const RunArguments& arguments, const std::string& scenario) {
  if (arguments.out) return *arguments.out;
  std::string name = scenario;  // whatever it says, it stays one folder below results/
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  for (char& c : name) {
    if (harmless.find(c) == std::string_view::npos) c = '-';
  }
  if (name.empty() || name.front() == '.') name.insert(0, "-");
  return std::filesystem::path{"results"} / name;
}

// Stale tables matter only where a bill rests on them.
std::vector<std::string> stale_warnings(const Plan& plan, const reports::Result& result) {
  std::vector<std::string> warnings;
  for (const std::string& warning : plan.catalog.stale_warnings(plan.scenario.horizon.start)) {
    const bool used = std::any_of(result.prices.begin(), result.prices.end(), [&](const reports::PriceRow& row) {
      return warning.starts_with(row.source.table + ":");
    });
    if (used) warnings.push_back(warning);
  }
  return warnings;
}

reports::OptionRun priced(const sim::OptionConfig& option, const pricing::CostPlan& cost_plan,
                          const pricing::Catalog& catalog, const core::Horizon& horizon, sim::OptionResult result) {
  reports::OptionRun run;
  run.kind = sim::name_of(option.kind);
  if (const auto* const mixture = std::get_if<sim::MixtureConfig>(&option.serving)) {
    run.beside = sim::beside_of(mixture->route);
    for (std::size_t k = 0; k < result.parts.size(); ++k) {
      run.parts.push_back(priced(mixture->parts[k], cost_plan.parts[k], catalog, horizon, std::move(result.parts[k])));
    }
  }
  // What is bought for the whole is bought for what its users met.
  const core::Usage& usage = result.front ? *result.front : result.usage;
  for (std::size_t i = 0; i < horizon.periods.size(); ++i) {
    pricing::Bill bill = pricing::bill(cost_plan, catalog, usage, horizon.periods[i]);
    for (const reports::OptionRun& part : run.parts) append_part(bill, part.simulated.name, part.bills[i]);
    run.bills.push_back(std::move(bill));
  }
  run.one_time = pricing::one_time(cost_plan, catalog);
  for (const reports::OptionRun& part : run.parts) append_part(run.one_time, part.simulated.name, part.one_time);
  run.simulated = std::move(result);
  return run;
}

std::vector<reports::OptionRun> priced(const Plan& plan, const core::Horizon& horizon,
                                       std::vector<sim::OptionResult> results) {
  std::vector<reports::OptionRun> runs;
  for (std::size_t i = 0; i < results.size(); ++i) {
    runs.push_back(priced(plan.scenario.options[i], plan.cost_plans[i], plan.catalog, horizon, std::move(results[i])));
  }
  return runs;
}

void write_results(ResultFolder& folder, const reports::Result& result, const Timing& timing) {
  folder.write("result.json", reports::to_json(result));
  folder.write("bill.csv", reports::to_csv(result));
  folder.write("report.md", reports::to_markdown(result));
  folder.write("timing.json", reports::write_json(timing));
  folder.publish();
}

}  // namespace

int run(const RunArguments& arguments, const Console& console) {
  Plan plan = read_plan(read_scenario_text(arguments.scenario), arguments.sets, arguments.months);
  plan.about.seed = arguments.seed;
  const std::filesystem::path target = out_folder(arguments, plan.scenario.name);
  ResultFolder folder{target};

  sim::Simulation simulation{plan.scenario, arguments.seed};
  const Stages stages{.produce = [&](core::traffic::Block& b) { return simulation.produce(b); },
                      .look_up = [&](core::traffic::Block& b) { simulation.look_up(b); },
                      .option_count = simulation.option_count(),
                      .serve = [&](std::size_t k, const core::traffic::Block& b) { simulation.serve(k, b); }};
  static const std::atomic<bool> never{false};
  const std::atomic<bool>& interrupt = console.interrupt != nullptr ? *console.interrupt : never;
  const auto started = Clock::now();
  PipelineEnd end;
  {
    Progress progress{console, plan.scenario.horizon.length(), arguments.quiet};
    end = run_pipeline(stages, arguments.threads, interrupt, progress.reporter());
  }
  std::vector<sim::OptionResult> results = simulation.finish();
  demand_identities(results, arguments.seed);
  if (end.interrupted) {
    if (end.whole_hours == 0) {
      console.error("billcast: interrupted before the first hour was simulated; nothing is written\n");
      return exit_interrupted;
    }
    plan.about.interrupted = true;
    plan.about.horizon = first_hours(plan.about.horizon, end.whole_hours);
    for (sim::OptionResult& result : results) keep_first_hours(result, end.whole_hours);
  }
  Timing timing;
  timing.simulated_s = std::chrono::duration<double>(Clock::now() - started).count();
  timing.requests = end.requests;
  timing.options = static_cast<std::int64_t>(results.size());
  timing.threads = static_cast<std::int64_t>(arguments.threads);
  if (timing.simulated_s > 0) {
    timing.requests_per_s = static_cast<double>(timing.requests * timing.options) / timing.simulated_s;
  }

  const core::Horizon horizon = plan.about.horizon;
  reports::Result result = reports::assemble(plan.about, priced(plan, horizon, std::move(results)));
  result.about.warnings = stale_warnings(plan, result);
  write_results(folder, result, timing);
  if (!arguments.quiet) {
    console.out(reports::to_text(result, {.colour = console.colour}));
    console.error(fmt::format("written to {}: {}\n", target.string(), fmt::join(ResultFolder::file_names(), ", ")));
  }
  return end.interrupted ? exit_interrupted : exit_done;
}

}  // namespace cli
