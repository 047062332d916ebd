// The sections of a scenario that are answered by arithmetic, each by its figures and its sentences.
//
//  * `section_answers`  of every section that the scenario has, in the order of docs/requirements.md
//
// A section is answered by the function of its name in decision/answers/, by theme; a new one is a line in the list.
// `options`: what is known of each; fixed budgets, rollouts and fallbacks ask for monthly costs.
#pragma once

#include <vector>

#include "decision/answers.hpp"

namespace decision {

std::vector<Answer> section_answers(const Questions& questions, const OptionFacts& options);

}  // namespace decision
