// Reads the `matrix` section: see decision/matrix.hpp.
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "decision/matrix.hpp"

namespace decision {
namespace {

Criterion read_criterion(const core::Section& item, Normalise normalise, bool weighted) {
  Criterion criterion{.name = item.text("name"), .unit = item.text("unit"), .target = {}, .ideal = {}};
  criterion.better = item.choice("better", {"lower", "higher"}) == 0 ? Direction::lower : Direction::higher;
  if (weighted) criterion.weight = item.number("weight", {.min = 0, .max = 1});
  else if (item.has("weight")) throw item.error("weight", "a weight beside `pairwise`", "one of the two");
  if (!item.has("target")) return criterion;
  if (normalise != Normalise::target) {
    throw item.error("target", fmt::format("a target with `normalise: {}`", word_of(normalise)), "`normalise: target`");
  }
  criterion.target = item.number("target");
  if (criterion.better == Direction::lower) {
    criterion.ideal = item.number("ideal", {.fallback = 0, .why = "less is better, and nothing is less than nothing"});
  } else {
    criterion.ideal = item.number("ideal");
  }
  const bool right_side = criterion.better == Direction::lower ? *criterion.ideal < *criterion.target
                                                               : *criterion.ideal > *criterion.target;
  if (!right_side) {
    throw item.error("ideal", fmt::format("{:g}", *criterion.ideal),
                     fmt::format("{} than the target of {:g}", criterion.better == Direction::lower ? "less" : "more",
                                 *criterion.target));
  }
  return criterion;
}

PairwiseWeights read_pairwise(const core::Section& matrix, std::size_t criteria) {
  const std::vector<std::vector<double>> rows = matrix.rows("pairwise", criteria, {.min = 0.1, .max = 10});
  if (rows.size() != criteria || criteria > 9) {
    throw matrix.error("pairwise", fmt::format("{} rows", rows.size()),
                       fmt::format("one row for each of the {} criteria, of which there may be 9", criteria));
  }
  for (std::size_t i = 0; i < criteria; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      // A third is written as 0.333.
      if (std::abs(rows[i][j] * rows[j][i] - 1) > 0.01) {
        throw matrix.error("pairwise",
                           fmt::format("{:g} and {:g} in rows {} and {}", rows[j][i], rows[i][j], j + 1, i + 1),
                           "1 on the diagonal, and inverses of each other beside it");
      }
    }
  }
  return pairwise_weights(rows);
}

}  // namespace

std::optional<MatrixPlan> read_matrix(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("matrix");
  if (!section) return std::nullopt;
  MatrixPlan plan;
  plan.normalise = static_cast<Normalise>(section->choice("normalise", {"target", "min_max", "ratio"}, 0,
                                                          "scores that do not change when an option is added"));
  const bool weighted = !section->has("pairwise");
  double sum = 0;
  for (const core::Section& item : section->sections("criteria")) {
    plan.criteria.push_back(read_criterion(item, plan.normalise, weighted));
    for (std::size_t i = 0; i + 1 < plan.criteria.size(); ++i) {
      if (plan.criteria[i].name == plan.criteria.back().name) {
        throw item.error("name", fmt::format("'{}' again", plan.criteria.back().name), "a name of its own");
      }
    }
    sum += plan.criteria.back().weight;
  }
  if (!weighted) {
    plan.pairwise = read_pairwise(*section, plan.criteria.size());
    for (std::size_t i = 0; i < plan.criteria.size(); ++i) plan.criteria[i].weight = plan.pairwise->weights[i];
  } else if (std::abs(sum - 1) > 1e-9) {  // three thirds of nine digits pass, a slip of the pen does not
    throw section->error("criteria", fmt::format("weights that sum to {:.10g}", sum), "weights that sum to 1");
  }
  return plan;
}

MatrixOption read_matrix_option(const core::Section& option, const MatrixPlan& plan) {
  std::vector<std::string> names;
  for (const Criterion& criterion : plan.criteria) names.push_back(criterion.name);
  return {option.has("name") ? option.text("name") : option.path(), read_values(option, names)};
}

}  // namespace decision
