// Before fine-tuning anything: does the base model do, do prompts do, has everybody asked the five questions?
//
//  * `base_model_verdict`  ship the base model when it covers 80 % of the use cases or more
//  * `prompt_verdict`      prompts that reach more than 90 % of the target, and are understood, need no fine-tuning
//  * `FiveSteps`           base first, failure modes, data, cost and timeline, prototype: what is not answered is
//  listed
//  * `metric_lock`         two independent thresholds or more, all of which must hold in staging
//
// In a scenario:
//   adoption: {base_coverage: 85%, ship_at: 80%,
//              prompts: {metric: 84, target: 85, understood: true, enough_at: 90%},
//              steps: {base_model: "85 % of summaries pass", failure_modes: …, data: …, cost_and_timeline: …,
//              prototype: …}}
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/gates.hpp"

namespace decision {

struct AdoptionVerdict {
  bool holds = false;     // ship the base model; prompts are enough
  bool boundary = false;  // exactly on the threshold
  std::string sentence;
  bool operator==(const AdoptionVerdict&) const = default;
};
// Shares from 0 to 1.
AdoptionVerdict base_model_verdict(core::Quantity coverage, core::Quantity ship_at = core::Quantity::ratio(8, 10));

struct PromptFacts {
  core::Quantity metric;           // what prompts reach
  core::Quantity target;           // above 0
  std::optional<bool> understood;  // the prompt space; nothing: nobody said
  core::Quantity enough_at = core::Quantity::ratio(9, 10);
  core::Quantity reached() const;  // 0.988235294
  bool operator==(const PromptFacts&) const = default;
};
// Strictly more than the threshold, and the prompts must be understood: unknown is asked for and does not hold.
AdoptionVerdict prompt_verdict(const PromptFacts& facts);

struct FiveSteps {
  static constexpr std::array<std::string_view, 5> keys{"base_model", "failure_modes", "data", "cost_and_timeline",
                                                        "prototype"};
  std::array<std::optional<std::string>, 5> answers;
  std::vector<std::string> unanswered() const;  // the questions
  bool complete() const { return unanswered().empty(); }
  bool operator==(const FiveSteps&) const = default;
};

struct MetricLock {
  GateVerdict verdict;
  std::vector<std::string> warnings;  // one metric alone is no lock: "likely rejection"
};
// Every gate counts as hard and as named.
MetricLock metric_lock(std::vector<Gate> gates, const Facts& facts);

struct Adoption {
  std::optional<core::Quantity> base_coverage;
  core::Quantity ship_at = core::Quantity::ratio(8, 10);
  std::optional<PromptFacts> prompts;
  FiveSteps steps;
  bool operator==(const Adoption&) const = default;
};
std::optional<Adoption> read_adoption(const core::Section& root);

}  // namespace decision
