// Levers as they were simulated: what each step saves of the bill and does to the latency, and whether that is what was
// claimed of it.
//
//  * `LeverSteps`        options of a scenario in a row, each the one before with one lever more, and the claims
//  * `read_lever_steps`  the `waterfall` section
//  * `answer_waterfall`  the bill after each step, what it saved, the latency, and each claim held or contradicted
//
// A claim names a step and what it saves of the bill or of the latency against an earlier one. The sources claim that
// batching takes 40 % off the latency and that spot machines with a cache take 60 % off the bill; a simulation is free
// to find otherwise (C-15), and what two levers save together is simulated, not added (C-16). Only what is stated of an
// option (decision/levers.hpp) has to be multiplied.
//
// In a scenario:
//   waterfall:
//     steps: [baseline, quantised, batched, spot, cached]      # names of options, the first is what is compared with
//     target: 60%                                              # of the first bill; default: what S3 claims
//     claims:
//       - {step: batched, latency: 40%, percentile: p95, source: S3}             # less than the step before
//       - {step: cached, since: batched, bill: 60%, source: S3}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct Answer;
struct OptionFact;

struct LeverClaim {
  std::string step;
  std::string since;        // an earlier step
  bool of_latency = false;  // else of the bill
  std::string statistic{};  // of the latency: "p95", "mean"
  core::Quantity saves;     // a share: 0.4
  std::string source{};
  bool operator==(const LeverClaim&) const = default;
};

struct LeverSteps {
  std::vector<std::string> steps;  // at least two
  core::Quantity target;           // a share of the first bill
  std::vector<LeverClaim> claims{};
  bool operator==(const LeverSteps&) const = default;
};

// `options`: the names of those that are simulated. Throws core::ConfigError.
std::optional<LeverSteps> read_lever_steps(const core::Section& root, const std::vector<std::string>& options);

// `options`: what was simulated, every step among them.
Answer answer_waterfall(const LeverSteps& steps, const std::vector<OptionFact>& options);

}  // namespace decision
