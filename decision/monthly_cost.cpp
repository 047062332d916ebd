#include "decision/monthly_cost.hpp"

#include <algorithm>
#include <chrono>

namespace decision {
namespace {

constexpr std::int32_t hours_of_average_month = 730;  // 8760 / 12

bool is_whole(const core::BillingPeriod& period, core::Date horizon_start) {
  const std::int32_t hours = period.end_hour - period.first_hour;
  if (period.name.starts_with("730")) return hours == hours_of_average_month;
  const core::Date first = horizon_start + std::chrono::days{period.first_hour / 24};
  const std::chrono::year_month_day day{first};
  const auto last = std::chrono::sys_days{day.year() / day.month() / std::chrono::last};
  return day.day() == std::chrono::day{1} && hours == ((last - first).count() + 1) * 24;
}

}  // namespace

core::Money divided(core::Money money, std::int64_t divisor) {
  core::Int128 quotient = money.count() / divisor;
  const core::Int128 rest = money.count() % divisor;  // has the sign of the money
  const core::Int128 twice = (rest < 0 ? -rest : rest) * 2;
  if (twice > divisor || (twice == divisor && quotient % 2 != 0)) quotient += rest < 0 ? -1 : 1;
  return core::Money::atto(quotient);
}

MonthlyCost monthly_cost(const std::vector<pricing::Bill>& bills, const core::Horizon& horizon) {
  core::Money total;
  for (const pricing::Bill& bill : bills) total += bill.total(pricing::Frequency::recurring);
  const bool whole = std::all_of(horizon.periods.begin(), horizon.periods.end(),
                                 [&](const core::BillingPeriod& p) { return is_whole(p, horizon.start); });
  if (whole) return {divided(total, static_cast<std::int64_t>(horizon.periods.size())), false};
  return {divided(total * hours_of_average_month, horizon.hour_count()), true};
}

}  // namespace decision
