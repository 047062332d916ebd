#include "decision/questions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace decision {
namespace {

using core::Quantity;

// Sections that ask something without options.
constexpr std::array<std::string_view, 24> questions_of_one{"gates",
                                                            "facts",
                                                            "data",
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
                                                            "retraining"};

NamedOption read_named_option(const core::Section& section, const Questions& questions, bool stated) {
  NamedOption option{.name = section.text("name", {.expected = "the option's name"}),
                     .facts = read_facts(section, questions.gates)};
  if (questions.matrix) option.matrix = read_matrix_option(section, *questions.matrix);
  if (!questions.frontier.empty()) {
    std::vector<std::string> names;
    for (const Axis& axis : questions.frontier) names.push_back(axis.name);
    option.axes = read_values(section, names);
  }
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
  questions.sources.returns = read_returns(root);
  if (questions.data) questions.sources.data = questions.data->data;
  questions.sources.effort = read_effort(root);
  questions.sources.budget = read_budget_share(root);
  questions.sources.prompts = read_prompts(root);
  questions.sources.validation = read_validation(root);
  questions.sources.adoption = read_adoption(root);
  questions.matrix = read_matrix(root);
  questions.frontier = read_axes(root);
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
  questions.fiscal_year = read_fiscal_year(root);
  for (const core::Section& section : root.optional_sections("options")) {
    NamedOption option = read_named_option(section, questions, stated);
    const auto same = [&](const NamedOption& other) { return other.name == option.name; };
    if (std::any_of(questions.options.begin(), questions.options.end(), same)) {
      throw section.error("name", fmt::format("'{}' again", option.name), "a name of its own for each option");
    }
    questions.options.push_back(std::move(option));
  }
  return questions;
}

}  // namespace decision
