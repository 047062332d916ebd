#include "decision/matrix.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "decision/words.hpp"

namespace decision {
namespace {

// Scores that differ by less are equal: the sums of a few products of doubles are not exact.
constexpr double same = 1e-12;

using Table = std::vector<std::vector<double>>;

bool is_known(const std::vector<MatrixOption>& options, std::size_t column) {
  return std::all_of(options.begin(), options.end(),
                     [&](const MatrixOption& option) { return option.values[column].has_value(); });
}

// The rows that are best in `values`, where `sign` × value is to be large.
std::vector<std::string> best_of(const std::vector<double>& values, double sign,
                                 const std::vector<MatrixOption>& options) {
  double best = sign * values.front();
  for (const double value : values) best = std::max(best, sign * value);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (sign * values[i] >= best - same) names.push_back(options[i].name);
  }
  return names;
}

// Scores of one criterion; every option has a value.
void score_column(const Criterion& criterion, Normalise normalise, const std::vector<MatrixOption>& options,
                  std::size_t column, Table& parts, std::vector<std::string>& notes) {
  const auto value = [&](std::size_t i) { return *options[i].values[column]; };
  double low = value(0);
  double high = value(0);
  for (std::size_t i = 1; i < options.size(); ++i) low = std::min(low, value(i)), high = std::max(high, value(i));
  const bool lower = criterion.better == Direction::lower;
  Normalise used = normalise;
  if (used == Normalise::target && !criterion.target) {
    used = Normalise::ratio;
    notes.push_back(fmt::format(
        "{} has no target: it is scored as a ratio to the best, which changes with the options.", criterion.name));
  }
  // A ratio means nothing across 0.
  if (used == Normalise::ratio && low < 0) {
    used = Normalise::min_max;
    notes.push_back(
        fmt::format("{} has values below 0: it is scored from worst to best instead of as a ratio.", criterion.name));
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    double& part = parts[i][column];
    if (used == Normalise::target) part = anchored_score(value(i), *criterion.target, *criterion.ideal);
    else if (low == high) part = 1;
    else if (used == Normalise::min_max) part = (lower ? high - value(i) : value(i) - low) / (high - low);
    else if (lower) part = value(i) == low ? 1 : low / value(i);
    else part = value(i) / high;
  }
}

void find_topsis(const MatrixPlan& plan, const std::vector<MatrixOption>& options, Ranking& ranking) {
  std::vector<double> to_best(options.size(), 0);
  std::vector<double> to_worst(options.size(), 0);
  for (std::size_t c = 0; c < plan.criteria.size(); ++c) {
    if (ranking.weights[c] == 0) continue;
    double squares = 0;
    for (const MatrixOption& option : options) squares += *option.values[c] * *option.values[c];
    if (squares == 0) continue;  // all zero: nobody is nearer
    const double scale = ranking.weights[c] / std::sqrt(squares);
    double low = *options[0].values[c] * scale;
    double high = low;
    for (const MatrixOption& option : options) {
      low = std::min(low, *option.values[c] * scale);
      high = std::max(high, *option.values[c] * scale);
    }
    const bool lower = plan.criteria[c].better == Direction::lower;
    for (std::size_t i = 0; i < options.size(); ++i) {
      const double at = *options[i].values[c] * scale;
      const double best = at - (lower ? low : high);
      const double worst = at - (lower ? high : low);
      to_best[i] += best * best;
      to_worst[i] += worst * worst;
    }
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    const double near = std::sqrt(to_best[i]);
    const double far = std::sqrt(to_worst[i]);
    ranking.closeness.push_back(near + far == 0 ? 1 : far / (near + far));  // 1: all options are equal
  }
  ranking.topsis_winners = best_of(ranking.closeness, 1, options);
}

void find_regret(const std::vector<MatrixOption>& options, Ranking& ranking) {
  for (std::size_t i = 0; i < options.size(); ++i) {
    double worst = 0;
    for (std::size_t c = 0; c < ranking.weights.size(); ++c) {
      double best = 0;
      for (const std::vector<double>& row : ranking.parts) best = std::max(best, row[c]);
      worst = std::max(worst, ranking.weights[c] * (best - ranking.parts[i][c]));
    }
    ranking.regret.push_back(worst);
  }
  ranking.regret_winners = best_of(ranking.regret, -1, options);
}

// For one criterion the nearest weight at which some rival draws level, if there is one from 0 to 1.
std::optional<Flip> nearest_flip(const MatrixPlan& plan, const std::vector<MatrixOption>& options,
                                 const Ranking& ranking, std::size_t winner, std::size_t criterion) {
  const double weight = ranking.weights[criterion];
  if (!is_known(options, criterion)) return std::nullopt;  // left out
  if (weight >= 1) return std::nullopt;                    // the others have no proportions to keep
  std::optional<Flip> nearest;
  for (std::size_t rival = 0; rival < options.size(); ++rival) {
    if (rival == winner) continue;
    const double own = ranking.parts[winner][criterion] - ranking.parts[rival][criterion];
    double rest = 0;
    for (std::size_t c = 0; c < ranking.weights.size(); ++c) {
      if (c != criterion) rest += ranking.weights[c] * (ranking.parts[winner][c] - ranking.parts[rival][c]);
    }
    rest /= 1 - weight;
    // The lead is t × own + (1 - t) × rest.
    if (own == rest) continue;
    const double at = rest / (rest - own);
    if (!(at >= 0 && at <= 1)) continue;
    if (!nearest || std::abs(at - weight) < std::abs(nearest->change())) {
      nearest = Flip{plan.criteria[criterion].name, options[rival].name, weight, at};
    }
  }
  return nearest;
}

void find_flips(const MatrixPlan& plan, const std::vector<MatrixOption>& options, Ranking& ranking) {
  if (ranking.winners.size() > 1) return;  // a tie flips at once
  const auto winner =
      static_cast<std::size_t>(std::max_element(ranking.scores.begin(), ranking.scores.end()) - ranking.scores.begin());
  for (std::size_t c = 0; c < plan.criteria.size(); ++c) {
    if (const auto flip = nearest_flip(plan, options, ranking, winner, c)) ranking.flips.push_back(*flip);
  }
  std::stable_sort(ranking.flips.begin(), ranking.flips.end(),
                   [](const Flip& a, const Flip& b) { return std::abs(a.change()) < std::abs(b.change()); });
}

// The weights of the criteria that every option has a value for, in proportion.
void settle_weights(const MatrixPlan& plan, const std::vector<MatrixOption>& options, Ranking& ranking) {
  double kept = 0;
  for (std::size_t c = 0; c < plan.criteria.size(); ++c) {
    std::vector<std::string> without;
    for (const MatrixOption& option : options) {
      if (!option.values[c]) without.push_back(option.name);
    }
    ranking.weights.push_back(without.empty() ? plan.criteria[c].weight : 0);
    kept += ranking.weights.back();
    if (!without.empty()) {
      ranking.notes.push_back(fmt::format("{} is left out, its value is not known for {}; the others take its weight.",
                                          plan.criteria[c].name, listing(without)));
    }
  }
  if (kept <= 0) throw std::invalid_argument("no criterion is known for all options");
  for (double& weight : ranking.weights) weight /= kept;
}

}  // namespace

std::string_view word_of(Normalise normalise) {
  constexpr std::array<std::string_view, 3> words{"target", "min_max", "ratio"};
  return words[static_cast<std::size_t>(normalise)];
}

std::string Flip::sentence() const {
  return fmt::format("{} wins when the weight of {} {} from {:.3g} to {:.3g}", winner, criterion,
                     becomes > weight ? "rises" : "falls", weight, becomes);
}

double anchored_score(double value, double target, double ideal) {
  return std::clamp(0.5 + 0.5 * (value - target) / (ideal - target), 0.0, 1.0);
}

Ranking rank(const MatrixPlan& plan, const std::vector<MatrixOption>& options) {
  if (options.empty()) throw std::invalid_argument("a matrix without options");
  for (const MatrixOption& option : options) {
    if (option.values.size() != plan.criteria.size()) {
      throw std::invalid_argument(option.name + " has not one value for each criterion");
    }
  }
  Ranking ranking;
  settle_weights(plan, options, ranking);
  ranking.parts.assign(options.size(), std::vector<double>(plan.criteria.size(), 0));
  for (std::size_t c = 0; c < plan.criteria.size(); ++c) {
    if (!is_known(options, c)) continue;
    score_column(plan.criteria[c], plan.normalise, options, c, ranking.parts, ranking.notes);
  }
  for (const std::vector<double>& row : ranking.parts) {
    double score = 0;
    for (std::size_t c = 0; c < row.size(); ++c) score += ranking.weights[c] * row[c];
    ranking.scores.push_back(score);
  }
  ranking.winners = best_of(ranking.scores, 1, options);
  if (ranking.winners.size() == 1 && options.size() > 1) {
    std::vector<double> sorted = ranking.scores;
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});
    ranking.margin = sorted[0] - sorted[1];
  }
  find_topsis(plan, options, ranking);
  find_regret(options, ranking);
  ranking.agree = ranking.winners == ranking.topsis_winners && ranking.winners == ranking.regret_winners;
  find_flips(plan, options, ranking);
  if (plan.pairwise && !plan.pairwise->consistent()) {
    ranking.notes.push_back(fmt::format(
        "The comparisons contradict each other: their consistency ratio is {:.3f}, it should be below 0.10.",
        plan.pairwise->consistency_ratio));
  }
  return ranking;
}

}  // namespace decision
