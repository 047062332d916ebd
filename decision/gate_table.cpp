// The default gates, and how a scenario changes them: see decision/gates.hpp.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "decision/gates.hpp"

namespace decision {
namespace {

using core::Quantity;

struct Default {
  std::string_view key, of, threshold;
  Unit unit;
  Comparator comparator;
  bool hard;
  bool enabled;
  std::string_view source;
};

// clang-format off
constexpr std::array<Default, 17> defaults{{
    {"min_kpi_lift", "kpi_lift", "5", Unit::relative, Comparator::at_least, true, true, "S1"},
    {"min_clean_examples", "clean_examples", "100000", Unit::examples, Comparator::at_least, true, true, "S1"},
    {"max_delivery_days", "delivery_days", "45", Unit::days, Comparator::at_most, true, true, "S1"},
    {"roi_days_limit", "delivery_days", "30", Unit::days, Comparator::at_most, false, false, "S1"},
    {"min_roi", "timed_roi", "2", Unit::multiple, Comparator::at_least, true, true, "S1"},
    {"min_signal_weighted_roi", "signal_weighted_roi", "0.6", Unit::percent_per_day, Comparator::above, false, true, "S1"},
    {"max_examples", "examples", "250000", Unit::examples, Comparator::at_most, false, true, "S1"},
    {"min_label_accuracy", "label_accuracy", "70", Unit::share, Comparator::at_least, true, true, "S1"},
    {"min_diversity", "diversity", "70", Unit::share, Comparator::at_least, true, true, "S1"},
    {"min_uniqueness", "uniqueness", "70", Unit::share, Comparator::at_least, true, true, "S1"},
    {"max_prompt_coverage", "prompt_coverage", "90", Unit::share, Comparator::at_most, true, true, "S1"},
    {"min_prompt_maintenance", "prompt_maintenance", "8", Unit::hours, Comparator::above, false, true, "S1"},
    {"max_budget_share", "budget_share", "8", Unit::share, Comparator::at_most, true, true, "S0"},
    {"max_prototype_days", "prototype_days", "10", Unit::days, Comparator::at_most, true, true, "S0"},
    {"max_one_time_cost", "one_time_cost", "50000", Unit::dollars, Comparator::at_most, false, false, "S0"},
    {"max_latency", "latency", "150", Unit::milliseconds, Comparator::at_most, true, true, "S1"},
    {"min_spike_lift", "spike_lift", "2", Unit::relative, Comparator::at_least, true, true, "S0"},
}};
// clang-format on

constexpr std::string_view no_percentile_why = "the sources name no percentile (C-18)";

std::string measure_of(std::string_view key) {
  if (key.starts_with("min_") || key.starts_with("max_")) key.remove_prefix(4);
  return std::string{key};
}

const Default* default_of(std::string_view key) {
  const auto* const found =
      std::find_if(defaults.begin(), defaults.end(), [&](const Default& d) { return d.key == key; });
  return found == defaults.end() ? nullptr : found;
}

Gate gate_of(const Default& d) {
  Gate gate{.key = std::string{d.key},
            .of = std::string{d.of},
            .threshold = Quantity::parse(d.threshold),
            .unit = d.unit,
            .comparator = d.comparator,
            .hard = d.hard,
            .enabled = d.enabled,
            .source = std::string{d.source}};
  if (gate.unit == Unit::milliseconds) gate.percentile = "p95";
  if (gate.key == "min_clean_examples") gate.soft_when_hygiene = Quantity::whole(90);
  return gate;
}

bool is_statistic(std::string_view text) {
  if (text == "mean") return true;
  if (text.size() < 2 || text.front() != 'p') return false;
  try {
    const Quantity percent = Quantity::parse(text.substr(1));
    return percent >= Quantity::whole(50) && percent < Quantity::whole(100);
  } catch (const std::exception&) { return false; }
}

Gate read_gate(const core::Section& section, const std::string& key, Gate gate, bool is_new) {
  gate.key = key;
  gate.named = true;
  // The unit stands beside the value, and belongs to it.
  std::optional<Unit> said;
  if (section.has("unit")) said = static_cast<Unit>(section.choice("unit", unit_words()));
  if (is_new || section.has("value")) {
    const std::optional<Unit> wanted = said || is_new ? said : std::optional{gate.unit};
    const Measured threshold = read_measured(section, "value", wanted);
    gate.threshold = threshold.value;
    if (is_new) gate.unit = said.value_or(threshold.unit);
  }
  const auto is_percent = [](Unit unit) { return unit <= Unit::percent; };
  if (said && *said != gate.unit && !(is_percent(*said) && is_percent(gate.unit))) {
    throw section.error("unit", fmt::format("'{}'", word_of(*said)),
                        fmt::format("'{}', which {} is in", word_of(gate.unit), gate.of));
  }
  if (said) gate.unit = *said;
  if (is_new && !said && gate.unit == Unit::percent) {
    throw section.error("unit", "nothing", "rel, pp or share: what the percent is of (or unknown, then all are tried)");
  }
  if (is_new || section.has("cmp")) {
    const std::vector<std::string_view> comparators{sign_of(Comparator::at_least), sign_of(Comparator::above),
                                                    sign_of(Comparator::at_most), sign_of(Comparator::below)};
    gate.comparator = static_cast<Comparator>(section.choice("cmp", comparators));
  }
  if (is_new || section.has("hard")) gate.hard = section.boolean("hard");
  gate.enabled = true;
  if (section.has("enabled")) gate.enabled = section.boolean("enabled");
  if (is_new || section.has("source"))
    gate.source = section.text("source", {.expected = "where the threshold comes from"});
  if (section.has("of")) gate.of = section.text("of", {.expected = "the name of a fact"});
  else if (is_new) gate.of = measure_of(key);
  if (gate.unit == Unit::milliseconds) {
    gate.percentile = section.text(
        "percentile",
        {.expected = "a percentile from p50 on, such as p95, or mean", .fallback = "p95", .why = no_percentile_why});
    if (!is_statistic(gate.percentile)) {
      throw section.error("percentile", fmt::format("'{}'", gate.percentile), "a percentile from p50 on, or mean");
    }
  }
  if (section.has("soft_when_hygiene")) {
    gate.soft_when_hygiene = read_measured(section, "soft_when_hygiene", Unit::share).value;
  }
  return gate;
}

}  // namespace

std::vector<Gate> default_gates() {
  std::vector<Gate> gates;
  for (const Default& d : defaults) gates.push_back(gate_of(d));
  return gates;
}

std::vector<Gate> read_gates(const core::Section& root) {
  std::vector<Gate> gates = default_gates();
  const std::optional<core::Section> section = root.optional_section("gates");
  if (!section) return gates;
  std::vector<std::string> known_keys;
  for (const Default& d : defaults) section->declare_as(known_keys.emplace_back(d.key), "gate");
  for (const std::string& key : section->names("a gate of one's own, which says what it is `of`", known_keys)) {
    section->declare_as(key, "gate");
    const core::Section one = section->section(key);
    const Default* known = default_of(key);
    if (known != nullptr) {
      Gate& gate = *std::find_if(gates.begin(), gates.end(), [&](const Gate& g) { return g.key == key; });
      gate = read_gate(one, key, gate, false);
      continue;
    }
    // A slip in a known name would otherwise be a new gate, and the default would stay as it was.
    std::vector<std::string> names;
    for (const Default& d : defaults) names.emplace_back(d.key);
    if (const auto near = core::nearest(key, names); near && !one.has("of")) {
      throw section->error(key, fmt::format("unknown gate '{}'; did you mean '{}'?", key, *near),
                           "a gate of the table, or a new one that says what it is `of`");
    }
    gates.push_back(read_gate(one, key, {}, true));
  }
  return gates;
}

Facts read_facts(const core::Section& section, const std::vector<Gate>& gates) {
  Facts facts;
  const std::optional<core::Section> given = section.optional_section("facts");
  if (!given) return facts;
  std::vector<std::string> known;
  for (const Default& d : defaults) given->declare_as(known.emplace_back(d.of), "measured");
  given->names("a fact that a gate of one's own is of", known);
  for (const Gate& gate : gates) {
    if (facts.contains(gate.of) || !given->has(gate.of)) continue;
    facts.emplace(gate.of, read_measured(*given, gate.of, gate.unit));
  }
  return facts;
}

}  // namespace decision
