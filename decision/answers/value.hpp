// What a plan brings: its return in time, latency and accuracy in money, and the sentence that says it.
//
// One function for each section, named by its key; nothing where the scenario does not have it. `options` as in
// decision/section_answers.hpp.
#pragma once

#include <optional>

#include "decision/answers.hpp"

namespace decision {

std::optional<Answer> answer_returns(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_missed_release(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_latency_exchange(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_latency_churn(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_swaps(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_kpi(const Questions& questions, const OptionFacts& options);
std::optional<Answer> answer_signal_cost(const Questions& questions, const OptionFacts& options);

}  // namespace decision
