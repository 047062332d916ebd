#include "decision/volume.hpp"

#include "decision/exact.hpp"
#include "decision/monthly_cost.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

Money above_nothing(const core::Section& section, std::string_view key) {
  const Money amount = section.money(key);
  if (amount <= Money{}) throw section.error(key, amount.to_string(), "an amount above 0");
  return amount;
}

}  // namespace

Money linear_bill(std::int64_t daily_users, Quantity requests_a_day, Money a_request, Money infrastructure,
                  std::int64_t days) {
  return cost(product(requests_a_day, Quantity::whole(daily_users)), a_request) * days + infrastructure;
}

PerUser per_user(Money monthly_bill, std::int64_t daily_users, std::int64_t days) {
  return {divided(monthly_bill, daily_users), divided(monthly_bill, daily_users * days)};
}

ImpliedPilot implied_pilot(Quantity gpu_hours_a_day, Money gpu_hour, Money bill_at_scale, std::int64_t users_at_scale,
                           std::int64_t days) {
  ImpliedPilot pilot{.monthly_bill = cost(gpu_hours_a_day, gpu_hour) * days, .daily_users = {}, .factor = {}};
  pilot.factor = share_of(bill_at_scale, pilot.monthly_bill);
  pilot.daily_users = quotient(Quantity::whole(users_at_scale), pilot.factor);
  return pilot;
}

Quantity queries_of(Money bill, Money per_thousand) { return share_of(bill * 1000, per_thousand); }

Money bill_of(Quantity queries, Money per_thousand) { return divided(cost(queries, per_thousand), 1000); }

PriceChange price_change(Money old_per_thousand, Money new_per_thousand) {
  return {share_of(new_per_thousand - old_per_thousand, old_per_thousand),
          (old_per_thousand - new_per_thousand) * 1000};
}

MonthlyVolume monthly_volume(Quantity requests_a_second) {
  constexpr std::int64_t seconds_of_hour = 3600;
  return {product(requests_a_second, Quantity::whole(days_of_month * 24 * seconds_of_hour)),
          product(requests_a_second, Quantity::whole(730 * seconds_of_hour))};
}

std::optional<ImpliedPilot> read_pilot(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("pilot");
  if (!section) return std::nullopt;
  const Quantity hours = section->quantity("gpu_hours_per_day");
  if (hours <= Quantity{}) throw section->error("gpu_hours_per_day", hours.to_string(), "hours above 0");
  return implied_pilot(hours, above_nothing(*section, "gpu_hour"), above_nothing(*section, "bill_at_scale"),
                       section->integer("users_at_scale", {.min = 1, .unit = "users"}));
}

std::optional<PriceQuestion> read_price_change(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("price_change");
  if (!section) return std::nullopt;
  PriceQuestion question{above_nothing(*section, "old"), above_nothing(*section, "new"), section->quantity("queries")};
  if (question.queries < Quantity{}) throw section->error("queries", "less than 0", "queries from 0 on");
  return question;
}

}  // namespace decision
