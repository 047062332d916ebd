// The Pareto frontier: options that no other beats in every respect.
//
//  * `Direction`  whether less or more is better
//  * `Axis`       what is compared, and in which unit
//  * `frontier`   of any number of axes: who is on it, who dominates those that are not, and who ties
//
// One option dominates another when it is at least as good on every axis and better on one. Options that are equal
// everywhere dominate nobody and stay together. An option with an unknown value cannot be placed; it dominates nobody
// and says what is missing.
//
// An axis may say its unit. Axes that a simulation fills in (cost and monthly_cost, latency…, availability) have the
// units that those are known in: $/month, ms, %. With another unit they are the scenario's own.
//
// Example:
//   frontier({{"accuracy", Direction::higher}, {"latency", Direction::lower}},
//            {{"vit", {91.0, 40.0}}, {"mobilenet", {84.0, 6.0}}, {"old", {83.0, 9.0}}});   // old: dominated by
//            mobilenet
//
// In a scenario (the values stand with the options, as those of the matrix do):
//   frontier: [{name: accuracy, better: higher, unit: "%"}, {name: latency, better: lower}]
//   options: [{name: vit, …, values: {accuracy: 91, latency: unknown}}]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml_reader.hpp"

namespace decision {

enum class Direction : std::uint8_t { lower, higher };  // which is better

struct Axis {
  std::string name;
  Direction better = Direction::lower;
  std::string unit = {};      // "ms"; empty: the scenario does not say
  std::string label() const;  // "latency, ms"
  bool operator==(const Axis&) const = default;
};

// The unit in which a run knows a value of this name: "ms" of latency_p99; empty: it knows none.
std::string_view unit_of_observed(std::string_view name);

struct FrontierPoint {
  std::string name;
  std::vector<std::optional<double>> values;  // one for each axis, in its own unit; never NaN
};

enum class Place : std::uint8_t { front, dominated, unknown };

struct Placed {
  std::string name;
  Place place = Place::unknown;
  std::vector<std::string> dominators;             // every one of them, in the order of the points
  std::vector<std::string> ties;                   // equal on every axis
  std::vector<std::string> missing;                // axes without a value
  std::vector<std::optional<double>> values = {};  // as the point has them
  std::string sentence() const;                    // "old is dominated by mobilenet"
  bool operator==(const Placed&) const = default;
};

// What was compared, and how it came out.
struct Frontier {
  std::vector<Axis> axes = {};
  std::vector<Placed> options = {};
  bool operator==(const Frontier&) const = default;
};

// In the order of the points. O(points² × axes). std::invalid_argument when a point has another number of values.
std::vector<Placed> frontier(const std::vector<Axis>& axes, const std::vector<FrontierPoint>& points);

std::vector<Axis> read_axes(const core::Section& root);  // empty without a `frontier` section
// `values` of one option by the names of axes or criteria: nothing where it names none or says `unknown`.
std::vector<std::optional<double>> read_values(const core::Section& option, const std::vector<std::string>& names);

}  // namespace decision
