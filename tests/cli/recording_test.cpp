// From a recording of a load test to a bill: the files are written as `billcast load` writes them.
#include <string>

#include "cli/program.hpp"
#include "core/histogram_log.hpp"
#include "reports/json.hpp"
#include "reports/load_json.hpp"
#include "tests/reports/sample_load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace std::chrono_literals;
using test_support::check_says;
using test_support::TemporaryFolder;

namespace {

constexpr std::string_view scenario = R"(scenario: measured
horizon: {start: 2026-12-01, hours: 1}
traffic:
  daily_users: 10_000
  requests_per_user_day: 4
  tokens: {input: 500, output: 100}
options:
  - name: fleet
    kind: self_hosted
    instance: aws/g6.xlarge
    serving: {histogram: recordings/monday, slots: 8}
    replicas: 2
)";

}  // namespace

TEST_CASE("A recording is the serving model of a scenario that names its folder", "[cli][load]") {
  const TemporaryFolder folder;
  // With a server's words in it that no terminal should see.
  loadgen::LoadSummary summary = test_support::streaming_load();
  summary.valid = false;
  summary.plan.url = "http://127.0.0.1:8080/?q=\"\\#: \xC3\xA9'";  // what YAML and JSON must agree upon
  folder.write("recordings/monday/about.json", reports::to_json(summary.plan));
  folder.write("recordings/monday/summary.json", reports::to_json(summary));
  core::Histogram service{3'600'000'000'000};
  service.record_n(250'000'000, 1'000);
  folder.write("recordings/monday/service_time.hlog",
               core::histogram_log_header({}) + core::histogram_log_line({.length = 1s, .histogram = service}));
  const std::string file = folder.write("measured.yaml", scenario);
  std::string out;
  std::string error;
  const cli::Console console{.out = [&](std::string_view text) { out += text; },
                             .error = [&](std::string_view text) { error += text; }};
  const int code = cli::run_program({"run", file, "--out", folder / "out"}, console);
  CAPTURE(error);
  CHECK(code == cli::exit_done);
  const std::string json = test_support::text_of(folder.path() / "out" / "result.json");
  check_says(json,
             "measured: 1,000 values of http://127.0.0.1:8080/?q=\\\"\\\\#: \xC3\xA9', 2026-12-01; INVALID, the "
             "generator was late\"");
  check_says(json, "\"name\": \"recordings/monday/summary.json\"");
  check_says(json, "\"name\": \"recordings/monday/service_time.hlog\"");
  check_says(out, "250 ms");
  // To be drawn beside what was simulated: 250 ms for each of the 1,000, whatever the fleet made of them.
  const reports::Result result = reports::from_json("result.json", json);
  const std::optional<reports::MeasuredTimes>& measured = result.options.front().measured;
  REQUIRE((measured && measured->latency));
  CHECK(measured->latency->name == "recordings/monday");
  CHECK(measured->latency->times == reports::distribution_of(service));
  CHECK_FALSE(measured->time_to_first_token.has_value());
}
