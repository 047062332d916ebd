#include "decision/narrative.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using decision::vague_claims;
using test_support::check_says;

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
