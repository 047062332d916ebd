// Whether a data set is fit to fine-tune on.
//
//  * `DataSet`            size, duplicates, label accuracy, diversity, and an exponent for label noise
//  * `clean_examples`     size × label accuracy: what the gate of 100,000 counts (150,000 × 70 % = 105,000)
//  * `effective_examples` size × (1 - duplicates) × label accuracy^exponent: by what data sets are compared
//  * `hygiene`            the data hygiene matrix: every axis must reach its threshold
//  * `indifference_accuracy`  the label accuracy at which a large noisy set is worth no more than a smaller clean one
//  * `overfit`            the epoch to stop at, from a series of validation losses
//
// The exponent is 2 (an assumption): with it 80,000 clean examples beat 150,000 of which 30 % are mislabelled
// (150,000 × 0.7² = 73,500), as the source has it, although 105,000 of those are clean (C-07).
//
// In a scenario:
//   data: {examples: 320_000, duplicates: 45%, label_accuracy: 95%, diversity: 80%, noise_exponent: 2,
//          validation_loss: [0.9, 0.7, 0.6, 0.65, 0.7], patience: 2, learning_curve: [[10_000, 0.80], [20_000, 0.84],
//          …]}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/gates.hpp"
#include "decision/learning_curve.hpp"

namespace decision {

// Shares from 0 to 1; what is not known is nothing.
struct DataSet {
  std::string name = "data";
  std::int64_t examples = 0;
  std::optional<core::Quantity> duplicates;
  std::optional<core::Quantity> label_accuracy;
  std::optional<core::Quantity> diversity;
  std::int64_t noise_exponent = 2;
  bool operator==(const DataSet&) const = default;
};

// Nothing where a share that they need is not known.
std::optional<core::Quantity> clean_examples(const DataSet& data);
std::optional<core::Quantity> effective_examples(const DataSet& data);
// By effective examples, most first; those that cannot be computed last, in their order.
std::vector<std::string> by_effect(const std::vector<DataSet>& sets);

struct HygieneAxis {
  std::string name;  // "label accuracy", "diversity", "uniqueness" (1 - duplicates)
  std::optional<core::Quantity> value;
  bool passes = false;  // value ≥ threshold; an unknown one does not
  bool operator==(const HygieneAxis&) const = default;
};
struct Hygiene {
  std::vector<HygieneAxis> axes;
  bool passes = false;
  std::string sentence() const;  // "Rejected: uniqueness is 55 %, below 70 %."
  core::Quantity threshold;
  bool operator==(const Hygiene&) const = default;
};
Hygiene hygiene(const DataSet& data, core::Quantity threshold = core::Quantity::ratio(7, 10));

// (clean ÷ (noisy × (1 - duplicates)))^(1 ÷ exponent), as a share: below it the clean set has more effect. Above 1:
// always. A statistic, for eyes.
double indifference_accuracy(std::int64_t clean, std::int64_t noisy, const DataSet& as_noisy);

// Beyond this size the source sees little gain for transformers: a warning, never a refusal.
std::optional<std::string> diminishing_returns(std::int64_t examples, std::int64_t threshold = 250'000);

struct Overfit {
  std::optional<std::int64_t> stop_at;  // the epoch, from 1; nothing: the loss still falls, or too few epochs followed
  std::int64_t best = 1;                // epoch of the smallest loss so far
  std::string sentence() const;
  bool operator==(const Overfit&) const = default;
};
// The first epoch that none of the next `patience` improves on. `losses` is not empty.
Overfit overfit(const std::vector<double>& losses, std::int64_t patience = 2);

struct DataPlan {
  DataSet data;
  std::vector<double> validation_loss;
  std::int64_t patience = 2;
  std::vector<CurvePoint> learning_curve;
};
std::optional<DataPlan> read_data(const core::Section& root);
// `datasets: [{name: curated, examples: 80_000, duplicates: 0%, label_accuracy: 100%}, …]`, two or more; empty without.
std::vector<DataSet> read_datasets(const core::Section& root);
// What gates ask of a data set: examples, clean_examples, label_accuracy, diversity, uniqueness; only what is known.
Facts facts_of(const DataSet& data);

}  // namespace decision
