#include "decision/fiscal.hpp"

#include <chrono>

#include <fmt/format.h>

namespace decision {

std::string FiscalQuarter::name() const { return fmt::format("Q{} FY{}", number, year); }

FiscalQuarter FiscalYear::quarter_of(core::Date day) const {
  const std::chrono::year_month_day date{day};
  const auto month = static_cast<int>(static_cast<unsigned>(date.month()));
  const int begins = static_cast<int>(starts);
  const int since = (month - begins + 12) % 12;  // whole months of the fiscal year behind us
  const std::chrono::year_month first_month =
      std::chrono::year_month{date.year(), date.month()} - std::chrono::months{since % 3};
  const std::chrono::year_month begin_of_year =
      std::chrono::year_month{date.year(), date.month()} - std::chrono::months{since};
  FiscalQuarter quarter;
  quarter.number = since / 3 + 1;
  // A year from January ends in the calendar year it begins in; every other one in the next.
  quarter.year = static_cast<int>((begin_of_year + std::chrono::months{11}).year());
  quarter.first = std::chrono::sys_days{first_month / 1};
  quarter.last = std::chrono::sys_days{(first_month + std::chrono::months{2}) / std::chrono::last};
  return quarter;
}

FiscalYear read_fiscal_year(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("fiscal_year");
  if (!section) return {};
  return {static_cast<unsigned>(section->integer("starts", {.min = 1, .max = 12, .unit = "month"}))};
}

}  // namespace decision
