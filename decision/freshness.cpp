#include "decision/freshness.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "decision/exact.hpp"

namespace decision {
namespace {

using core::Duration;
using core::Money;
using core::Quantity;

constexpr Duration month = std::chrono::hours{730};

Quantity refreshes(Duration every) { return Quantity::ratio(core::to_ns(month), core::to_ns(every)); }

Quantity mean_age_hours(Duration every) {
  return Quantity::ratio(core::to_ns(every), core::Int128{2} * core::ns_per_hour);
}

KnownBill read_bill(const core::Section& section, std::string_view key) {
  const core::Section one = section.section(key);
  KnownBill known{.every = one.duration("every", {.min = std::chrono::seconds{1}, .max = month}),
                  .bill = one.money("bill")};
  if (known.bill <= Money{}) throw one.error("bill", known.bill.to_string(), "an amount above 0");
  return known;
}

}  // namespace

FreshnessPlan through(const KnownBill& fast, const KnownBill& slow) {
  if (fast.every >= slow.every || fast.bill <= slow.bill) {
    throw std::invalid_argument("the faster refresh must cost more than the slower one");
  }
  FreshnessPlan plan;
  plan.per_refresh = part_of(fast.bill - slow.bill, Quantity::whole(1), refreshes(fast.every) - refreshes(slow.every));
  plan.fixed = slow.bill - cost(refreshes(slow.every), plan.per_refresh);
  if (plan.fixed < Money{}) throw std::invalid_argument("refreshes alone would cost more than the slower bill");
  return plan;
}

FreshnessCost freshness_cost(const FreshnessPlan& plan, Duration every) {
  FreshnessCost result{plan.fixed + cost(refreshes(every), plan.per_refresh), std::nullopt};
  if (plan.loss_per_hour) result.missed = cost(mean_age_hours(every), *plan.loss_per_hour);
  return result;
}

std::optional<Duration> best_interval(const FreshnessPlan& plan, Duration least, Duration most) {
  if (!plan.loss_per_hour) return std::nullopt;
  const double loss = as_double(*plan.loss_per_hour);
  if (loss <= 0) return most;
  const double hours = std::sqrt(2 * 730 * as_double(plan.per_refresh) / loss);
  const double seconds = std::min(std::round(hours * 3600), 1e9);
  return std::clamp(Duration{std::chrono::seconds{static_cast<std::int64_t>(seconds)}}, least, most);
}

Money break_even_loss(const FreshnessPlan& plan, Duration fast, Duration slow) {
  const Money saved = freshness_cost(plan, fast).infrastructure - freshness_cost(plan, slow).infrastructure;
  return part_of(saved, Quantity::whole(1), mean_age_hours(slow) - mean_age_hours(fast));
}

std::optional<FreshnessQuestion> read_freshness(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("freshness");
  if (!section) return std::nullopt;
  FreshnessQuestion question{.fast = read_bill(*section, "fast"), .slow = read_bill(*section, "slow"), .plan = {}};
  try {
    question.plan = through(question.fast, question.slow);
  } catch (const std::invalid_argument& problem) {
    throw section->error("fast", problem.what(), "two bills of which the faster is the dearer");
  }
  if (section->has("loss_per_hour")) {
    question.plan.loss_per_hour = section->money("loss_per_hour");
    if (*question.plan.loss_per_hour < Money{})
      throw section->error("loss_per_hour", question.plan.loss_per_hour->to_string(), "an amount from 0 on");
  }
  return question;
}

}  // namespace decision
