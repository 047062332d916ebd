#include "decision/missed_release.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/returns.hpp"
#include "decision/words.hpp"

namespace decision {

using core::Money;
using core::Quantity;

Money MissedRelease::lost_revenue() const { return opportunity_cost(revenue, period_days, delay_days); }

Money MissedRelease::other_cost() const { return avoided ? std::max(*avoided - spend, Money{}) : Money{}; }

Money MissedRelease::cost() const { return opportunity_cost(revenue, period_days, delay_days, spend) + other_cost(); }

std::optional<Money> MissedRelease::gain() const {
  if (!value_per_point) return std::nullopt;
  return core::cost(gain_points, *value_per_point) * months;
}

std::optional<Money> MissedRelease::break_even_per_point() const {
  if (gain_points <= Quantity{}) return std::nullopt;
  return part_of(cost(), Quantity::whole(1), product(gain_points, Quantity::whole(months)));
}

std::vector<std::string> MissedRelease::sentences() const {
  std::vector<std::string> lines;
  const std::optional<Money> brings = gain();
  const std::string points = fmt::format("{} points of accuracy", figure(gain_points));
  if (brings) {
    lines.push_back(*brings > cost()
                        ? fmt::format("Build it: {} bring {} over {} months, {} more than the {} that they cost.",
                                      points, amount(*brings), months, amount(*brings - cost()), amount(cost()))
                        : fmt::format("Keep the current model: {} bring {} over {} months and cost {}.", points,
                                      amount(*brings), months, amount(cost())));
  } else if (const std::optional<Money> even = break_even_per_point()) {
    lines.push_back(
        fmt::format("Keep the current model unless a point of accuracy brings more than {} a month: {} cost {} over {} "
                    "months.",
                    amount(*even), points, amount(cost()), months));
    lines.emplace_back("Asked for: what a point of accuracy brings a month (value_per_point).");
  } else {
    lines.push_back(fmt::format("Keep the current model: it costs {} and gains nothing.", amount(cost())));
  }
  lines.push_back(fmt::format(
      "{} days of delay lose {} of revenue; {} are spent{}.", figure(delay_days, 2), amount(lost_revenue()),
      amount(spend),
      other_cost() > Money{} ? fmt::format(", and {} beside them (C-10)", amount(other_cost())) : std::string{}));
  if (avoided) lines.push_back(fmt::format("Keeping it avoids a budget increase of {}.", amount(*avoided)));
  return lines;
}

std::optional<MissedRelease> read_missed_release(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("missed_release");
  if (!section) return std::nullopt;
  MissedRelease missed{.revenue = section->money("revenue"),
                       .period_days = {},
                       .delay_days = {},
                       .spend = section->money("spend"),
                       .avoided = {},
                       .gain_points = section->quantity("gain_points"),
                       .value_per_point = {}};
  const bool is_quarter = section->choice("per", {"quarter", "year"}) == 0;
  missed.period_days = Quantity::whole(is_quarter ? 91 : 365);
  if (is_quarter) section->assume("per", "91 days", "a quarter of 364: thirteen weeks");
  missed.delay_days = read_measured(*section, "delay", Unit::days).value;
  for (const auto& [key, amount_given] : {std::pair{"revenue", missed.revenue}, std::pair{"spend", missed.spend}}) {
    if (amount_given < Money{}) throw section->error(key, amount_given.to_string(), "an amount from 0 on");
  }
  if (missed.delay_days < Quantity{}) throw section->error("delay", figure(missed.delay_days), "0 days or more");
  if (section->has("avoided")) {
    missed.avoided = section->money("avoided");
    if (missed.other_cost() > Money{}) {
      section->assume(
          "avoided", amount(missed.other_cost()) + " beside the cloud",
          "what the avoided increase held beyond the cloud spending is taken as cost of the same work (C-10)");
    }
  }
  missed.months =
      section->integer("months", {.min = 1, .max = 120, .unit = "months", .fallback = 12, .why = "a year (S2)"});
  if (section->text("value_per_point", {.expected = "an amount a month, or unknown"}) != "unknown")
    missed.value_per_point = section->money("value_per_point");
  return missed;
}

}  // namespace decision
