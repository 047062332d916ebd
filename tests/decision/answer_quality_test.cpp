#include "decision/answer_quality.hpp"

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

decision::QualityPlan read(const std::string& point = "unknown", const std::string& more = "") {
  const core::Document document{"s.yaml", R"(quality:
  metric: accuracy
  of: [{name: deep, is: 100%}, {name: deep-only, is: 100%}, {name: light, is: 95%}]
  baseline: deep-only
  point: )" + point + "\n" + more};
  const auto plan = decision::read_quality(document.root(), {"deep-only", "hybrid"});
  document.finish();
  return plan.value();
}

OptionFact option(const std::string& name, const std::string& cost, std::vector<decision::PartFact> parts = {}) {
  OptionFact fact;
  fact.name = name;
  fact.monthly_cost = Money::parse(cost);
  fact.served = 1000;
  fact.parts = std::move(parts);
  return fact;
}

}  // namespace

TEST_CASE("Quality is a mean over who answered, and a point has its price", "[decision][quality]") {
  const std::vector<OptionFact> options{option("deep-only", "1000"),
                                        option("hybrid", "190", {{"light", 900}, {"deep", 100}})};
  const Answer answer = decision::answer_quality(read(), options);
  CHECK(figure(answer, "hybrid: accuracy") == Quantity::parse("95.5"));
  CHECK(figure(answer, "hybrid: points") == Quantity::parse("-4.5"));
  CHECK(figure(answer, "hybrid: extra") == Quantity::whole(-810));
  CHECK(figure(answer, "hybrid: per point") == Quantity::whole(180));
  check_says(answer.sentences.at(0),
             "90.00 % of the answers by light at 95 % and 10.00 % of the answers by deep at 100 %");
  check_says(answer.sentences.at(1), "$180.00 a month for each point given up. Asked for: what a point of accuracy is");
  const Answer valued = decision::answer_quality(read("$100"), options);
  CHECK(figure(valued, "hybrid: net") == Quantity::whole(360));  // 810 saved, 4.5 × 100 lost
}

TEST_CASE("A relative drop of 5 % is said beside the points", "[decision][quality]") {
  decision::QualityPlan plan = read();
  plan.models = {{"deep-only", Quantity::whole(90)}, {"hybrid", Quantity::parse("85.5")}};
  const Answer answer = decision::answer_quality(plan, {option("deep-only", "1000"), option("hybrid", "500")});
  check_says(answer.sentences.at(0), "hybrid: 4.5 points less than deep-only (-5.00 % relative)");
}

TEST_CASE("Where more than one part works on an answer its quality is asked for", "[decision][quality]") {
  const Answer answer = decision::answer_quality(
      read(), {option("deep-only", "1000"), option("hybrid", "190", {{"light", 1000}, {"deep", 100}})});
  check_says(answer.sentences.at(0), "Asked for: the accuracy of hybrid");
}

TEST_CASE("Better and cheaper gives nothing up, worse and dearer gains nothing", "[decision][quality]") {
  decision::QualityPlan plan = read();
  plan.models = {{"deep-only", Quantity::whole(90)}, {"hybrid", Quantity::whole(91)}};
  check_says(decision::answer_quality(plan, {option("deep-only", "10"), option("hybrid", "9")}).sentences.at(0),
             "nothing is given up for it");
  plan.models[1].percent = Quantity::whole(89);
  check_says(decision::answer_quality(plan, {option("deep-only", "10"), option("hybrid", "11")}).sentences.at(0),
             "nothing is gained by it");
  plan.models[1].percent = Quantity::whole(90);
  check_says(decision::answer_quality(plan, {option("deep-only", "10"), option("hybrid", "11")}).sentences.at(0),
             "hybrid: the accuracy of deep-only for $1.00 a month more (10.0 %): nothing is gained by it.");
}

TEST_CASE("R-103 clicks that rise by 15 % are revenue times 1.15, less what they cost", "[decision][quality]") {
  const std::vector<OptionFact> options{option("deep-only", "1000"), option("hybrid", "1600")};
  const std::string lifts = "  lifts: [{option: hybrid, revenue: 15%}]\n";
  const Answer answer = decision::answer_quality(read("unknown", lifts + "  revenue: $100_000\n"), options);
  CHECK(figure(answer, "hybrid: revenue") == Quantity::whole(115'000));
  CHECK(figure(answer, "hybrid: gain") == Quantity::whole(14'400));
  check_says(answer.sentences.back(), "$115,000.00 a month instead of $100,000.00; after the bills, $14,400.00 more.");
  const Answer asked = decision::answer_quality(read("unknown", lifts), options);
  check_says(asked.sentences.back(),
             "pays where deep-only brings more than $4,000.00 a month. Asked for: that revenue.");
  const Answer cheaper =
      decision::answer_quality(read("unknown", lifts), {option("deep-only", "1000"), option("hybrid", "900")});
  check_says(cheaper.sentences.back(), "for no more money pays");
  check_says(complaint([] { read("unknown", "  lifts: [{option: hybrid, revenue: 0%}]\n"); }), "more than 0 %");
}
