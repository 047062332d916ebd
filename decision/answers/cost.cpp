#include "decision/answers/cost.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

}  // namespace

std::optional<Answer> answer_levers(const Questions& questions, const OptionFacts& options) {
  if (questions.levers.empty()) return std::nullopt;
  Answer answer{.section = "levers"};
  for (const Lever& lever : questions.levers) answer.figures.push_back({lever.name, in_percent(lever.saves), "%"});
  answer.figures.push_back({"combined", in_percent(combined(questions.levers)), "%"});
  answer.sentences = {say_levers(questions.levers, Quantity::ratio(6, 10))};
  if (options.size() != 1 || !options.front().monthly_cost) return answer;
  for (const WaterfallStep& step : waterfall(*options.front().monthly_cost, questions.levers)) {
    answer.sentences.push_back(
        fmt::format("{} saves {} and leaves {} a month.", step.name, amount(step.saved), amount(step.left)));
  }
  return answer;
}

std::optional<Answer> answer_impact(const Questions& questions, const OptionFacts&) {
  if (!questions.impact) return std::nullopt;
  const CostImpact& impact = *questions.impact;
  Answer answer{.section = "impact"};
  for (std::size_t i = 0; i < impact.rows.size(); ++i) {
    const ImpactRow& row = impact.rows[i];
    answer.figures.push_back({row.name + ": engineer_days", row.engineer_days, "days"});
    answer.figures.push_back({row.name + ": cloud_once", in_dollars(row.cloud_once), "$"});
    answer.figures.push_back({row.name + ": cloud_monthly", in_dollars(row.cloud_monthly), "$/month"});
    std::string ratio;
    if (impact.effort_ratio[i] && i != impact.baseline) {
      answer.figures.push_back({row.name + ": effort_ratio", *impact.effort_ratio[i], "×"});
      ratio = fmt::format(", {} times the engineer-days of {}", figure(*impact.effort_ratio[i], 2),
                          impact.rows[impact.baseline].name);
    }
    answer.sentences.push_back(
        fmt::format("{}: {} engineer-days{}, {} once and {} a month of cloud, {}.", row.name,
                    figure(row.engineer_days, 1), ratio, amount(row.cloud_once), amount(row.cloud_monthly),
                    row.revenue_lift ? amount(*row.revenue_lift) + " a month of revenue" : "revenue not known"));
  }
  for (const std::string& name : impact.asks)
    answer.sentences.push_back(fmt::format("What {} brings is asked for: say `revenue_lift`.", name));
  return answer;
}

std::optional<Answer> answer_paths(const Questions& questions, const OptionFacts&) {
  if (questions.paths.empty()) return std::nullopt;
  Answer answer{.section = "paths"};
  const CostPath& first = questions.paths.front();
  for (std::size_t i = 1; i < questions.paths.size(); ++i) {
    const CostPath& path = questions.paths[i];
    const std::optional<Crossover> cross = crossover(first, path);
    if (!cross) {
      answer.sentences.push_back(fmt::format("{} does not catch up with {} in ten years.", path.name, first.name));
      continue;
    }
    answer.figures.push_back({path.name + ": crossover", cross->months, "months"});
    answer.sentences.push_back(fmt::format("{} has cost no more than {} after {} months, {} by then.", path.name,
                                           first.name, cross->months.to_fixed(2), amount(cross->paid)));
  }
  for (const CostPath& path : questions.paths) {
    const Money year = cumulative(path, Quantity::whole(12));
    answer.figures.push_back({path.name + ": first year", in_dollars(year), "$"});
    answer.sentences.push_back(fmt::format("{} costs {} in the first year.", path.name, amount(year)));
  }
  return answer;
}

std::optional<Answer> answer_retraining(const Questions& questions, const OptionFacts&) {
  if (!questions.retraining) return std::nullopt;
  Answer answer{.section = "retraining"};
  for (const CadenceRow& row : cadence_table(questions.retraining->plan, questions.retraining->cadences)) {
    answer.figures.push_back({fmt::format("cost of {} trainings", row.trainings), in_dollars(row.cost), "$/year"});
    answer.figures.push_back({fmt::format("accuracy of {} trainings", row.trainings), row.mean_accuracy, "%"});
    answer.sentences.push_back(row.sentence());
  }
  return answer;
}

}  // namespace decision
