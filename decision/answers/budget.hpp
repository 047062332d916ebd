// What a plan may spend: budgets and caps, the bill by volume, and the money it is counted in.
//
// One function for each section, named by its key; nothing where the scenario does not have it. `options` as in
// decision/section_answers.hpp.
#pragma once

#include <optional>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_budget_share(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_fixed_budget(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_pilot(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_price_change(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_fx(const Questions& questions, const OptionFacts& options);

}  // namespace decision
