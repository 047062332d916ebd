#include "decision/answers/ranking.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decision/acceptability.hpp"
#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

// Weights are no part of the simulated world: whatever the seed of a run, the same ones are drawn.
constexpr std::uint64_t seed_of_weights = 1;

// The value of a criterion or axis that was simulated or stated, when its unit is the one that it is known in.
std::optional<double> known(const OptionFact& option, std::string_view name) {
  if (name == "cost" || name == "monthly_cost") {
    return option.monthly_cost ? std::optional{as_double(*option.monthly_cost)} : std::nullopt;
  }
  if (name == "availability") {
    return option.availability ? std::optional{as_double(*option.availability)} : std::nullopt;
  }
  if (!option.latency_ms) return std::nullopt;
  if (name == "latency") name = "latency_p95";
  constexpr std::string_view of_percentile = "latency_p";
  const bool is_percentile = name.starts_with(of_percentile) && name.size() == of_percentile.size() + 2 &&
                             name.find_first_not_of("0123456789", of_percentile.size()) == std::string_view::npos;
  if (!is_percentile && name != "latency_mean") return std::nullopt;
  name.remove_prefix(std::string_view{"latency_"}.size());
  const std::optional<Quantity> value = option.latency_ms(name);
  return value ? std::optional{as_double(*value)} : std::nullopt;
}

bool is_known_unit(const Criterion& criterion) {
  const std::string& unit = criterion.unit;
  if (criterion.name == "cost" || criterion.name == "monthly_cost") return unit == "$/month";
  if (criterion.name == "availability") return unit == "%";
  return unit == "ms";
}

// Criteria that rank nothing are left out, as the ranking leaves them out.
void add_acceptability(const Ranking& ranking, MatrixTable& table) {
  std::vector<std::vector<double>> parts;
  for (const std::vector<double>& row : ranking.parts) {
    std::vector<double>& kept = parts.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (ranking.weights[i] > 0) kept.push_back(row[i]);
    }
  }
  const std::vector<double> shares = rank_acceptability(parts, seed_of_weights);
  for (std::size_t k = 0; k < shares.size(); ++k) table.rows[k].acceptability = shares[k];
}

std::vector<FrontierPoint> points_of(const Questions& questions, const OptionFacts& options) {
  std::vector<FrontierPoint> points;
  for (const OptionFact& option : options) {
    FrontierPoint point{option.name, option_named(questions, option.name).axes};
    for (std::size_t i = 0; i < questions.frontier.size(); ++i) {
      if (!point.values[i]) point.values[i] = known(option, questions.frontier[i].name);
    }
    points.push_back(std::move(point));
  }
  return points;
}

std::string unit_of(const Axis& axis) {
  if (!axis.unit.empty()) return axis.unit;
  if (axis.name.starts_with("latency")) return "ms";
  return axis.name == "availability" ? "%" : axis.name == "cost" || axis.name == "monthly_cost" ? "$/month" : "";
}

std::string label(const Axis& axis) {
  const std::string unit = unit_of(axis);
  return unit.empty() ? axis.name : fmt::format("{}, {}", axis.name, unit);
}

// The first axis on which more is better stands upright, against each of the others.
std::vector<Curve> plots(const std::vector<Axis>& axes, const std::vector<FrontierPoint>& points) {
  const auto found =
      std::find_if(axes.begin(), axes.end(), [](const Axis& axis) { return axis.better == Direction::higher; });
  const auto upright = static_cast<std::size_t>((found == axes.end() ? axes.begin() : found) - axes.begin());
  std::vector<Curve> curves;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (i == upright) continue;
    Curve curve{.title = fmt::format("{} by {}", axes[upright].name, axes[i].name),
                .shape = Curve::Shape::points,
                .x = label(axes[i]),
                .y = label(axes[upright])};
    for (const FrontierPoint& point : points) {
      if (point.values[i] && point.values[upright])
        curve.series.push_back({point.name, {*point.values[i]}, {*point.values[upright]}});
    }
    if (!curve.series.empty()) curves.push_back(std::move(curve));
  }
  return curves;
}

}  // namespace

const NamedOption& option_named(const Questions& questions, const std::string& name) {
  return *std::find_if(questions.options.begin(), questions.options.end(),
                       [&](const NamedOption& option) { return option.name == name; });
}

std::optional<MatrixTable> matrix_table(const Questions& questions, const OptionFacts& options) {
  if (!questions.matrix || options.empty()) return std::nullopt;
  const MatrixPlan& plan = *questions.matrix;
  std::vector<MatrixOption> rows;
  for (const OptionFact& option : options) {
    MatrixOption row = option_named(questions, option.name).matrix;
    for (std::size_t i = 0; i < plan.criteria.size(); ++i) {
      if (!row.values[i] && is_known_unit(plan.criteria[i])) row.values[i] = known(option, plan.criteria[i].name);
    }
    rows.push_back(std::move(row));
  }
  MatrixTable table{.criteria = plan.criteria};
  const auto is_complete = [&](std::size_t i) {
    return std::all_of(rows.begin(), rows.end(), [&](const MatrixOption& row) { return row.values[i].has_value(); });
  };
  bool any = false;
  for (std::size_t i = 0; i < plan.criteria.size(); ++i) any = any || is_complete(i);
  if (!any) {
    for (MatrixOption& row : rows) table.rows.push_back({.name = row.name, .values = row.values});
    table.notes.emplace_back("No criterion is known for every option: nothing is ranked.");
    return table;
  }
  const Ranking ranking = rank(plan, rows);
  table.weights = ranking.weights;
  table.winners = ranking.winners;
  table.margin = ranking.margin;
  table.agree = ranking.agree;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    table.rows.push_back(
        {rows[k].name, rows[k].values, ranking.parts[k], ranking.scores[k], ranking.closeness[k], ranking.regret[k]});
  }
  add_acceptability(ranking, table);
  for (const Flip& flip : ranking.flips) table.notes.push_back(flip.sentence() + ".");
  if (!ranking.agree) {
    table.notes.push_back(fmt::format("The methods disagree: TOPSIS prefers {}, minimax regret {}.",
                                      listing(ranking.topsis_winners), listing(ranking.regret_winners)));
  }
  table.notes.insert(table.notes.end(), ranking.notes.begin(), ranking.notes.end());
  return table;
}

std::vector<Placed> place_options(const Questions& questions, const OptionFacts& options) {
  if (questions.frontier.empty() || options.empty()) return {};
  return frontier(questions.frontier, points_of(questions, options));
}

std::optional<Answer> answer_frontier(const Questions& questions, const OptionFacts& options) {
  if (questions.frontier.empty() || options.empty()) return std::nullopt;
  const std::vector<FrontierPoint> points = points_of(questions, options);
  const std::vector<Placed> placed = frontier(questions.frontier, points);
  Answer answer{.section = "frontier", .table = {.alignment = "l"}, .curves = plots(questions.frontier, points)};
  std::vector<std::string> head{""};
  for (const Axis& axis : questions.frontier) {
    head.push_back(label(axis));
    answer.table.alignment += 'r';
  }
  head.emplace_back("place");
  answer.table.alignment += 'l';
  answer.table.rows.push_back(std::move(head));
  std::vector<std::string> front;
  for (std::size_t k = 0; k < points.size(); ++k) {
    std::vector<std::string> cells{points[k].name};
    for (const std::optional<double>& value : points[k].values)
      cells.push_back(value ? fmt::format("{:.6g}", *value) : "unknown");
    cells.emplace_back(placed[k].place == Place::front       ? "front"
                       : placed[k].place == Place::dominated ? "dominated"
                                                             : "unknown");
    answer.table.rows.push_back(std::move(cells));
    if (placed[k].place == Place::front) front.push_back(points[k].name);
  }
  answer.figures = {{"on_the_frontier", Quantity::whole(static_cast<std::int64_t>(front.size())), "options"}};
  answer.sentences.push_back(front.empty() ? "No option can be placed on the frontier."
                                           : fmt::format("{} {} on the frontier: no other is better in every respect.",
                                                         listing(front), front.size() == 1 ? "is" : "are"));
  for (const Placed& one : placed) {
    if (one.place != Place::front || !one.ties.empty()) answer.sentences.push_back(one.sentence() + ".");
  }
  return answer;
}

}  // namespace decision
