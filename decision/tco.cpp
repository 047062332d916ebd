#include "decision/tco.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "decision/exact.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

constexpr std::array<std::string_view, 12> part_words{"inference",  "training",   "labels",      "engineering",
                                                      "storage",    "retraining", "maintenance", "on_call",
                                                      "monitoring", "compliance", "overlap",     "exit"};

void spread(const TcoLine& line, Tco& tco) {
  const auto first = static_cast<std::size_t>(line.first_month - 1);
  const auto months = static_cast<std::size_t>(tco.months);
  if (line.recurring) {
    for (std::size_t m = first; m < months; ++m) {
      tco.cash[m] += line.amount;
      tco.amortised[m] += line.amount;
    }
    return;
  }
  tco.cash[first] += line.amount;
  const std::int64_t over = line.amortise > 0 ? line.amortise : tco.months - line.first_month + 1;
  // Differences of what is written off in all: the months sum to the amount to the last digit.
  Money written;
  for (std::int64_t m = 1; m <= over; ++m) {
    const Money now = part_of(line.amount, Quantity::whole(m), Quantity::whole(over));
    const std::size_t month = first + static_cast<std::size_t>(m - 1);
    if (month < months) tco.amortised[month] += now - written;
    else tco.not_written_off += now - written;
    written = now;
  }
}

TcoLine read_line(const core::Section& item, std::int64_t months) {
  TcoLine line{.name = item.text("name"), .amount = {}};
  line.part = static_cast<TcoPart>(item.choice("part", {part_words.begin(), part_words.end()}));
  const int ways = (item.has("once") ? 1 : 0) + (item.has("monthly") ? 1 : 0) + (item.has("each") ? 1 : 0);
  if (ways != 1) throw item.error("once", fmt::format("{} of them", ways), "one of `once`, `monthly` and `each`");
  if (item.has("each")) {
    const Cadence every = static_cast<Cadence>(item.choice("every", {"day", "week", "month", "quarter", "year"}));
    line.amount = retraining_line("", item.money("each"), every).amount;
    line.recurring = true;
  } else {
    line.recurring = item.has("monthly");
    line.amount = item.money(line.recurring ? "monthly" : "once");
  }
  if (line.amount < Money{}) throw item.error("once", line.amount.to_string(), "an amount from 0 on");
  item.declare_relative("month");
  if (item.has("month")) line.first_month = item.integer("month", {.min = 1, .max = months});
  if (item.has("amortise")) {
    if (line.recurring) throw item.error("amortise", "what recurs", "`once`: only that is written off");
    line.amortise = item.integer("amortise", {.min = 1, .max = 1200, .unit = "months"});
  }
  if (item.has("owner")) line.owner = item.text("owner");
  const bool needs_owner = line.part == TcoPart::compliance || line.part == TcoPart::monitoring;
  if (needs_owner && line.owner.empty()) {
    throw item.error("owner", "nothing", fmt::format("who answers for {}", word_of(line.part)));
  }
  return line;
}

}  // namespace

std::string_view word_of(TcoPart part) { return part_words[static_cast<std::size_t>(part)]; }

Tco make_tco(std::vector<TcoLine> lines, std::int64_t months) {
  if (months < 12) throw std::invalid_argument("a total cost of ownership has at least 12 months");
  Tco tco{.months = months,
          .lines = std::move(lines),
          .parts = {},
          .one_time = {},
          .recurring = {},
          .cash = {},
          .amortised = {},
          .not_written_off = {}};
  tco.cash.resize(static_cast<std::size_t>(months));
  tco.amortised.resize(static_cast<std::size_t>(months));
  std::array<TcoShare, part_words.size()> parts{};
  std::array<bool, part_words.size()> used{};
  for (const TcoLine& line : tco.lines) {
    if (line.first_month < 1 || line.first_month > months) {
      throw std::invalid_argument(fmt::format("{} begins in month {} of {}", line.name, line.first_month, months));
    }
    const auto part = static_cast<std::size_t>(line.part);
    used[part] = true;
    parts[part].part = line.part;
    const Money whole = line.recurring ? line.amount * (months - line.first_month + 1) : line.amount;
    (line.recurring ? parts[part].recurring : parts[part].one_time) += whole;
    (line.recurring ? tco.recurring : tco.one_time) += whole;
    spread(line, tco);
  }
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (used[part]) tco.parts.push_back(parts[part]);
  }
  return tco;
}

std::int64_t times_a_year(Cadence cadence) {
  constexpr std::array<std::int64_t, 5> times{365, 52, 12, 4, 1};
  return times[static_cast<std::size_t>(cadence)];
}

TcoLine retraining_line(std::string name, Money each, Cadence every) {
  return {.name = std::move(name),
          .part = TcoPart::retraining,
          .recurring = true,
          .amount = part_of(each, Quantity::whole(times_a_year(every)), Quantity::whole(12))};
}

Money ExitCost::known() const { return egress + cost(retuning_days, day_rate) + price_risk.value_or(Money{}); }

Money overlap_cost(Money monthly, Quantity days) {
  return part_of(monthly, product(days, Quantity::whole(12)), Quantity::whole(365));
}

std::optional<TcoPlan> read_tco(const core::Section& section, std::optional<std::int64_t> months) {
  const std::optional<core::Section> tco = section.optional_section("tco");
  if (!tco) return std::nullopt;
  TcoPlan plan;
  if (!months || tco->has("months")) {
    plan.months = tco->integer(
        "months", {.min = 12, .max = 120, .unit = "months", .fallback = 12, .why = "a year of inference (S2)"});
  }
  if (months && tco->has("months") && plan.months != *months) {
    throw tco->error("months", fmt::format("{}", plan.months),
                     fmt::format("{}, as elsewhere in the scenario", *months));
  }
  if (months) plan.months = *months;
  for (const core::Section& item : tco->optional_sections("lines")) plan.lines.push_back(read_line(item, plan.months));
  if (const std::optional<core::Section> overlap = tco->optional_section("overlap")) {
    const Money monthly = overlap->money("monthly");
    const Quantity days = Quantity::whole(overlap->integer("days", {.min = 1, .max = 365, .unit = "days"}));
    plan.lines.push_back(
        {.name = "two models at once", .part = TcoPart::overlap, .amount = overlap_cost(monthly, days)});
  }
  if (const std::optional<core::Section> exit = tco->optional_section("exit")) {
    ExitCost cost_of_leaving{exit->money("egress"), exit->quantity("retuning_days"), exit->money("day_rate"), {}};
    const std::string risk = exit->text("price_risk", {.expected = "an amount, or unknown"});
    if (risk != "unknown") cost_of_leaving.price_risk = exit->money("price_risk");
    plan.exit = cost_of_leaving;
  }
  return plan;
}

}  // namespace decision
