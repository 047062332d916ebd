#include "decision/builds.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

// "$1_000", "250_000", "2 lakh", "1 crore".
Money read_amount(const core::Section& item, std::string_view key) {
  const std::string text = item.text(key);
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 2> words{{{" crore", crore}, {" lakh", lakh}}};
  Money money;
  bool in_words = false;
  for (const auto& [word, times] : words) {
    if (!text.ends_with(word)) continue;
    in_words = true;
    try {
      money = Money::parse(text.substr(0, text.size() - word.size())) * times;
    } catch (const std::exception&) { throw item.error(key, "'" + text + "'", "an amount such as 1.5 crore"); }
  }
  if (!in_words) money = item.money(key);
  if (money < Money{}) throw item.error(key, text, "an amount from 0 on");
  return money;
}

}  // namespace

std::optional<Money> Build::first_year() const {
  if (retrained == 0) return cost;
  if (!each) return std::nullopt;
  return cost + *each * retrained;
}

std::string BuildPlan::say(Money money) const {
  if (!fx) return amount(money);
  return fmt::format("{} ({})", amount_in(money, fx->currency, fx->grouping), amount(fx->to_dollars(money)));
}

Quantity ratio_of_days(const Build& first, const Build& other) { return quotient(first.days, other.days); }

std::optional<Quantity> ratio_of_cost(const Build& first, const Build& other) {
  if (other.cost <= Money{}) return std::nullopt;
  return share_of(first.cost, other.cost);
}

std::optional<BuildPlan> read_builds(const core::Section& root, const std::optional<FxRate>& fx) {
  const std::vector<core::Section> items = root.optional_sections("builds");
  if (items.empty()) return std::nullopt;
  BuildPlan plan{.ways = {}, .fx = fx};
  for (const core::Section& item : items) {
    Build build{.name = item.text("name"), .days = {}, .cost = {}, .each = {}};
    build.days = read_measured(item, "takes", Unit::days).value;
    if (build.days <= Quantity{}) throw item.error("takes", figure(build.days), "more than 0 days");
    if (item.text("cost", {.expected = "an amount, or unknown"}) != "unknown") {
      build.cost = read_amount(item, "cost");
    } else if (plan.ways.empty()) {
      throw item.error("cost", "unknown", "an amount: the other ways are held against this one");
    } else {
      build.cost = part_of(plan.ways.front().cost, build.days, plan.ways.front().days);
      build.is_cost_assumed = true;
      item.assume("cost", plan.say(build.cost), "in proportion to its days: the same team, at the same cost a day");
    }
    if (item.has("retrained")) {
      build.retrained = item.integer("retrained", {.min = 1, .max = 366, .unit = "times a year"});
      if (item.text("each", {.expected = "what one retraining costs, or unknown"}) != "unknown")
        build.each = read_amount(item, "each");
    }
    plan.ways.push_back(std::move(build));
  }
  if (plan.ways.size() < 2) throw root.error("builds", "one way", "two or more");
  return plan;
}

}  // namespace decision
