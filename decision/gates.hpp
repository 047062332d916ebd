// Gates: thresholds that a plan must pass, and the verdict they give together.
//
//  * `Gate`           a key, a threshold with its unit, a comparator, hard or soft, and where the number comes from
//  * `default_gates`  the thresholds of the frameworks that billcast follows, each with its source
//  * `read_gates`     the same, with what a scenario's `gates` section changes or adds
//  * `evaluate`       one gate held against one value: outcome, margin, and a note where it lies on the boundary
//  * `judge`          all of them: APPROVE if and only if every hard gate passes, and the gate that decided
//
// A gate applies when the scenario names it or gives the value it asks for. A hard gate without its value does not
// pass: the value is asked for, never invented. Soft gates warn.
//
// A percent is a relative change (`rel`), percentage points (`pp`) or a level (`share`). Where one side does not say,
// all readings that can be computed must agree, else the outcome is `ambiguous`; with a `baseline` (the level before
// the change) a relative change and points can be compared. A value exactly on its threshold gets a note, because >=
// and > part there.
//
// In a scenario (a default gate may change any of its keys; a new one brings value, unit, cmp, hard and source):
//   gates:
//     min_kpi_lift: {value: 5%, unit: rel, cmp: ">=", hard: true, source: S1}
//     max_latency: {value: 150ms, cmp: "<=", percentile: p95, hard: true, source: S1}
//   facts: {kpi_lift: {value: 6.2%, unit: rel}, latency: 180ms}
//
// Example:
//   const GateVerdict verdict = judge(read_gates(root), read_facts(root, gates), "stay with prompts");
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/measured.hpp"

namespace decision {

enum class Comparator : std::uint8_t { at_least, above, at_most, below };
std::string_view sign_of(Comparator comparator);  // ">=", ">", "<=", "<"
bool holds(core::Quantity value, Comparator comparator, core::Quantity threshold);

struct Gate {
  std::string key;  // "min_kpi_lift"
  std::string of;   // the value that it asks for: "kpi_lift"
  core::Quantity threshold;
  Unit unit = Unit::count;
  Comparator comparator = Comparator::at_least;
  bool hard = true;
  bool enabled = true;
  std::string source;
  std::string percentile = {};  // of a latency: "p95", "mean"
  // In percent. A hard gate counts as soft when label accuracy, diversity and uniqueness all reach this.
  std::optional<core::Quantity> soft_when_hygiene = std::nullopt;
  bool named = false;        // by the scenario
  std::string text() const;  // ">= 5 % (relative)"
  bool operator==(const Gate&) const = default;
};

std::vector<Gate> default_gates();

// Reads the `gates` section; without one, the defaults. A threshold that a scenario does not name is an assumption of
// the report only when it applies: `judge` lists every gate with its source. Throws core::ConfigError.
std::vector<Gate> read_gates(const core::Section& root);

using Facts = std::map<std::string, Measured, std::less<>>;
// Reads `facts` below `section` (the root, or one option): the values that gates ask for. A fact that no gate asks
// for is an error.
Facts read_facts(const core::Section& section, const std::vector<Gate>& gates);

enum class GateOutcome : std::uint8_t { pass, fail, ambiguous, unknown };
std::string_view word_of(GateOutcome outcome);

struct GateResult {
  Gate gate;
  std::optional<Measured> measured;
  GateOutcome outcome = GateOutcome::unknown;
  core::Quantity margin = {};  // room left in the threshold's unit; negative: missing; the least over all readings
  bool boundary = false;       // the value is the threshold
  std::vector<std::string> notes = {};
  std::string sentence() const;  // "min_kpi_lift: 4 % (relative), needed >= 5 % (relative): fails by 1 (S1)"
  bool operator==(const GateResult&) const = default;
};

GateResult evaluate(const Gate& gate, const std::optional<Measured>& measured);

struct GateVerdict {
  bool approve = false;
  std::string deciding;             // the key of the gate that decided; empty: no hard gate applied
  std::string reason;               // one sentence
  std::vector<GateResult> results;  // of every gate that applied
  std::vector<std::string> asks;    // values that hard gates need and nobody gave
  std::vector<std::string> notes;   // boundaries, readings, contradictions of the sources
  std::string fallback;             // what to do instead; empty when approved
  bool operator==(const GateVerdict&) const = default;
};

// The gate that decides: of several failed hard ones that with the largest shortfall relative to its threshold; when
// all pass, the one with the least relative room, for that would fall first. Ties: the first listed.
GateVerdict judge(const std::vector<Gate>& gates, const Facts& facts,
                  std::string_view fallback = "stay with prompt engineering behind a feature flag");

}  // namespace decision
