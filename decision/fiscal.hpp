// Fiscal years: which quarter a day belongs to, when the year does not begin in January.
//
//  * `FiscalYear`     begins with a month; named by the calendar year in which it ends, as most companies do
//  * `FiscalQuarter`  "Q3 FY2027", with its first and last day
//
// Example (a year that begins in October):
//   FiscalYear{10}.quarter_of(core::parse_date("2026-12-01")).name() == "Q1 FY2027"
//
// In a scenario:
//   fiscal_year: {starts: 10}      # the month, 1 to 12
#pragma once

#include <string>

#include "core/calendar.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

struct FiscalQuarter {
  int year = 0;
  int number = 1;  // 1 to 4
  core::Date first;
  core::Date last;
  std::string name() const;
  int days() const { return static_cast<int>((last - first).count()) + 1; }
  bool holds(core::Date day) const { return first <= day && day <= last; }
  bool operator==(const FiscalQuarter&) const = default;
};

struct FiscalYear {
  unsigned starts = 1;  // month, 1 to 12
  FiscalQuarter quarter_of(core::Date day) const;
  bool operator==(const FiscalYear&) const = default;
};

// The `fiscal_year` section; January when absent.
FiscalYear read_fiscal_year(const core::Section& root);

}  // namespace decision
