#include "decision/adoption.hpp"
#include "decision/cache_mitigation.hpp"
#include "decision/governance.hpp"
#include "decision/narrative.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using core::Money;
using core::Quantity;
using decision::CacheQuestion;
using decision::FiveSteps;
using decision::Gate;
using decision::Measured;
using decision::PromptFacts;
using decision::ReviewPacket;
using decision::Unit;
using decision::vague_claims;
using test_support::check_says;
using test_support::complaint;

TEST_CASE("A mean of 180 ms needs 17.1 % of hits and a p95 needs 95 %", "[decision][cache]") {
  CacheQuestion question{Quantity::whole(180), Quantity::whole(5), Quantity::whole(150), std::nullopt};
  CHECK(hit_ratio_for_mean(question).value().to_fixed(3) == "0.171");
  CHECK(hit_ratio_for_percentile(question) == Quantity::parse("0.95"));
  check_says(decision::say_cache(question).back(), "does not repair the percentile (C-12)");
  // With 80 % of the misses under the limit: 0.8 + 0.2 h = 0.95.
  question.misses_within = Quantity::parse("0.8");
  CHECK(hit_ratio_for_percentile(question) == Quantity::parse("0.75"));
  question.misses_within = Quantity::parse("0.95");
  CHECK(hit_ratio_for_percentile(question) == Quantity{});
}

TEST_CASE("No hit ratio helps when hits are too slow, and none is needed when misses are fast", "[decision][cache]") {
  const CacheQuestion slow{Quantity::whole(180), Quantity::whole(160), Quantity::whole(150), std::nullopt};
  CHECK_FALSE(hit_ratio_for_mean(slow).has_value());
  check_says(decision::say_cache(slow).at(0), "No hit ratio helps");
  const CacheQuestion fast{Quantity::whole(120), Quantity::whole(5), Quantity::whole(150), std::nullopt};
  CHECK(hit_ratio_for_mean(fast) == Quantity{});
  core::Document document{"cache.yaml", "cache_mitigation: {miss: 180ms, limit: 150ms}"};
  const auto read = decision::read_cache_question(document.root());
  document.finish();
  CHECK(read->hit_ms == Quantity::whole(5));
  CHECK(document.assumptions().size() == 2);
}

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

TEST_CASE("A plan above its thresholds goes before a board, and what is missing is named", "[decision][governance]") {
  const decision::GovernanceRule rule{Money::parse("100000"), Quantity::whole(1000)};
  ReviewPacket packet{{"chargebacks"}, {"PR-AUC"}, Money::parse("28000"), Money::parse("72000"), Quantity::whole(1000)};
  CHECK(govern(rule, packet).passes());
  packet.inference_year = Money::parse("72000.01");
  const auto over = govern(rule, packet);
  CHECK(over.review_required);
  check_says(over.reasons.at(0), "more than $100,000.00");
  packet.benchmarks.clear();
  packet.inference_year.reset();
  const auto lacking = govern(rule, packet);
  CHECK(lacking.missing == std::vector<std::string>{"benchmarks", "cost of a year of inference"});
  check_says(lacking.reasons.at(0), "is not known");
}

TEST_CASE("A governance section without a threshold governs nothing and is refused", "[decision][governance]") {
  const auto read = [](std::string_view text) {
    core::Document document{"governance.yaml", text};
    const auto governance = decision::read_governance(document.root());
    document.finish();
    return governance.value();
  };
  CHECK(read("governance: {max_cost: $5, benchmarks: [a, b]}").packet.benchmarks.size() == 2);
  check_says(complaint([&] { read("governance: {benchmarks: [a]}"); }), "found no threshold");
}

TEST_CASE("A review sets last quarter beside this one", "[decision][governance]") {
  const auto changes =
      decision::review_changes({{"self-hosted", Money::parse("50000")}, {"api", Money::parse("9")}, {"free", {}}},
                               {{"self-hosted", Money::parse("60000")}, {"free", {}}, {"custom", Money::parse("7")}});
  REQUIRE(changes.size() == 4);
  CHECK(changes[0].sentence() == "self-hosted: $50,000.00 → $60,000.00 (+20.00 %)");
  CHECK(changes[1].sentence() == "api: gone, was $9.00");
  CHECK(changes[2].sentence() == "free: $0.00 → $0.00");
  CHECK(changes[3].sentence() == "custom: new at $7.00");
}

TEST_CASE("A claim without a number is pointed out", "[decision][narrative]") {
  const auto vague = vague_claims(
      "The cache makes answers faster. Latency falls from 1.5 s to 0.9 s, much faster. We will improve quality; costs "
      "are reduced by 60 %.\nNothing else changes.");
  REQUIRE(vague.size() == 2);
  CHECK(vague[0].word == "faster");
  CHECK(vague[1].sentence == "We will improve quality;");
  check_says(vague[0].advice(), "has no number");
  CHECK(vague_claims("Coverage is a word that holds no claim.").empty());
}

TEST_CASE("A one-page plan is whole or names what it lacks", "[decision][narrative]") {
  decision::OnePagePlan plan{"Summaries",   "100,000 documents",  "tables", "weekly recall", "3 months",
                             "2 engineers", "ship the base model"};
  const auto page = plan.write();
  REQUIRE(page.markdown.has_value());
  check_says(*page.markdown, "# Summaries\n\n## Decision\n\nship the base model\n");
  plan.monitoring = "  ";
  plan.title = "";
  CHECK(plan.write().missing == std::vector<std::string>{"Title", "Monitoring"});
  CHECK_FALSE(plan.write().markdown.has_value());
}

TEST_CASE("A story has a number for the result and for its cost", "[decision][narrative]") {
  decision::StarStory story{"a fraud API", "under 100 ms", "a light model first", "50 ms at p95", "5 % of accuracy"};
  REQUIRE(story.write().markdown.has_value());
  check_says(*story.write().markdown, "## What it cost\n\n5 % of accuracy\n");
  story.cost = "a little accuracy";
  CHECK(story.write().missing == std::vector<std::string>{"a number in What it cost"});
  core::Document document{"star.yaml", "star: {situation: a, task: b, result: 5 ms, cost: $3}"};
  CHECK(decision::read_star(document.root())->write().missing == std::vector<std::string>{"Action"});
  document.finish();
}
