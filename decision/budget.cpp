#include "decision/budget.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace decision {
namespace {

constexpr std::array<std::string_view, 4> criteria{"cost", "latency", "quality", "time_to_ship"};

std::vector<Weight> read_weights(const core::Section& decision) {
  std::vector<Weight> weights;
  const std::optional<core::Section> section = decision.optional_section("weights");
  if (!section) return weights;
  double sum = 0;
  for (const std::string_view criterion : criteria) {
    if (!section->has(criterion)) continue;
    weights.push_back({std::string{criterion}, section->number(criterion, {.min = 0, .max = 1})});
    sum += weights.back().share;
  }
  // Wide enough for three thirds written with nine digits after the point, too narrow for a slip of the pen.
  if (std::abs(sum - 1) > 1e-9) {
    throw decision.error("weights", fmt::format("weights that sum to {:.10g}", sum), "weights that sum to 1");
  }
  return weights;
}

}  // namespace

DecisionConfig read_decision(const core::Section& root) {
  DecisionConfig config;
  const std::optional<core::Section> section = root.optional_section("decision");
  if (!section) return config;
  config.weights = read_weights(*section);
  if (const std::optional<core::Section> budget = section->optional_section("budget")) {
    const core::Money amount = budget->money("amount");
    if (amount <= core::Money{}) throw budget->error("amount", amount.to_string(), "an amount above 0");
    // The word is asked for although there is one: an amount without a period is how budgets get misread.
    budget->choice("per", {"month"});
    config.budget = Budget{amount};
  }
  return config;
}

}  // namespace decision
