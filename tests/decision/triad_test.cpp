#include "decision/triad.hpp"

#include "decision/answers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Document;
using decision::answer_triad;
using decision::TriadPlan;
using test_support::check_says;
using test_support::complaint;

namespace {

const TriadPlan plan{"accuracy", "weeks"};

}  // namespace

TEST_CASE("Cost, performance and complexity lie on a ring, each a share of the largest", "[decision][triad]") {
  const decision::Answer answer = answer_triad(plan, {{"api", {50'000.0, 93.0, 2.0}}, {"own", {12'500.0, 46.5, 8.0}}});
  REQUIRE(answer.curves.size() == 1);
  const decision::Curve& ring = answer.curves[0];
  CHECK(ring.shape == decision::Curve::Shape::ring);
  CHECK(ring.axes == std::vector<std::string>{"cost", "performance", "complexity"});
  REQUIRE(ring.series.size() == 2);
  CHECK(ring.series[0].y == std::vector<double>{1, 1, 0.25});
  CHECK(ring.series[1].y == std::vector<double>{0.25, 0.5, 1});
  CHECK(answer.table.rows[0] ==
        std::vector<std::string>{"option", "cost a month", "performance: accuracy", "complexity: weeks"});
  CHECK(answer.table.rows[2] == std::vector<std::string>{"own", "$12,500.00 (0.25)", "46.5 (0.50)", "8 (1.00)"});
}

TEST_CASE("An option that lacks one of the three is named and left out", "[decision][triad]") {
  const decision::Answer answer =
      answer_triad(plan, {{"api", {50'000.0, std::nullopt, std::nullopt}}, {"own", {1.0, 1.0, 0.0}}});
  CHECK(answer.sentences.back() == "api is not placed: accuracy and weeks not known.");
  CHECK(answer.curves[0].series.size() == 1);
  const decision::Answer none = answer_triad(plan, {{"api", {std::nullopt, 1.0, 1.0}}});
  CHECK(none.curves.empty());
  CHECK(none.sentences == std::vector<std::string>{"api is not placed: cost not known."});
}

TEST_CASE("The triad names values of the options", "[decision][triad]") {
  const Document document{"s.yaml", "triad: {performance: accuracy, complexity: weeks}\nvalues: {accuracy: 93}\n"};
  const auto read = decision::read_triad(document.root());
  REQUIRE(read.has_value());
  CHECK(read->complexity == "weeks");
  CHECK(decision::read_triad_values(document.root(), *read) == decision::TriadValues{std::nullopt, 93.0, std::nullopt});
  document.finish();
  CHECK_FALSE(decision::read_triad(Document{"s.yaml", "a: 1\n"}.root()).has_value());
}

TEST_CASE("A triad of one value, or of one below 0, is refused", "[decision][triad]") {
  check_says(complaint([] {
               decision::read_triad(Document{"s.yaml", "triad: {performance: a, complexity: a}\n"}.root());
             }),
             "triad.complexity: found 'a' again, expected another value than performance");
  check_says(complaint([] {
               decision::read_triad_values(Document{"s.yaml", "values: {accuracy: -1}\n"}.root(), plan);
             }),
             "values.accuracy: found -1, expected 0 or more");
}
