#include "reports/load_json.hpp"

#include <limits>
#include <stdexcept>
#include <string>

#include "core/yaml_reader.hpp"
#include "tests/reports/sample_load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;
using reports::load_plan_from_json;
using reports::load_summary_from_json;
using reports::to_json;
using test_support::check_says;

namespace {

// The JSON of a sample with one piece of text replaced, as a reader sees it.
std::string error_after(std::string_view piece, std::string_view by) {
  std::string text = to_json(test_support::searched_load());
  const std::size_t at = text.find(piece);
  REQUIRE(at != std::string::npos);
  try {
    load_summary_from_json("summary.json", text.replace(at, piece.size(), by));
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

}  // namespace

TEST_CASE("A load test that is read back has the values it was written with", "[reports][load]") {
  const loadgen::LoadSummary s = load_summary_from_json("x", to_json(test_support::searched_load()));
  const loadgen::LoadSummary was = test_support::searched_load();
  CHECK(s.counts == was.counts);
  CHECK(s.length == was.length);
  CHECK(s.reached_per_s == was.reached_per_s);
  CHECK(s.plan.start_since_epoch == was.plan.start_since_epoch);
  CHECK(s.plan.arguments == was.plan.arguments);
  REQUIRE(s.latencies.size() == was.latencies.size());
  CHECK(s.latencies[0].p999_ns == was.latencies[0].p999_ns);
  CHECK(s.latencies[0].highest_claimed == 99.9);
  REQUIRE(s.found_max.size() == 1);
  CHECK(s.found_max[0].probes[2].verdict == "broken");
  CHECK(s.steady_from == 2s);
}

// The bytes name every member, and the golden files (tests/golden/load) show that none is missing or has another's
// name, because the samples fill them with different values.
TEST_CASE("Writing a load test that was read gives the same bytes", "[reports][load]") {
  for (const loadgen::LoadSummary& sample : {test_support::healthy_load(), test_support::invalid_load(),
                                             test_support::searched_load(), loadgen::LoadSummary{}}) {
    const std::string text = to_json(sample);
    CHECK(to_json(load_summary_from_json("summary.json", text)) == text);
  }
  loadgen::LoadPlanFacts plan = test_support::open_plan();
  plan.seed = std::numeric_limits<std::uint64_t>::max();
  const std::string text = to_json(plan);
  CHECK(to_json(load_plan_from_json("about.json", text)) == text);
  CHECK(load_plan_from_json("about.json", text).seed == plan.seed);
}

TEST_CASE("Whatever bytes a server sends, summary.json is JSON", "[reports][load]") {
  const std::string text = to_json(test_support::streaming_load());
  const loadgen::LoadSummary s = load_summary_from_json("summary.json", text);
  CHECK(s.failures[0].first == "an event '<b>\x1b]0;x\x07`' | ?");
}

TEST_CASE("A slip in summary.json is named", "[reports][load]") {
  check_says(
      error_after("billcast-load/1", "billcast-load/9"),
      "summary.json: the whole file: found a file of format 'billcast-load/9', expected format 'billcast-load/1'");
  check_says(error_after("\"answered\":", "\"answers\":"), "counts");
  check_says(error_after("\"answered\":", "\"answers\":"), "answered");
  check_says(error_after("\"valid\": true", "\"valid\": 1"), "valid");
  check_says(error_after("\"length_ns\": 10000000000", "\"length_ns\": 1.5"), "length_ns");
  check_says(error_after("{", "["), "summary.json:");
}

TEST_CASE("An about.json is no summary.json", "[reports][load]") {
  CHECK_THROWS_AS(load_summary_from_json("x", to_json(test_support::open_plan())), core::ConfigError);
  CHECK_THROWS_AS(load_plan_from_json("x", to_json(test_support::healthy_load())), core::ConfigError);
}

TEST_CASE("A figure that is no number is our fault, not a file", "[reports][load]") {
  loadgen::LoadSummary s;
  s.asked_per_s = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(to_json(s), std::logic_error);
}

TEST_CASE("A summary.json is told from a result.json by its first member", "[reports][load]") {
  CHECK(reports::is_load_summary(to_json(test_support::healthy_load())));
  CHECK(reports::is_load_summary("{\"format\":\"billcast-load/9\"}"));
  CHECK_FALSE(reports::is_load_summary(to_json(test_support::open_plan())));
  CHECK_FALSE(reports::is_load_summary("{\"format\": \"billcast-result/1\", \"x\": 1}"));
  CHECK_FALSE(reports::is_load_summary(""));
}
