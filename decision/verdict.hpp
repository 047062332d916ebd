// Which option to take, and why, in words.
//
//  * `Candidate`  what is known of one option
//  * `Verdict`    the cheapest a month among the options that meet every target and whose bill is complete
//
// Only recurring cost ranks; what is bought once is named beside it. The budget is checked and named, and does not
// exclude: an option over the budget may still be the cheapest there is, and the reader must know both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "decision/budget.hpp"
#include "decision/monthly_cost.hpp"
#include "decision/slo.hpp"

namespace decision {

struct Candidate {
  std::string name;
  MonthlyCost monthly;  // of the priced lines
  core::Money one_time;
  std::vector<std::string> unpriced;  // what has no price; empty: the bill is complete
  std::vector<SloCheck> slo;
};

struct Verdict {
  std::vector<std::string> winners;  // more than one: a tie; none: nobody qualifies
  std::string headline;
  std::vector<std::string> reasons;  // a sentence for each option that is no winner, in the order of the scenario
  bool operator==(const Verdict&) const = default;
};

Verdict decide(const std::vector<Candidate>& candidates, const std::optional<Budget>& budget,
               std::string_view currency = "USD");

}  // namespace decision
