#include "decision/answers/data.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

// The measured points, the curve through them up to four times the most examples, and the ceiling with its interval.
Curve learning_curve_drawn(const std::vector<CurvePoint>& points, const CurveFit& fit) {
  Curve curve{.title = "What more data would bring", .x = "examples", .y = "metric", .series = {{.name = "measured"}}};
  double most = 0;
  double least = points.front().examples;
  for (const CurvePoint& point : points) {
    curve.series.front().x.push_back(point.examples);
    curve.series.front().y.push_back(point.metric);
    most = std::max(most, point.examples);
    least = std::min(least, point.examples);
  }
  if (!fit.curve) return curve;
  Series line{.name = "fitted"};
  constexpr int steps = 40;
  for (int i = 0; i <= steps; ++i) {
    const double examples = least + (4 * most - least) * i / steps;
    line.x.push_back(examples);
    line.y.push_back(fit.curve->at(examples).value);
  }
  curve.series.push_back(std::move(line));
  const Estimate ceiling = fit.curve->ceiling();
  const auto level = [&](std::string name, double value) {
    curve.series.push_back({std::move(name), {least, 4 * most}, {value, value}});
  };
  level("ceiling", ceiling.value);
  if (ceiling.half_width) {
    level("ceiling, low", ceiling.low());
    level("ceiling, high", ceiling.high());
  }
  return curve;
}

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
  if (const auto effect = effective_examples(plan.data)) {
    answer.sentences.push_back(fmt::format("Of {} examples {} have the right label; all of them have the effect of {}.",
                                           figure(Quantity::whole(plan.data.examples)),
                                           figure(*clean_examples(plan.data), 0), figure(*effect, 0)));
  }
  if (const auto warning = diminishing_returns(plan.data.examples)) answer.sentences.push_back(*warning);
  if (!plan.validation_loss.empty()) {
    const Overfit fit = overfit(plan.validation_loss, plan.patience);
    if (fit.stop_at) answer.figures.push_back({"stop_at", Quantity::whole(*fit.stop_at), "epoch"});
    answer.sentences.push_back(fit.sentence());
  }
  if (plan.learning_curve.empty()) return answer;
  const CurveFit fit = fit_learning_curve(plan.learning_curve);
  answer.sentences.push_back(fit.sentence());
  answer.curves = {learning_curve_drawn(plan.learning_curve, fit)};
  return answer;
}

// Clean against big: by the effect that noise and duplicates leave of each, and not by size.
std::optional<Answer> answer_datasets(const Questions& questions, const OptionFacts&) {
  if (questions.datasets.empty()) return std::nullopt;
  Answer answer{.section = "datasets",
                .table = {.alignment = "lrrr", .rows = {{"", "examples", "right label", "effect of"}}}};
  std::vector<std::string> asks;
  for (const DataSet& data : questions.datasets) {
    const std::optional<Quantity> clean = clean_examples(data);
    const std::optional<Quantity> effect = effective_examples(data);
    answer.table.rows.push_back({data.name, figure(Quantity::whole(data.examples)),
                                 clean ? figure(*clean, 0) : "not known", effect ? figure(*effect, 0) : "not known"});
    if (effect) answer.figures.push_back({data.name + ": effective_examples", *effect, "examples"});
    else asks.push_back(fmt::format("Asked for: the duplicates and the label accuracy of {}.", data.name));
  }
  const std::vector<std::string> ranked = by_effect(questions.datasets);
  if (asks.empty()) {
    answer.sentences.push_back(
        fmt::format("{} has most effect; in order: {}.", ranked.front(), fmt::join(ranked, ", ")));
  }
  answer.sentences.insert(answer.sentences.end(), asks.begin(), asks.end());
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
