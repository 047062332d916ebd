// The answers to `rollout` and `fallbacks`: every reading of the cap, the bill week by week, the day on which the cap
// binds, and what to do then.
//
//  * `answer_rollout`    for the stated bill at full scale, or for each option whose bill is known
//  * `answer_fallbacks`  for the same bills: the sets of knobs that restore the cap, or that none exists
#pragma once

#include <vector>

#include "decision/answers.hpp"

namespace decision {

// `plan`: of the section.
Answer answer_rollout(const RolloutPlan& plan, const std::vector<OptionFact>& options);
// Without a plan there is no cap to rank against; the answer says so.
Answer answer_fallbacks(const std::vector<Knob>& knobs, const std::optional<RolloutPlan>& plan,
                        const std::vector<OptionFact>& options);

}  // namespace decision
