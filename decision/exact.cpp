#include "decision/exact.hpp"

#include <algorithm>
#include <stdexcept>

namespace decision {

using core::Money;
using core::Quantity;

Quantity share_of(Money part, Money whole) {
  if (whole <= Money{}) throw std::invalid_argument("a share of nothing: the whole must be above 0");
  return Quantity::ratio(part.count(), whole.count());
}

Money part_of(Money money, Quantity numerator, Quantity denominator) {
  if (denominator <= Quantity{}) throw std::invalid_argument("a part of nothing: the denominator must be above 0");
  // Whole parts and the rest of them apart: money × numerator first would leave 128 bits at a few billion dollars.
  const core::Int128 whole = money.count() / denominator.count();
  const core::Int128 rest = money.count() % denominator.count();
  constexpr core::Int128 most = (core::Int128{1} << 126) - 1 + (core::Int128{1} << 126);
  const auto magnitude = [](core::Int128 value) { return value < 0 ? -value : value; };
  const core::Int128 largest = std::max(magnitude(whole), magnitude(rest));
  if (numerator.count() != 0 && largest > most / magnitude(numerator.count()) / 2) {
    throw std::overflow_error("overflow: part of an amount");
  }
  const core::Int128 count = whole * numerator.count();
  const core::Int128 tail = rest * numerator.count();
  const core::Int128 divisor = denominator.count();
  core::Int128 more = tail / divisor;
  const core::Int128 left = tail % divisor;
  const core::Int128 twice = magnitude(left) * 2;
  if (twice > divisor || (twice == divisor && (count + more) % 2 != 0)) more += tail < 0 ? -1 : 1;
  return Money::atto(count + more);
}

Quantity product(Quantity a, Quantity b) { return Quantity::nano(cost(a, Money::atto(b.count())).count()); }

Quantity quotient(Quantity a, Quantity b) { return Quantity::ratio(a.count(), b.count()); }

Money money_of(Quantity units) { return cost(units, Money::parse("1")); }

Quantity in_dollars(Money amount) { return share_of(amount, Money::parse("1")); }

Quantity in_percent(Quantity share) { return product(share, Quantity::whole(100)); }

double as_double(Quantity quantity) { return static_cast<double>(quantity.count()) / 1e9; }

double as_double(Money amount) { return static_cast<double>(amount.count()) / 1e18; }

std::string percent_text(Quantity share, int decimals) { return in_percent(share).to_fixed(decimals) + " %"; }

std::string figure(Quantity quantity, int most) {
  std::string text = quantity.to_fixed(most);
  if (most > 0) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  const std::size_t first = text.front() == '-' ? 1 : 0;
  std::size_t at = text.find('.');
  if (at == std::string::npos) at = text.size();
  while (at > first + 3) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text == "-0" ? "0" : text;
}

}  // namespace decision
