// The answers to a scenario's questions, as values that every report renders.
//
//  * `Answer`     one section answered: its figures, the sentences that say them, a table and curves where they say it
//  better
//  * `OptionFact` what is known of an option: simulated, or stated by the scenario
//  * `OptionGates`, `MatrixTable`, `Answers`  the verdict of the gates for each option, the matrix, the frontier
//  * `answer`     computes them all; a section that a scenario does not have gives nothing
//
// Gates that ask for latency, availability, monthly_cost or one_time_cost are held against every option, with what was
// simulated; those that do not are held once, against the facts of the scenario. A value that the scenario gives as a
// fact of an option stays: nothing overwrites what somebody said.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"
#include "decision/frontier.hpp"
#include "decision/gates.hpp"
#include "decision/matrix.hpp"
#include "decision/questions.hpp"

namespace decision {

struct Figure {
  std::string name;  // "timed_roi"
  core::Quantity value;
  std::string unit;  // "×", "%", "days", "$"
  bool operator==(const Figure&) const = default;
};

// Every report prints it; the first row is the head.
struct Table {
  std::string alignment{};  // 'l' or 'r' for each column
  std::vector<std::vector<std::string>> rows{};
  bool operator==(const Table&) const = default;
};

// For reports that can draw. The terminal says the sentences and the table instead, so what decides stands there too.
struct Series {
  std::string name{};       // "fine-tuned"
  std::vector<double> x{};  // as many as y; empty for a bar
  std::vector<double> y{};
  bool operator==(const Series&) const = default;
};
struct Curve {
  // Points and bars: a series for each thing named. A ring: a y from 0 to 1 for each of its axes.
  enum class Shape : std::uint8_t { line, points, bars, ring };
  std::string title{};  // "Accuracy by latency"
  Shape shape = Shape::line;
  std::string x{};  // with its unit: "latency, ms"; empty for bars and rings
  std::string y{};  // empty for rings
  std::vector<Series> series{};
  std::vector<std::string> axes{};  // of a ring, three or more
  bool operator==(const Curve&) const = default;
};

struct Answer {
  std::string section;  // the key in the scenario: "returns"
  std::vector<Figure> figures{};
  std::vector<std::string> sentences{};
  Table table{};
  std::vector<Curve> curves{};
  std::string of{};              // the option that it is about; empty: all of them, or the plan as a whole
  std::optional<bool> passes{};  // of a section that judges it, as governance does; nothing: it informs
  bool operator==(const Answer&) const = default;
};

// "p95", "p99.9" or "mean" as milliseconds; nothing when no request was answered.
using LatencyOf = std::function<std::optional<core::Quantity>(std::string_view statistic)>;

// A part of a mixture, and one class of the traffic, as they were simulated.
struct PartFact {
  std::string name;
  std::int64_t served = 0;
};
struct ClassFact {
  std::string name;
  std::int64_t served = 0;
  LatencyOf latency_ms{};
};

struct OptionFact {
  std::string name;
  std::optional<core::Money> monthly_cost;  // nothing: some of it has no price
  std::optional<core::Money> one_time_cost;
  LatencyOf latency_ms;                        // may be empty
  std::optional<core::Quantity> availability;  // percent
  std::int64_t served = 0;                     // answers of its own: cache hits apart
  std::vector<PartFact> parts{};               // of a mixture
  std::vector<ClassFact> classes{};            // where the traffic has them
};
using OptionFacts = std::vector<OptionFact>;

struct OptionGates {
  std::string option;  // empty: the plan as a whole
  GateVerdict verdict;
  bool operator==(const OptionGates&) const = default;
};

struct MatrixRow {
  std::string name;
  std::vector<std::optional<double>> values{};  // by the criteria, in their units
  std::vector<double> parts{};                  // the scores before weighting
  double score = 0;
  double closeness = 0;  // TOPSIS
  double regret = 0;
  std::optional<double> acceptability{};  // share of all weightings under which it ranks first
  bool operator==(const MatrixRow&) const = default;
};
struct MatrixTable {
  std::vector<Criterion> criteria{};
  std::vector<double> weights{};  // as used
  std::vector<MatrixRow> rows{};
  std::vector<std::string> winners{};
  double margin = 0;
  bool agree = false;                // the two cross-checks have the same winners
  std::vector<std::string> notes{};  // the smallest flips first
  bool operator==(const MatrixTable&) const = default;
};

struct Answers {
  std::vector<OptionGates> gates;
  std::optional<MatrixTable> matrix;
  std::optional<Frontier> frontier;
  std::vector<Answer> sections;
  bool empty() const { return gates.empty() && !matrix && !frontier && sections.empty(); }
  // The plan passes every gate, or at least one option does where options were judged, and so does every section that
  // judges; or nothing was judged.
  bool approves() const;
  // The gates, else a section that judges, else the matrix, else the first answer that says a figure.
  std::string headline() const;
  bool operator==(const Answers&) const = default;
};

// `options`: the simulated ones; empty where nothing was simulated: stated ones are then taken from the scenario. Every
// one of them is named in `questions`.
Answers answer(const Questions& questions, const OptionFacts& options);

// What judges, alone and before a run: the gates and the sections that pass or do not. Gates that a simulation would
// have to answer are left out and named in the notes, and so is a review of costs that only the bill will tell.
Answers judge_before_run(const Questions& questions, bool will_be_simulated);

// Whether the scenario has anything that judges: gates, facts, governance, a policy on accuracy, a memory to fit.
bool judges(const Questions& questions);

}  // namespace decision
