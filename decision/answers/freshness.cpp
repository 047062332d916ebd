#include "decision/answers/freshness.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/math.hpp"
#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Duration;
using core::Money;
using core::Quantity;
using std::chrono::hours;
using std::chrono::minutes;

Quantity in_hours(Duration every) { return Quantity::ratio(core::to_ns(every), core::ns_per_hour); }

Quantity saved(const FreshnessQuestion& asked, Duration every) {
  const Money fast = freshness_cost(asked.plan, asked.fast.every).infrastructure;
  return share_of(fast - freshness_cost(asked.plan, every).infrastructure, fast);
}

Money total(const FreshnessCost& cost) { return cost.infrastructure + cost.missed.value_or(Money{}); }

// The two that were asked about and customary ones between them.
std::vector<Duration> intervals(const FreshnessQuestion& asked) {
  std::vector<Duration> all{asked.fast.every};
  for (const Duration every : std::array<Duration, 8>{minutes{5}, minutes{15}, hours{1}, hours{4}, hours{8}, hours{12},
                                                      hours{24}, hours{168}}) {
    if (every > asked.fast.every && every < asked.slow.every) all.push_back(every);
  }
  all.push_back(asked.slow.every);
  return all;
}

Table table_of(const FreshnessQuestion& asked) {
  Table table{.alignment = "lrrrr", .rows = {{"refresh every", "infrastructure", "saved", "stale answers", "total"}}};
  for (const Duration every : intervals(asked)) {
    const FreshnessCost cost = freshness_cost(asked.plan, every);
    table.rows.push_back({core::config_duration(every), amount(cost.infrastructure),
                          percent_text(saved(asked, every), 1), cost.missed ? amount(*cost.missed) : "not known",
                          cost.missed ? amount(total(cost)) : "not known"});
  }
  return table;
}

// Intervals by equal ratios: most of the curve bends below an hour.
Curve curve_of(const FreshnessQuestion& asked) {
  Curve curve{.title = "Cost by refresh interval",
              .x = "hours between refreshes",
              .y = "$ a month",
              .series = {{.name = "infrastructure"}}};
  const bool has_loss = asked.plan.loss_per_hour.has_value();
  if (has_loss) {
    curve.series.push_back({.name = "stale answers"});
    curve.series.push_back({.name = "total"});
  }
  constexpr int steps = 48;
  const double least = as_double(in_hours(asked.fast.every));
  const double most = as_double(in_hours(asked.slow.every));
  for (int i = 0; i <= steps; ++i) {
    const double wanted = least * core::pow(most / least, static_cast<double>(i) / steps);
    const std::chrono::seconds whole{static_cast<std::int64_t>(wanted * 3600)};
    const Duration between = std::clamp(Duration{whole}, asked.fast.every, asked.slow.every);
    const Duration every = i == 0 ? asked.fast.every : i == steps ? asked.slow.every : between;
    const FreshnessCost cost = freshness_cost(asked.plan, every);
    const double at = as_double(in_hours(every));
    const auto add = [&](std::size_t series, Money money) {
      curve.series[series].x.push_back(at);
      curve.series[series].y.push_back(as_double(money));
    };
    add(0, cost.infrastructure);
    if (!has_loss) continue;
    add(1, *cost.missed);
    add(2, total(cost));
  }
  return curve;
}

}  // namespace

std::optional<Answer> answer_freshness(const Questions& questions, const OptionFacts&) {
  if (!questions.freshness) return std::nullopt;
  const FreshnessQuestion& asked = *questions.freshness;
  const Duration fast = asked.fast.every;
  const Duration slow = asked.slow.every;
  const Quantity share = saved(asked, slow);
  const Money allowed = break_even_loss(asked.plan, fast, slow);
  Answer answer{.section = "freshness", .table = table_of(asked), .curves = {curve_of(asked)}};
  answer.figures = {{"saved", in_percent(share), "%"},
                    {"break_even_loss_per_hour", in_dollars(allowed), "$/month"},
                    {"fixed", in_dollars(asked.plan.fixed), "$/month"},
                    {"per_refresh", in_dollars(asked.plan.per_refresh), "$"}};
  const std::string slower = core::config_duration(slow);
  const std::string faster = core::config_duration(fast);
  if (!asked.plan.loss_per_hour) {
    answer.sentences = {
        fmt::format("A refresh every {} saves {} of the infrastructure of one every {}, and pays as long as an hour of "
                    "mean age loses less than {} a month.",
                    slower, percent_text(share, 1), faster, amount(allowed)),
        "Asked for: what an hour of mean age loses a month (loss_per_hour)."};
    return answer;
  }
  const Money saves = freshness_cost(asked.plan, fast).infrastructure - freshness_cost(asked.plan, slow).infrastructure;
  const Money loses = *freshness_cost(asked.plan, slow).missed - *freshness_cost(asked.plan, fast).missed;
  const Duration best = *best_interval(asked.plan, fast, slow);
  answer.figures.push_back({"best_interval", in_hours(best), "hours"});
  answer.figures.push_back({"net", in_dollars(saves - loses), "$/month"});
  answer.sentences = {
      fmt::format("{} every {}: it saves {} of the infrastructure, {} a month, and loses {} to stale answers.",
                  saves > loses ? "Refresh" : "Do not refresh only", slower, percent_text(share, 1), amount(saves),
                  amount(loses)),
      fmt::format("It pays as long as an hour of mean age loses less than {} a month.", amount(allowed)),
      fmt::format("The sum of both is least at a refresh every {}: {} a month.", core::format_duration(best),
                  amount(total(freshness_cost(asked.plan, best))))};
  return answer;
}

}  // namespace decision
