// Exact arithmetic of decisions: what lies on a boundary must lie on it.
//
//  * `share_of`   part ÷ whole of two amounts, as a Quantity (1e-9, half to even): 350,000 of 1,200,000 is 0.291666667
//  * `part_of`    money × numerator ÷ denominator, half to even to 1e-18
//  * `product`, `quotient`  of two quantities, half to even to 1e-9
//  * `money_of`, `in_dollars`  between an amount and a plain number
//  * `in_percent`  a share as percent: 0.05 is 5
//  * `percent_text`, `figure`  for sentences: "29.17 %", "3.64"
//
// A share is compared after its rounding to 1e-9; amounts are compared exactly. Doubles do not occur here: what is a
// statistic (a fitted curve, a normalised score) is a double elsewhere and decides no boundary.
//
// Example:
//   percent_text(share_of(Money::parse("350000"), Money::parse("1200000")), 2) == "29.17 %"
#pragma once

#include <cstdint>
#include <string>

#include "core/money.hpp"

namespace decision {

// `whole` above 0; std::invalid_argument otherwise.
core::Quantity share_of(core::Money part, core::Money whole);
// `denominator` above 0.
core::Money part_of(core::Money money, core::Quantity numerator, core::Quantity denominator);
core::Quantity product(core::Quantity a, core::Quantity b);
core::Quantity quotient(core::Quantity a, core::Quantity b);  // `b` above 0

core::Money money_of(core::Quantity units);     // exact
core::Quantity in_dollars(core::Money amount);  // to 1e-9
core::Quantity in_percent(core::Quantity share);

// The nearest double, for statistics and for charts; never compared with a threshold.
double as_double(core::Quantity quantity);
double as_double(core::Money amount);

// A share as percent with so many decimals: 0.291666667 → "29.17 %".
std::string percent_text(core::Quantity share, int decimals = 2);
// All digits of up to `most` decimals, no trailing zeros, thousands grouped: "1,333,333.33", "21.84", "100,000".
std::string figure(core::Quantity quantity, int most = 3);

}  // namespace decision
