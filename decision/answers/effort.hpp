// People's time, and whether it is needed at all: effort, validation, prompts, adoption.
//
// One function for each section, named by its key; nothing where the scenario does not have it. `options` as in
// decision/section_answers.hpp.
#pragma once

#include <optional>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_effort(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_validation(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_prompts(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_adoption(const Questions& questions, const OptionFacts& options);

}  // namespace decision
