// Each folder of tests/golden/load holds a recording's summary.json and the reports that it must give.
#include <string>
#include <utility>
#include <vector>

#include "reports/load_json.hpp"
#include "reports/load_markdown.hpp"
#include "reports/load_text.hpp"
#include "tests/reports/sample_load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

TEST_CASE("The reports of load tests, by how they ended", "[reports][load][golden]") {
  const std::vector<std::pair<std::string, loadgen::LoadSummary>> cases{{"healthy", test_support::healthy_load()},
                                                                        {"invalid", test_support::invalid_load()},
                                                                        {"streaming", test_support::streaming_load()},
                                                                        {"searched", test_support::searched_load()}};
  for (const auto& [name, sample] : cases) {
    CAPTURE(name);
    const std::string json = reports::to_json(sample);
    test_support::check_golden("load/" + name + "/summary.json", json);
    const loadgen::LoadSummary summary = reports::load_summary_from_json("summary.json", json);
    test_support::check_golden("load/" + name + "/report.txt", reports::to_text(summary));
    test_support::check_golden("load/" + name + "/report.md", reports::to_markdown(summary));
  }
}
