#include "decision/business_value.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/monthly_cost.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

const Quantity hundred = Quantity::whole(100);

}  // namespace

std::optional<LatencyElasticity> read_latency_elasticity(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("latency_churn");
  if (!section) return std::nullopt;
  LatencyElasticity elasticity;
  constexpr std::string_view why = "20 ms less are 0.3 points less of churn, which outweigh a point of accuracy (S0)";
  elasticity.milliseconds = section->quantity("milliseconds", elasticity.milliseconds, why);
  elasticity.churn_points = section->quantity("churn_points", elasticity.churn_points, why);
  elasticity.accuracy_points = section->quantity("accuracy_points", elasticity.accuracy_points, why);
  for (const auto& [key, value] :
       {std::pair{"milliseconds", elasticity.milliseconds}, std::pair{"accuracy_points", elasticity.accuracy_points}}) {
    if (value <= Quantity{}) throw section->error(key, figure(value), "more than 0");
  }
  return elasticity;
}

std::optional<ExchangeQuestion> read_latency_exchange(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("latency_exchange");
  if (!section) return std::nullopt;
  ExchangeQuestion question;
  const auto percent = [](const core::Section& place, std::string_view key) {
    return read_measured(place, key, Unit::relative).value;
  };
  if (section->has("accuracy_loss")) question.rule.accuracy_loss = percent(*section, "accuracy_loss");
  else section->assume("accuracy_loss", "1%", "acceptable for 30 % of latency (S0)");
  if (section->has("latency_gain")) question.rule.latency_gain = percent(*section, "latency_gain");
  else section->assume("latency_gain", "30%", "worth 1 % of accuracy (S0)");
  if (question.rule.accuracy_loss <= Quantity{}) throw section->error("accuracy_loss", "0 %", "more than 0 %");
  const core::Section offered = section->section("offered");
  question.accuracy_loss = percent(offered, "accuracy_loss");
  question.latency_gain = percent(offered, "latency_gain");
  return question;
}

std::vector<SwapValue> read_swaps(const core::Section& root) {
  std::vector<SwapValue> swaps;
  for (const core::Section& item : root.optional_sections("swaps")) {
    SwapValue swap{.name = item.text("name"),
                   .gain_points = item.quantity("gain_points"),
                   .extra_monthly = item.money("extra_monthly"),
                   .one_time = item.money("one_time"),
                   .months = 12,
                   .value_per_point = {}};
    swap.months =
        item.integer("months", {.min = 1, .max = 120, .unit = "months", .fallback = 12, .why = "a year (S2)"});
    const std::string worth = item.text("value_per_point", {.expected = "an amount a month, or unknown"});
    if (worth != "unknown") swap.value_per_point = item.money("value_per_point");
    swaps.push_back(std::move(swap));
  }
  return swaps;
}

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

std::string LatencyExchange::sentence(Quantity loss, Quantity gain) const {
  return fmt::format("A loss of {} % of accuracy asks for {} % less latency; {} % are offered: {}.", figure(loss),
                     figure(needed_gain(loss)), figure(gain), accepts(loss, gain) ? "accepted" : "refused");
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
