// Options beside each other by what is known of them: the decision matrix and the frontier.
//
//  * `matrix_table`     the matrix with its scores, cross-checks, flips and acceptability; nothing without `matrix`
//  * `place_options`    where each option lies; empty without `frontier`
//  * `answer_frontier`  the same as a table, with a plot of the first axis that should be high against each of the
//  others
//
// What an option states comes first; cost, latency and availability are else those of its simulation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decision/answers.hpp"

namespace decision {

// One of the scenario's options.
const NamedOption& option_named(const Questions& questions, const std::string& name);

std::optional<MatrixTable> matrix_table(const Questions& questions, const OptionFacts& options);
std::vector<Placed> place_options(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_frontier(const Questions& questions, const OptionFacts& options);

}  // namespace decision
