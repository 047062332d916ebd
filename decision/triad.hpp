// Cost, performance and complexity of every option on three axes from 0 to 1, to be drawn as a ring (S0).
//
//  * `TriadPlan`     which values of an option are its performance and its complexity
//  * `answer_triad`  the three of each option beside their shares of the largest (decision/comparison.hpp), and the
//  ring
//
// Cost is what a month costs, simulated or stated, unless an option's `values` have a `cost` of its own. Of performance
// more is better; of cost and of complexity less is, so a good option reaches far on one axis and little on the others.
// An option that lacks one of the three is named and left out: nothing is invented.
//
// In a scenario (names of `values`):
//   triad: {performance: accuracy, complexity: development_time}
//   options: [{name: a, …, values: {accuracy: 93, development_time: 8}}]
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/yaml_reader.hpp"

namespace decision {

struct Answer;

struct TriadPlan {
  std::string performance;
  std::string complexity;
};
std::optional<TriadPlan> read_triad(const core::Section& root);

// Cost ($/month), performance, complexity; nothing: unknown.
using TriadValues = std::array<std::optional<double>, 3>;
// Of one option, as its `values` say them. Throws core::ConfigError when one is less than 0.
TriadValues read_triad_values(const core::Section& option, const TriadPlan& plan);

struct TriadOption {
  std::string name;
  TriadValues values;
};
Answer answer_triad(const TriadPlan& plan, const std::vector<TriadOption>& options);

}  // namespace decision
