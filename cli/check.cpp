#include <cmath>

#include <fmt/format.h>

#include "cli/break_evens.hpp"
#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "cli/program.hpp"
#include "core/format.hpp"
#include "core/random.hpp"
#include "core/traffic/stream.hpp"
#include "decision/answers.hpp"
#include "decision/words.hpp"
#include "reports/text.hpp"

namespace cli {

namespace {

void say_valid(const CheckArguments& arguments, const Plan& plan, const Console& console) {
  if (!plan.is_simulated()) {
    console.out(fmt::format("{} is valid: a decision from stated figures, nothing to simulate; {} defaults are used\n",
                            arguments.scenario, plan.about.assumptions.size()));
    return;
  }
  const core::traffic::RequestStream stream{plan.scenario.traffic, plan.scenario.horizon, core::Stream{1}};
  std::vector<std::string> names;
  for (const sim::OptionConfig& option : plan.scenario.options) names.push_back(option.name);
  const std::size_t defaults = plan.about.assumptions.size();
  console.out(fmt::format(
      "{} is valid: {} from {}, about {}, {} {}; {} used\n", arguments.scenario,
      decision::counted(plan.scenario.horizon.hour_count(), "hour"), core::format_date(plan.scenario.horizon.start),
      decision::counted(std::llround(stream.expected_requests()), "request"), names.size() == 1 ? "option" : "options",
      decision::listing(names), defaults == 1 ? "1 default is" : fmt::format("{} defaults are", defaults)));
  for (const std::string& warning : plan.about.warnings) console.out(fmt::format("warning: {}\n", warning));
}

int say_gates(const Plan& plan, const Console& console) {
  if (!decision::judges(plan.questions)) throw core::ConfigError{std::string{nothing_judges}};
  const decision::Answers answers = decision::judge_before_run(plan.questions, plan.is_simulated());
  console.out(reports::gates_text(answers, {.colour = console.colour}));
  return answers.approves() ? exit_done : exit_gate_failed;
}

}  // namespace

int check(const CheckArguments& arguments, const Console& console) {
  const ScenarioText text = read_scenario_text(arguments.scenario);
  const Plan plan = read_plan(text, arguments.sets, arguments.months);
  check_break_evens(plan, {text, arguments.sets, arguments.months});
  say_valid(arguments, plan, console);
  return arguments.gates ? say_gates(plan, console) : exit_done;
}

}  // namespace cli
