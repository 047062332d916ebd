// Whether the data carries a model, and whether a cache carries its latency.
//
// One function for each section, named by its key; nothing where the scenario does not have it. `options` as in
// decision/section_answers.hpp.
#pragma once

#include <optional>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_data(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_datasets(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_cache_mitigation(const Questions& questions, const OptionFacts& options);

}  // namespace decision
