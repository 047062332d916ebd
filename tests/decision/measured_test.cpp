#include "decision/measured.hpp"

#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Quantity;
using decision::Measured;
using decision::read_measured;
using decision::Unit;
using test_support::check_says;
using test_support::complaint;

namespace {

Measured read(std::string_view value, std::optional<Unit> wanted = std::nullopt) {
  core::Document document{"values.yaml", "x: " + std::string{value}};
  const Measured measured = read_measured(document.root(), "x", wanted);
  document.finish();
  return measured;
}

void check(std::string_view text, std::string_view value, Unit unit) {
  CAPTURE(std::string{text});
  CHECK(read(text) == Measured{.value = Quantity::parse(value), .unit = unit});
}

}  // namespace

TEST_CASE("A number carries its unit", "[decision][measured]") {
  check("5%", "5", Unit::percent);
  check("0.6%/day", "0.6", Unit::percent_per_day);
  check("45d", "45", Unit::days);
  check("2w", "14", Unit::days);
  check("36h", "36", Unit::hours);
  check("150 ms", "150", Unit::milliseconds);
  check("1.2s", "1200", Unit::milliseconds);
  check("$30_000", "30000", Unit::dollars);
  check("-$5", "-5", Unit::dollars);
  check("2.0x", "2", Unit::multiple);
  check("100_000 examples", "100000", Unit::examples);
}

TEST_CASE("A unit may stand beside the number", "[decision][measured]") {
  check("{value: 100_000, unit: examples}", "100000", Unit::examples);
  check("{value: 5%, unit: rel}", "5", Unit::relative);
  check("{value: 0.4%, unit: pp}", "0.4", Unit::points);
  check("{value: 70%, unit: share}", "70", Unit::share);
  check("{value: 5%, unit: unknown}", "5", Unit::percent);
  CHECK(read("{value: 5%, unit: pp, baseline: 60%}").baseline == Quantity::whole(60));
}

TEST_CASE("Durations come in the unit that is wanted", "[decision][measured]") {
  CHECK(read("36h", Unit::days).value == Quantity::parse("1.5"));
  CHECK(read("0.5s", Unit::milliseconds).value == Quantity::whole(500));
  CHECK(read("12", Unit::days).value == Quantity::whole(12));
  CHECK(read("{value: 3, unit: days}", Unit::hours).value == Quantity::whole(72));
}

TEST_CASE("What has no unit, a strange one or another kind is refused", "[decision][measured]") {
  check_says(complaint([] { read("5"); }), "values.yaml:1:4: x: found '5', which has no unit");
  check_says(complaint([] { read("5 parsecs"); }), "found '5 parsecs'");
  check_says(complaint([] { read("fast"); }), "a number with its unit");
  check_says(complaint([] { read("0.05", Unit::share); }), "a percent, such as 5%");
  check_says(complaint([] { read("45d", Unit::dollars); }), "found '45d' in days, expected a value in dollars");
  check_says(complaint([] { read("{value: 5%, unit: days}"); }), "rel, pp, share or unknown");
  check_says(complaint([] { read("{value: $5, unit: days}"); }), "expected a value in days");
  check_says(complaint([] { read("{value: 5%, unit: rel, baseline: 0%}"); }), "above 0 %");
}

TEST_CASE("A value says its unit", "[decision][measured]") {
  CHECK(Measured{.value = Quantity::parse("6.2"), .unit = Unit::relative}.text() == "6.2 % (relative)");
  CHECK(Measured{.value = Quantity::parse("-1234.5"), .unit = Unit::dollars}.text() == "-$1,234.5");
  CHECK(Measured{.value = Quantity::whole(100'000), .unit = Unit::examples}.text() == "100,000 examples");
  CHECK(comparable(Unit::relative, Unit::points));
  CHECK_FALSE(comparable(Unit::relative, Unit::share));
}
