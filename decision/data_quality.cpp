#include "decision/data_quality.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/math.hpp"
#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

const Quantity one = Quantity::whole(1);
const Quantity hundred = Quantity::whole(100);

std::optional<Quantity> uniqueness(const DataSet& data) {
  if (!data.duplicates) return std::nullopt;
  return one - *data.duplicates;
}

std::optional<Quantity> read_share(const core::Section& section, std::string_view key) {
  if (!section.has(key)) return std::nullopt;
  const Quantity percent = read_measured(section, key, Unit::share).value;
  if (percent < Quantity{} || percent > hundred) throw section.error(key, figure(percent) + " %", "0 to 100 %");
  return quotient(percent, hundred);
}

}  // namespace

std::optional<Quantity> clean_examples(const DataSet& data) {
  if (!data.label_accuracy) return std::nullopt;
  return product(Quantity::whole(data.examples), *data.label_accuracy);
}

std::optional<Quantity> effective_examples(const DataSet& data) {
  const std::optional<Quantity> unique = uniqueness(data);
  if (!unique || !data.label_accuracy) return std::nullopt;
  Quantity effective = product(Quantity::whole(data.examples), *unique);
  for (std::int64_t i = 0; i < data.noise_exponent; ++i) effective = product(effective, *data.label_accuracy);
  return effective;
}

std::vector<std::string> by_effect(const std::vector<DataSet>& sets) {
  std::vector<const DataSet*> order;
  for (const DataSet& set : sets) order.push_back(&set);
  std::stable_sort(order.begin(), order.end(), [](const DataSet* a, const DataSet* b) {
    const Quantity unknown = Quantity::whole(-1);
    return effective_examples(*a).value_or(unknown) > effective_examples(*b).value_or(unknown);
  });
  std::vector<std::string> names;
  for (const DataSet* set : order) names.push_back(set->name);
  return names;
}

Hygiene hygiene(const DataSet& data, Quantity threshold) {
  Hygiene result{.axes = {{"label accuracy", data.label_accuracy},
                          {"diversity", data.diversity},
                          {"uniqueness", uniqueness(data)}},
                 .passes = true,
                 .threshold = threshold};
  for (HygieneAxis& axis : result.axes) {
    axis.passes = axis.value && *axis.value >= threshold;
    result.passes = result.passes && axis.passes;
  }
  return result;
}

std::string Hygiene::sentence() const {
  if (passes) return fmt::format("Every axis reaches {}.", percent_text(threshold, 0));
  std::vector<std::string> faults;
  for (const HygieneAxis& axis : axes) {
    if (axis.passes) continue;
    faults.push_back(axis.value
                         ? fmt::format("{} is {} %, below {} %", axis.name, figure(product(*axis.value, hundred)),
                                       figure(product(threshold, hundred)))
                         : fmt::format("{} is not known", axis.name));
  }
  return fmt::format("Rejected: {}.", listing(faults));
}

double indifference_accuracy(std::int64_t clean, std::int64_t noisy, const DataSet& as_noisy) {
  const double unique = 1 - as_double(as_noisy.duplicates.value_or(Quantity{}));
  const double ratio = static_cast<double>(clean) / (static_cast<double>(noisy) * unique);
  return core::pow(ratio, 1.0 / static_cast<double>(as_noisy.noise_exponent));
}

std::optional<std::string> diminishing_returns(std::int64_t examples, std::int64_t threshold) {
  if (examples <= threshold) return std::nullopt;
  return fmt::format("{} examples are more than {}: for transformers the source sees little gain beyond (S1).",
                     core::format_count(examples), core::format_count(threshold));
}

Overfit overfit(const std::vector<double>& losses, std::int64_t patience) {
  Overfit result;
  double best = losses.front();
  for (std::size_t i = 1; i < losses.size(); ++i) {
    const auto epoch = static_cast<std::int64_t>(i) + 1;
    if (losses[i] < best) {
      best = losses[i];
      result.best = epoch;
    } else if (epoch - result.best >= patience) {
      result.stop_at = result.best;
      return result;
    }
  }
  return result;
}

std::string Overfit::sentence() const {
  if (stop_at) return fmt::format("The validation loss is least at epoch {}: training on over-fits.", *stop_at);
  return fmt::format("The validation loss has not turned yet; it is least at epoch {}.", best);
}

namespace {

DataSet read_set(const core::Section& section, std::string name) {
  DataSet data{.name = std::move(name),
               .examples = section.integer("examples", {.min = 0, .max = 1'000'000'000'000, .unit = "examples"}),
               .duplicates = read_share(section, "duplicates"),
               .label_accuracy = read_share(section, "label_accuracy"),
               .diversity = read_share(section, "diversity")};
  data.noise_exponent = section.integer(
      "noise_exponent", {.min = 1,
                         .max = 10,
                         .fallback = 2,
                         .why = "reproduces that 80,000 clean examples beat 150,000 noisy ones (C-07)"});
  return data;
}

}  // namespace

std::vector<DataSet> read_datasets(const core::Section& root) {
  std::vector<DataSet> sets;
  for (const core::Section& item : root.optional_sections("datasets")) {
    sets.push_back(read_set(item, item.text("name", {.expected = "the name of a data set"})));
  }
  if (sets.size() == 1) throw root.error("datasets", "one data set", "two or more: they are compared");
  return sets;
}

std::optional<DataPlan> read_data(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("data");
  if (!section) return std::nullopt;
  DataPlan plan;
  plan.data = read_set(*section, section->has("name") ? section->text("name") : DataSet{}.name);
  if (section->has("validation_loss")) {
    plan.validation_loss = section->numbers("validation_loss", 0);
    if (plan.validation_loss.empty())
      throw section->error("validation_loss", "an empty list", "one loss for each epoch");
    plan.patience = section->integer(
        "patience", {.min = 1, .max = 1000, .unit = "epochs", .fallback = 2, .why = "common in early stopping"});
  }
  if (section->has("learning_curve")) {
    for (const std::vector<double>& row : section->rows("learning_curve", 2))
      plan.learning_curve.push_back({row[0], row[1]});
  }
  return plan;
}

Facts facts_of(const DataSet& data) {
  Facts facts;
  facts.emplace("examples", Measured{.value = Quantity::whole(data.examples), .unit = Unit::examples});
  if (const auto clean = clean_examples(data))
    facts.emplace("clean_examples", Measured{.value = *clean, .unit = Unit::examples});
  const auto add = [&](const char* name, const std::optional<Quantity>& share) {
    if (share) facts.emplace(name, Measured{.value = product(*share, hundred), .unit = Unit::share});
  };
  add("label_accuracy", data.label_accuracy);
  add("diversity", data.diversity);
  add("uniqueness", uniqueness(data));
  return facts;
}

}  // namespace decision
