#include "decision/triad.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "decision/answers.hpp"
#include "decision/comparison.hpp"
#include "decision/frontier.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

std::vector<std::string> names_of(const TriadPlan& plan) { return {"cost", plan.performance, plan.complexity}; }

std::string cell(double value, double share) { return fmt::format("{:g} ({:.2f})", value, share); }

std::string cost_cell(double dollars, double share) {
  return fmt::format("{} ({:.2f})", amount(core::Money::parse(fmt::format("{:.2f}", dollars))), share);
}

}  // namespace

std::optional<TriadPlan> read_triad(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("triad");
  if (!section) return std::nullopt;
  constexpr std::string_view expected = "a name in the values of the options";
  TriadPlan plan{.performance = section->text("performance", {.expected = expected}),
                 .complexity = section->text("complexity", {.expected = expected})};
  if (plan.performance == plan.complexity)
    throw section->error("complexity", fmt::format("'{}' again", plan.complexity), "another value than performance");
  return plan;
}

TriadValues read_triad_values(const core::Section& option, const TriadPlan& plan) {
  const std::vector<std::string> names = names_of(plan);
  const std::vector<std::optional<double>> found = read_values(option, names);
  TriadValues values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = found[i];
    if (found[i] && *found[i] < 0)
      throw option.section("values").error(names[i], fmt::format("{}", *found[i]), "0 or more, for an axis from 0 on");
  }
  return values;
}

Answer answer_triad(const TriadPlan& plan, const std::vector<TriadOption>& options) {
  Answer answer{.section = "triad"};
  const std::vector<std::string> names = names_of(plan);
  std::vector<TriadInput> placed;
  for (const TriadOption& option : options) {
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!option.values[i]) missing.push_back(names[i]);
    }
    if (missing.empty()) placed.push_back({option.name, *option.values[0], *option.values[1], *option.values[2]});
    else answer.sentences.push_back(fmt::format("{} is not placed: {} not known.", option.name, listing(missing)));
  }
  if (placed.empty()) return answer;
  answer.sentences.insert(
      answer.sentences.begin(),
      "Each axis is a share of the largest value: 1 is the dearest, the best and the most complex.");
  answer.table = {.alignment = "lrrr",
                  .rows = {{"option", "cost a month", fmt::format("performance: {}", plan.performance),
                            fmt::format("complexity: {}", plan.complexity)}}};
  Curve ring{.title = "Cost, performance and complexity",
             .shape = Curve::Shape::ring,
             .axes = {"cost", "performance", "complexity"}};
  const std::vector<TriadPoint> points = cpc_triad(placed);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const TriadPoint& at = points[i];
    answer.table.rows.push_back({at.name, cost_cell(placed[i].cost, at.cost),
                                 cell(placed[i].performance, at.performance),
                                 cell(placed[i].complexity, at.complexity)});
    ring.series.push_back({.name = at.name, .y = {at.cost, at.performance, at.complexity}});
  }
  answer.curves.push_back(std::move(ring));
  return answer;
}

}  // namespace decision
