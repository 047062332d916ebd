// The decision matrix: criteria with weights, raw values beside scores, a winner, and what it would take to lose.
//
//  * `Criterion`    a name and a unit, which direction is better, its weight, and where 0.5 and 1 lie
//  * `MatrixPlan`   the criteria of a scenario and how their values become scores
//  * `rank`         weighted sums, two other methods as cross-checks, the margin, and the smallest change that flips it
//
// A score runs from 0 to 1. By default it hangs on targets: the target scores 0.5, the ideal 1, on a line between and
// beyond, cut at 0 and 1. Such scores do not change when an option is added; min-max and ratio scores do (rank
// reversal: García-Cascales and Lamata, 2012), and a criterion without a target falls back to `ratio` and says so.
//
//   min_max  (value - worst) ÷ (best - worst)          ratio  best ÷ value where less is better, else value ÷ best
//
// Cross-checks: TOPSIS (closeness to the best and away from the worst of each criterion, vector-normalised; Hwang and
// Yoon, 1981) and minimax regret (the largest weighted distance to the best score, smallest first).
//
// Weights sum to 1. A criterion that some option has no value for is left out, and the others take its weight in
// proportion: nothing is invented, and the notes say so.
//
// The smallest flip: one weight moves, the others keep their proportions. The difference between the winner and a
// rival is then a straight line in that weight, and its zero is exact (up to the last digits of a double).
//
// In a scenario:
//   matrix:
//     normalise: target                      # or min_max, ratio
//     criteria:
//       - {name: cost, unit: $/month, better: lower, target: 50_000, ideal: 0, weight: 0.4}
//       - {name: accuracy, unit: "%", better: higher, target: 90, ideal: 99, weight: 0.6}
//     pairwise: [[1, 3], [0.333, 1]]         # instead of weights
//   options: [{name: a, …, values: {accuracy: 93, development_time: unknown}}]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml_reader.hpp"
#include "decision/ahp.hpp"
#include "decision/frontier.hpp"

namespace decision {

struct Criterion {
  std::string name;
  std::string unit;
  Direction better = Direction::lower;
  double weight = 0;
  std::optional<double> target;  // the two come together
  std::optional<double> ideal;
  bool operator==(const Criterion&) const = default;
};

enum class Normalise : std::uint8_t { target, min_max, ratio };
std::string_view word_of(Normalise normalise);

struct MatrixPlan {
  std::vector<Criterion> criteria;
  Normalise normalise = Normalise::target;
  std::optional<PairwiseWeights> pairwise;  // where the weights come from, if from comparisons
};

struct MatrixOption {
  std::string name;
  std::vector<std::optional<double>> values;  // one for each criterion, in its unit
};

// The weight of one criterion at which the winner and another tie; a little further the other wins.
struct Flip {
  std::string criterion;
  std::string winner;  // the other
  double weight = 0;   // now
  double becomes = 0;
  double change() const { return becomes - weight; }
  std::string sentence() const;  // "b wins when the weight of cost falls from 0.4 to 0.231"
  bool operator==(const Flip&) const = default;
};

struct Ranking {
  std::vector<std::string> winners;        // more than one: a tie
  std::vector<double> scores;              // weighted sums, one for each option
  double margin = 0;                       // to the best of the others; 0 with a tie or with one option
  std::vector<std::vector<double>> parts;  // [option][criterion]: the scores before weighting
  std::vector<double> weights;             // as used; 0: left out
  std::vector<double> closeness;           // TOPSIS, 0 to 1
  std::vector<double> regret;              // weighted, lower is better
  std::vector<std::string> topsis_winners;
  std::vector<std::string> regret_winners;
  bool agree = false;       // all three have the same winners
  std::vector<Flip> flips;  // for each criterion the nearest one, the smallest change first
  std::vector<std::string> notes;
};

// O(options² × criteria). Throws std::invalid_argument when an option has another number of values, when there is no
// option, or when no criterion is known for all of them. `plan` has weights that sum to 1.
Ranking rank(const MatrixPlan& plan, const std::vector<MatrixOption>& options);

// The score of one value that hangs on a target: 0.5 there, 1 at the ideal, cut at 0 and 1.
double anchored_score(double value, double target, double ideal);

// The `matrix` section, if there is one. Throws core::ConfigError: weights that do not sum to 1 with their sum,
// comparisons that are no inverses of each other (beyond 1 %), an ideal on the wrong side of its target.
std::optional<MatrixPlan> read_matrix(const core::Section& root);
// `values` of one option; a criterion that it does not name is nothing, as is `unknown`. Others may fill in what was
// simulated.
MatrixOption read_matrix_option(const core::Section& option, const MatrixPlan& plan);

}  // namespace decision
