// A number with its unit, as gates compare it: "6.2%" relative, "45d", "180ms", "$30_000", "100_000 examples".
//
//  * `Unit`           what the number counts; a percent says whether it is relative, points, or a level (a share)
//  * `Measured`       a value, its unit and, where percents of both kinds may meet, the level that they change
//  * `read_measured`  from a scenario: a text ("115ms") or a mapping ({value: 5.3%, unit: pp, baseline: 6%})
//
// Values are exact (1e-9 of the unit). A percent that does not say what it is relative to is `percent`: gates then
// compute both readings (decision/gates.hpp).
//
// In a scenario:
//     5%  0.6%/day  45d  2w  36h  150ms  1.2s  $30_000  2.0x           the unit stands with the number, or
//     {value: 100_000, unit: examples}                                  beside it
//     {value: 5%, unit: rel}     a relative change           {value: 0.4%, unit: pp}        percentage points
//     {value: 70%, unit: share}  a level, no change          {value: 5%, unit: unknown}     nobody knows
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

enum class Unit : std::uint8_t {
  relative,         // percent of the old value
  points,           // percentage points
  share,            // percent as a level: "70 % of the labels are right"
  percent,          // relative or points, nobody said which
  percent_per_day,  // relative lift for a day of work
  days,
  hours,
  milliseconds,
  dollars,
  examples,
  multiple,  // 2.0 ×
  count,
};
std::string_view word_of(Unit unit);         // as a scenario says it: "rel", "pp", "share", "unknown", "days" …
std::vector<std::string_view> unit_words();  // of all units, in their order

struct Measured {
  core::Quantity value;  // percents as percent: 5 % is 5
  Unit unit = Unit::count;
  std::optional<core::Quantity> baseline = std::nullopt;  // in percent: the level before the change
  std::string text() const;                               // "6.2 % (relative)", "45 days", "$30,000"
  bool operator==(const Measured&) const = default;
};

// "6.2 % (relative)": a value of a unit, for sentences.
std::string say(core::Quantity value, Unit unit);
// Whether the two may be compared at all: the same unit, or percents of a change.
bool comparable(Unit a, Unit b);

// Reads `key` of `section`. `wanted`: the unit asked for, which a bare number then has; durations are converted to it.
// Without it a number must bring its unit. Throws core::ConfigError for a text that is no number, a unit that is
// missing, unknown, or another kind than the wanted one.
Measured read_measured(const core::Section& section, std::string_view key, std::optional<Unit> wanted = std::nullopt);

}  // namespace decision
