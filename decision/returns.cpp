#include "decision/returns.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {

using core::Money;
using core::Quantity;

Quantity roi(const Returns& returns) { return share_of(returns.revenue, returns.cost); }

Money lost_revenue(const Returns& returns) {
  const Quantity lost = std::min(returns.lost_days, returns.period_days);
  return part_of(returns.revenue, lost, returns.period_days);
}

Quantity timed_roi(const Returns& returns) { return share_of(returns.revenue - lost_revenue(returns), returns.cost); }

std::optional<Quantity> break_even_delay(const Returns& returns, Quantity multiple) {
  const Money needed = cost(multiple, returns.cost);
  if (needed > returns.revenue) return std::nullopt;
  return product(returns.period_days, share_of(returns.revenue - needed, returns.revenue));
}

std::optional<Quantity> payback_days(Money cost, const std::vector<RevenueSpan>& profile) {
  Quantity days;
  Money left = cost;
  for (const RevenueSpan& span : profile) {
    if (left <= Money{}) break;
    if (span.revenue >= left && span.revenue > Money{}) return days + product(span.days, share_of(left, span.revenue));
    left = left - span.revenue;
    days += span.days;
  }
  return left <= Money{} ? std::optional{days} : std::nullopt;
}

std::optional<Payback> payback(const Returns& returns, core::Date begins, const FiscalYear& year) {
  const std::optional<Quantity> days = payback_days(returns.cost, {{returns.period_days, returns.revenue}});
  if (!days) return std::nullopt;
  constexpr std::int64_t nano = 1'000'000'000;
  const auto whole_days = [](Quantity q) { return std::chrono::days{static_cast<std::int64_t>(q.count() / nano)}; };
  const core::Date first = begins + whole_days(returns.lost_days);
  Payback result{.days = *days, .on = first + whole_days(*days)};
  result.begun_in = year.quarter_of(first);
  result.paid_in = year.quarter_of(result.on);
  result.within_quarter = result.begun_in == result.paid_in;
  return result;
}

Money opportunity_cost(Money revenue, Quantity period_days, Quantity delay_days, Money spent) {
  return part_of(revenue, delay_days, period_days) + spent;
}

std::vector<std::string> say_returns(const Returns& returns, Quantity multiple) {
  std::vector<std::string> lines;
  const Quantity raw = roi(returns);
  const Quantity timed = timed_roi(returns);
  lines.push_back(fmt::format("{} of revenue for {} is a return of {} ×.", amount(returns.revenue),
                              amount(returns.cost), raw.to_fixed(3)));
  if (returns.lost_days > Quantity{}) {
    lines.push_back(fmt::format("After {} lost days of {} it is {} ×: {} of revenue are gone.",
                                figure(returns.lost_days, 2), figure(returns.period_days, 2), timed.to_fixed(3),
                                amount(lost_revenue(returns))));
  }
  if (const std::optional<Quantity> delay = break_even_delay(returns, multiple)) {
    lines.push_back(fmt::format("It is {} × at a delay of {} days.", figure(multiple), delay->to_fixed(2)));
  } else {
    lines.push_back(fmt::format("Even without a delay it stays below {} ×.", figure(multiple)));
  }
  if (raw >= multiple && timed < multiple) {
    lines.push_back(
        fmt::format("The raw return is above {} × and the one adjusted for timing below: the timing decides (C-01).",
                    figure(multiple)));
  }
  return lines;
}

std::optional<Returns> read_returns(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("returns");
  if (!section) return std::nullopt;
  Returns returns;
  returns.revenue = section->money("revenue");
  if (returns.revenue <= Money{}) throw section->error("revenue", returns.revenue.to_string(), "an amount above 0");
  constexpr std::array<std::int64_t, 4> days{0, 0, 91, 365};
  const std::size_t per = section->choice("per", {"days", "month", "quarter", "year"});
  if (per == 0) {
    returns.period_days = read_measured(*section, "period_days", Unit::days).value;
    if (returns.period_days <= Quantity{}) throw section->error("period_days", "0", "days above 0");
  } else if (per == 1) {
    returns.period_days = Quantity::ratio(365, 12);
    section->assume("per", "30.417 days", "a twelfth of 365");
  } else {
    returns.period_days = Quantity::whole(days[per]);
    if (per == 2) section->assume("per", "91 days", "a quarter of 364: thirteen weeks");
  }
  returns.cost = section->money("cost");
  if (returns.cost <= Money{}) throw section->error("cost", returns.cost.to_string(), "an amount above 0");
  if (section->has("lost_days")) returns.lost_days = read_measured(*section, "lost_days", Unit::days).value;
  if (returns.lost_days < Quantity{}) throw section->error("lost_days", "less than 0", "days from 0 on");
  if (section->has("begins")) returns.begins = section->date("begins");
  return returns;
}

}  // namespace decision
