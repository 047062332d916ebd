#include "decision/fallbacks.hpp"

#include <stdexcept>
#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::Knob;
using test_support::check_says;
using test_support::complaint;

namespace {

const Money full = Money::parse("150000");
const Money cap = Money::parse("30000");

}  // namespace

TEST_CASE("Fallbacks are the smallest sets of knobs that restore the cap, least loss first", "[decision][fallbacks]") {
  const std::vector<Knob> knobs{{"spot", Quantity::parse("0.5"), Money::parse("500")},
                                {"cheaper model", Quantity::parse("0.15"), Money::parse("9000")},
                                {"batch", Quantity::parse("0.3"), Money::parse("1000")},
                                {"cache", Quantity::parse("0.9"), std::nullopt}};
  const auto result = decision::rank_fallbacks(full, cap, knobs);
  REQUIRE(result.ranked.size() == 2);  // spot × batch is 15 %; batch × cache 27 %: too much; the rest needs no more
  CHECK(result.ranked[0].knobs == std::vector<std::string>{"spot", "batch"});
  CHECK(result.ranked[0].bill == Money::parse("22500"));
  CHECK(result.ranked[0].loss == Money::parse("1500"));
  CHECK(result.ranked[1].knobs == std::vector<std::string>{"cheaper model"});
  CHECK(result.asks == std::vector<std::string>{"cache"});
  check_says(result.verdict, "is spot and batch: $22,500.00 a month, loses $1,500.00 a month");
}

TEST_CASE("Where no fallback helps, that is said, and where none is needed, too", "[decision][fallbacks]") {
  const std::vector<Knob> weak{{"cache", Quantity::parse("0.9"), Money{}}};
  check_says(decision::rank_fallbacks(full, cap, weak).verdict, "none exists");
  const auto unneeded = decision::rank_fallbacks(cap, cap, weak);
  CHECK_FALSE(unneeded.needed);
  CHECK(unneeded.ranked.empty());
  CHECK_THROWS_AS(decision::rank_fallbacks(full, cap, std::vector<Knob>(13, weak[0])), std::invalid_argument);
}

TEST_CASE("A loss that nobody knows ranks behind every known one", "[decision][fallbacks]") {
  const std::vector<Knob> knobs{{"a", Quantity::parse("0.1"), std::nullopt},
                                {"b", Quantity::parse("0.1"), Money::parse("1000000")}};
  const auto result = decision::rank_fallbacks(full, cap, knobs);
  CHECK(result.ranked[0].knobs[0] == "b");
  check_says(result.ranked[1].sentence(), "nobody knows");
}

TEST_CASE("Knobs are read with a loss or with the word unknown", "[decision][fallbacks]") {
  const auto read_all = [](std::string_view text) {
    core::Document document{"knobs.yaml", text};
    return decision::read_knobs(document.root());
  };
  const auto knobs =
      read_all("fallbacks: [{name: spot, costs: 50%, loses: $2_000}, {name: b, costs: 9%, loses: unknown}]");
  CHECK(knobs[0] == Knob{"spot", Quantity::parse("0.5"), Money::parse("2000")});
  CHECK_FALSE(knobs[1].loss.has_value());
  check_says(complaint([&] { read_all("fallbacks: [{name: spot, costs: 50%}]"); }), "loses");
}

TEST_CASE("An option of the scenario is a fallback by its own bill, once in a set", "[decision][fallbacks]") {
  const std::vector<Knob> knobs{{"lighter", {}, Money::parse("100"), "light"},
                                {"lightest", {}, Money::parse("200"), "tiny"},
                                {"itself", {}, Money{}, "deep"},
                                {"unpriced", {}, Money{}, "unknown"},
                                {"cache", Quantity::parse("0.9"), Money{}}};
  const std::vector<Knob> known = decision::resolve(
      knobs, {{"deep", full}, {"light", Money::parse("33000")}, {"tiny", Money::parse("32000")}}, "deep", full);
  REQUIRE(known.size() == 3);
  CHECK(known[0].cost_factor == Quantity::parse("0.22"));
  const auto result = decision::rank_fallbacks(full, cap, known);
  REQUIRE(result.ranked.size() == 2);  // both are too dear alone, and never take each other's place
  CHECK(result.ranked[0].knobs == std::vector<std::string>{"lighter", "cache"});
  CHECK(result.ranked[0].bill == Money::parse("29700"));
  CHECK(result.ranked[1].knobs == std::vector<std::string>{"lightest", "cache"});
}

TEST_CASE("A fallback is a factor or an option, and the option is one of the scenario", "[decision][fallbacks]") {
  const auto read = [](const std::string& knob) {
    const core::Document document{"s.yaml", "options: [{name: light}]\nfallbacks: [{" + knob + "}]\n"};
    return decision::read_knobs(document.root());
  };
  CHECK(read("name: lighter, option: light, loses: unknown").at(0).option == "light");
  check_says(complaint([&] { read("name: lighter, option: lihgt, loses: unknown"); }), "one of light");
  check_says(complaint([&] { read("name: lighter, option: light, costs: 5%, loses: unknown"); }), "one of the two");
}
