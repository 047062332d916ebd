// What to do when a bill exceeds its cap: knobs that each leave a part of it, ranked by what they lose.
//
//  * `Knob`            one way to spend less: the part of the bill that remains, and the business value that is lost
//  * `resolve`         what a knob that is an option of the scenario leaves of a bill, from the bills that are known
//  * `rank_fallbacks`  every smallest set of knobs that restores the cap, or "none exists"
//
// Factors multiply and losses add, which takes the knobs to be independent; a set that matters should be simulated.
//
// In a scenario:
//   fallbacks: [{name: spot, costs: 50%, loses: $2_000}, {name: degrade, costs: 40%, loses: unknown}]
//   fallbacks: [{name: smaller model, option: light, loses: unknown}]      # its bill in place of the one above the cap
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct Knob {
  std::string name;
  core::Quantity cost_factor;       // what of the bill remains: 0.4 saves 60 %
  std::optional<core::Money> loss;  // business value lost a month; nothing: nobody knows
  std::string option{};             // that takes the place of the other; empty: a factor was stated
  bool operator==(const Knob&) const = default;
};

struct OptionBill {
  std::string name;
  core::Money monthly;
};
// The knobs with the factors of those that are options: their bill ÷ `bill`, which is that of `option`. Left out are
// `option` itself and those whose bill is not known; `bill` above 0.
std::vector<Knob> resolve(std::vector<Knob> knobs, const std::vector<OptionBill>& bills, const std::string& option,
                          core::Money bill);

struct Fallback {
  std::vector<std::string> knobs;
  core::Money bill;
  std::optional<core::Money> loss;
  std::string sentence() const;
  bool operator==(const Fallback&) const = default;
};

struct Fallbacks {
  bool needed = false;            // the bill is above the cap
  std::vector<Fallback> ranked;   // least loss first; those with unknown losses last, the fewest knobs first
  std::vector<std::string> asks;  // knobs whose loss nobody gave
  std::string verdict;            // "none exists" when nothing helps
  bool operator==(const Fallbacks&) const = default;
};
// Every smallest set of knobs that brings the bill under the cap: factors multiply, losses add. At most 12 knobs
// (4,096 sets); std::invalid_argument beyond. No set replaces an option twice.
Fallbacks rank_fallbacks(core::Money bill, core::Money cap, const std::vector<Knob>& knobs);
// The `fallbacks` section: [{name: spot, costs: 50%, loses: $2_000}]; `loses: unknown` when nobody knows.
std::vector<Knob> read_knobs(const core::Section& root);

}  // namespace decision
