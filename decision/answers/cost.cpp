#include "decision/answers/cost.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

// What each path has paid by the end of each month, until well after the last of them crosses.
Curve paid_so_far(const std::vector<CostPath>& paths, Quantity last_crossing) {
  const auto months = std::max<std::int64_t>(12, static_cast<std::int64_t>(1.5 * as_double(last_crossing)) + 1);
  Curve curve{.title = "Paid so far", .x = "month", .y = "$"};
  for (const CostPath& path : paths) {
    Series series{.name = path.name};
    for (std::int64_t month = 0; month <= months; ++month) {
      series.x.push_back(static_cast<double>(month));
      series.y.push_back(as_double(cumulative(path, Quantity::whole(month))));
    }
    curve.series.push_back(std::move(series));
  }
  return curve;
}

Table impact_table(const CostImpact& impact) {
  Table table{.alignment = "lrrrrr",
              .rows = {{"", "engineer-days", "of the baseline", "cloud once", "cloud a month", "revenue a month"}}};
  for (std::size_t i = 0; i < impact.rows.size(); ++i) {
    const ImpactRow& row = impact.rows[i];
    table.rows.push_back({row.name, figure(row.engineer_days, 1),
                          impact.effort_ratio[i] ? figure(*impact.effort_ratio[i], 2) + " ×" : "-",
                          amount(row.cloud_once), amount(row.cloud_monthly),
                          row.revenue_lift ? amount(*row.revenue_lift) : "not known"});
  }
  return table;
}

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
  answer.table = impact_table(impact);
  for (const std::string& name : impact.asks)
    answer.sentences.push_back(fmt::format("What {} brings is asked for: say `revenue_lift`.", name));
  return answer;
}

std::optional<Answer> answer_builds(const Questions& questions, const OptionFacts&) {
  if (!questions.builds) return std::nullopt;
  const BuildPlan& plan = *questions.builds;
  const std::string unit = plan.fx ? plan.fx->currency : "$";
  Answer answer{.section = "builds",
                .table = {.alignment = "lrrrr", .rows = {{"", "days", "cost", "in dollars", "first year"}}}};
  const Build& first = plan.ways.front();
  const auto own = [&](Money money) {
    return plan.fx ? amount_in(money, plan.fx->currency, plan.fx->grouping) : amount(money);
  };
  std::vector<std::string> asks;
  for (const Build& way : plan.ways) {
    answer.figures.push_back({way.name + ": days", way.days, "days"});
    answer.figures.push_back({way.name + ": cost", in_dollars(way.cost), unit});
    if (plan.fx)
      answer.figures.push_back({way.name + ": cost in dollars", in_dollars(plan.fx->to_dollars(way.cost)), "$"});
    const std::optional<Money> year = way.first_year();
    if (year) answer.figures.push_back({way.name + ": first year", in_dollars(*year), unit});
    answer.table.rows.push_back({way.name, figure(way.days, 1), own(way.cost),
                                 amount(plan.fx ? plan.fx->to_dollars(way.cost) : way.cost),
                                 year ? own(*year) : "not known"});
    if (way.retrained > 0 && !way.each)
      asks.push_back(fmt::format("Asked for: what one retraining of {} costs (each).", way.name));
    if (&way == &first) continue;
    const Quantity faster = ratio_of_days(first, way);
    answer.figures.push_back({way.name + ": schedule_ratio", faster, "×"});
    std::string words = fmt::format("{} takes {} days and {} {}, {} times as long", way.name, figure(way.days, 1),
                                    first.name, figure(first.days, 1), figure(faster, 2));
    if (const auto cheaper = ratio_of_cost(first, way)) {
      answer.figures.push_back({way.name + ": cost_ratio", *cheaper, "×"});
      words += fmt::format("; it costs {} and {} {}, {} times as much", plan.say(way.cost), first.name,
                           plan.say(first.cost), figure(*cheaper, 2));
    }
    answer.sentences.push_back(words + ".");
    if (way.is_cost_assumed) {
      answer.sentences.push_back(
          fmt::format("What {} costs is not known: the same team at the same cost a day is assumed.", way.name));
    }
    if (year && way.retrained > 0) {
      answer.sentences.push_back(
          fmt::format("With {} retrainings its first year costs {}.", way.retrained, plan.say(*year)));
    }
  }
  answer.sentences.insert(answer.sentences.end(), asks.begin(), asks.end());
  return answer;
}

std::optional<Answer> answer_paths(const Questions& questions, const OptionFacts&) {
  if (questions.paths.empty()) return std::nullopt;
  Answer answer{.section = "paths"};
  const CostPath& first = questions.paths.front();
  Quantity last_crossing;
  for (std::size_t i = 1; i < questions.paths.size(); ++i) {
    const CostPath& path = questions.paths[i];
    const std::optional<Crossover> cross = crossover(first, path);
    if (!cross) {
      answer.sentences.push_back(fmt::format("{} does not catch up with {} in ten years.", path.name, first.name));
      continue;
    }
    last_crossing = std::max(last_crossing, cross->months);
    answer.figures.push_back({path.name + ": crossover", cross->months, "months"});
    answer.sentences.push_back(fmt::format("{} has cost no more than {} after {} months, {} by then.", path.name,
                                           first.name, cross->months.to_fixed(2), amount(cross->paid)));
  }
  answer.curves = {paid_so_far(questions.paths, last_crossing)};
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
