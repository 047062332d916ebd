#include "reports/markdown.hpp"

#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/says.hpp"

using reports::markdown_escaped;
using test_support::check_says;

TEST_CASE("report.md of the sample", "[reports][markdown][golden]") {
  test_support::check_golden("reports/report.md", reports::to_markdown(test_support::sample_result()));
}

TEST_CASE("A text cannot leave its cell or become markup", "[reports][markdown]") {
  CHECK(markdown_escaped("a|b") == "a\\|b");
  CHECK(markdown_escaped("<script>") == "\\<script\\>");
  CHECK(markdown_escaped("`code`") == "\\`code\\`");
  CHECK(markdown_escaped("one\ntwo") == "one two");
  CHECK(markdown_escaped("a\\|b") == "a\\\\\\|b");
  CHECK(markdown_escaped("esc\x1b[2J") == "esc?\\[2J");
}

TEST_CASE("An interrupted run says so under the title", "[reports][markdown]") {
  reports::About about = test_support::about();
  about.interrupted = true;
  about.horizon = core::Horizon::hours(about.horizon.start, 31);
  check_says(reports::to_markdown(reports::assemble(about, {test_support::managed_api()})),
             "\n\n**INTERRUPTED after 31 of 744 hours");
}

TEST_CASE("A page shows the parts of a mixture, and what runs beside", "[reports][markdown]") {
  const std::string page = to_markdown(reports::assemble(test_support::about(), {test_support::mixture()}));
  test_support::check_says(page,
                           "| managed\\|api | managed_api | 1,005 (100 %) | $532.21 | 1.3 s | 2.2 s | 2.28 s |\n");
  test_support::check_says(page, "- overhead: self-hosted costs $7,364.93 a month beside managed\\|api, 1383.8 %");
  test_support::check_says(page, "- requests of \\<b\\>batch\\|: ");
}
