#include "cli/drills.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "decision/drill_verdict.hpp"
#include "sim/drills/drill.hpp"

namespace cli {
namespace {

// What a drill needs of one option's run.
struct Outcome {
  core::Timeline timeline;
  core::Money recurring;
};

class DrillRuns {
 public:
  DrillRuns(const Plan& plan, const SimulateWith& with, const std::atomic<bool>& interrupt)
      : plan_{plan}, with_{with}, interrupt_{interrupt} {}

  // By option; empty when interrupted.
  std::map<std::string, Outcome> run(sim::Scenario scenario, const std::vector<std::string>& options,
                                     const ProgressReport& progress) {
    std::erase_if(scenario.options, [&](const sim::OptionConfig& option) {
      return std::find(options.begin(), options.end(), option.name) == options.end();
    });
    scenario.watches = decision::watches_of(plan_.about.slo);
    Simulated simulated = simulate(scenario, with_, interrupt_, progress);
    std::map<std::string, Outcome> outcomes;
    if (simulated.end.interrupted) return outcomes;
    for (reports::OptionRun& run : priced(plan_, scenario.horizon, std::move(simulated.results), with_.seed)) {
      Outcome& outcome = outcomes[run.simulated.name];
      outcome.timeline = std::move(*run.simulated.timeline);
      for (const pricing::Bill& bill : run.bills) outcome.recurring += bill.total(pricing::Frequency::recurring);
    }
    return outcomes;
  }

 private:
  const Plan& plan_;
  SimulateWith with_;
  const std::atomic<bool>& interrupt_;
};

}  // namespace

std::vector<reports::DrillReport> run_drills(
    const Plan& plan, const SimulateWith& with, const std::atomic<bool>& interrupt,
    const std::function<ProgressReport(const std::string& name, core::Duration hours)>& begun) {
  std::vector<reports::DrillReport> reports;
  DrillRuns runs{plan, with, interrupt};
  // Drills at the same time of day share their undisturbed run.
  std::map<std::pair<std::int32_t, std::vector<std::string>>, std::map<std::string, Outcome>> undisturbed;
  for (const sim::Drill& drill : plan.scenario.drills) {
    const sim::Scenario calm = sim::before_drill(plan.scenario, drill);
    const ProgressReport progress = begun ? begun(drill.name, calm.horizon.length()) : ProgressReport{};
    auto& without = undisturbed[{calm.horizon.hour_count(), drill.options}];
    if (without.empty()) without = runs.run(calm, drill.options, progress);
    const auto struck = runs.run(sim::with_drill(plan.scenario, drill), drill.options, progress);
    if (without.empty() || struck.empty()) break;

    reports::DrillReport report{.name = drill.name,
                                .fault = std::string{name_of(drill.fault.kind)},
                                .amount = drill.fault.amount,
                                .zone = drill.fault.zone,
                                .begin_ns = drill.fault.begin_ns,
                                .end_ns = drill.fault.end_ns,
                                .watched_ns = core::to_ns(calm.horizon.length()),
                                .options = {}};
    for (const std::string& name : drill.options) {
      const Outcome& calm_one = without.at(name);
      const Outcome& struck_one = struck.at(name);
      report.options.push_back({.name = name,
                                .verdict = decision::judge_drill(plan.about.slo, struck_one.timeline, calm_one.timeline,
                                                                 {drill.fault.begin_ns, drill.fault.end_ns}),
                                .extra_cost = struck_one.recurring - calm_one.recurring});
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace cli
