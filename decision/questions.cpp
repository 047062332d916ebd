#include "decision/questions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "decision/exact.hpp"

namespace decision {
namespace {

using core::Quantity;

// Sections that ask something without options.
constexpr auto questions_of_one = std::to_array<std::string_view>({"gates",
                                                                   "facts",
                                                                   "data",
                                                                   "datasets",
                                                                   "returns",
                                                                   "effort",
                                                                   "budget_share",
                                                                   "prompts",
                                                                   "validation",
                                                                   "adoption",
                                                                   "rollout",
                                                                   "pilot",
                                                                   "price_change",
                                                                   "users_value",
                                                                   "latency_churn",
                                                                   "swaps",
                                                                   "kpi",
                                                                   "latency_exchange",
                                                                   "impact",
                                                                   "cache_mitigation",
                                                                   "signal_cost",
                                                                   "fx",
                                                                   "levers",
                                                                   "paths",
                                                                   "retraining",
                                                                   "tco",
                                                                   "freshness",
                                                                   "governance",
                                                                   "accuracy_policy",
                                                                   "missed_release",
                                                                   "builds",
                                                                   "plan",
                                                                   "star"});

constexpr std::int64_t bytes_of_gigabyte = 1'000'000'000;

// Of the root's `tco`, else of the first option that has one: totals over different times cannot stand side by side.
std::optional<std::int64_t> months_of_tco(const Questions& questions) {
  if (questions.tco) return questions.tco->months;
  for (const NamedOption& option : questions.options) {
    if (option.tco) return option.tco->months;
  }
  return std::nullopt;
}

// An exact number of its own, for losses that lie on a boundary must lie on it.
std::optional<Quantity> read_accuracy(const core::Section& section, const Questions& questions) {
  const std::optional<core::Section> values = section.optional_section("values");
  if (!values) return std::nullopt;
  const bool is_asked =
      questions.accuracy_policy || section.has("made_from") ||
      std::any_of(questions.frontier.begin(), questions.frontier.end(),
                  [](const Axis& axis) { return axis.name == "accuracy"; }) ||
      (questions.matrix && std::any_of(questions.matrix->criteria.begin(), questions.matrix->criteria.end(),
                                       [](const Criterion& criterion) { return criterion.name == "accuracy"; }));
  // Where nothing asks for it, the key stays unknown, as every slip does.
  if (!is_asked || !values->has("accuracy") || values->text("accuracy") == "unknown") return std::nullopt;
  const Quantity accuracy = values->quantity("accuracy");
  if (accuracy <= Quantity{}) throw values->error("accuracy", figure(accuracy), "more than 0");
  return accuracy;
}

// What a smaller model is of the one it is made from, where it does not state its own figures.
void make_from(const core::Section& section, const Questions& questions, NamedOption& option) {
  const std::optional<OptionTransform> transform = read_transform(section);
  if (!transform) return;
  const auto larger = std::find_if(questions.options.begin(), questions.options.end(),
                                   [&](const NamedOption& other) { return other.name == transform->of; });
  if (larger == questions.options.end()) {
    throw section.section("made_from").error("option", "'" + transform->of + "'", "an option that stands before it");
  }
  const ModelFacts made = transformed({larger->gigabytes.value_or(Quantity{}), larger->latency_ms.value_or(Quantity{}),
                                       larger->accuracy.value_or(Quantity{})},
                                      *transform);
  if (!option.gigabytes && larger->gigabytes) option.gigabytes = made.gigabytes;
  if (!option.latency_ms && larger->latency_ms) option.latency_ms = made.milliseconds;
  if (!option.accuracy && larger->accuracy) option.accuracy = made.accuracy;
}

// Figures of the option itself where its `values` do not say them.
void fill_values(const Questions& questions, NamedOption& option) {
  const auto own = [&](std::string_view name) {
    return name == "accuracy" ? option.accuracy : name == "size" ? option.gigabytes : std::optional<Quantity>{};
  };
  for (std::size_t i = 0; i < questions.frontier.size(); ++i) {
    const std::optional<Quantity> value = own(questions.frontier[i].name);
    if (!option.axes[i] && value) option.axes[i] = as_double(*value);
  }
  if (!questions.matrix) return;
  for (std::size_t i = 0; i < questions.matrix->criteria.size(); ++i) {
    const std::optional<Quantity> value = own(questions.matrix->criteria[i].name);
    if (!option.matrix.values[i] && value) option.matrix.values[i] = as_double(*value);
  }
}

NamedOption read_named_option(const core::Section& section, const Questions& questions, bool stated) {
  NamedOption option{.name = section.text("name", {.expected = "the option's name"}),
                     .facts = read_facts(section, questions.gates)};
  if (questions.matrix) option.matrix = read_matrix_option(section, *questions.matrix);
  if (!questions.frontier.empty()) {
    std::vector<std::string> names;
    for (const Axis& axis : questions.frontier) names.push_back(axis.name);
    option.axes = read_values(section, names);
  }
  option.tco = read_tco(section, months_of_tco(questions));
  if (questions.accuracy_policy || stated) option.accuracy = read_accuracy(section, questions);
  if (questions.triad) option.triad = read_triad_values(section, *questions.triad);
  if (!stated) return option;
  if (section.text("kind", {.expected = "stated"}) != "stated") {
    throw section.error("kind", fmt::format("'{}' in a scenario without traffic", section.text("kind")),
                        "stated, with its monthly_cost, latency and availability; to simulate it, say the traffic");
  }
  section.choice("kind", {"stated"});
  if (section.has("monthly_cost")) {
    option.monthly_cost = section.money("monthly_cost");
    if (*option.monthly_cost < core::Money{}) throw section.error("monthly_cost", "less than 0", "an amount from 0 on");
  }
  if (section.has("latency")) {
    option.latency_ms = read_measured(section, "latency", Unit::milliseconds).value;
    if (*option.latency_ms <= Quantity{}) throw section.error("latency", "0", "a time above 0");
  }
  if (section.has("availability")) {
    option.availability = read_measured(section, "availability", Unit::share).value;
    if (*option.availability < Quantity{} || *option.availability > Quantity::whole(100)) {
      throw section.error("availability", option.availability->to_string(), "0% to 100%");
    }
  }
  if (section.has("size")) option.gigabytes = Quantity::ratio(section.bytes("size", {.min = 1}), bytes_of_gigabyte);
  make_from(section, questions, option);
  fill_values(questions, option);
  return option;
}

// What a simulation finds has its unit: a gate in another could never be held against it.
void check_unit(const core::Section& root, const Gate& gate) {
  if (!gate.named) return;
  const std::optional<Unit> unit = gate.of == "latency"        ? std::optional{Unit::milliseconds}
                                   : gate.of == "availability" ? std::optional{Unit::share}
                                   : gate.of == "monthly_cost" || gate.of == "one_time_cost"
                                       ? std::optional{Unit::dollars}
                                       : std::nullopt;
  if (!unit || *unit == gate.unit) return;
  throw root.section("gates").section(gate.key).error("unit", fmt::format("'{}'", word_of(gate.unit)),
                                                      fmt::format("'{}', which {} is in", word_of(*unit), gate.of));
}

}  // namespace

bool is_pure_decision(const core::Section& root) {
  root.declare_as("options", "option");
  if (root.has("traffic")) return false;
  const std::vector<core::Section> options = root.optional_sections("options");
  if (!options.empty()) {
    // One is enough: the others are then told that they lack traffic.
    return std::any_of(options.begin(), options.end(), [](const core::Section& option) {
      return option.has("kind") && option.text("kind") == "stated";
    });
  }
  return std::any_of(questions_of_one.begin(), questions_of_one.end(),
                     [&](std::string_view key) { return root.has(key); });
}

Questions read_questions(const core::Section& root, bool stated) {
  Questions questions;
  questions.gated = root.has("gates") || root.has("facts");
  questions.gates = read_gates(root);
  for (const Gate& gate : questions.gates) check_unit(root, gate);
  questions.facts = read_facts(root, questions.gates);
  questions.fallback = root.has("fallback") ? root.text("fallback", {.expected = "what to do when a gate rejects"})
                                            : "stay with prompt engineering behind a feature flag";
  questions.data = read_data(root);
  questions.datasets = read_datasets(root);
  questions.sources.returns = read_returns(root);
  if (questions.data) questions.sources.data = questions.data->data;
  questions.sources.effort = read_effort(root);
  questions.sources.budget = read_budget_share(root);
  questions.sources.prompts = read_prompts(root);
  questions.sources.validation = read_validation(root);
  questions.sources.adoption = read_adoption(root);
  questions.matrix = read_matrix(root);
  questions.frontier = read_axes(root);
  questions.triad = read_triad(root);
  questions.fixed_budget = read_fixed_budget(root);
  questions.rollout = read_rollout(root);
  questions.fallbacks = read_knobs(root);
  questions.pilot = read_pilot(root);
  questions.price_change = read_price_change(root);
  questions.users_value = read_users_value(root);
  questions.latency_churn = read_latency_elasticity(root);
  questions.latency_exchange = read_latency_exchange(root);
  questions.swaps = read_swaps(root);
  questions.kpi = read_kpi(root);
  questions.cache = read_cache_question(root);
  questions.signal_cost = read_signal_cost(root);
  questions.impact = read_impact(root);
  questions.fx = read_fx(root);
  questions.levers = read_levers(root);
  questions.paths = read_paths(root);
  questions.retraining = read_retraining(root);
  questions.capacity = read_capacity_rules(root);
  if (questions.capacity && stated)
    throw root.error("capacity_review", "a scenario where nothing is simulated", "traffic and options to serve it");
  questions.fiscal_year = read_fiscal_year(root);
  questions.tco = read_tco(root);
  questions.freshness = read_freshness(root);
  questions.governance = read_governance(root);
  questions.accuracy_policy = read_accuracy_policy(root);
  if (root.has("device_memory"))
    questions.device_memory = Quantity::ratio(root.bytes("device_memory", {.min = 1}), bytes_of_gigabyte);
  questions.missed_release = read_missed_release(root);
  questions.builds = read_builds(root, questions.fx);
  questions.plan = read_plan(root);
  questions.star = read_star(root);
  for (const core::Section& section : root.optional_sections("options")) {
    NamedOption option = read_named_option(section, questions, stated);
    const auto same = [&](const NamedOption& other) { return other.name == option.name; };
    if (std::any_of(questions.options.begin(), questions.options.end(), same)) {
      throw section.error("name", fmt::format("'{}' again", option.name), "a name of its own for each option");
    }
    questions.options.push_back(std::move(option));
  }
  if (questions.accuracy_policy && !questions.accuracy_policy->against.empty()) {
    const std::string& against = questions.accuracy_policy->against;
    const auto is_it = [&](const NamedOption& option) { return option.name == against; };
    if (std::none_of(questions.options.begin(), questions.options.end(), is_it))
      throw root.section("accuracy_policy").error("against", "'" + against + "'", "the name of an option");
  }
  std::vector<std::string> simulated;
  for (const NamedOption& option : questions.options) {
    if (!stated) simulated.push_back(option.name);
  }
  questions.waterfall = read_lever_steps(root, simulated);
  questions.quality = read_quality(root, simulated);
  questions.break_evens = read_break_evens(root, simulated);
  return questions;
}

}  // namespace decision
