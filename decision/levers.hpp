// Levers on a bill, one after the other: each takes its share of what the others have left.
//
//  * `Lever`            a name and the share that it saves: caching 20 %, spot 45.5 %
//  * `combined`         1 - (1 - a)(1 - b)…: savings multiply, they never add (C-16)
//  * `waterfall`        the bill before and after each, to the last digit
//  * `OptionTransform`  quantisation, pruning, distillation: factors on size, latency and accuracy
//
// A lever is a claim until it has been simulated; so is "batching cuts latency by 40 %" (C-15).
//
// Example:
//   combined({{"cache", Quantity::parse("0.3")}, spot_lever(Quantity::parse("0.7"), Quantity::parse("0.65"))}) // 61.85
//   %
//
// In a scenario:
//   levers: [{name: cache, saves: 30%}, {name: spot, share: 70%, off: 65%}]
//   made_from: {option: teacher, size: 10%, accuracy: 95%, latency: 20%}      of an option
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct Lever {
  std::string name;
  core::Quantity saves;  // share of what is left
  bool operator==(const Lever&) const = default;
};
// A share of the machines at a discount: share × off.
Lever spot_lever(core::Quantity share, core::Quantity off);

core::Quantity combined(const std::vector<Lever>& levers);

struct WaterfallStep {
  std::string name;
  core::Money saved;
  core::Money left;
  bool operator==(const WaterfallStep&) const = default;
};
// One step a lever, in their order; the order changes the steps, not the end.
std::vector<WaterfallStep> waterfall(core::Money bill, const std::vector<Lever>& levers);

// "The levers save 61.85 %: the 60 % claimed are reached."
std::string say_levers(const std::vector<Lever>& levers, core::Quantity claim);

// What a smaller model is of the one it is made from. The accuracy must be said: nothing shrinks for free.
struct OptionTransform {
  std::string of;  // the larger model's name
  core::Quantity size = core::Quantity::whole(1);
  core::Quantity latency = core::Quantity::whole(1);
  core::Quantity accuracy = core::Quantity::whole(1);
  core::Quantity accuracy_loss() const { return core::Quantity::whole(1) - accuracy; }  // relative
  bool operator==(const OptionTransform&) const = default;
};
struct ModelFacts {
  core::Quantity gigabytes;
  core::Quantity milliseconds;
  core::Quantity accuracy;  // percent
  bool operator==(const ModelFacts&) const = default;
};
ModelFacts transformed(const ModelFacts& teacher, const OptionTransform& transform);
// Whether it fits a memory, to the byte of a billionth of a gigabyte.
inline bool fits_memory(const ModelFacts& model, core::Quantity gigabytes) { return model.gigabytes <= gigabytes; }

// High stakes: no loss of accuracy is accepted at all. Else every loss up to `most` (relative) is.
struct AccuracyPolicy {
  bool high_stakes = false;
  core::Quantity most_loss;  // relative share; ignored when the stakes are high
  bool accepts(core::Quantity loss) const;
  std::string sentence(core::Quantity loss) const;
  bool operator==(const AccuracyPolicy&) const = default;
};

std::vector<Lever> read_levers(const core::Section& root);
std::optional<OptionTransform> read_transform(const core::Section& option);
// `accuracy_policy: {high_stakes: true, against: NAME}` or `{high_stakes: false, most_loss: 5%}`; `against` is the
// option whose accuracy the others may lose, and may be left out where none is compared.
struct AccuracyQuestion {
  AccuracyPolicy policy;
  std::string against{};
  bool operator==(const AccuracyQuestion&) const = default;
};
std::optional<AccuracyQuestion> read_accuracy_policy(const core::Section& root);

}  // namespace decision
