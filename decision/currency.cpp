#include "decision/currency.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {

using core::Money;

Money FxRate::to_dollars(Money units) const {
  // units × dollars as numbers: the units are whole 1e-9 at most in practice, and exact when they are.
  return cost(in_dollars(units), dollars);
}

Money FxRate::from_dollars(Money dollars_amount) const { return money_of(share_of(dollars_amount, dollars)); }

std::string FxRate::sentence() const {
  return fmt::format("1 {} = {} on {} ({})", currency, exact_amount(dollars), core::format_date(as_of), source);
}

std::optional<FxRate> read_fx(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("fx");
  if (!section) return std::nullopt;
  FxRate rate;
  rate.currency = section->text("currency", {.expected = "a code of three letters, such as INR"});
  if (rate.currency.size() != 3)
    throw section->error("currency", "'" + rate.currency + "'", "a code of three letters, such as INR");
  rate.dollars = section->money("usd");
  if (rate.dollars <= Money{}) throw section->error("usd", rate.dollars.to_string(), "an amount above 0");
  rate.as_of = section->date("as_of");
  rate.source = section->text("source", {.expected = "where the rate comes from"});
  const bool rupees = rate.currency == "INR";
  rate.grouping = static_cast<Grouping>(section->choice("grouping", {"thousands", "indian"}, rupees ? 1 : 0,
                                                        rupees ? "rupees are read in lakhs and crores" : "common"));
  return rate;
}

}  // namespace decision
