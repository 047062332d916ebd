// What options cost beside each other and over time: levers, effort, paths, retraining.
//
// One function for each section, named by its key; nothing where the scenario does not have it. `options` as in
// decision/section_answers.hpp.
#pragma once

#include <optional>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_levers(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_impact(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_builds(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_paths(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_retraining(const Questions& questions, const OptionFacts& options);

}  // namespace decision
