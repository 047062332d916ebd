// At which traffic, price or hit ratio two simulated options cost the same: the question of a scenario, and its answer.
//
//  * `BreakEvenQuestion`   one item of `break_even`: a key of the scenario, its range, and what is compared
//  * `read_break_evens`    reads them
//  * `Observed`, `Evaluate`  what one simulation says of an option; whoever can simulate hands it in
//  * `answer_break_even`   searches by find_crossing and says what was found: sentences, all evaluations as a table,
//  and
//                          a curve
//
// The key is addressed as in `--set`, and its values are written as `from` and `to` are: "100_000", "$0.10", "5%",
// "50ms". They have six significant digits, so that each evaluation can be repeated with `--set` as it stands in the
// table. Three things are compared:
//
//  * the monthly cost of two options;
//  * the monthly cost of one with an amount: how far a rollout may go under a cap;
//  * a percentile (or the mean) of the latency of one with a limit: at which traffic its objective breaks.
//
// Every evaluation simulates the options anew with the same seed. Where the key leaves the traffic alone they meet the
// same requests, and the difference is exact; where it changes the traffic they meet others of the same law.
//
// In a scenario:
//   break_even:
//     - {key: traffic.daily_users, between: [api, self-hosted], from: 100_000, to: 10_000_000, steps: ratios}
//     - {key: options.api.provisioned.price, between: [api, self-hosted], from: $0.50, to: $5}
//     - {key: traffic.daily_users, option: api, cost: $10_000, from: 10_000, to: 1_000_000, hours: 24}
//     - {key: traffic.daily_users, option: self-hosted, latency: 2s, percentile: p95, from: 1_000, to: 50_000}
//   samples: 5          # before narrowing, both ends among them
//   evaluations: 16     # at most, samples included
//   tolerance: 1%       # of the place; whole: true for keys that count
//   hours: 24           # of the horizon, from its start; all of it when absent
//
// Example:
//   const Answer answer = answer_break_even(question, [&](const std::string& value) { return simulated(value); }, "");
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/break_even.hpp"

namespace decision {

struct Answer;

struct BreakEvenQuestion {
  std::string key;     // "traffic.daily_users"
  std::string prefix;  // of its values: "$"
  std::string suffix;  // "ms", "%"
  bool whole = false;
  CrossingSearch search{};                     // all but `rounded`
  std::vector<std::string> options;            // two of them, or one with …
  std::optional<core::Money> cost{};           // … a monthly amount or …
  std::string statistic{};                     // … "p95", "mean", and
  std::optional<core::Quantity> latency_ms{};  // its limit
  std::optional<std::int32_t> hours{};         // nothing: the whole horizon

  double rounded(double at) const;       // to six significant digits, or to a whole number
  std::string text_of(double at) const;  // of a rounded place, as `--set` takes it: "$0.31"
  std::string shown(double at) const;    // as a sentence does: "$0.31", "412,000", "50 ms"
};

// `options`: the names of those that are simulated; empty where nothing is. Throws core::ConfigError.
std::vector<BreakEvenQuestion> read_break_evens(const core::Section& root, const std::vector<std::string>& options);

struct Observed {
  core::Money monthly_cost;
  std::optional<core::Quantity> latency_ms{};    // of the statistic that is asked for; nothing: nobody was answered
  std::optional<core::Quantity> availability{};  // percent
};
// The question's options, in its order, at a value of its key ("$0.31"). Nothing: interrupted, the search stops.
using Evaluate = std::function<std::optional<std::vector<Observed>>(const std::string& value)>;

// `how`: a sentence on what an evaluation was: "Each simulates 24 of 744 hours with seed 1." Costs its evaluations.
Answer answer_break_even(const BreakEvenQuestion& question, const Evaluate& evaluate, std::string_view how);

}  // namespace decision
