#include "decision/answers.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/section_answers.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

constexpr std::array<std::string_view, 4> observed{"latency", "availability", "monthly_cost", "one_time_cost"};

bool is_observed(const Gate& gate) { return std::find(observed.begin(), observed.end(), gate.of) != observed.end(); }

// What the scenario states of options that are not simulated.
std::vector<OptionFact> stated(const Questions& questions) {
  std::vector<OptionFact> facts;
  for (const NamedOption& option : questions.options) {
    OptionFact& fact = facts.emplace_back();
    fact.name = option.name;
    fact.monthly_cost = option.monthly_cost;
    fact.availability = option.availability;
    fact.latency_ms = [latency = option.latency_ms](std::string_view) { return latency; };
  }
  return facts;
}

const NamedOption& named(const Questions& questions, const std::string& name) {
  return *std::find_if(questions.options.begin(), questions.options.end(),
                       [&](const NamedOption& option) { return option.name == name; });
}

// Every gate that was asked for and the facts that it is held against. Two gates may ask for two percentiles of the
// latency, so each asks for its own.
GateVerdict judge_option(const Questions& questions, const OptionFact& option, Facts facts) {
  const NamedOption& said = named(questions, option.name);
  for (const auto& [name, value] : said.facts) facts.insert_or_assign(name, value);
  std::vector<Gate> gates;
  for (Gate gate : questions.gates) {
    if (!gate.named || !is_observed(gate)) {
      // A default limit of latency that nobody asked for judges nothing that was merely simulated.
      gates.push_back(std::move(gate));
      continue;
    }
    if (gate.of == "latency" && !facts.contains("latency")) {
      gate.of = fmt::format("latency {}", gate.percentile);
      if (const auto value = option.latency_ms ? option.latency_ms(gate.percentile) : std::nullopt)
        facts.emplace(gate.of, Measured{.value = *value, .unit = Unit::milliseconds});
    } else if (gate.of == "availability" && option.availability) {
      facts.emplace(gate.of, Measured{.value = *option.availability, .unit = Unit::share});
    } else if (gate.of == "monthly_cost" && option.monthly_cost) {
      facts.emplace(gate.of, Measured{.value = in_dollars(*option.monthly_cost), .unit = Unit::dollars});
    } else if (gate.of == "one_time_cost" && option.one_time_cost) {
      facts.emplace(gate.of, Measured{.value = in_dollars(*option.one_time_cost), .unit = Unit::dollars});
    }
    gates.push_back(std::move(gate));
  }
  return judge(gates, facts, questions.fallback);
}

bool asks_options(const Questions& questions) {
  const bool gates = std::any_of(questions.gates.begin(), questions.gates.end(), [&](const Gate& gate) {
    return gate.named && is_observed(gate) && !questions.facts.contains(gate.of);
  });
  const bool facts = std::any_of(questions.options.begin(), questions.options.end(),
                                 [](const NamedOption& option) { return !option.facts.empty(); });
  return !questions.options.empty() && (gates || facts);
}

std::vector<OptionGates> judge_all(const Questions& questions, const std::vector<OptionFact>& options) {
  std::vector<OptionGates> verdicts;
  if (!questions.gated) return verdicts;
  Facts facts = questions.facts;
  const std::vector<std::string> notes = add_facts(facts, questions.sources);
  if (asks_options(questions)) {
    for (const OptionFact& option : options) verdicts.push_back({option.name, judge_option(questions, option, facts)});
  } else {
    verdicts.push_back({"", judge(questions.gates, facts, questions.fallback)});
  }
  for (OptionGates& gates : verdicts) {
    gates.verdict.notes.insert(gates.verdict.notes.begin(), notes.begin(), notes.end());
  }
  return verdicts;
}

// The value of a criterion or axis that was simulated or stated, when its unit is the one that it is known in.
std::optional<double> known(const OptionFact& option, std::string_view name) {
  if (name == "cost" || name == "monthly_cost") {
    return option.monthly_cost ? std::optional{as_double(*option.monthly_cost)} : std::nullopt;
  }
  if (name == "availability") {
    return option.availability ? std::optional{as_double(*option.availability)} : std::nullopt;
  }
  if (!option.latency_ms || unit_of_observed(name) != "ms") return std::nullopt;
  if (name == "latency") name = "latency_p95";
  name.remove_prefix(std::string_view{"latency_"}.size());
  const std::optional<Quantity> value = option.latency_ms(name);
  return value ? std::optional{as_double(*value)} : std::nullopt;
}

// Of a criterion or an axis.
bool is_known_unit(std::string_view name, std::string_view unit) { return unit == unit_of_observed(name); }

std::optional<MatrixTable> matrix_of(const Questions& questions, const std::vector<OptionFact>& options) {
  if (!questions.matrix || options.empty()) return std::nullopt;
  const MatrixPlan& plan = *questions.matrix;
  std::vector<MatrixOption> rows;
  for (const OptionFact& option : options) {
    MatrixOption row = named(questions, option.name).matrix;
    for (std::size_t i = 0; i < plan.criteria.size(); ++i) {
      if (!row.values[i] && is_known_unit(plan.criteria[i].name, plan.criteria[i].unit))
        row.values[i] = known(option, plan.criteria[i].name);
    }
    rows.push_back(std::move(row));
  }
  MatrixTable table{.criteria = plan.criteria};
  const auto is_complete = [&](std::size_t i) {
    return std::all_of(rows.begin(), rows.end(), [&](const MatrixOption& row) { return row.values[i].has_value(); });
  };
  bool any = false;
  for (std::size_t i = 0; i < plan.criteria.size(); ++i) any = any || is_complete(i);
  if (!any) {
    for (MatrixOption& row : rows) table.rows.push_back({.name = row.name, .values = row.values});
    table.notes.emplace_back("No criterion is known for every option: nothing is ranked.");
    return table;
  }
  const Ranking ranking = rank(plan, rows);
  table.weights = ranking.weights;
  table.winners = ranking.winners;
  table.margin = ranking.margin;
  table.agree = ranking.agree;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    table.rows.push_back(
        {rows[k].name, rows[k].values, ranking.parts[k], ranking.scores[k], ranking.closeness[k], ranking.regret[k]});
  }
  for (const Flip& flip : ranking.flips) table.notes.push_back(flip.sentence() + ".");
  if (!ranking.agree) {
    table.notes.push_back(fmt::format("The methods disagree: TOPSIS prefers {}, minimax regret {}.",
                                      listing(ranking.topsis_winners), listing(ranking.regret_winners)));
  }
  table.notes.insert(table.notes.end(), ranking.notes.begin(), ranking.notes.end());
  return table;
}

std::optional<Frontier> frontier_of(const Questions& questions, const std::vector<OptionFact>& options) {
  if (questions.frontier.empty() || options.empty()) return std::nullopt;
  std::vector<FrontierPoint> points;
  for (const OptionFact& option : options) {
    FrontierPoint point{option.name, named(questions, option.name).axes};
    for (std::size_t i = 0; i < questions.frontier.size(); ++i) {
      const Axis& axis = questions.frontier[i];
      if (!point.values[i] && is_known_unit(axis.name, axis.unit)) point.values[i] = known(option, axis.name);
    }
    points.push_back(std::move(point));
  }
  return Frontier{questions.frontier, frontier(questions.frontier, points)};
}

}  // namespace

bool Answers::approves() const {
  return gates.empty() ||
         std::any_of(gates.begin(), gates.end(), [](const OptionGates& option) { return option.verdict.approve; });
}

std::string Answers::headline() const {
  if (gates.size() == 1) {
    const OptionGates& only = gates.front();
    return only.option.empty() ? only.verdict.reason : fmt::format("{}: {}", only.option, only.verdict.reason);
  }
  std::vector<std::string> approved;
  for (const OptionGates& option : gates) {
    if (option.verdict.approve) approved.push_back(option.option);
  }
  if (!gates.empty() && approved.empty()) return "REJECT, no option passes every hard gate.";
  const std::string gate_words = gates.empty() ? ""
                                               : fmt::format("APPROVE, {} of {} options pass every hard gate: {}. ",
                                                             approved.size(), gates.size(), listing(approved));
  if (matrix && matrix->winners.size() == 1) {
    return fmt::format("{}{} ranks first in the matrix, {:.3f} ahead.", gate_words, matrix->winners.front(),
                       matrix->margin);
  }
  if (matrix && matrix->winners.size() > 1)
    return fmt::format("{}{} tie in the matrix.", gate_words, listing(matrix->winners));
  if (!gate_words.empty()) return gate_words.substr(0, gate_words.size() - 1);
  for (const Answer& section : sections) {
    if (!section.sentences.empty()) return section.sentences.front();
  }
  return "Nothing is decided: the scenario states too little.";
}

Answers answer(const Questions& questions, const std::vector<OptionFact>& options) {
  const std::vector<OptionFact>& of = options.empty() ? stated(questions) : options;
  return {.gates = judge_all(questions, of),
          .matrix = matrix_of(questions, of),
          .frontier = frontier_of(questions, of),
          .sections = section_answers(questions, of)};
}

std::vector<OptionGates> judge_before_run(const Questions& questions, bool will_be_simulated) {
  if (!will_be_simulated) return judge_all(questions, stated(questions));
  Questions asked = questions;
  std::vector<std::string> left_out;
  for (Gate& gate : asked.gates) {
    if (!gate.named || !is_observed(gate) || questions.facts.contains(gate.of)) continue;
    gate.enabled = false;
    gate.named = false;
    left_out.push_back(gate.key);
  }
  std::vector<OptionGates> verdicts = judge_all(asked, stated(asked));
  for (OptionGates& gates : verdicts) {
    if (left_out.empty()) continue;
    gates.verdict.notes.push_back(fmt::format("{} {} for the simulation: `billcast run --gates` holds {} against it.",
                                              listing(left_out), left_out.size() == 1 ? "waits" : "wait",
                                              left_out.size() == 1 ? "it" : "them"));
  }
  return verdicts;
}

}  // namespace decision
