// The answers to `rollout` and `fallbacks`: every reading of the cap, the bill week by week, the day on which the cap
// binds, and what to do then.
//
//  * `answer_rollout`    for the stated bill at full scale, or for each option whose bill is known
//  * `answer_fallbacks`  for the same bills: the sets of knobs that restore the cap, or that none exists
#pragma once

#include <optional>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_rollout(const Questions& questions, const OptionFacts& options);
// Without a plan there is no cap to rank against; the answer says so.
std::optional<Answer> answer_fallbacks(const Questions& questions, const OptionFacts& options);

}  // namespace decision
