#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/break_evens.hpp"
#include "cli/commands.hpp"
#include "cli/drills.hpp"
#include "cli/files.hpp"
#include "cli/option_runs.hpp"
#include "cli/partial.hpp"
#include "cli/plan.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "decision/answers/story.hpp"
#include "reports/capacity.hpp"
#include "reports/csv.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/json_io.hpp"
#include "reports/markdown.hpp"
#include "reports/packet.hpp"
#include "reports/screen.hpp"

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

std::vector<reports::DrillReport> drills(const Plan& plan, const SimulateWith& with, const std::atomic<bool>& interrupt,
                                         const Console& console, bool quiet) {
  std::optional<Progress> progress;
  return run_drills(plan, with, interrupt, [&](const std::string&, core::Duration hours) {
    progress.emplace(console, hours, quiet);
    return progress->reporter();
  });
}

// The one-page plan and the STAR story, where the scenario asks for them.
void write_documents(ResultFolder& folder, const Plan& plan, const reports::Result& result,
                     std::vector<std::string>& written) {
  if (!result.answers) return;
  for (const decision::TextFile& file : decision::documents(plan.questions, *result.answers)) {
    folder.write(file.name, file.text);
    written.push_back(file.name);
  }
}

// Whether all of them were answered to the end.
bool add_break_evens(reports::Result& result, const Plan& plan, const PlanInputs& inputs, const SimulateWith& with,
                     const std::atomic<bool>& interrupt, const RunArguments& arguments, const Console& console) {
  std::optional<Progress> progress;
  std::vector<decision::Answer> answers = answer_break_evens(plan, inputs, with, interrupt, [&](core::Duration hours) {
    progress.emplace(console, hours, arguments.quiet);
    return progress->reporter();
  });
  if (answers.empty()) return plan.questions.break_evens.empty();
  if (!result.answers) result.answers.emplace();
  for (decision::Answer& answer : answers) result.answers->sections.push_back(std::move(answer));
  return !interrupt.load();
}

// Returns the names of what was written. Without a timing nothing was simulated, and there is no bill.
std::vector<std::string> write_results(ResultFolder& folder, const Plan& plan, const reports::Result& result,
                                       const std::optional<Timing>& timing) {
  std::vector<std::string> names;
  const auto write = [&](const std::string& name, std::string_view text) {
    folder.write(name, text);
    names.push_back(name);
  };
  write("result.json", reports::to_json(result));
  if (timing) write("bill.csv", reports::to_csv(result));
  write("report.md", reports::to_markdown(result));
  if (reports::wants_packet(result)) write("packet.md", reports::to_packet(result));
  if (const std::optional<std::string> page = reports::to_html(result)) write("report.html", *page);
  if (timing) write("timing.json", reports::write_json(*timing));
  write_documents(folder, plan, result, names);
  folder.publish();
  return names;
}

int exit_of_gates(const RunArguments& arguments, const reports::Result& result) {
  if (!arguments.gates) return exit_done;
  return result.answers && !result.answers->approves() ? exit_gate_failed : exit_done;
}

void say(const reports::Result& result, const std::filesystem::path& target, const std::vector<std::string>& written,
         const Console& console) {
  console.out(reports::to_screen(result, {.colour = console.colour}));
  console.error(fmt::format("written to {0}: {1}; `billcast report {0}` prints the details\n", target.string(),
                            fmt::join(written, ", ")));
  if (std::find(written.begin(), written.end(), "report.html") == written.end()) {
    console.error(fmt::format("{}\n", reports::page_missing));
  }
}

// Nothing to simulate and no bill: the figures are the scenario's own.
int run_decision(const Plan& plan, const RunArguments& arguments, const Console& console) {
  const std::filesystem::path target = out_folder(arguments, plan.scenario.name);
  ResultFolder folder{target};
  reports::Result result;
  result.about = plan.about;
  reports::add_answers(result, plan.questions);
  const std::vector<std::string> written = write_results(folder, plan, result, std::nullopt);
  if (!arguments.quiet) say(result, target, written, console);
  return exit_of_gates(arguments, result);
}

}  // namespace

int run(const RunArguments& arguments, const Console& console) {
  const ScenarioText text = read_scenario_text(arguments.scenario);
  const PlanInputs inputs{text, arguments.sets, arguments.months};
  Plan plan = read_plan(text, arguments.sets, arguments.months);
  plan.about.seed = arguments.seed;
  if (arguments.gates && !decision::judges(plan.questions)) throw core::ConfigError{std::string{nothing_judges}};
  if (!plan.is_simulated()) return run_decision(plan, arguments, console);
  check_break_evens(plan, inputs);
  const std::filesystem::path target = out_folder(arguments, plan.scenario.name);
  ResultFolder folder{target};

  static const std::atomic<bool> never{false};
  const std::atomic<bool>& interrupt = console.interrupt != nullptr ? *console.interrupt : never;
  const SimulateWith with{.seed = arguments.seed, .threads = arguments.threads};
  const auto started = Clock::now();
  Simulated simulated;
  {
    Progress progress{console, plan.scenario.horizon.length(), arguments.quiet};
    simulated = simulate(plan.scenario, with, interrupt, progress.reporter());
  }
  std::vector<sim::OptionResult> results = std::move(simulated.results);
  const PipelineEnd& end = simulated.end;
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
  reports::Result result = reports::assemble(plan.about, priced(plan, horizon, std::move(results), arguments.seed));
  reports::add_answers(result, plan.questions);
  for (std::string& warning : stale_warnings(plan, result)) result.about.warnings.push_back(std::move(warning));
  const bool lacks_break_evens =
      end.interrupted || !add_break_evens(result, plan, inputs, with, interrupt, arguments, console);
  if (!end.interrupted) result.drills = drills(plan, with, interrupt, console, arguments.quiet);
  reports::add_capacity_review(result, plan.questions, plan.scenario, plan.cost_plans, plan.catalog);
  const bool lacks_drills = result.drills.size() < plan.scenario.drills.size();
  const bool cut_short = end.interrupted || lacks_drills || lacks_break_evens;
  if (lacks_break_evens && !plan.questions.break_evens.empty()) {
    result.notes.emplace_back("Interrupted before every break-even was found.");
  }
  if (lacks_drills) {
    result.notes.push_back(
        fmt::format("Interrupted after {} of {} drills.", result.drills.size(), plan.scenario.drills.size()));
  }
  const std::vector<std::string> written = write_results(folder, plan, result, timing);
  if (!arguments.quiet) say(result, target, written, console);
  return cut_short ? exit_interrupted : exit_of_gates(arguments, result);
}

}  // namespace cli
