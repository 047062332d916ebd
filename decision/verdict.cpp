#include "decision/verdict.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decision/words.hpp"

namespace decision {
namespace {

bool qualifies(const Candidate& c) { return c.unpriced.empty() && all_held(c.slo); }

// What stands in the way of an option, or its distance to the cheapest.
std::string reason(const Candidate& c, const Candidate* cheapest, std::string_view currency) {
  std::vector<std::string> faults;
  for (const SloCheck& check : c.slo) {
    if (check.held != Held::yes) faults.push_back(check.sentence());
  }
  if (!c.unpriced.empty()) {
    faults.push_back(fmt::format("its bill is not complete, there is no price for {}", listing(c.unpriced)));
  }
  if (faults.empty()) {
    return fmt::format("{} costs {} a month, {} more.", c.name, amount(c.monthly.amount, currency),
                       amount(c.monthly.amount - cheapest->monthly.amount, currency));
  }
  const std::string_view least = c.unpriced.empty() ? "" : "at least ";
  return fmt::format("{} is out: {}. It would cost {}{} a month.", c.name, fmt::join(faults, "; "), least,
                     amount(c.monthly.amount, currency));
}

std::string headline(const std::vector<const Candidate*>& winners, std::size_t candidates, std::string_view currency) {
  std::vector<std::string> names;
  for (const Candidate* w : winners) names.push_back(w->name);
  const Candidate& first = *winners.front();
  const std::string name = listing(names);
  const std::string a_month = amount(first.monthly.amount, currency) + " a month";
  const bool targets = !first.slo.empty();
  std::string text;
  if (candidates == 1) {
    text = fmt::format("{} costs {}{}", name, a_month, targets ? " and meets every target." : "");
  } else if (winners.size() > 1) {
    text = fmt::format("{} are the cheapest{}, at the same {}{}", name, targets ? " that meet every target" : "",
                       a_month, targets ? "." : "");
  } else {
    text = fmt::format("{} is the cheapest{}: {}{}", name, targets ? " that meets every target" : "", a_month,
                       targets ? "." : "");
  }
  if (!targets) text += "; the scenario sets no targets.";
  return text;
}

std::string one_time_words(const std::vector<const Candidate*>& winners, std::string_view currency) {
  std::string text;
  for (const Candidate* w : winners) {
    if (w->one_time != core::Money{}) {
      text += fmt::format(" {} also costs {} once.", w->name, amount(w->one_time, currency));
    }
  }
  return text;
}

std::string budget_words(core::Money monthly, const Budget& budget, std::string_view currency) {
  const BudgetCheck check{budget.per_month, monthly};
  const core::Money distance = check.within() ? check.left() : -check.left();
  return fmt::format(" That is {} {} the budget of {} a month.", amount(distance, currency),
                     check.within() ? "under" : "over", amount(budget.per_month, currency));
}

std::string nobody(const std::vector<Candidate>& candidates) {
  const bool priced =
      std::any_of(candidates.begin(), candidates.end(), [](const Candidate& c) { return c.unpriced.empty(); });
  const bool held =
      std::any_of(candidates.begin(), candidates.end(), [](const Candidate& c) { return all_held(c.slo); });
  if (!held) return "No option meets every target.";
  if (!priced) return "No option has a complete bill.";
  return "No option meets every target and has a complete bill.";
}

}  // namespace

Verdict decide(const std::vector<Candidate>& candidates, const std::optional<Budget>& budget,
               std::string_view currency) {
  Verdict verdict;
  std::vector<const Candidate*> winners;
  for (const Candidate& c : candidates) {
    if (!qualifies(c)) continue;
    if (!winners.empty() && c.monthly.amount > winners.front()->monthly.amount) continue;
    if (!winners.empty() && c.monthly.amount < winners.front()->monthly.amount) winners.clear();
    winners.push_back(&c);
  }
  const Candidate* cheapest = winners.empty() ? nullptr : winners.front();
  if (cheapest == nullptr) {
    verdict.headline = nobody(candidates);
  } else {
    verdict.headline = headline(winners, candidates.size(), currency);
    if (budget) verdict.headline += budget_words(cheapest->monthly.amount, *budget, currency);
    verdict.headline += one_time_words(winners, currency);
  }
  for (const Candidate& c : candidates) {
    if (std::find(winners.begin(), winners.end(), &c) != winners.end()) verdict.winners.push_back(c.name);
    else verdict.reasons.push_back(reason(c, cheapest, currency));
  }
  return verdict;
}

}  // namespace decision
