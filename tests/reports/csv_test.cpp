#include "reports/csv.hpp"

#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/says.hpp"

using test_support::check_says;

namespace {

std::string csv_of(const char* item) {
  reports::OptionRun run = test_support::managed_api();
  run.bills.front().lines = {test_support::line("tokens", item, "1", "GB", "-1", "-1")};
  return reports::to_csv(reports::assemble(test_support::about(), {run}));
}

}  // namespace

TEST_CASE("bill.csv of the sample", "[reports][csv][golden]") {
  test_support::check_golden("reports/bill.csv", reports::to_csv(test_support::sample_result()));
}

TEST_CASE("A text that a spreadsheet would run is made harmless, a negative amount of ours is not", "[reports][csv]") {
  for (const std::string start : {"=", "+", "-", "@"}) {
    CAPTURE(start);
    check_says(csv_of((start + "1+1").c_str()), ",'" + start + "1+1,1,GB,-1,-1,recurring,");
  }
  check_says(csv_of("\t=1"), ",'\t=1,");
  check_says(csv_of("a=1"), ",a=1,");
}

TEST_CASE("Quotes, commas and line breaks are quoted as RFC 4180 says", "[reports][csv]") {
  check_says(csv_of("a \"b\""), ",\"a \"\"b\"\"\",");
  check_says(csv_of("a,b"), ",\"a,b\",");
  check_says(csv_of("a\nb"), ",\"a\nb\",");
}
