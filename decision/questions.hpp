// What a scenario asks beside "what does it cost": every decision section it holds, read and ready to be answered.
//
//  * `Questions`       the sections that are there; one that is absent is nothing
//  * `NamedOption`     what the scenario itself says of an option: values, facts, and the figures of a stated one
//  * `read_questions`  reads them all
//  * `is_pure_decision`  whether there is nothing to simulate: no traffic, and a stated option or a section without
//  options
//
// An option of `kind: stated` is not simulated: its user gives what a simulation would find. One that is `made_from` an
// earlier one has that one's size, latency and accuracy times its factors, where it does not state its own.
//
// In a scenario (each figure of a stated option may be left out; it is then unknown, never 0):
//   options:
//     - {name: new, kind: stated, monthly_cost: $50_000, latency: 180ms, availability: 99.9%, values: {accuracy: 93}}
//     - {name: teacher, kind: stated, size: 11.4GB, latency: 400ms, values: {accuracy: 91}}
//     - {name: student, kind: stated, made_from: {option: teacher, size: 10%, accuracy: 95%, latency: 20%}}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/answer_quality.hpp"
#include "decision/break_even_question.hpp"
#include "decision/budget_share.hpp"
#include "decision/builds.hpp"
#include "decision/business_value.hpp"
#include "decision/cache_mitigation.hpp"
#include "decision/capacity_review.hpp"
#include "decision/comparison.hpp"
#include "decision/crossover.hpp"
#include "decision/currency.hpp"
#include "decision/data_quality.hpp"
#include "decision/fallbacks.hpp"
#include "decision/fiscal.hpp"
#include "decision/freshness.hpp"
#include "decision/frontier.hpp"
#include "decision/gate_facts.hpp"
#include "decision/gates.hpp"
#include "decision/governance.hpp"
#include "decision/levers.hpp"
#include "decision/matrix.hpp"
#include "decision/missed_release.hpp"
#include "decision/narrative.hpp"
#include "decision/retraining.hpp"
#include "decision/rollout.hpp"
#include "decision/simulated_levers.hpp"
#include "decision/tco.hpp"
#include "decision/triad.hpp"
#include "decision/volume.hpp"

namespace decision {

bool is_pure_decision(const core::Section& root);

struct NamedOption {
  std::string name;
  Facts facts;
  std::optional<core::Money> monthly_cost{};     // of a stated option, as are the next two
  std::optional<core::Quantity> latency_ms{};    // whatever percentile is asked for
  std::optional<core::Quantity> availability{};  // percent
  MatrixOption matrix{};                         // values that the scenario gives, by the criteria
  std::vector<std::optional<double>> axes{};     // the same by the axes of the frontier
  TriadValues triad{};                           // and by those of the triad
  std::optional<TcoPlan> tco{};                  // beside its bill
  std::optional<core::Quantity> accuracy{};      // percent, among the values; where something asks for it
  std::optional<core::Quantity> gigabytes{};     // of a stated option
};

struct Questions {
  bool gated = false;  // the scenario has `gates` or `facts`
  std::vector<Gate> gates;
  Facts facts;
  std::string fallback;  // what to do when a gate rejects
  GateSources sources;
  std::optional<DataPlan> data;
  std::vector<DataSet> datasets;  // to choose from
  std::optional<MatrixPlan> matrix;
  std::vector<Axis> frontier;
  std::optional<TriadPlan> triad;
  std::optional<PeriodAmount> fixed_budget;
  std::optional<RolloutPlan> rollout;
  std::vector<Knob> fallbacks;
  std::optional<ImpliedPilot> pilot;
  std::optional<PriceQuestion> price_change;
  std::optional<UsersValue> users_value;
  std::optional<LatencyElasticity> latency_churn;
  std::optional<ExchangeQuestion> latency_exchange;
  std::vector<SwapValue> swaps;
  std::optional<KpiMapping> kpi;
  std::optional<CacheQuestion> cache;
  std::optional<SignalCost> signal_cost;
  std::optional<CostImpact> impact;
  std::optional<FxRate> fx;
  std::vector<Lever> levers;
  FiscalYear fiscal_year;
  std::vector<CostPath> paths;
  std::optional<RetrainingQuestion> retraining;
  std::optional<TcoPlan> tco;  // what all options share
  std::optional<FreshnessQuestion> freshness;
  std::optional<Governance> governance;
  std::optional<AccuracyQuestion> accuracy_policy;
  std::optional<core::Quantity> device_memory;  // gigabytes
  std::optional<MissedRelease> missed_release;
  std::optional<BuildPlan> builds;
  std::optional<OnePagePlan> plan;
  std::optional<StarStory> star;
  std::optional<CapacityRules> capacity;  // answered by reports/capacity.hpp, which knows what was simulated
  std::optional<LeverSteps> waterfall;    // of simulated options, as the next one
  std::optional<QualityPlan> quality;
  std::vector<BreakEvenQuestion> break_evens;  // answered by whoever can simulate (cli/break_evens.hpp)
  std::vector<NamedOption> options;            // in the order of the scenario
};

// `stated`: every option must be one, for nothing is simulated. Throws core::ConfigError.
Questions read_questions(const core::Section& root, bool stated);

}  // namespace decision
