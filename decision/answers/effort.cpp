#include "decision/answers/effort.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;

}  // namespace

std::optional<Answer> answer_effort(const Questions& questions, const OptionFacts&) {
  if (!questions.sources.effort) return std::nullopt;
  const Effort& effort = *questions.sources.effort;
  Answer answer{.section = "effort"};
  answer.figures = {{"engineer_days", effort.engineer_days(), "days"}, {"sprints", effort.sprints(), "sprints"}};
  answer.sentences = {effort.sentence() + "."};
  return answer;
}

std::optional<Answer> answer_validation(const Questions& questions, const OptionFacts&) {
  if (!questions.sources.validation) return std::nullopt;
  Answer answer{.section = "validation"};
  for (const Milestone& step : questions.sources.validation->timeline()) {
    answer.sentences.push_back(fmt::format("{}: {} to {}. {}", step.name, core::format_date(step.begins),
                                           core::format_date(step.ends), step.question));
  }
  return answer;
}

std::optional<Answer> answer_prompts(const Questions& questions, const OptionFacts&) {
  if (!questions.sources.prompts) return std::nullopt;
  const Prompts& asked = *questions.sources.prompts;
  Answer answer{.section = "prompts"};
  answer.figures = {{"hours_per_week", asked.upkeep.hours_a_week, "hours"},
                    {"weekly", in_dollars(asked.upkeep.weekly()), "$"}};
  answer.sentences = {fmt::format("Prompts take {} hours a week, {}.", figure(asked.upkeep.hours_a_week),
                                  amount(asked.upkeep.weekly()))};
  if (questions.sources.returns) {
    const Money cost = questions.sources.returns->cost;
    if (const auto weeks = asked.upkeep.break_even_weeks(cost)) {
      answer.figures.push_back({"break_even_weeks", *weeks, "weeks"});
      answer.sentences.push_back(
          fmt::format("Fine-tuning for {} is paid by {} weeks of that upkeep.", amount(cost), weeks->to_fixed(1)));
    }
  }
  if (!asked.breakage) return answer;
  const PromptBreakage& breakage = *asked.breakage;
  answer.figures.push_back({"broken_per_update", breakage.broken_per_update(), "prompts"});
  answer.figures.push_back({"repair_hours_per_year", breakage.hours_a_year(), "hours"});
  answer.sentences.push_back(
      fmt::format("A model update breaks {} of {} prompts; repairs take {} hours a year, {} a week.",
                  figure(breakage.broken_per_update(), 1), breakage.prompts, figure(breakage.hours_a_year(), 1),
                  figure(breakage.hours_a_week(), 2)));
  return answer;
}

std::optional<Answer> answer_adoption(const Questions& questions, const OptionFacts&) {
  if (!questions.sources.adoption) return std::nullopt;
  const Adoption& asked = *questions.sources.adoption;
  Answer answer{.section = "adoption"};
  if (asked.base_coverage) {
    answer.figures.push_back({"base_coverage", in_percent(*asked.base_coverage), "%"});
    answer.sentences.push_back(base_model_verdict(*asked.base_coverage, asked.ship_at).sentence);
  }
  if (asked.prompts) {
    answer.figures.push_back({"prompt_coverage", in_percent(asked.prompts->reached()), "%"});
    answer.sentences.push_back(prompt_verdict(*asked.prompts).sentence);
  }
  for (const std::string& question : asked.steps.unanswered())
    answer.sentences.push_back(fmt::format("Not answered yet: {}", question));
  return answer;
}

}  // namespace decision
