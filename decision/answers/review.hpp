// Sections that judge a plan, as gates do: a review board, a policy on accuracy, a memory that a model must fit.
//
//  * `answer_governance`       whether a review is due and what its packet lacks; with one option whose bill is known,
//  a
//                              year of inference is twelve of its months unless the packet says another amount
//  * `answer_accuracy_policy`  each option's relative loss of accuracy against one of them, and what a faster answer
//  would
//                              cost of it; refused when no alternative is accepted
//  * `answer_device_memory`    which options fit; refused when none does
//  * `judging_sections`        those of them that the scenario has
//
// `Answer::passes` is set in each; a plan with one that does not pass makes `--gates` exit with 3.
#pragma once

#include <optional>
#include <vector>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_governance(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_accuracy_policy(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_device_memory(const Questions& questions, const OptionFacts& options);

std::vector<Answer> judging_sections(const Questions& questions, const OptionFacts& options);

}  // namespace decision
