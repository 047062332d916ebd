#include "cli/plan.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/traffic/named_text.hpp"
#include "core/yaml_reader.hpp"
#include "decision/budget.hpp"
#include "decision/slo.hpp"
#include "pricing/price_table.hpp"
#include "sim/capacity.hpp"

namespace cli {
namespace {

pricing::Catalog read_catalog(const core::Section& root, Resources& resources) {
  pricing::Catalog catalog{Resources::price_tables()};
  if (root.has("prices")) {
    // The user's tables come last and so take precedence.
    const auto load_text = [&](std::string_view name) { return resources.load(name); };
    for (const std::string& name : root.texts("prices")) {
      catalog.add(pricing::read_price_table(name, core::traffic::load_named(root, "prices", name, load_text)));
    }
  }
  return catalog;
}

sim::InstanceFacts instance_facts(const core::Section& option, const pricing::Catalog& catalog) {
  const std::string instance = option.text("instance", {.expected = "an instance type such as aws/g6.xlarge"});
  const std::optional<core::MeteringRule> rule = catalog.metering_rule(instance);
  if (!rule) throw option.error("instance", catalog.unknown(instance), "an instance type of a price table");
  sim::InstanceFacts facts{.metering = *rule, .name = instance, .gpus = {}};
  if (const auto& gpu = (*catalog.find(instance))->spec->gpu) {
    // Whole GiB: the figure only tells cards of one name apart.
    const core::Int128 gib = gpu->memory_gib.count() / core::Quantity::whole(1).count();
    facts.gpus = {.model = gpu->model, .memory_gib = static_cast<std::int64_t>(gib), .count = gpu->count};
  }
  return facts;
}

// What is simulated and priced, and the targets that it is held against.
void read_simulation(const core::Section& root, Resources& resources, std::optional<int> months, Plan& plan) {
  const auto load_text = [&](std::string_view name) { return resources.load(name); };
  plan.scenario = sim::read_scenario(
      root, load_text, [&](const core::Section& option) { return instance_facts(option, plan.catalog); }, months);
  const pricing::SharedCosts shared = pricing::read_shared_costs(root, plan.catalog);
  for (const core::Section& option : root.sections("options")) {
    plan.cost_plans.push_back(pricing::read_cost_plan(option, shared, plan.catalog));
    plan.measured.push_back(read_measured(option, load_text));
  }
  std::vector<std::string> classes;
  for (const core::traffic::TrafficClass& c : plan.scenario.traffic.classes) classes.push_back(c.name);
  plan.about.slo = decision::read_slo(root, classes);
  plan.about.decision = decision::read_decision(root);
}

std::vector<std::string> settings(const std::vector<std::string>& sets, std::optional<int> months) {
  std::vector<std::string> words;
  for (const std::string& set : sets) words.push_back("--set=" + set);
  if (months) words.push_back(fmt::format("--months={}", *months));
  return words;
}

}  // namespace

std::string version() { return BILLCAST_VERSION; }

namespace {

Plan read_document(const core::Document& document, const ScenarioText& text, const std::vector<std::string>& sets,
                   std::optional<int> months) {
  const core::Section root = document.root();
  Resources resources{text.folder};

  Plan plan;
  plan.catalog = read_catalog(root, resources);
  if (decision::is_pure_decision(root)) {
    if (months) throw core::ConfigError{"--months: found a scenario without traffic, where nothing is simulated"};
    plan.scenario.name = root.text("scenario", {.expected = "the scenario's name"});
  } else {
    read_simulation(root, resources, months, plan);
  }
  plan.questions = decision::read_questions(root, !plan.is_simulated());
  document.finish();

  reports::About& about = plan.about;
  about.version = version();
  about.scenario = plan.scenario.name;
  about.scenario_file = text.name;
  about.scenario_sha256 = pricing::sha256(text.text);
  about.settings = settings(sets, months);
  about.inputs = resources.inputs();
  about.horizon = plan.scenario.horizon;
  if (plan.is_simulated()) about.planned_hours = plan.scenario.horizon.hour_count();
  const double users = plan.scenario.traffic.demand.daily_users;
  if (users >= 1) about.daily_users = static_cast<std::int64_t>(std::llround(users));  // a replayed trace has none
  about.currency = plan.catalog.currency();
  about.assumptions = document.assumptions();
  if (plan.is_simulated()) about.warnings = sim::capacity_warnings(plan.scenario);
  return plan;
}

}  // namespace

Plan read_plan(const ScenarioText& text, const std::vector<std::string>& sets, std::optional<int> months) {
  core::Document document{text.name, text.text};
  for (const std::string& set : sets) document.set(set);
  return read_document(document, text, sets, months);
}

void declare_plan(const ScenarioText& text, core::Declarations& declarations) {
  core::Document document{text.name, text.text};
  document.declare_to(declarations);
  read_document(document, text, {}, std::nullopt);
}

}  // namespace cli
