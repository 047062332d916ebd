// Costs over time: when one way of serving has cost less in all than another.
//
//  * `CostPath`    what is paid at once, and what a month costs from which month on
//  * `cumulative`  what has been paid by a moment, exact
//  * `crossover`   the first moment at which the challenger has cost no more than the incumbent, and stays ahead there
//
// Months are of equal length (365 ÷ 12 days); a rate holds until the next one begins. "Ship the API first and build
// meanwhile" is a path whose first months pay the API and the engineers, and the later ones what is left to run.
//
// Example (8 engineer-months at $25,000, then $9,000 a month, against $40,000 a month for the API):
//   const CostPath api{"api", {}, {{Quantity{}, Money::parse("40000")}}};
//   const CostPath custom{"custom", {}, {{Quantity{}, Money::parse("90000")}, {Quantity::whole(4),
//   Money::parse("9000")}}}; crossover(api, custom)->months   // 4 + 200,000 ÷ 31,000 = 10.45
//
// In a scenario, the incumbent first:
//   paths:
//     - {name: api, once: $0, rates: [{from_month: 0, monthly: $40_000}]}
//     - {name: custom, once: $0, rates: [{from_month: 0, monthly: $90_000}, {from_month: 4, monthly: $9_000}]}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct MonthlyRate {
  core::Quantity from_month;
  core::Money a_month;
  bool operator==(const MonthlyRate&) const = default;
};

struct CostPath {
  std::string name;
  core::Money at_once;
  std::vector<MonthlyRate> rates;  // in the order of time; nothing is paid before the first
  bool operator==(const CostPath&) const = default;
};

core::Money cumulative(const CostPath& path, core::Quantity months);

struct Crossover {
  core::Quantity months;
  core::Money paid;                        // by then, for either
  core::Date on(core::Date begins) const;  // the day in which it falls
};

// Within `horizon` months; nothing when the challenger never catches up. A challenger that is ahead from the beginning
// crosses at 0.
std::optional<Crossover> crossover(const CostPath& incumbent, const CostPath& challenger,
                                   core::Quantity horizon = core::Quantity::whole(120));

// Empty without a `paths` section; else two or more, with rates in the order of time.
std::vector<CostPath> read_paths(const core::Section& root);

}  // namespace decision
