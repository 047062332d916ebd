#include "decision/frontier.hpp"

#include <cstdint>
#include <stdexcept>

#include "tests/support/catch.hpp"

using decision::Axis;
using decision::Direction;
using decision::frontier;
using decision::FrontierPoint;
using decision::Place;

namespace {

const std::vector<Axis> vision{
    {"accuracy", Direction::higher}, {"latency", Direction::lower}, {"size", Direction::lower}};

}  // namespace

TEST_CASE("The best in accuracy, the best in latency and one between are all on the frontier", "[decision][frontier]") {
  const auto placed = frontier(
      vision, {{"vit", {91.0, 40.0, 330.0}}, {"mobilenet", {84.0, 6.0, 14.0}}, {"resnet", {88.0, 15.0, 98.0}}});
  for (const auto& one : placed) CHECK(one.place == Place::front);
}

TEST_CASE("Who is dominated names everybody who dominates", "[decision][frontier]") {
  const auto placed = frontier(vision, {{"vit", {91.0, 8.0, 12.0}},
                                        {"mobilenet", {84.0, 6.0, 14.0}},
                                        {"old", {83.0, 9.0, 20.0}},
                                        {"resnet", {88.0, 15.0, 98.0}}});
  CHECK(placed[2].place == Place::dominated);
  CHECK(placed[2].dominators == std::vector<std::string>{"vit", "mobilenet"});
  CHECK(placed[2].sentence() == "old is dominated by vit and mobilenet");
  CHECK(placed[3].sentence() == "resnet is dominated by vit");
}

TEST_CASE("Options that are equal everywhere stay together", "[decision][frontier]") {
  const auto placed = frontier({{"cost", Direction::lower}}, {{"a", {5.0}}, {"b", {5.0}}, {"c", {6.0}}});
  CHECK(placed[0].place == Place::front);
  CHECK(placed[1].sentence() == "b is on the frontier, equal to a");
  CHECK(placed[2].dominators == std::vector<std::string>{"a", "b"});
}

TEST_CASE("Equal on one axis and better on another dominates", "[decision][frontier]") {
  const std::vector<Axis> axes{{"cost", Direction::lower}, {"recall", Direction::higher}};
  CHECK(frontier(axes, {{"a", {5.0, 0.9}}, {"b", {5.0, 0.8}}})[1].place == Place::dominated);
}

TEST_CASE("An option with an unknown value is not placed and beats nobody", "[decision][frontier]") {
  const auto placed = frontier(vision, {{"custom", {99.0, std::nullopt, 1.0}}, {"resnet", {88.0, 15.0, 98.0}}});
  CHECK(placed[0].place == Place::unknown);
  CHECK(placed[0].sentence() == "custom cannot be placed: latency not known");
  CHECK(placed[1].place == Place::front);
}

TEST_CASE("In any number of dimensions the frontier dominates the rest and nobody on it", "[decision][frontier]") {
  // The definition itself, checked by brute force over points on a coarse grid, where ties are common.
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::uint64_t state = seed;
    const auto draw = [&] {
      state = state * 6364136223846793005U + 1442695040888963407U;
      return static_cast<double>((state >> 33U) % 4);
    };
    const std::size_t dimensions = 1 + seed % 5;
    std::vector<Axis> axes;
    for (std::size_t i = 0; i < dimensions; ++i)
      axes.push_back({"x", i % 2 == 0 ? Direction::lower : Direction::higher});
    std::vector<FrontierPoint> points;
    for (int p = 0; p < 12; ++p) {
      FrontierPoint point{"p", {}};
      for (std::size_t i = 0; i < dimensions; ++i) point.values.emplace_back(draw());
      points.push_back(point);
    }
    const auto placed = frontier(axes, points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      bool dominated = false;
      for (const auto& other : points) {
        bool as_good = true;
        bool better = false;
        for (std::size_t k = 0; k < dimensions; ++k) {
          const double gain = (*other.values[k] - *points[i].values[k]) * (k % 2 == 0 ? -1 : 1);
          as_good = as_good && gain >= 0;
          better = better || gain > 0;
        }
        dominated = dominated || (as_good && better);
      }
      CHECK((placed[i].place == Place::dominated) == dominated);
    }
  }
}

TEST_CASE("An axis has the unit that it says, or that a run knows its values in", "[decision][frontier]") {
  const core::Document document{
      "frontier.yaml",
      "frontier: [{name: accuracy, better: higher, unit: \"%\"}, {name: latency_p99, better: lower},\n"
      "  {name: cost, better: lower, unit: EUR}, {name: monthly_cost, better: lower}, {name: size, better: lower}]\n"};
  std::vector<std::string> labels;
  for (const Axis& axis : decision::read_axes(document.root())) labels.push_back(axis.label());
  CHECK(labels ==
        std::vector<std::string>{"accuracy, %", "latency_p99, ms", "cost, EUR", "monthly_cost, $/month", "size"});
  for (const char* const unknown : {"latency_p9", "latency_p999", "latency_pxx", "costs", ""})
    CHECK(decision::unit_of_observed(unknown).empty());
  CHECK(decision::unit_of_observed("latency_mean") == "ms");
  CHECK(decision::unit_of_observed("availability") == "%");
}

TEST_CASE("What was placed keeps the values that it was placed by", "[decision][frontier]") {
  const auto placed = frontier(vision, {{"custom", {99.0, std::nullopt, 1.0}}});
  CHECK(placed[0].values == std::vector<std::optional<double>>{99.0, std::nullopt, 1.0});
}

TEST_CASE("A point with another number of values is our own mistake", "[decision][frontier]") {
  CHECK_THROWS_AS(frontier(vision, {{"a", {1.0}}}), std::invalid_argument);
}

TEST_CASE("Axes are read, and the values of an option by their names", "[decision][frontier]") {
  core::Document document{"frontier.yaml",
                          "frontier: [{name: accuracy, better: higher}, {name: latency, better: lower}]\n"
                          "values: {accuracy: 91, latency: unknown}\n"};
  const auto axes = decision::read_axes(document.root());
  CHECK(axes == std::vector<Axis>{{"accuracy", Direction::higher}, {"latency", Direction::lower, "ms"}});
  CHECK(decision::read_values(document.root(), {"accuracy", "latency", "size"}) ==
        std::vector<std::optional<double>>{91.0, std::nullopt, std::nullopt});
  document.finish();
}
