#include <cmath>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "cli/program.hpp"
#include "core/format.hpp"
#include "core/random.hpp"
#include "core/traffic/stream.hpp"
#include "decision/words.hpp"

namespace cli {

int check(const CheckArguments& arguments, const Console& console) {
  const Plan plan = read_plan(read_scenario_text(arguments.scenario), arguments.sets, arguments.months);
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
  return exit_done;
}

}  // namespace cli
