// Money and shares as a sentence says them.
//
//  * `amount`   "$12,345.67", "-$0.50", "12,345.67 EUR", "12,34,567.00 INR": to the cent, half to even
//  * `grouped`  digits in thousands, or in lakhs and crores as rupees are read; the HTML page groups by the same rule
//  * `percent`  parts per billion as "99.9 %", cut (never rounded up) to three decimals: 99.8999 % is not 99.9 %
//  * `listing`  "a", "a and b", "a, b and c"
//  * `counted`  "1 hour", "1,234 hours"
//
// For eyes only: files that machines read carry all digits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"

namespace decision {

enum class Grouping : std::uint8_t { thousands, indian };  // 10,000,000 or 1,00,00,000
Grouping grouping_of(std::string_view currency);           // of rupees indian, of others thousands
// Plain digits, with or without a fraction, and no sign: "1234567.8" → "1,234,567.8" or "12,34,567.8".
std::string grouped(std::string digits, Grouping grouping);

std::string amount(core::Money money, std::string_view currency = "USD");
// The same in a grouping of one's own.
std::string amount_in(core::Money money, std::string_view currency, Grouping grouping);
// The same with all digits, at least two after the point: unit prices such as $0.00000015.
std::string exact_amount(core::Money money, std::string_view currency = "USD");
// To the cent, and below a dollar with three significant digits: what one user or one request costs.
std::string small_amount(core::Money money, std::string_view currency = "USD");
std::string percent(std::int64_t parts_per_billion);
// `noun`: of one, with a plural in -s.
std::string counted(std::int64_t count, std::string_view noun);
std::string listing(const std::vector<std::string>& names);

}  // namespace decision
