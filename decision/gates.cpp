#include "decision/gates.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

constexpr std::array<std::string_view, 4> signs{">=", ">", "<=", "<"};

// One way to read two percents.
struct Reading {
  Unit of_value;
  Unit of_threshold;
};

// The value in the unit of the threshold, or nothing when that takes a level nobody gave.
std::optional<Quantity> converted(Quantity value, Reading reading, const std::optional<Quantity>& baseline) {
  if (reading.of_value == reading.of_threshold) return value;
  if (!baseline) return std::nullopt;
  const Quantity hundred = Quantity::whole(100);
  if (reading.of_value == Unit::relative) return quotient(product(value, *baseline), hundred);
  return quotient(product(value, hundred), *baseline);
}

std::vector<Reading> readings_of(Unit value, Unit threshold, bool has_baseline) {
  std::vector<Reading> readings;
  for (const Unit v : {Unit::relative, Unit::points}) {
    if (value != Unit::percent && value != v) continue;
    for (const Unit t : {Unit::relative, Unit::points}) {
      if (threshold != Unit::percent && threshold != t) continue;
      // Two numbers of which neither says its kind are taken to be of the same kind, unless a level lets us try both.
      const bool both_unsaid = value == Unit::percent && threshold == Unit::percent;
      if (v != t && both_unsaid && !has_baseline) continue;
      readings.push_back({v, t});
    }
  }
  return readings;
}

Quantity slack(Quantity value, const Gate& gate) {
  const bool up = gate.comparator == Comparator::at_least || gate.comparator == Comparator::above;
  return up ? value - gate.threshold : gate.threshold - value;
}

void evaluate_change(const Gate& gate, const Measured& measured, GateResult& result) {
  const std::vector<Reading> readings = readings_of(measured.unit, gate.unit, measured.baseline.has_value());
  int held = 0;
  int missed = 0;
  int unknown = 0;
  bool first = true;
  for (const Reading& reading : readings) {
    const std::optional<Quantity> value = converted(measured.value, reading, measured.baseline);
    if (!value) {
      ++unknown;
      continue;
    }
    const bool pass = holds(*value, gate.comparator, gate.threshold);
    ++(pass ? held : missed);
    const Quantity room = slack(*value, gate);
    result.margin = first ? room : std::min(result.margin, room);
    first = false;
    if (*value == gate.threshold) result.boundary = true;
    if (readings.size() > 1) {
      result.notes.push_back(fmt::format("read as {} against {}: {}", say(*value, reading.of_threshold),
                                         say(gate.threshold, reading.of_threshold), pass ? "passes" : "fails"));
    }
  }
  if (unknown > 0) {
    result.notes.push_back(fmt::format(
        "{}: a relative change and percentage points cannot be compared without the level before it (baseline) (C-11)",
        gate.key));
  }
  result.outcome = unknown > 0 || (held > 0 && missed > 0) ? GateOutcome::ambiguous
                   : held > 0                              ? GateOutcome::pass
                                                           : GateOutcome::fail;
  if (measured.unit == Unit::percent && gate.unit == Unit::percent && !measured.baseline) {
    result.notes.push_back(fmt::format(
        "{}: neither percent says whether it is relative or points; both are taken to be of the same kind (C-11)",
        gate.key));
  } else if (held > 0 && missed > 0) {
    result.notes.push_back(fmt::format("{}: the readings of its percents disagree (C-11)", gate.key));
  }
}

// Numbers of different units, made comparable: how far beside the threshold, as a share of it.
Quantity relative_margin(const GateResult& result) {
  const Quantity threshold = result.gate.threshold;
  const Quantity size = threshold < Quantity{} ? Quantity{} - threshold : threshold;
  return size == Quantity{} ? result.margin : quotient(result.margin, size);
}

bool reaches(const Facts& facts, std::string_view name, Quantity level) {
  const auto found = facts.find(name);
  return found != facts.end() && found->second.value >= level;
}

// C-07: a smaller set is excused when it is a clean one.
void soften(Gate& gate, const Facts& facts, std::vector<std::string>& notes) {
  if (!gate.soft_when_hygiene || !gate.hard) return;
  const Quantity level = *gate.soft_when_hygiene;
  const bool clean = reaches(facts, "label_accuracy", level) && reaches(facts, "diversity", level) &&
                     reaches(facts, "uniqueness", level);
  if (!clean) return;
  gate.hard = false;
  notes.push_back(fmt::format("{} is soft here: every axis of the data hygiene matrix reaches {} % (C-07)", gate.key,
                              figure(level)));
}

const GateResult* decider(const std::vector<GateResult>& results) {
  const GateResult* deciding = nullptr;
  // Failed before ambiguous before unknown before passed; among equals, the least room.
  const auto rank = [](const GateResult& r) {
    return r.outcome == GateOutcome::fail        ? 0
           : r.outcome == GateOutcome::ambiguous ? 1
           : r.outcome == GateOutcome::unknown   ? 2
                                                 : 3;
  };
  for (const GateResult& result : results) {
    if (!result.gate.hard) continue;
    const bool earlier = deciding == nullptr || rank(result) < rank(*deciding) ||
                         (rank(result) == rank(*deciding) && relative_margin(result) < relative_margin(*deciding));
    if (earlier) deciding = &result;
  }
  return deciding;
}

void note_contradictions(const GateResult& result, std::vector<std::string>& notes) {
  const Gate& gate = result.gate;
  if (gate.key == "min_signal_weighted_roi" && result.outcome == GateOutcome::fail && !gate.hard) {
    notes.push_back(
        "min_signal_weighted_roi fails and is soft: at 12 days it asks for a weighted lift above 7.2 %, which the case "
        "its own source approves (6.2 %) misses (C-06)");
  }
  if (gate.key == "max_delivery_days" && result.measured && result.outcome == GateOutcome::pass &&
      result.measured->value > Quantity::whole(30)) {
    notes.push_back(
        "delivery takes more than 30 days: the source allows 45 in one place and drops the return on investment beyond "
        "30 in another; here the timing-adjusted return decides (C-03)");
  }
}

}  // namespace

std::string_view sign_of(Comparator comparator) { return signs[static_cast<std::size_t>(comparator)]; }

bool holds(Quantity value, Comparator comparator, Quantity threshold) {
  switch (comparator) {
    case Comparator::at_least:
      return value >= threshold;
    case Comparator::above:
      return value > threshold;
    case Comparator::at_most:
      return value <= threshold;
    case Comparator::below:
      return value < threshold;
  }
  return false;
}

std::string Gate::text() const { return fmt::format("{} {}", sign_of(comparator), say(threshold, unit)); }

std::string_view word_of(GateOutcome outcome) {
  constexpr std::array<std::string_view, 4> words{"passes", "fails", "is ambiguous", "is unknown"};
  return words[static_cast<std::size_t>(outcome)];
}

std::string GateResult::sentence() const {
  const std::string what = gate.percentile.empty() ? gate.key : fmt::format("{} ({})", gate.key, gate.percentile);
  if (!measured) return fmt::format("{}: {} is not given, needed {} ({})", what, gate.of, gate.text(), gate.source);
  std::string end{word_of(outcome)};
  if (outcome == GateOutcome::pass) end += fmt::format(" with {} to spare", figure(margin));
  if (outcome == GateOutcome::fail) end += fmt::format(" by {}", figure(Quantity{} - margin));
  return fmt::format("{}: {}, needed {}: {} ({})", what, measured->text(), gate.text(), end, gate.source);
}

GateResult evaluate(const Gate& gate, const std::optional<Measured>& measured) {
  GateResult result{.gate = gate, .measured = measured};
  if (!measured) return result;
  if (!comparable(gate.unit, measured->unit)) {
    throw std::invalid_argument(
        fmt::format("{} is in {} and its value in {}", gate.key, word_of(gate.unit), word_of(measured->unit)));
  }
  const bool is_change = gate.unit == Unit::relative || gate.unit == Unit::points || gate.unit == Unit::percent;
  if (is_change) {
    evaluate_change(gate, *measured, result);
  } else {
    result.margin = slack(measured->value, gate);
    result.boundary = measured->value == gate.threshold;
    result.outcome = holds(measured->value, gate.comparator, gate.threshold) ? GateOutcome::pass : GateOutcome::fail;
  }
  if (result.boundary) {
    const bool at_least = gate.comparator == Comparator::at_least || gate.comparator == Comparator::above;
    result.notes.push_back(fmt::format("{} lies exactly on its threshold: it passes under {} and fails under {} (C-02)",
                                       gate.key, at_least ? ">=" : "<=", at_least ? ">" : "<"));
  }
  return result;
}

GateVerdict judge(const std::vector<Gate>& gates, const Facts& facts, std::string_view fallback) {
  GateVerdict verdict;
  for (Gate gate : gates) {
    const auto fact = facts.find(gate.of);
    const bool given = fact != facts.end();
    if (!gate.enabled || (!gate.named && !given)) continue;
    soften(gate, facts, verdict.notes);
    GateResult result = evaluate(gate, given ? std::optional{fact->second} : std::nullopt);
    for (const std::string& note : result.notes) verdict.notes.push_back(note);
    note_contradictions(result, verdict.notes);
    if (!given && gate.hard) verdict.asks.push_back(gate.of);
    verdict.results.push_back(std::move(result));
  }
  verdict.approve = std::all_of(verdict.results.begin(), verdict.results.end(),
                                [](const GateResult& r) { return !r.gate.hard || r.outcome == GateOutcome::pass; });
  if (const GateResult* deciding = decider(verdict.results)) {
    verdict.deciding = deciding->gate.key;
    verdict.reason = fmt::format(
        "{} {}.", verdict.approve ? "APPROVE, every hard gate passes; the closest is" : "REJECT, decided by",
        deciding->sentence());
  } else {
    verdict.reason = verdict.results.empty() ? "No gate applies: the scenario names none and gives no value."
                                             : "APPROVE, no hard gate applies.";
  }
  if (!verdict.approve) verdict.fallback = fallback;
  return verdict;
}

}  // namespace decision
