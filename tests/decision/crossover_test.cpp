#include "decision/crossover.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::CostPath;

TEST_CASE("Eight engineer-months are caught up after 10.45 months", "[decision][crossover]") {
  const CostPath api{"api", {}, {{Quantity{}, Money::parse("40000")}}};
  const CostPath custom{
      "custom", {}, {{Quantity{}, Money::parse("90000")}, {Quantity::whole(4), Money::parse("9000")}}};
  const auto found = crossover(api, custom).value();
  CHECK(found.months.to_fixed(4) == "10.4516");
  CHECK((cumulative(custom, found.months) - cumulative(api, found.months)).rounded(2) == Money{});
  // 10.4516 × 365 ÷ 12 = 317.9 days.
  CHECK(core::format_date(found.on(core::parse_date("2026-12-01"))) == "2027-10-14");
}

TEST_CASE("A challenger that is dearer every month never catches up", "[decision][crossover]") {
  const CostPath cheap{"cheap", {}, {{Quantity{}, Money::parse("10")}}};
  const CostPath dear{"dear", Money::parse("5"), {{Quantity{}, Money::parse("10")}}};
  CHECK_FALSE(crossover(cheap, dear).has_value());
  CHECK(crossover(dear, cheap).value().months == Quantity{});
  const CostPath late{"late", Money::parse("1000"), {{Quantity{}, Money::parse("9")}}};
  CHECK_FALSE(crossover(cheap, late).has_value());  // in 1,000 months, and the horizon has 120
  CHECK(crossover(cheap, late, Quantity::whole(2000)).value().months == Quantity::whole(1000));
}

TEST_CASE("Paths are read with the incumbent first", "[decision][crossover]") {
  const auto read = [](std::string_view text) {
    core::Document document{"paths.yaml", text};
    auto paths = decision::read_paths(document.root());
    document.finish();
    return paths;
  };
  const std::string api = "paths: [{name: api, once: $0, rates: [{from_month: 0, monthly: $40_000}]}";
  const auto paths = read(api +
                          ", {name: custom, once: $0, rates: [{from_month: 0, monthly: $90_000}, {from_month: 4, "
                          "monthly: $9_000}]}]");
  CHECK(crossover(paths[0], paths[1])->months.to_fixed(2) == "10.45");
  CHECK(read("{}").empty());
  test_support::check_says(test_support::complaint([&] { read(api + "]"); }), "two or more");
  test_support::check_says(test_support::complaint([&] {
                             read(
                                 "paths: [{name: a, once: $0, rates: [{from_month: 2, monthly: $1}, {from_month: 1, "
                                 "monthly: $1}]}]");
                           }),
                           "each later than the last");
}
