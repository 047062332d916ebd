// How often to refresh: `freshness`, as a table and a curve of the interval, with a verdict on the slower of the two.
#pragma once

#include <optional>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_freshness(const Questions& questions, const OptionFacts& options);

}  // namespace decision
