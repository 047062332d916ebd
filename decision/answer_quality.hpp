// How good the answers of a combination are, and what a point of quality costs, from what was simulated.
//
//  * `QualityPlan`      how right each model is, by its name, and what a better option is worth
//  * `read_quality`     the `quality` section
//  * `answer_quality`   each option: its quality as a mean over the answers of its parts, its latency class by class,
//  its
//                       bill, and what a point more than the baseline costs
//
// Quality may be averaged over requests, for each is answered once; latency may not: each class keeps its own
// percentile. Which part answered is counted in the simulation. Where an answer passes more than one part (a
// cascade, two models of which both are needed) no mean is taken: say the quality of the option itself, as it was
// measured. Percents of quality are levels; "95 % of the accuracy" of a model with 90 is 85.5, and 5 % lower (relative,
//
//
// In a scenario:
//   quality:
//     metric: accuracy                  # or recall on defaults
//     of: [{name: deep, is: 100%}, {name: light, is: 95%}]      # options, or parts of them
//     baseline: deep-only               # what the others are compared with
//     point: $2_000                     # what a point more is worth a month; or unknown (the default)
//     lifts: [{option: hybrid, revenue: 15%}]       # more clicks, sales, … than the baseline brings, relative
//     revenue: $100_000                 # of the baseline, a month; or unknown (the default)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct Answer;
struct OptionFact;

struct ModelQuality {
  std::string name;
  core::Quantity percent;
  bool operator==(const ModelQuality&) const = default;
};

struct RevenueLift {
  std::string option;
  core::Quantity share;  // 0.15
  bool operator==(const RevenueLift&) const = default;
};

struct QualityPlan {
  std::string metric;
  std::vector<ModelQuality> models;
  std::string baseline;
  std::optional<core::Money> point;  // a month
  std::vector<RevenueLift> lifts{};
  std::optional<core::Money> revenue{};  // of the baseline, a month
  std::optional<core::Quantity> of(const std::string& name) const;
  bool operator==(const QualityPlan&) const = default;
};

// `options`: the names of those that are simulated. Throws core::ConfigError.
std::optional<QualityPlan> read_quality(const core::Section& root, const std::vector<std::string>& options);

// The mean over the answers, in percent; nothing where it cannot be said.
std::optional<core::Quantity> quality_of(const OptionFact& option, const QualityPlan& plan);

Answer answer_quality(const QualityPlan& plan, const std::vector<OptionFact>& options);

}  // namespace decision
