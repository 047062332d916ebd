#include "pricing/bill.hpp"

#include <algorithm>

namespace pricing {

core::Money Bill::total(Frequency frequency) const {
  core::Money sum;
  for (const BillLine& line : lines) {
    if (line.frequency == frequency && line.amount) sum += *line.amount;
  }
  return sum;
}

core::Money Bill::total() const { return total(Frequency::recurring) + total(Frequency::one_time); }

bool Bill::complete() const {
  return std::ranges::all_of(lines, [](const BillLine& line) { return line.amount.has_value(); });
}

}  // namespace pricing
