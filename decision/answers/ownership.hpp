// What options cost beside their bill: `tco`, a column for each.
//
// An option's column holds what the root's `tco` says of all, what its own says, and its bill: the monthly cost that
// was simulated or stated, and what the bill holds once; both are its part inference. Where some line is already of
// part inference, that is the bill. An option whose bill is not known in full says so and has its other lines.
#pragma once

#include <optional>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_tco(const Questions& questions, const OptionFacts& options);

}  // namespace decision
