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
std::optional<double> known(const OptionFact& option, std::string_view name, std::string_view unit) {
  if (unit.empty() || unit != unit_of_observed(name)) return std::nullopt;
  if (name == "cost" || name == "monthly_cost") {
    return option.monthly_cost ? std::optional{as_double(*option.monthly_cost)} : std::nullopt;
  }
  if (name == "availability") {
    return option.availability ? std::optional{as_double(*option.availability)} : std::nullopt;
  }
  if (!option.latency_ms) return std::nullopt;
  if (name == "latency") name = "latency_p95";
  name.remove_prefix(std::string_view{"latency_"}.size());
  const std::optional<Quantity> value = option.latency_ms(name);
  return value ? std::optional{as_double(*value)} : std::nullopt;
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
      if (!row.values[i]) row.values[i] = known(option, plan.criteria[i].name, plan.criteria[i].unit);
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

std::optional<Frontier> place_options(const Questions& questions, const OptionFacts& options) {
  if (questions.frontier.empty() || options.empty()) return std::nullopt;
  std::vector<FrontierPoint> points;
  for (const OptionFact& option : options) {
    FrontierPoint point{option.name, option_named(questions, option.name).axes};
    for (std::size_t i = 0; i < questions.frontier.size(); ++i) {
      const Axis& axis = questions.frontier[i];
      if (!point.values[i]) point.values[i] = known(option, axis.name, axis.unit);
    }
    points.push_back(std::move(point));
  }
  return Frontier{questions.frontier, frontier(questions.frontier, points)};
}

}  // namespace decision
