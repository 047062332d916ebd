#include "cli/break_evens.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "decision/words.hpp"
#include "reports/result.hpp"
#include "sim/drills/drill.hpp"

namespace cli {
namespace {

using decision::BreakEvenQuestion;

Plan plan_at(const BreakEvenQuestion& question, const std::string& value, const PlanInputs& inputs) {
  std::vector<std::string> sets = inputs.sets;
  sets.push_back(fmt::format("{}={}", question.key, value));
  return read_plan(inputs.text, sets, inputs.months);
}

std::int32_t hours_of(const BreakEvenQuestion& question, const Plan& plan) {
  const std::int32_t all = plan.scenario.horizon.hour_count();
  return std::min(question.hours.value_or(all), all);
}

std::string how(const BreakEvenQuestion& question, const Plan& plan, std::uint64_t seed) {
  const std::int32_t all = plan.scenario.horizon.hour_count();
  const std::int32_t hours = hours_of(question, plan);
  const std::string part =
      hours < all ? fmt::format("the first {} of {}", hours, decision::counted(all, "hour")) : "the whole horizon";
  return fmt::format("Each evaluation simulates {} with seed {}; --set {}=VALUE repeats one.", part, seed,
                     question.key);
}

class Evaluator {
 public:
  Evaluator(const PlanInputs& inputs, const SimulateWith& with, const std::atomic<bool>& interrupt,
            const std::function<ProgressReport(core::Duration)>& begun)
      : inputs_{inputs}, with_{with}, interrupt_{interrupt}, begun_{begun} {}

  std::optional<std::vector<decision::Observed>> evaluate(const BreakEvenQuestion& question, const std::string& value) {
    Plan plan = plan_at(question, value, inputs_);
    plan.scenario = sim::first_hours(plan.scenario, hours_of(question, plan));
    plan.about.horizon = plan.scenario.horizon;
    sim::Scenario scenario = plan.scenario;
    std::erase_if(scenario.options, [&](const sim::OptionConfig& option) {
      return std::find(question.options.begin(), question.options.end(), option.name) == question.options.end();
    });
    const ProgressReport progress = begun_ ? begun_(scenario.horizon.length()) : ProgressReport{};
    Simulated simulated = simulate(scenario, with_, interrupt_, progress);
    if (simulated.end.interrupted) return std::nullopt;
    const reports::Result result =
        reports::assemble(plan.about, priced(plan, scenario.horizon, std::move(simulated.results), with_.seed));
    const std::vector<decision::OptionFact> facts = reports::facts_of(result);
    std::vector<decision::Observed> observed;
    for (const std::string& name : question.options) {
      const auto fact = std::find_if(facts.begin(), facts.end(), [&](const auto& f) { return f.name == name; });
      if (!fact->monthly_cost) {
        throw core::ConfigError{fmt::format(
            "break_even: found an option whose bill is not known in full, {}, expected a price for all of it", name)};
      }
      observed.push_back({.monthly_cost = *fact->monthly_cost,
                          .latency_ms = fact->latency_ms(question.statistic),
                          .availability = fact->availability});
    }
    return observed;
  }

 private:
  const PlanInputs& inputs_;
  SimulateWith with_;
  const std::atomic<bool>& interrupt_;
  const std::function<ProgressReport(core::Duration)>& begun_;
};

}  // namespace

void check_break_evens(const Plan& plan, const PlanInputs& inputs) {
  for (const BreakEvenQuestion& question : plan.questions.break_evens) {
    plan_at(question, question.text_of(question.search.low), inputs);
    plan_at(question, question.text_of(question.search.high), inputs);
  }
}

std::vector<decision::Answer> answer_break_evens(const Plan& plan, const PlanInputs& inputs, const SimulateWith& with,
                                                 const std::atomic<bool>& interrupt,
                                                 const std::function<ProgressReport(core::Duration hours)>& begun) {
  std::vector<decision::Answer> answers;
  Evaluator evaluator{inputs, with, interrupt, begun};
  for (const BreakEvenQuestion& question : plan.questions.break_evens) {
    answers.push_back(decision::answer_break_even(
        question, [&](const std::string& value) { return evaluator.evaluate(question, value); },
        how(question, plan, with.seed)));
    if (interrupt.load()) break;
  }
  return answers;
}

}  // namespace cli
