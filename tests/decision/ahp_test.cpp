#include "decision/ahp.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"

using decision::pairwise_weights;

TEST_CASE("Weights and consistency agree with the published example", "[decision][ahp]") {
  // The 3 × 3 of many textbooks after Saaty: weights 0.637, 0.258, 0.105; λ = 3.0385; ratio 0.033.
  const auto result = pairwise_weights({{1, 3, 5}, {1.0 / 3, 1, 3}, {0.2, 1.0 / 3, 1}});
  CHECK(result.weights[0] == Approx(0.637).margin(0.0005));
  CHECK(result.weights[1] == Approx(0.258).margin(0.0005));
  CHECK(result.weights[2] == Approx(0.105).margin(0.0005));
  CHECK(result.eigenvalue == Approx(3.0385).margin(0.00005));
  CHECK(result.consistency_ratio == Approx(0.0385 / 2 / 0.58).margin(0.0001));
  CHECK(result.consistent());
}

TEST_CASE("Comparisons that follow from weights return them and are perfectly consistent", "[decision][ahp]") {
  const std::vector<double> truth{0.4, 0.25, 0.2, 0.1, 0.05};
  std::vector<std::vector<double>> rows(5, std::vector<double>(5));
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < 5; ++j) rows[i][j] = truth[i] / truth[j];
  }
  const auto result = pairwise_weights(rows);
  for (std::size_t i = 0; i < 5; ++i) CHECK(result.weights[i] == Approx(truth[i]).epsilon(1e-12));
  CHECK(result.consistency_ratio < 1e-12);
}

TEST_CASE("A circle of preferences is not consistent", "[decision][ahp]") {
  // a over b over c over a, each five times: λ = 1 + 5 + 1/5.
  const auto result = pairwise_weights({{1, 5, 0.2}, {0.2, 1, 5}, {5, 0.2, 1}});
  CHECK(result.eigenvalue == Approx(6.2));
  CHECK_FALSE(result.consistent());
}

TEST_CASE("Two criteria cannot contradict each other", "[decision][ahp]") {
  const auto result = pairwise_weights({{1, 3}, {1.0 / 3, 1}});
  CHECK(result.weights[0] == Approx(0.75));
  CHECK(result.consistency_ratio == 0);
}

TEST_CASE("What is no square of positive numbers is our own mistake", "[decision][ahp]") {
  CHECK_THROWS_AS(pairwise_weights({}), std::invalid_argument);
  CHECK_THROWS_AS(pairwise_weights({{1, 2}}), std::invalid_argument);
  CHECK_THROWS_AS(pairwise_weights({{1, 0}, {1, 1}}), std::invalid_argument);
}
