#include "decision/business_value.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/monthly_cost.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

const Quantity hundred = Quantity::whole(100);

}  // namespace

std::optional<UsersValue> read_users_value(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("users_value");
  if (!section) return std::nullopt;
  UsersValue value{.daily_users = section->integer("daily_users", {.min = 1, .unit = "users"}), .revenue_per_user = {}};
  if (section->has("revenue_per_user")) value.revenue_per_user = section->money("revenue_per_user");
  return value;
}

std::optional<Money> churn_value(const UsersValue& users, Quantity churn_points) {
  if (!users.revenue_per_user) return std::nullopt;
  return part_of(*users.revenue_per_user * users.daily_users, churn_points, hundred);
}

Quantity LatencyElasticity::points_per_ms() const { return quotient(churn_points, milliseconds); }

std::optional<Money> LatencyElasticity::value_per_ms(const UsersValue& users) const {
  return churn_value(users, points_per_ms());
}

std::optional<Money> LatencyElasticity::most_per_accuracy_point(const UsersValue& users) const {
  const std::optional<Money> value = churn_value(users, churn_points);
  if (!value) return std::nullopt;
  return part_of(*value, Quantity::whole(1), accuracy_points);
}

Quantity LatencyExchange::needed_gain(Quantity loss) const {
  return quotient(product(loss, latency_gain), accuracy_loss);
}

Money SwapValue::extra() const { return extra_monthly * months + one_time; }

std::optional<Money> SwapValue::net() const {
  if (!value_per_point) return std::nullopt;
  return cost(gain_points, *value_per_point) * months - extra();
}

std::optional<Money> SwapValue::break_even_per_point() const {
  if (gain_points <= Quantity{}) return std::nullopt;
  return part_of(extra(), Quantity::whole(1), product(gain_points, Quantity::whole(months)));
}

std::string SwapValue::sentence() const {
  std::string text =
      fmt::format("{}: {} points more for {} over {} months", name, figure(gain_points), amount(extra()), months);
  if (const std::optional<Money> value = net()) text += fmt::format(", a net value of {}", amount(*value));
  else text += ", of unknown value: nobody said what an accuracy point brings";
  if (const std::optional<Money> even = break_even_per_point()) {
    text += fmt::format("; it breaks even at {} a point and month", amount(*even));
  }
  return text + ".";
}

std::optional<Money> KpiMapping::worth(Quantity value) const {
  if (points.empty()) return std::nullopt;
  if (value <= points.front().at) return points.front().worth;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const KpiPoint& before = points[i - 1];
    const KpiPoint& after = points[i];
    if (value > after.at) continue;
    return before.worth + part_of(after.worth - before.worth, value - before.at, after.at - before.at);
  }
  return points.back().worth;
}

std::optional<Money> KpiMapping::gain(Quantity from, Quantity to) const {
  const std::optional<Money> before = worth(from);
  const std::optional<Money> after = worth(to);
  if (!before || !after) return std::nullopt;
  return *after - *before;
}

std::string KpiMapping::sentence() const {
  if (!points.empty()) {
    return fmt::format("{} is worth {} a month at {} and {} at {} ({}).", metric, amount(points.front().worth),
                       figure(points.front().at), amount(points.back().worth), figure(points.back().at), kpi);
  }
  return fmt::format(
      "What {} is worth is not known: no function turns it into {}. Options rank by cost and latency only.", metric,
      kpi);
}

std::optional<KpiMapping> read_kpi(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("kpi");
  if (!section) return std::nullopt;
  KpiMapping mapping{.metric = section->text("metric"), .kpi = section->text("is"), .points = {}};
  for (const core::Section& item : section->optional_sections("points")) {
    KpiPoint point{item.quantity("at"), item.money("worth")};
    if (!mapping.points.empty() && point.at <= mapping.points.back().at) {
      throw item.error("at", figure(point.at),
                       fmt::format("more than {}, the one before", figure(mapping.points.back().at)));
    }
    mapping.points.push_back(point);
  }
  if (mapping.points.size() == 1) throw section->error("points", "one point", "at least two, or none");
  return mapping;
}

}  // namespace decision
