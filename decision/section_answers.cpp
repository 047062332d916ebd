#include "decision/section_answers.hpp"

#include <array>

#include "decision/answers/budget.hpp"
#include "decision/answers/cost.hpp"
#include "decision/answers/data.hpp"
#include "decision/answers/effort.hpp"
#include "decision/answers/value.hpp"

namespace decision {
namespace {

using Room = std::optional<Answer> (*)(const Questions&, const OptionFacts&);

constexpr std::array rooms{
    Room{answer_budget_share},
    Room{answer_fixed_budget},
    Room{answer_rollout},
    Room{answer_fallbacks},
    Room{answer_pilot},
    Room{answer_price_change},
    Room{answer_effort},
    Room{answer_validation},
    Room{answer_returns},
    Room{answer_latency_exchange},
    Room{answer_latency_churn},
    Room{answer_data},
    Room{answer_cache_mitigation},
    Room{answer_prompts},
    Room{answer_adoption},
    Room{answer_swaps},
    Room{answer_kpi},
    Room{answer_levers},
    Room{answer_impact},
    Room{answer_signal_cost},
    Room{answer_paths},
    Room{answer_retraining},
    Room{answer_fx},
};

}  // namespace

std::vector<Answer> section_answers(const Questions& questions, const OptionFacts& options) {
  std::vector<Answer> answers;
  for (const Room room : rooms) {
    if (std::optional<Answer> answer = room(questions, options)) answers.push_back(std::move(*answer));
  }
  return answers;
}

}  // namespace decision
