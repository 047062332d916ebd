#include "decision/acceptability.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

using decision::rank_acceptability;

TEST_CASE("An option wins as often as the weights that favour it are many", "[decision][acceptability]") {
  // a leads on x by 0.3, b on y by 0.1: a wins where w × 0.3 > (1 - w) × 0.1, for three quarters of all weights.
  const auto shares = rank_acceptability({{0.8, 0.4}, {0.5, 0.5}}, 7);
  const double four_errors = 4 * std::sqrt(0.75 * 0.25 / 10'000);
  CHECK(std::abs(shares[0] - 0.75) < four_errors);
  CHECK(shares[0] + shares[1] == Approx(1));
}

TEST_CASE("Three options that each lead on one of three criteria win a third each", "[decision][acceptability]") {
  const auto shares = rank_acceptability({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 3);
  for (const double share : shares) CHECK(std::abs(share - 1.0 / 3) < 4 * std::sqrt(2.0 / 9 / 10'000));
}

TEST_CASE("Who is best everywhere always wins, and equals share", "[decision][acceptability]") {
  CHECK(rank_acceptability({{0.9, 0.9}, {0.5, 0.8}}, 1) == std::vector<double>{1, 0});
  const auto tied = rank_acceptability({{0.5, 0.5}, {0.5, 0.5}}, 1);
  CHECK(tied[0] == Approx(0.5));
  CHECK(rank_acceptability({}, 1).empty());
}

TEST_CASE("The same seed draws the same weights", "[decision][acceptability]") {
  const std::vector<std::vector<double>> parts{{0.8, 0.4, 0.1}, {0.5, 0.5, 0.3}, {0.2, 0.9, 0.4}};
  CHECK(rank_acceptability(parts, 11) == rank_acceptability(parts, 11));
  CHECK(rank_acceptability(parts, 11) != rank_acceptability(parts, 12));
}
