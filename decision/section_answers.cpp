#include "decision/section_answers.hpp"

#include <array>

#include "decision/answers/budget.hpp"
#include "decision/answers/cost.hpp"
#include "decision/answers/data.hpp"
#include "decision/answers/effort.hpp"
#include "decision/answers/freshness.hpp"
#include "decision/answers/ownership.hpp"
#include "decision/answers/ranking.hpp"
#include "decision/answers/review.hpp"
#include "decision/answers/rollout.hpp"
#include "decision/answers/story.hpp"
#include "decision/answers/value.hpp"
#include "decision/exact.hpp"

namespace decision {
namespace {

using Room = std::optional<Answer> (*)(const Questions&, const OptionFacts&);

std::optional<Answer> waterfall(const Questions& questions, const OptionFacts& options) {
  if (!questions.waterfall) return std::nullopt;
  return answer_waterfall(*questions.waterfall, options);
}

std::optional<Answer> quality(const Questions& questions, const OptionFacts& options) {
  if (!questions.quality) return std::nullopt;
  return answer_quality(*questions.quality, options);
}

std::optional<Answer> triad(const Questions& questions, const OptionFacts& options) {
  if (!questions.triad || options.empty()) return std::nullopt;
  std::vector<TriadOption> placed;
  for (const OptionFact& option : options) {
    TriadOption& one = placed.emplace_back(TriadOption{option.name, option_named(questions, option.name).triad});
    if (!one.values[0] && option.monthly_cost) one.values[0] = as_double(*option.monthly_cost);
  }
  return answer_triad(*questions.triad, placed);
}

constexpr std::array rooms{Room{answer_governance},
                           Room{answer_device_memory},
                           Room{answer_accuracy_policy},
                           Room{triad},
                           Room{answer_tco},
                           Room{answer_budget_share},
                           Room{answer_fixed_budget},
                           Room{answer_rollout},
                           Room{answer_fallbacks},
                           Room{answer_pilot},
                           Room{answer_price_change},
                           Room{answer_effort},
                           Room{answer_validation},
                           Room{answer_returns},
                           Room{answer_missed_release},
                           Room{answer_latency_exchange},
                           Room{answer_latency_churn},
                           Room{answer_data},
                           Room{answer_datasets},
                           Room{answer_cache_mitigation},
                           Room{answer_prompts},
                           Room{answer_adoption},
                           Room{answer_swaps},
                           Room{answer_kpi},
                           Room{answer_levers},
                           Room{waterfall},
                           Room{quality},
                           Room{answer_impact},
                           Room{answer_signal_cost},
                           Room{answer_paths},
                           Room{answer_builds},
                           Room{answer_retraining},
                           Room{answer_freshness},
                           Room{answer_fx}};

}  // namespace

std::vector<Answer> section_answers(const Questions& questions, const OptionFacts& options) {
  std::vector<Answer> answers;
  for (const Room room : rooms) {
    if (std::optional<Answer> answer = room(questions, options)) answers.push_back(std::move(*answer));
  }
  // A page about the plan draws on the others.
  if (std::optional<Answer> page = answer_plan(questions, answers)) answers.push_back(std::move(*page));
  if (std::optional<Answer> story = answer_star(questions)) answers.push_back(std::move(*story));
  return answers;
}

}  // namespace decision
