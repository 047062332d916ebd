// Options beside each other by what is known of them: the decision matrix and the frontier.
//
//  * `matrix_table`     the matrix with its scores, cross-checks, flips and acceptability; nothing without `matrix`
//  * `place_options`    where each option lies; nothing without `frontier`
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
std::optional<Frontier> place_options(const Questions& questions, const OptionFacts& options);

}  // namespace decision
