#include "decision/fiscal.hpp"

#include "tests/support/catch.hpp"

using decision::FiscalYear;

TEST_CASE("Fiscal years begin where they are said to", "[decision][fiscal]") {
  const auto named = [](unsigned starts, std::string_view day) {
    return FiscalYear{starts}.quarter_of(core::parse_date(day)).name();
  };
  CHECK(named(1, "2026-07-01") == "Q3 FY2026");
  CHECK(named(1, "2026-12-31") == "Q4 FY2026");
  CHECK(named(10, "2026-10-01") == "Q1 FY2027");
  CHECK(named(10, "2026-09-30") == "Q4 FY2026");
  CHECK(named(4, "2027-01-15") == "Q4 FY2027");
  CHECK(named(2, "2027-01-31") == "Q4 FY2027");
  const auto quarter = FiscalYear{2}.quarter_of(core::parse_date("2026-12-24"));
  CHECK(core::format_date(quarter.first) == "2026-11-01");
  CHECK(core::format_date(quarter.last) == "2027-01-31");
  CHECK(quarter.days() == 92);
}
