#include "pricing/bill.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace pricing {

core::Money Bill::total(Frequency frequency) const {
  core::Money sum;
  for (const BillLine& line : lines) {
    if (line.frequency == frequency && line.amount) sum += *line.amount;
  }
  return sum;
}

core::Money Bill::total() const { return total(Frequency::recurring) + total(Frequency::one_time); }

void append_part(Bill& whole, std::string_view part, const Bill& bill) {
  for (BillLine line : bill.lines) {
    line.item = fmt::format("{}: {}", part, line.item);
    whole.lines.push_back(std::move(line));
  }
}

std::optional<core::Money> cost_per(core::Money total, std::int64_t per, std::int64_t count) {
  if (count <= 0) return std::nullopt;
  // Whole parts first, so that the product stays within 128 bits; what is left is smaller than count × per.
  const core::Int128 whole = total.count() / count;
  const core::Int128 rest = (total.count() % count) * per;
  const core::Int128 divided = rest / count;
  const core::Int128 left = rest % count;
  const core::Int128 twice = left < 0 ? -2 * left : 2 * left;
  const core::Money exact = core::Money::atto(whole) * per + core::Money::atto(divided);
  const bool up = twice > count || (twice == count && exact.count() % 2 != 0);
  return up ? exact + core::Money::atto(rest < 0 ? -1 : 1) : exact;
}

bool Bill::complete() const {
  return std::ranges::all_of(lines, [](const BillLine& line) { return line.amount.has_value(); });
}

}  // namespace pricing
