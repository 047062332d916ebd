#include "reports/load_markdown.hpp"

#include "tests/reports/sample_load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using reports::to_markdown;
using test_support::check_says;

TEST_CASE("The page of a load test begins with its verdict in bold", "[reports][load][markdown]") {
  CHECK(
      to_markdown(test_support::healthy_load())
          .starts_with("**9,998 of 10,000 requests answered in 10 s (1,000/s asked, 999.8/s reached); p99 212 ms**\n"));
  CHECK(to_markdown(test_support::invalid_load()).starts_with("**INVALID: the generator was late"));
}

TEST_CASE("No server's words get through as markup", "[reports][load][markdown]") {
  const std::string text = to_markdown(test_support::streaming_load());
  CHECK(text.find("<b>") == std::string::npos);
  check_says(text, "an event '\\<b\\>?\\]0;x?\\`' \\| ");
  check_says(text, "evil?\\[2J\\|configs/\\*.yaml\\*");
}

TEST_CASE("An empty load test has a page", "[reports][load][markdown]") {
  check_says(to_markdown(loadgen::LoadSummary{}), "| planned | 0 | – | the sum of these |");
}
