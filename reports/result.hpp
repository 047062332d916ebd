// One value with everything that a run says; every renderer starts from it and from nothing else.
//
//  * `Result`        a whole run: inputs, options, verdict, assumptions, prices, warnings
//  * `OptionReport`  one option: what it did, what it costs, which targets it holds
//  * `assemble`      makes a Result of the simulation's results and their bills
//
// A Result holds no wall time and no path: the same scenario, seed and version give the same bytes on any machine.
//
// Example:
//   const Result result = assemble(about, runs);
//   write_file("result.json", to_json(result));
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "core/histogram.hpp"
#include "core/money.hpp"
#include "core/usage.hpp"
#include "core/yaml_reader.hpp"
#include "decision/answers.hpp"
#include "decision/budget.hpp"
#include "decision/drill_verdict.hpp"
#include "decision/monthly_cost.hpp"
#include "decision/slo.hpp"
#include "decision/verdict.hpp"
#include "pricing/bill.hpp"
#include "sim/result.hpp"
#include "sim/topology/route.hpp"

namespace reports {

// A distribution of times: what people ask of it, and its buckets (each by its highest equivalent value), from which
// any other percentile follows and which merge exactly.
struct Distribution {
  std::int64_t count = 0;
  std::int64_t mean_ns = 0;  // rounded to the nanosecond
  std::int64_t p50_ns = 0;
  std::int64_t p90_ns = 0;
  std::int64_t p95_ns = 0;
  std::int64_t p99_ns = 0;
  std::int64_t p99_9_ns = 0;
  std::int64_t max_ns = 0;
  std::vector<std::int64_t> bucket_values_ns;
  std::vector<std::int64_t> bucket_counts;
  bool operator==(const Distribution&) const = default;
};
Distribution distribution_of(const core::Histogram& times_ns);

// Nothing where the divisor is 0 or unknown. Of the recurring cost only.
struct UnitCosts {
  std::optional<core::Money> per_thousand_answered_requests;  // cache hits included
  std::optional<core::Money> per_million_output_tokens;       // of the tokens that the option made
  std::optional<core::Money> per_daily_user_month;            // monthly cost ÷ daily users
  bool operator==(const UnitCosts&) const = default;
};

struct ClassTimes {
  std::string name;
  Distribution latency;
  Distribution time_to_first_token;
  std::array<std::int64_t, core::outcome_count> outcomes{};  // by core::Outcome
  bool operator==(const ClassTimes&) const = default;
};

// A distribution that somebody measured, and the name under which the scenario has it.
struct Measured {
  std::string name;  // "recordings/monday"
  Distribution times;
  bool operator==(const Measured&) const = default;
};

// What an option is served from, where that is a measurement: service times, without any queue of the scenario's.
struct MeasuredTimes {
  std::optional<Measured> latency{};
  std::optional<Measured> time_to_first_token{};
  bool operator==(const MeasuredTimes&) const = default;
};

// What parts that run beside the one that answers cost: a mirror, an explainer, the other half of an A/B test.
struct Overhead {
  std::string answer;
  std::vector<std::string> others;
  decision::MonthlyCost monthly{};  // of the others together
  decision::MonthlyCost answer_monthly{};
  bool operator==(const Overhead&) const = default;
};

struct OptionReport {
  std::string name;
  std::string kind;  // "managed_api", "self_hosted", "custom_model", "mixture"
  Distribution latency;
  std::optional<Distribution> time_to_first_token;    // nothing: the serving model does not know it
  std::optional<Distribution> time_per_output_token;  // nothing: it does not follow the tokens of an answer
  std::vector<ClassTimes> classes;  // of what the option itself answered; none: all requests are alike
  Distribution wait;
  core::Usage usage;  // of the simulated hours
  sim::FleetSummary fleet;
  std::optional<sim::RetrySummary> retries;  // of fleets whose clients come again
  std::optional<sim::EngineSummary> engine;  // of options simulated iteration by iteration
  std::optional<sim::ApiSummary> api;        // of managed APIs with more than a latency
  sim::Checks checks;
  std::vector<pricing::Bill> bills;  // one per billing period
  pricing::Bill one_time;
  decision::MonthlyCost monthly;
  UnitCosts unit_costs;
  std::vector<decision::SloCheck> slo_checks;
  std::optional<std::int64_t> cache_hit_ns;  // what a hit of the cache takes; nothing: there is no cache
  std::optional<decision::BudgetCheck> budget;
  // Of a mixture, whose bills hold the lines of all parts: each part as an option of its own, without targets.
  std::vector<OptionReport> parts{};
  std::optional<Overhead> overhead{};
  std::optional<MeasuredTimes> measured{};
  bool operator==(const OptionReport&) const = default;
};

// A price that stands in some bill line, and where it is from.
struct PriceRow {
  pricing::PriceSource source;
  std::string item;
  std::string unit;
  std::optional<core::Money> unit_price;  // nothing: unpriced, or set by tiers
  bool operator==(const PriceRow&) const = default;
};

// A text that the run read, by the name under which the scenario knows it.
struct InputFile {
  std::string name;
  std::string sha256;
  bool operator==(const InputFile&) const = default;
};

// What is known before a run.
struct About {
  std::string version;        // of billcast
  std::string scenario;       // its name
  std::string scenario_file;  // as a person would type it
  std::string scenario_sha256;
  std::vector<std::string> settings;  // "--set=KEY=VALUE" and "--months=N" of the command line: part of the question
  std::vector<InputFile> inputs;      // further files
  std::uint64_t seed = 1;
  // As simulated: shorter than asked for after an interrupt. No periods: nothing was simulated.
  core::Horizon horizon;
  std::int32_t planned_hours = 0;
  bool interrupted = false;
  std::optional<std::int64_t> daily_users;
  std::string currency = "USD";
  decision::Slo slo;
  decision::DecisionConfig decision;
  std::vector<core::Assumption> assumptions;
  std::vector<std::string> warnings;
  bool operator==(const About&) const = default;
};

// What became of one option in a drill.
struct DrillOutcome {
  std::string name;
  decision::DrillVerdict verdict;
  core::Money extra_cost;  // recurring, over the hours watched, against the same hours without the fault
  bool operator==(const DrillOutcome&) const = default;
};

struct DrillReport {
  std::string name;
  std::string fault;  // "surge", …
  double amount = 1;  // a factor or a share, by fault
  std::string zone;   // of a zone_loss
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  std::int64_t watched_ns = 0;  // hours simulated, from the start of the horizon
  std::vector<DrillOutcome> options;
  bool operator==(const DrillReport&) const = default;
};

struct Result {
  About about;
  std::vector<OptionReport> options;  // in the order of the scenario; none: a decision from stated figures
  decision::Verdict verdict;
  std::vector<DrillReport> drills;
  std::optional<decision::Answers> answers{};  // to the decision sections; nothing: the scenario has none
  std::vector<PriceRow> prices;                // in the order of first use
  std::vector<std::string> notes;              // what this release leaves out
  bool operator==(const Result&) const = default;
};

// One option as it comes out of the simulation and of pricing.
struct OptionRun {
  std::string kind;
  sim::OptionResult simulated;
  std::vector<pricing::Bill> bills;  // of a mixture: with the lines of its parts
  pricing::Bill one_time;
  std::vector<OptionRun> parts{};
  std::optional<sim::Beside> beside{};
  std::optional<MeasuredTimes> measured{};
};

Result assemble(About about, std::vector<OptionRun> runs);

// What decisions ask of the options that were simulated; refers to `result`, which must outlive it.
std::vector<decision::OptionFact> facts_of(const Result& result);

// Answers the decision sections with what was simulated, or, in a result without options, with what the scenario
// states: the headline is then theirs.
void add_answers(Result& result, const decision::Questions& questions);

}  // namespace reports
