#include "decision/levers.hpp"

#include "decision/exact.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::combined;
using decision::Lever;
using decision::percent_text;
using decision::waterfall;
using test_support::check_says;
using test_support::complaint;

TEST_CASE("Savings multiply and never add", "[decision][levers]") {
  const Lever cache{"cache", Quantity::parse("0.2")};
  const Lever spot{"spot", Quantity::parse("0.5")};
  CHECK(percent_text(combined({cache, spot}), 1) == "60.0 %");
  CHECK(combined({cache, spot}) == Quantity::parse("0.6"));
  const Lever mixed = decision::spot_lever(Quantity::parse("0.7"), Quantity::parse("0.65"));
  CHECK(percent_text(combined({{"cache", Quantity::parse("0.3")}, mixed})) == "61.85 %");
  CHECK(combined({}) == Quantity{});
}

TEST_CASE("A waterfall ends where the levers together end, in any order", "[decision][levers]") {
  const Lever cache{"cache", Quantity::parse("0.3")};
  const Lever spot{"spot", Quantity::parse("0.455")};
  const auto steps = waterfall(Money::parse("50000"), {cache, spot});
  CHECK(steps[0].saved == Money::parse("15000"));
  CHECK(steps[1].saved == Money::parse("15925"));
  CHECK(steps[1].left == Money::parse("19075"));
  CHECK(waterfall(Money::parse("50000"), {spot, cache})[1].left == steps[1].left);
}

TEST_CASE("A claim of 60 % is reached or not, and said", "[decision][levers]") {
  const Quantity claim = Quantity::parse("0.6");
  check_says(decision::say_levers({{"a", claim}}, claim), "60 % claimed are reached");
  check_says(decision::say_levers({{"a", Quantity::parse("0.599999999")}}, claim), "not reached");
}

TEST_CASE("A student of a tenth and 95 % of the accuracy fits two gigabytes", "[decision][levers]") {
  const decision::ModelFacts teacher{Quantity::whole(14), Quantity::whole(500), Quantity::whole(92)};
  const auto student =
      transformed(teacher, {.of = "teacher", .size = Quantity::parse("0.1"), .accuracy = Quantity::parse("0.95")});
  CHECK(student.gigabytes == Quantity::parse("1.4"));
  CHECK(student.accuracy == Quantity::parse("87.4"));
  CHECK(fits_memory(student, Quantity::whole(2)));
  CHECK_FALSE(fits_memory(teacher, Quantity::whole(2)));
}

TEST_CASE("High stakes refuse any loss of accuracy", "[decision][levers]") {
  const decision::AccuracyPolicy strict{true, Quantity::parse("0.05")};
  CHECK(strict.accepts(Quantity{}));
  CHECK_FALSE(strict.accepts(Quantity::parse("0.000000001")));
  const decision::AccuracyPolicy thrifty{false, Quantity::parse("0.05")};
  CHECK(thrifty.accepts(Quantity::parse("0.05")));
  CHECK_FALSE(thrifty.accepts(Quantity::parse("0.051")));
  check_says(strict.sentence(Quantity::parse("0.05")), "is refused: the stakes are high");
}

TEST_CASE("Levers, transforms and policies are read", "[decision][levers]") {
  core::Document document{"levers.yaml",
                          "levers: [{name: cache, saves: 30%}, {name: spot, share: 70%, off: 65%}]\n"
                          "made_from: {option: teacher, size: 10%, accuracy: 95%}\n"
                          "accuracy_policy: {high_stakes: false, most_loss: 5%}\n"};
  CHECK(percent_text(combined(decision::read_levers(document.root()))) == "61.85 %");
  CHECK(decision::read_transform(document.root())->accuracy_loss() == Quantity::parse("0.05"));
  CHECK(decision::read_accuracy_policy(document.root())->policy.accepts(Quantity::parse("0.05")));
  document.finish();
  const auto without = [] {
    core::Document wrong{"levers.yaml", "made_from: {option: teacher, size: 25%}"};
    decision::read_transform(wrong.root());
  };
  check_says(complaint(without), "made_from.accuracy");
  const auto over = [] {
    core::Document wrong{"levers.yaml", "levers: [{name: a, saves: 130%}]"};
    decision::read_levers(wrong.root());
  };
  check_says(complaint(over), "0 to 100 %");
}
