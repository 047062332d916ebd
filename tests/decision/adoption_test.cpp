#include "decision/adoption.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Quantity;
using decision::FiveSteps;
using decision::Gate;
using decision::Measured;
using decision::PromptFacts;
using decision::Unit;
using test_support::check_says;

TEST_CASE("A base model that covers 85 % ships and one that covers 79 % does not", "[decision][adoption]") {
  CHECK(decision::base_model_verdict(Quantity::parse("0.85")).holds);
  const auto low = decision::base_model_verdict(Quantity::parse("0.79"));
  CHECK_FALSE(low.holds);
  check_says(low.sentence, "consider fine-tuning");
  const auto edge = decision::base_model_verdict(Quantity::parse("0.8"));
  CHECK(edge.holds);
  CHECK(edge.boundary);
}

TEST_CASE("Prompts at 84 of 85 reach 98.8 % and replace fine-tuning", "[decision][adoption]") {
  PromptFacts facts{.metric = Quantity::whole(84), .target = Quantity::whole(85), .understood = true};
  CHECK(decision::prompt_verdict(facts).holds);
  CHECK(decision::prompt_verdict(facts).sentence ==
        "Prompts reach 98.8 % of the target, more than 90 %: do not fine-tune.");
  facts.understood.reset();
  CHECK_FALSE(decision::prompt_verdict(facts).holds);
  check_says(decision::prompt_verdict(facts).sentence, "Nobody has said");
  facts = {.metric = Quantity::whole(90), .target = Quantity::whole(100), .understood = true};
  CHECK_FALSE(decision::prompt_verdict(facts).holds);  // 90 % is not more than 90 %
  CHECK(decision::prompt_verdict(facts).boundary);
}

TEST_CASE("Every step without an answer is listed", "[decision][adoption]") {
  core::Document document{"adoption.yaml",
                          "adoption: {base_coverage: 85%, steps: {base_model: 85 % pass, data: 100k documents}}"};
  const auto adoption = decision::read_adoption(document.root()).value();
  document.finish();
  const auto open = adoption.steps.unanswered();
  REQUIRE(open.size() == 3);
  CHECK(open[0] == "Where does it fail?");
  CHECK_FALSE(adoption.steps.complete());
  CHECK(FiveSteps{}.unanswered().size() == 5);
}

TEST_CASE("A lock of two metrics approves when both hold, and one metric is no lock", "[decision][adoption]") {
  const Gate fp{.key = "fp", .of = "fp", .threshold = Quantity::parse("0.4"), .unit = Unit::relative, .source = "S1"};
  const Gate latency{.key = "latency",
                     .of = "latency",
                     .threshold = Quantity::whole(120),
                     .unit = Unit::milliseconds,
                     .comparator = decision::Comparator::at_most,
                     .hard = false,
                     .source = "S1",
                     .percentile = "p95"};
  const decision::Facts facts{{"fp", Measured{.value = Quantity::parse("5.3"), .unit = Unit::relative}},
                              {"latency", Measured{.value = Quantity::whole(115), .unit = Unit::milliseconds}}};
  const auto lock = decision::metric_lock({fp, latency}, facts);
  CHECK(lock.verdict.approve);
  CHECK(lock.warnings.empty());
  check_says(decision::metric_lock({fp}, facts).warnings.at(0), "likely rejection");
  CHECK_FALSE(decision::metric_lock({fp, latency}, {{"fp", facts.at("fp")}}).verdict.approve);
}
