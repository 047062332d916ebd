// The review of capacity as answers: one for all options side by side, with load and instances by the hour as curves,
// then the list of each option.
//
//  * `capacity_answers`  an option whose verdict is no-go is rejected (`--gates`)
#pragma once

#include <vector>

#include "decision/answers.hpp"
#include "decision/capacity_review.hpp"

namespace decision {

// `options`: at least one, of the same hours.
std::vector<Answer> capacity_answers(const CapacityRules& rules, const std::vector<OptionCapacity>& options,
                                     const CapacityLoad& load);

}  // namespace decision
