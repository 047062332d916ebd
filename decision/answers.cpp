#include "decision/answers.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "decision/answers/ranking.hpp"
#include "decision/answers/review.hpp"
#include "decision/exact.hpp"
#include "decision/section_answers.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

// Sections that say what goes into a decision and not what comes out of it: no headline, where there is another.
constexpr std::array<std::string_view, 4> descriptions{"effort", "validation", "pilot", "data"};

bool only_describes(const Answer& answer) {
  return std::find(descriptions.begin(), descriptions.end(), answer.section) != descriptions.end();
}

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

// Every gate that was asked for and the facts that it is held against. Two gates may ask for two percentiles of the
// latency, so each asks for its own.
GateVerdict judge_option(const Questions& questions, const OptionFact& option, Facts facts) {
  const NamedOption& said = option_named(questions, option.name);
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

// Everybody who judged an option must let it pass; who judged the plan has the name "".
class Judgements {
 public:
  explicit Judgements(const std::vector<OptionGates>& gates) {
    for (const OptionGates& option : gates) judge(option.option, option.verdict.approve);
  }
  void judge(const std::string& option, bool approve) {
    const auto [said, is_new] = passes_.emplace(option, approve);
    if (!is_new) said->second = said->second && approve;
  }
  bool approve() const {
    const auto plan = passes_.find("");
    if (plan != passes_.end() && !plan->second) return false;
    const bool judged = passes_.size() > (plan != passes_.end() ? 1U : 0U);
    return !judged || std::any_of(passes_.begin(), passes_.end(),
                                  [](const auto& option) { return !option.first.empty() && option.second; });
  }

 private:
  std::map<std::string, bool> passes_;
};

// What gates and matrix say together; empty without both.
std::string ranked_words(const Answers& answers) {
  const std::vector<OptionGates>& gates = answers.gates;
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
  const std::optional<MatrixTable>& matrix = answers.matrix;
  if (matrix && matrix->winners.size() == 1) {
    return fmt::format("{}{} ranks first in the matrix, {:.3f} ahead.", gate_words, matrix->winners.front(),
                       matrix->margin);
  }
  if (matrix && matrix->winners.size() > 1)
    return fmt::format("{}{} tie in the matrix.", gate_words, listing(matrix->winners));
  return gate_words.empty() ? "" : gate_words.substr(0, gate_words.size() - 1);
}

}  // namespace

bool Answers::approves() const {
  Judgements judgements{gates};
  for (const Answer& section : sections) {
    if (section.passes) judgements.judge(section.of, *section.passes);
  }
  return judgements.approve();
}

std::string Answers::headline() const {
  const auto judged = [&](bool passes) {
    return std::find_if(sections.begin(), sections.end(), [&](const Answer& section) {
      // What is said of one option stands beside what is said of the others, in a section before.
      return section.of.empty() && section.passes == passes && !section.sentences.empty();
    });
  };
  // Gates that pass do not outweigh a review that is due.
  if (Judgements{gates}.approve()) {
    if (const auto refused = judged(false); refused != sections.end()) return refused->sentences.front();
  }
  if (std::string ranked = ranked_words(*this); !ranked.empty()) return ranked;
  if (const auto passed = judged(true); passed != sections.end()) return passed->sentences.front();
  // A section without a figure says what is missing, or introduces others.
  for (const Answer& section : sections) {
    if (!section.sentences.empty() && !section.figures.empty() && !only_describes(section))
      return section.sentences.front();
  }
  for (const Answer& section : sections) {
    if (!section.sentences.empty()) return section.sentences.front();
  }
  return "Nothing is decided: the scenario states too little.";
}

Answers answer(const Questions& questions, const OptionFacts& options) {
  const OptionFacts& of = options.empty() ? stated(questions) : options;
  return {.gates = judge_all(questions, of),
          .matrix = matrix_table(questions, of),
          .frontier = place_options(questions, of),
          .sections = section_answers(questions, of)};
}

bool judges(const Questions& questions) {
  return questions.gated || questions.governance || questions.accuracy_policy || questions.device_memory ||
         questions.capacity;
}

Answers judge_before_run(const Questions& questions, bool will_be_simulated) {
  const OptionFacts facts = stated(questions);
  Answers answers;
  if (!will_be_simulated) {
    answers.gates = judge_all(questions, facts);
    answers.sections = judging_sections(questions, facts);
    return answers;
  }
  Questions asked = questions;
  // The bill says what a year of inference costs.
  const bool review_waits = asked.governance && !asked.governance->packet.inference_year;
  if (review_waits) asked.governance.reset();
  std::vector<std::string> left_out;
  for (Gate& gate : asked.gates) {
    if (!gate.named || !is_observed(gate) || questions.facts.contains(gate.of)) continue;
    gate.enabled = false;
    gate.named = false;
    left_out.push_back(gate.key);
  }
  answers.gates = judge_all(asked, facts);
  for (OptionGates& gates : answers.gates) {
    if (left_out.empty()) continue;
    GateVerdict& verdict = gates.verdict;
    if (verdict.results.empty()) {
      verdict.reason =
          "Nothing is judged yet: every gate waits for the simulation. `billcast run --gates` judges them.";
      continue;
    }
    verdict.notes.push_back(fmt::format("{} {} for the simulation: `billcast run --gates` holds {} against it.",
                                        listing(left_out), left_out.size() == 1 ? "waits" : "wait",
                                        left_out.size() == 1 ? "it" : "them"));
  }
  answers.sections = judging_sections(asked, facts);
  if (review_waits) {
    answers.sections.push_back(
        {.section = "governance",
         .sentences = {"The review waits for the bill of a year: `billcast run --gates` judges it."}});
  }
  return answers;
}

}  // namespace decision
