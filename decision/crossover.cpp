#include "decision/crossover.hpp"

#include <algorithm>
#include <chrono>

#include "decision/exact.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

Money rate_at(const CostPath& path, Quantity month) {
  Money rate;
  for (const MonthlyRate& r : path.rates) {
    if (r.from_month <= month) rate = r.a_month;
  }
  return rate;
}

}  // namespace

Money cumulative(const CostPath& path, Quantity months) {
  Money paid = path.at_once;
  for (std::size_t i = 0; i < path.rates.size(); ++i) {
    const Quantity end = i + 1 < path.rates.size() ? std::min(path.rates[i + 1].from_month, months) : months;
    if (end > path.rates[i].from_month) paid += cost(end - path.rates[i].from_month, path.rates[i].a_month);
  }
  return paid;
}

core::Date Crossover::on(core::Date begins) const {
  const Quantity days = quotient(product(months, Quantity::whole(365)), Quantity::whole(12));
  return begins + std::chrono::days{static_cast<int>(days.count() / Quantity::whole(1).count())};
}

std::optional<Crossover> crossover(const CostPath& incumbent, const CostPath& challenger, Quantity horizon) {
  std::vector<Quantity> corners{Quantity{}, horizon};
  for (const CostPath* path : {&incumbent, &challenger}) {
    for (const MonthlyRate& rate : path->rates) {
      if (rate.from_month < horizon) corners.push_back(rate.from_month);
    }
  }
  std::sort(corners.begin(), corners.end());
  // Between two corners both are straight lines, and so is their difference.
  for (std::size_t i = 0; i + 1 < corners.size(); ++i) {
    const Quantity begin = corners[i];
    const Quantity end = corners[i + 1];
    if (begin == end) continue;
    const Money behind = cumulative(challenger, begin) - cumulative(incumbent, begin);
    const Money gain = rate_at(incumbent, begin) - rate_at(challenger, begin);  // a month
    if (behind < Money{} || (behind == Money{} && gain >= Money{}))
      return Crossover{begin, cumulative(incumbent, begin)};
    if (gain <= Money{}) continue;
    const Quantity at = begin + share_of(behind, gain);
    if (at <= end) return Crossover{at, cumulative(incumbent, at)};
  }
  return std::nullopt;
}

std::vector<CostPath> read_paths(const core::Section& root) {
  std::vector<CostPath> paths;
  for (const core::Section& item : root.optional_sections("paths")) {
    CostPath path{.name = item.text("name"), .at_once = item.money("once"), .rates = {}};
    for (const core::Section& rate : item.sections("rates")) {
      const Quantity from = rate.quantity("from_month");
      if (from < Quantity{} || (!path.rates.empty() && from <= path.rates.back().from_month)) {
        throw rate.error("from_month", figure(from), "months from 0 on, each later than the last");
      }
      path.rates.push_back({from, rate.money("monthly")});
    }
    paths.push_back(std::move(path));
  }
  if (paths.size() == 1) throw root.error("paths", "one path", "two or more, the incumbent first");
  return paths;
}

}  // namespace decision
