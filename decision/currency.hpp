// Amounts in other currencies, at a dated rate. decision/words.hpp groups their digits.
//
//  * `FxRate`       what one unit of a currency costs in another, on a day, from somewhere
//  * `read_fx`      the `fx` section: a rate without a date or a source is an error
//
// In a scenario:
//   fx: {currency: INR, usd: 0.0119, as_of: 2026-11-02, source: Reserve Bank of India, grouping: indian}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "core/yaml_reader.hpp"
#include "decision/words.hpp"

namespace decision {

// Crore (1e7) as a number of units: 1 crore rupees are 10,000,000.
inline constexpr std::int64_t crore = 10'000'000;
inline constexpr std::int64_t lakh = 100'000;

struct FxRate {
  std::string currency;  // "INR"
  core::Money dollars;   // that one unit of it costs
  core::Date as_of;
  std::string source;
  Grouping grouping = Grouping::thousands;
  core::Money to_dollars(core::Money amount) const;  // half to even to 1e-18
  core::Money from_dollars(core::Money dollars_amount) const;
  std::string sentence() const;  // "1 INR = $0.0119 on 2026-11-02 (Reserve Bank of India)"
  bool operator==(const FxRate&) const = default;
};
std::optional<FxRate> read_fx(const core::Section& root);

}  // namespace decision
