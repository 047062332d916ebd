#include "decision/words.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"

namespace decision {
namespace {

std::string unsigned_digits(std::string digits) {
  if (!digits.empty() && digits.front() == '-') digits.erase(0, 1);
  return digits;
}

std::string with_currency(bool negative, std::string digits, std::string_view currency, Grouping grouping) {
  const std::string figure = grouped(unsigned_digits(std::move(digits)), grouping);
  const std::string_view sign = negative ? "-" : "";
  if (currency == "USD") return fmt::format("{}${}", sign, figure);
  return fmt::format("{}{} {}", sign, figure, currency);
}

}  // namespace

Grouping grouping_of(std::string_view currency) { return currency == "INR" ? Grouping::indian : Grouping::thousands; }

std::string grouped(std::string digits, Grouping grouping) {
  std::size_t at = std::min(digits.find('.'), digits.size());
  // The last three digits stay together either way.
  for (std::size_t step = 3; at > step; step = grouping == Grouping::indian ? 2 : 3) {
    at -= step;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string amount_in(core::Money money, std::string_view currency, Grouping grouping) {
  const core::Money shown = money.rounded(2);
  return with_currency(shown < core::Money{}, shown.to_fixed(2), currency, grouping);
}

std::string amount(core::Money money, std::string_view currency) {
  return amount_in(money, currency, grouping_of(currency));
}

std::string exact_amount(core::Money money, std::string_view currency) {
  std::string digits = money.to_string();
  const std::size_t point = digits.find('.');
  if (point == std::string::npos) digits += ".00";
  else if (digits.size() - point == 2) digits += "0";
  return with_currency(money < core::Money{}, std::move(digits), currency, grouping_of(currency));
}

std::string small_amount(core::Money money, std::string_view currency) {
  const core::Money size = money < core::Money{} ? -money : money;
  core::Int128 three_digits = core::Int128{100'000'000'000'000'000} * 10;  // 1.00 at two decimals, 0.100 at three …
  int decimals = 2;
  for (; decimals < 18 && size.count() < three_digits && size != core::Money{}; ++decimals) three_digits /= 10;
  return with_currency(money.rounded(decimals) < core::Money{}, money.to_fixed(decimals), currency,
                       grouping_of(currency));
}

std::string percent(std::int64_t parts_per_billion) {
  const bool negative = parts_per_billion < 0;
  const std::int64_t thousandths = (negative ? -parts_per_billion : parts_per_billion) / 10'000;
  std::string text = fmt::format("{}{}.{:03}", negative ? "-" : "", thousandths / 1000, thousandths % 1000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + " %";
}

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", core::format_count(count), noun, count == 1 ? "" : "s");
}

std::string listing(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace decision
