#include "decision/simulated_levers.hpp"

#include <string>
#include <vector>

#include "decision/answers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/figure.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::Answer;
using decision::OptionFact;
using test_support::check_says;
using test_support::complaint;
using test_support::figure;

namespace {

decision::LeverSteps read(const std::string& section) {
  const core::Document document{"s.yaml", section};
  const auto steps = decision::read_lever_steps(document.root(), {"plain", "batched", "spot", "cached"});
  document.finish();
  return steps.value();
}

OptionFact option(const std::string& name, const std::string& cost, std::int64_t p95_ms) {
  OptionFact fact;
  fact.name = name;
  fact.monthly_cost = Money::parse(cost);
  fact.latency_ms = [p95_ms](std::string_view statistic) {
    return std::optional{Quantity::whole(statistic == "mean" ? p95_ms / 2 : p95_ms)};
  };
  return fact;
}

}  // namespace

TEST_CASE("A waterfall says what each step saved, and which claims hold", "[decision][levers]") {
  const decision::LeverSteps steps = read(R"(waterfall:
  steps: [plain, batched, cached]
  claims:
    - {step: batched, latency: 40%, source: S3}
    - {step: cached, since: plain, bill: 60%, source: S3}
    - {step: cached, bill: 10%}
)");
  const Answer answer = decision::answer_waterfall(steps, {option("plain", "1000", 400), option("batched", "500", 500),
                                                           option("spot", "300", 500), option("cached", "400", 450)});
  CHECK(figure(answer, "batched: saved") == Quantity::whole(500));
  CHECK(figure(answer, "cached: saved") == Quantity::whole(100));
  CHECK(figure(answer, "saved") == Quantity::whole(60));
  CHECK(figure(answer, "batched: p95 since plain") == Quantity::whole(-25));
  CHECK(answer.sentences.at(0) ==
        "From $1,000.00 to $400.00 a month: cached is 60.0 % less than plain; 60 % off is reached.");
  CHECK(
      answer.sentences.at(1) ==
      "S3 claims that batched takes 40 % off the latency (p95) of plain; simulated, it is 25.0 % more: the simulation "
      "contradicts it.");
  check_says(answer.sentences.at(2), "simulated, it is 60.0 % less: the claim holds.");
  check_says(answer.sentences.at(3), "10 % off the bill of batched; simulated, it is 20.0 % less: the claim holds");
  REQUIRE(answer.table.rows.size() == 4);
  CHECK(answer.table.rows[2][2] == "$500.00");
  CHECK(answer.table.rows[2][3] == "50.0 %");
  REQUIRE(answer.curves.size() == 2);
  CHECK(answer.curves[0].shape == decision::Curve::Shape::bars);
  CHECK(answer.curves[0].series.size() == 3);
  CHECK(answer.curves[0].series[1].y == std::vector<double>{500});
}

TEST_CASE("A target that is missed by a cent is not reached", "[decision][levers]") {
  const decision::LeverSteps steps = read("waterfall: {steps: [plain, spot], target: 60%}\n");
  check_says(
      decision::answer_waterfall(steps, {option("plain", "1000", 4), option("spot", "400.01", 4)}).sentences.at(0),
      "60 % off is not reached");
}

TEST_CASE("A bill that is not known leaves its savings unsaid", "[decision][levers]") {
  const decision::LeverSteps steps =
      read("waterfall: {steps: [plain, spot], claims: [{step: spot, bill: 60%, source: S3}]}\n");
  OptionFact unknown = option("spot", "1", 4);
  unknown.monthly_cost.reset();
  const Answer answer = decision::answer_waterfall(steps, {option("plain", "1000", 4), unknown});
  check_says(answer.sentences.at(0), "Not every bill is known");
  check_says(answer.sentences.at(1), "not known");
}

TEST_CASE("Slips in a waterfall are named", "[decision][levers]") {
  const auto error = [](const std::string& text) { return complaint([&] { read("waterfall: {" + text + "}\n"); }); };
  check_says(error("steps: [plain]"), "the names of two options or more");
  check_says(error("steps: [plain, gone]"), "some of plain, batched, spot, cached");
  check_says(error("steps: [plain, plain]"), "each option once");
  check_says(error("steps: [plain, spot], claims: [{step: plain, bill: 5%}]"), "that another one precedes");
  check_says(error("steps: [plain, spot], claims: [{step: spot, since: spot, bill: 5%}]"), "an earlier step");
  check_says(error("steps: [plain, spot], claims: [{step: spot, bill: 5%, latency: 5%}]"), "one of the two");
  check_says(error("steps: [plain, spot], claims: [{step: spot, bill: -5%}]"), "above 0");
}
