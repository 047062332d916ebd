#include "decision/answers/data.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

}  // namespace

std::optional<Answer> answer_data(const Questions& questions, const OptionFacts&) {
  if (!questions.data) return std::nullopt;
  const DataPlan& plan = *questions.data;
  Answer answer{.section = "data"};
  if (const auto clean = clean_examples(plan.data)) answer.figures.push_back({"clean_examples", *clean, "examples"});
  if (const auto effect = effective_examples(plan.data))
    answer.figures.push_back({"effective_examples", *effect, "examples"});
  const Hygiene matrix = hygiene(plan.data);
  for (const HygieneAxis& axis : matrix.axes) {
    if (axis.value) answer.figures.push_back({axis.name, in_percent(*axis.value), "%"});
  }
  answer.sentences = {matrix.sentence()};
  if (const auto warning = diminishing_returns(plan.data.examples)) answer.sentences.push_back(*warning);
  if (!plan.validation_loss.empty()) {
    const Overfit fit = overfit(plan.validation_loss, plan.patience);
    if (fit.stop_at) answer.figures.push_back({"stop_at", Quantity::whole(*fit.stop_at), "epoch"});
    answer.sentences.push_back(fit.sentence());
  }
  if (plan.learning_curve.empty()) return answer;
  answer.sentences.push_back(fit_learning_curve(plan.learning_curve).sentence());
  return answer;
}

std::optional<Answer> answer_cache_mitigation(const Questions& questions, const OptionFacts&) {
  if (!questions.cache) return std::nullopt;
  Answer answer{.section = "cache_mitigation"};
  if (const auto ratio = hit_ratio_for_mean(*questions.cache))
    answer.figures.push_back({"hit_ratio_for_mean", in_percent(*ratio), "%"});
  if (const auto ratio = hit_ratio_for_percentile(*questions.cache))
    answer.figures.push_back({"hit_ratio_for_percentile", in_percent(*ratio), "%"});
  answer.sentences = say_cache(*questions.cache);
  return answer;
}

}  // namespace decision
