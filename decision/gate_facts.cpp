#include "decision/gate_facts.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"

namespace decision {
namespace {

using core::Quantity;

const Quantity hundred = Quantity::whole(100);

class Collector {
 public:
  Collector(Facts& facts, std::vector<std::string>& notes) : facts_{facts}, notes_{notes} {}

  void add(const std::string& name, Quantity value, Unit unit) {
    const Measured computed{.value = value, .unit = unit};
    const auto [given, is_new] = facts_.emplace(name, computed);
    if (is_new || given->second.value == value) return;
    notes_.push_back(fmt::format("{} is given as {} and computed as {}: the given value is used.", name,
                                 given->second.text(), computed.text()));
  }

 private:
  Facts& facts_;
  std::vector<std::string>& notes_;
};

void add_signal(Collector& collect, const Facts& facts, const GateSources& sources, std::vector<std::string>& notes) {
  const auto lift = facts.find("kpi_lift");
  if (lift == facts.end() || !sources.effort || !sources.data || !sources.data->label_accuracy) return;
  const Effort& effort = *sources.effort;
  const Quantity clean = *sources.data->label_accuracy;
  const Quantity value = signal_weighted_roi(lift->second.value, clean, effort.working_days);
  collect.add("signal_weighted_roi", value, Unit::percent_per_day);
  if (effort.engineers > 1) {
    notes.push_back(fmt::format(
        "signal_weighted_roi counts {} days, as its source does; in {} engineer-days it is {} % a day (C-08).",
        figure(effort.working_days, 1), figure(effort.engineer_days(), 1),
        figure(signal_weighted_roi(lift->second.value, clean, effort.engineer_days()))));
  }
}

}  // namespace

GateSources read_gate_sources(const core::Section& root) {
  GateSources sources;
  sources.returns = read_returns(root);
  if (const std::optional<DataPlan> plan = read_data(root)) sources.data = plan->data;
  sources.effort = read_effort(root);
  sources.budget = read_budget_share(root);
  sources.prompts = read_prompts(root);
  sources.validation = read_validation(root);
  sources.adoption = read_adoption(root);
  return sources;
}

std::vector<std::string> add_facts(Facts& facts, const GateSources& sources) {
  std::vector<std::string> notes;
  Collector collect{facts, notes};
  if (sources.returns) {
    collect.add("timed_roi", timed_roi(*sources.returns), Unit::multiple);
    if (sources.returns->lost_days > Quantity{}) collect.add("delivery_days", sources.returns->lost_days, Unit::days);
  }
  if (sources.data) {
    for (const auto& [name, measured] : facts_of(*sources.data)) collect.add(name, measured.value, measured.unit);
  }
  add_signal(collect, facts, sources, notes);
  if (sources.budget) {
    const BudgetShare share = budget_share(sources.budget->spend, sources.budget->budget);
    collect.add("budget_share", product(share.same_period, hundred), Unit::share);
  }
  if (sources.prompts) collect.add("prompt_maintenance", sources.prompts->upkeep.hours_a_week, Unit::hours);
  if (sources.validation)
    collect.add("prototype_days", Quantity::whole(sources.validation->prototype_days), Unit::days);
  if (sources.adoption && sources.adoption->prompts) {
    collect.add("prompt_coverage", product(sources.adoption->prompts->reached(), hundred), Unit::share);
  }
  return notes;
}

}  // namespace decision
