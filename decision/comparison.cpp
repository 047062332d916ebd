#include "decision/comparison.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"

namespace decision {

using core::Money;
using core::Quantity;

CostImpact cost_impact(std::vector<ImpactRow> rows, std::size_t baseline) {
  if (rows.size() < 2 || baseline >= rows.size())
    throw std::invalid_argument("a cost-impact matrix compares two rows or more");
  CostImpact impact{.rows = std::move(rows), .baseline = baseline, .effort_ratio = {}, .asks = {}};
  const Quantity base = impact.rows[baseline].engineer_days;
  for (const ImpactRow& row : impact.rows) {
    impact.effort_ratio.push_back(base > Quantity{} ? std::optional{quotient(row.engineer_days, base)} : std::nullopt);
    if (!row.revenue_lift) impact.asks.push_back(row.name);
  }
  return impact;
}

std::vector<TriadPoint> cpc_triad(const std::vector<TriadInput>& options) {
  TriadInput most;
  for (const TriadInput& o : options) {
    most.cost = std::max(most.cost, o.cost);
    most.performance = std::max(most.performance, o.performance);
    most.complexity = std::max(most.complexity, o.complexity);
  }
  const auto share = [](double value, double largest) { return largest > 0 ? value / largest : 0; };
  std::vector<TriadPoint> points;
  for (const TriadInput& o : options) {
    points.push_back({o.name, share(o.cost, most.cost), share(o.performance, most.performance),
                      share(o.complexity, most.complexity)});
  }
  return points;
}

Sentence signal_cost_sentence(const SignalCost& inputs) {
  Sentence sentence;
  if (!inputs.lift) sentence.missing.emplace_back("lift");
  if (!inputs.budget_share) sentence.missing.emplace_back("budget share");
  if (!inputs.velocity_days) sentence.missing.emplace_back("days of product velocity");
  if (!sentence.missing.empty()) return sentence;
  sentence.text = fmt::format(
      "We can achieve {} % lift while staying under {} % of the ML budget and preserving {} days of product velocity.",
      figure(*inputs.lift), figure(product(*inputs.budget_share, Quantity::whole(100))), figure(*inputs.velocity_days));
  return sentence;
}

std::optional<SignalCost> read_signal_cost(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("signal_cost");
  if (!section) return std::nullopt;
  SignalCost inputs;
  if (section->has("lift")) inputs.lift = read_measured(*section, "lift", Unit::relative).value;
  if (section->has("budget_share")) {
    inputs.budget_share = quotient(read_measured(*section, "budget_share", Unit::share).value, Quantity::whole(100));
  }
  if (section->has("velocity_days")) inputs.velocity_days = read_measured(*section, "velocity_days", Unit::days).value;
  return inputs;
}

std::optional<CostImpact> read_impact(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("impact");
  if (!section) return std::nullopt;
  const std::string baseline = section->text("baseline", {.expected = "the name of a row"});
  std::vector<ImpactRow> rows;
  std::vector<std::string> names;
  std::optional<std::size_t> base;
  for (const core::Section& item : section->sections("rows")) {
    ImpactRow row{
        .name = item.text("name"), .engineer_days = {}, .cloud_once = {}, .cloud_monthly = {}, .revenue_lift = {}};
    row.engineer_days = item.quantity("engineer_days");
    row.cloud_once = item.money("cloud_once");
    row.cloud_monthly = item.money("cloud_monthly");
    if (item.text("revenue_lift", {.expected = "an amount a month, or unknown"}) != "unknown")
      row.revenue_lift = item.money("revenue_lift");
    if (row.name == baseline) base = rows.size();
    names.push_back(row.name);
    rows.push_back(std::move(row));
  }
  if (!base) throw section->error("baseline", "'" + baseline + "'", fmt::format("one of {}", fmt::join(names, ", ")));
  if (rows.size() < 2) throw section->error("rows", "one row", "two or more: the matrix compares");
  return cost_impact(std::move(rows), *base);
}

}  // namespace decision
