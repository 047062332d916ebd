#include "decision/matrix.hpp"

#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using decision::Direction;
using decision::MatrixOption;
using decision::MatrixPlan;
using decision::Normalise;
using decision::rank;
using test_support::check_says;
using test_support::complaint;

namespace {

// Four criteria of a vendor selection; a is cheap to build, b cheap to run, c light.
MatrixPlan vendor_plan() {
  MatrixPlan plan;
  plan.criteria = {{"cost", "$/month", Direction::lower, 0.4, 200000.0, 0.0},
                   {"latency", "ms", Direction::lower, 0.25, 200.0, 50.0},
                   {"accuracy", "%", Direction::higher, 0.25, 90.0, 100.0},
                   {"development_time", "days", Direction::lower, 0.1, 90.0, 0.0}};
  return plan;
}

std::vector<MatrixOption> vendors() {
  return {{"api", {400000.0, 120.0, 92.0, 10.0}},
          {"open", {100000.0, 150.0, 95.0, 60.0}},
          {"light", {50000.0, 50.0, 85.0, 120.0}}};
}

MatrixPlan read(std::string_view text) {
  core::Document document{"matrix.yaml", text};
  const auto plan = decision::read_matrix(document.root());
  document.finish();
  return plan.value();
}

}  // namespace

TEST_CASE("A target scores one half, the ideal one, and what is twice as far nothing", "[decision][matrix]") {
  CHECK(decision::anchored_score(200, 200, 50) == 0.5);
  CHECK(decision::anchored_score(50, 200, 50) == 1);
  CHECK(decision::anchored_score(125, 200, 50) == 0.75);
  CHECK(decision::anchored_score(350, 200, 50) == 0);
  CHECK(decision::anchored_score(900, 200, 50) == 0);
  CHECK(decision::anchored_score(95, 90, 100) == 0.75);
}

TEST_CASE("Weighted sums rank the vendors as worked by hand", "[decision][matrix]") {
  const auto ranking = rank(vendor_plan(), vendors());
  // api 0 | 0.7667 | 0.6 | 0.9444; open 0.75 | 0.6667 | 0.75 | 0.6667; light 0.875 | 1 | 0.25 | 0.3333
  CHECK(ranking.scores[0] == Approx(0.25 * 0.7666666667 + 0.25 * 0.6 + 0.1 * 0.9444444444));
  CHECK(ranking.scores[1] == Approx(0.4 * 0.75 + 0.25 * 0.6666666667 + 0.25 * 0.75 + 0.1 * 0.6666666667));
  CHECK(ranking.scores[2] == Approx(0.4 * 0.875 + 0.25 * 1 + 0.25 * 0.25 + 0.1 * 0.3333333333));
  CHECK(ranking.winners == std::vector<std::string>{"open"});
  CHECK(ranking.margin == Approx(ranking.scores[1] - ranking.scores[2]));
}

TEST_CASE("Adding a bad option changes no score that hangs on a target", "[decision][matrix]") {
  auto more = vendors();
  more.push_back({"terrible", {9e6, 4000.0, 20.0, 900.0}});
  const auto before = rank(vendor_plan(), vendors());
  const auto after = rank(vendor_plan(), more);
  for (std::size_t i = 0; i < 3; ++i) CHECK(before.scores[i] == after.scores[i]);
  MatrixPlan min_max = vendor_plan();
  min_max.normalise = Normalise::min_max;
  CHECK(rank(min_max, vendors()).scores[0] != rank(min_max, more).scores[0]);
}

TEST_CASE("Min-max and ratio scores are worked by hand", "[decision][matrix]") {
  MatrixPlan plan;
  plan.criteria = {{"cost", "$", Direction::lower, 0.5, {}, {}}, {"recall", "%", Direction::higher, 0.5, {}, {}}};
  const std::vector<MatrixOption> options{{"a", {100.0, 80.0}}, {"b", {200.0, 90.0}}, {"c", {150.0, 100.0}}};
  plan.normalise = Normalise::min_max;
  CHECK(rank(plan, options).parts == std::vector<std::vector<double>>{{1, 0}, {0, 0.5}, {0.5, 1}});
  plan.normalise = Normalise::ratio;
  const auto ratio = rank(plan, options);
  CHECK(ratio.parts[1][0] == 0.5);
  CHECK(ratio.parts[0][1] == 0.8);
  CHECK(ratio.parts[2][1] == 1);
}

TEST_CASE("A criterion without a target is scored as a ratio and says so", "[decision][matrix]") {
  MatrixPlan plan = vendor_plan();
  plan.criteria[0].target.reset();
  const auto ranking = rank(plan, vendors());
  CHECK(ranking.parts[2][0] == 1);
  CHECK(ranking.parts[1][0] == 0.5);
  REQUIRE(ranking.notes.size() == 1);
  check_says(ranking.notes[0], "cost has no target");
}

TEST_CASE("A criterion with an unknown value is left out and its weight shared", "[decision][matrix]") {
  auto options = vendors();
  options[2].values[2].reset();
  const auto ranking = rank(vendor_plan(), options);
  CHECK(ranking.weights[2] == 0);
  CHECK(ranking.weights[0] == Approx(0.4 / 0.75));
  CHECK(ranking.winners == std::vector<std::string>{"light"});
  check_says(ranking.notes.at(0), "accuracy is left out, its value is not known for light");
  for (auto& option : options) option.values.assign(4, std::nullopt);
  CHECK_THROWS_AS(rank(vendor_plan(), options), std::invalid_argument);
}

TEST_CASE("TOPSIS agrees with a case worked by hand", "[decision][matrix]") {
  // Two criteria, weights one half, values (3, 4) and (4, 3), more is better: normalised 0.6 and 0.8, by symmetry 1/2.
  MatrixPlan plan;
  plan.criteria = {{"x", "", Direction::higher, 0.5, {}, {}}, {"y", "", Direction::higher, 0.5, {}, {}}};
  plan.normalise = Normalise::ratio;
  const auto even = rank(plan, {{"a", {3.0, 4.0}}, {"b", {4.0, 3.0}}});
  CHECK(even.closeness[0] == Approx(0.5));
  CHECK(even.winners.size() == 2);
  CHECK(even.flips.empty());
  // With weights 0.8 and 0.2: distances of a to the best 0.8 × 0.2, to the worst 0.2 × 0.2.
  plan.criteria[0].weight = 0.8;
  plan.criteria[1].weight = 0.2;
  const auto tilted = rank(plan, {{"a", {3.0, 4.0}}, {"b", {4.0, 3.0}}});
  CHECK(tilted.closeness[0] == Approx(0.2));
  CHECK(tilted.topsis_winners == std::vector<std::string>{"b"});
}

TEST_CASE("Minimax regret prefers the option without a great weakness", "[decision][matrix]") {
  MatrixPlan plan;
  plan.criteria = {{"x", "", Direction::higher, 0.5, 0.0, 1.0}, {"y", "", Direction::higher, 0.5, 0.0, 1.0}};
  // Scores: a (1, 0.5), b (0.5, 1), c (0.7, 0.7): c loses the sum, but never more than 0.15 of anything.
  const auto ranking = rank(plan, {{"a", {1.0, 0.0}}, {"b", {0.0, 1.0}}, {"c", {0.4, 0.4}}});
  CHECK(ranking.regret_winners == std::vector<std::string>{"c"});
  CHECK(ranking.regret[2] == Approx(0.15));
  CHECK_FALSE(ranking.agree);
}

TEST_CASE("The smallest change of weight flips the winner, and a smaller one does not",
          "[decision][matrix][property]") {
  int flips_seen = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::uint64_t state = seed;
    const auto draw = [&] {
      state = state * 6364136223846793005U + 1442695040888963407U;
      return static_cast<double>(state >> 11U) / 9007199254740992.0;
    };
    MatrixPlan plan;
    double sum = 0;
    for (int c = 0; c < 4; ++c) {
      plan.criteria.push_back({"c" + std::to_string(c), "", Direction::higher, draw(), 0.0, 1.0});
      sum += plan.criteria.back().weight;
    }
    for (auto& criterion : plan.criteria) criterion.weight /= sum;
    std::vector<MatrixOption> options;
    for (int o = 0; o < 4; ++o) options.push_back({"o" + std::to_string(o), {draw(), draw(), draw(), draw()}});
    const auto ranking = rank(plan, options);
    for (const auto& flip : ranking.flips) {
      ++flips_seen;
      const auto winner_at = [&](double weight) {
        MatrixPlan moved = plan;
        for (auto& criterion : moved.criteria) {
          if (criterion.name == flip.criterion) criterion.weight = weight;
          else criterion.weight *= (1 - weight) / (1 - flip.weight);
        }
        return rank(moved, options).winners;
      };
      const double step = flip.change() > 0 ? 1e-6 : -1e-6;
      if (flip.becomes + step < 0 || flip.becomes + step > 1 || std::abs(flip.change()) < 2e-6) continue;
      CHECK(winner_at(flip.becomes - step) == ranking.winners);
      CHECK(winner_at(flip.becomes + step) == std::vector<std::string>{flip.winner});
    }
    for (std::size_t i = 1; i < ranking.flips.size(); ++i) {
      CHECK(std::abs(ranking.flips[i - 1].change()) <= std::abs(ranking.flips[i].change()));
    }
  }
  CHECK(flips_seen > 200);
}

TEST_CASE("A flip is exact", "[decision][matrix]") {
  // b leads on x by 0.5, a on y by 0.25: they tie where w × 0.5 = (1 - w) × 0.25, at a third.
  MatrixPlan plan;
  plan.criteria = {{"x", "", Direction::higher, 0.2, 0.0, 1.0}, {"y", "", Direction::higher, 0.8, 0.0, 1.0}};
  const auto ranking = rank(plan, {{"a", {0.0, 0.5}}, {"b", {1.0, 0.0}}});
  CHECK(ranking.winners == std::vector<std::string>{"a"});
  REQUIRE(ranking.flips.size() == 2);
  CHECK(ranking.flips[0].becomes == Approx(1.0 / 3).epsilon(1e-15));
  CHECK(ranking.flips[0].sentence() == "b wins when the weight of x rises from 0.2 to 0.333");
  CHECK(ranking.flips[1].sentence() == "b wins when the weight of y falls from 0.8 to 0.667");
}

TEST_CASE("A criterion without weight can flip the winner once it has some", "[decision][matrix]") {
  MatrixPlan plan;
  plan.criteria = {{"x", "", Direction::higher, 0.0, 0.0, 1.0}, {"y", "", Direction::higher, 1.0, 0.0, 1.0}};
  const auto ranking = rank(plan, {{"a", {0.0, 0.5}}, {"b", {1.0, 0.0}}});
  REQUIRE(ranking.flips.size() == 1);  // y has all the weight: nothing keeps its proportion when it moves
  CHECK(ranking.flips[0].criterion == "x");
  CHECK(ranking.flips[0].becomes == Approx(1.0 / 3).epsilon(1e-15));
}

TEST_CASE("Where one option is better everywhere no weight flips the winner", "[decision][matrix]") {
  CHECK(rank(vendor_plan(), {{"a", {1e5, 60.0, 95.0, 10.0}}, {"b", {2e5, 90.0, 91.0, 20.0}}}).flips.empty());
}

TEST_CASE("A matrix is read, with weights or with comparisons", "[decision][matrix]") {
  const MatrixPlan plan = read(
      "matrix:\n  criteria:\n"
      "    - {name: cost, unit: $/month, better: lower, target: 50_000, weight: 0.4}\n"
      "    - {name: accuracy, unit: '%', better: higher, target: 90, ideal: 99, weight: 0.6}\n");
  CHECK(plan.criteria[0].ideal == 0.0);
  CHECK(plan.criteria[1].target == 90.0);
  const MatrixPlan compared = read(
      "matrix:\n  normalise: ratio\n  pairwise: [[1, 3], [0.333, 1]]\n  criteria:\n"
      "    - {name: cost, unit: $/month, better: lower}\n    - {name: accuracy, unit: '%', better: higher}\n");
  CHECK(compared.criteria[0].weight == Approx(0.75));
}

TEST_CASE("Weights of a matrix that do not sum to 1 are refused with their sum", "[decision][matrix]") {
  const std::string head = "matrix:\n  criteria:\n    - {name: cost, unit: $, better: lower, weight: 0.4";
  check_says(complaint([&] { read(head + "}\n    - {name: b, unit: $, better: lower, weight: 0.5}\n"); }),
             "matrix.criteria: found weights that sum to 0.9, expected weights that sum to 1");
  check_says(complaint([&] { read(head + "}\n    - {name: cost, unit: $, better: lower, weight: 0.6}\n"); }),
             "'cost' again");
  check_says(complaint([&] { read(head + ", target: 5, ideal: 9}\n"); }), "less than the target of 5");
  check_says(complaint([&] {
               read(
                   "matrix: {pairwise: [[1, 3], [3, 1]], criteria: [{name: a, unit: $, better: lower}, {name: b, "
                   "unit: $, better: lower}]}");
             }),
             "inverses of each other");
}

TEST_CASE("Values of an option are numbers, or unknown", "[decision][matrix]") {
  core::Document document{"option.yaml", "{name: a, values: {cost: 5, accuracy: unknown}}"};
  const MatrixOption option = decision::read_matrix_option(document.root(), vendor_plan());
  document.finish();
  CHECK(option.values == std::vector<std::optional<double>>{5.0, std::nullopt, std::nullopt, std::nullopt});
}
