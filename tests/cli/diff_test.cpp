// `billcast diff`, and reviews of capacity, on results of real runs.
#include <filesystem>
#include <string>
#include <vector>

#include "cli/diff_arguments.hpp"
#include "cli/program.hpp"
#include "reports/json.hpp"
#include "reports/packet.hpp"
#include "tests/support/billcast.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using test_support::billcast;
using test_support::check_says;
using test_support::Outcome;
using test_support::TemporaryFolder;
using test_support::text_of;

namespace {

// Two hours of an API with limits and of a fleet that holds what comes.
constexpr std::string_view small = R"(scenario: small
horizon: {start: 2026-12-01, hours: 2}
traffic:
  daily_users: 10_000
  requests_per_user_day: 4
  tokens: {input: 500, output: 100}
slo: {latency: {p95: 60s}, availability: 99%}
options:
  - name: fleet
    kind: self_hosted
    instance: aws/g6.xlarge
    serving: {time_to_first_token: 200ms, per_output_token: 12ms, slots: 8}
    autoscaler: {kind: hpa, metric: concurrency, target: 2, min: 2, max: 20}
    cold_start: {provision: 60s, image: 20s, warmup: 10s}
    nodes: {quota: 10}
capacity_review: {}
)";

struct Runs {
  TemporaryFolder folder;
  std::string scenario = folder.write("small.yaml", small);
  Outcome run(const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"run", scenario, "--quiet", "--out", folder / out};
    words.insert(words.end(), more.begin(), more.end());
    return billcast(words);
  }
};

}  // namespace

TEST_CASE("A review of capacity rejects a run whose only option is not ready", "[cli][capacity]") {
  Runs runs;
  CHECK(runs.run("ready", {"--gates"}).code == cli::exit_done);
  const std::string packet = text_of(runs.folder / "ready/packet.md");
  check_says(packet, "# Review packet: small");
  check_says(packet, "## Capacity review of fleet\n\n| item | state |");
  check_says(packet, "GO: no hard item stands against it.");
  CHECK(packet.size() <= reports::packet_limit);
  CHECK(runs.run("few", {"--gates", "--set=options.fleet.nodes.quota=2"}).code == cli::exit_gate_failed);
  const std::string few = text_of(runs.folder / "few/report.md");
  check_says(few, "quota");
  check_says(few, "decide");
  // Nothing is simulated: there is nothing to review.
  const std::string stated = runs.folder.write(
      "stated.yaml", "scenario: stated\noptions: [{name: a, kind: stated, monthly_cost: $5}]\ncapacity_review: {}\n");
  check_says(billcast({"run", stated, "--out", runs.folder / "stated"}).error,
             "capacity_review: found a scenario where");
  // What was read back is what was written, the rejection too.
  const std::string json = text_of(runs.folder / "few/result.json");
  const reports::Result result = reports::from_json("result.json", json);
  CHECK(reports::to_json(result) == json);
  CHECK_FALSE(result.answers->approves());
}

TEST_CASE("Two runs are set side by side, and growth beyond the threshold exits with 3", "[cli][diff]") {
  Runs runs;
  REQUIRE(runs.run("old").code == cli::exit_done);
  REQUIRE(runs.run("same").code == cli::exit_done);
  REQUIRE(runs.run("new", {"--set=options.fleet.autoscaler.min=4", "--seed", "2"}).code == cli::exit_done);
  const std::string old = runs.folder / "old";
  const std::string now = runs.folder / "new";
  const Outcome same = billcast({"diff", old, runs.folder / "same", "--gates", "--threshold=0%"});
  CHECK(same.code == cli::exit_done);
  check_says(same.out, "The same question with the same seed");
  const Outcome text = billcast({"diff", old, now + "/result.json"});
  CHECK(text.code == cli::exit_done);
  check_says(text.out, "NOT A TREND");
  check_says(text.out, "seed: 1 → 2");
  check_says(text.out, "settings: none → --set=options.fleet.autoscaler.min=4");
  check_says(text.out, "BILL of fleet");
  check_says(billcast({"diff", old, now, "--format", "markdown"}).out, "## Bill of fleet");
  check_says(billcast({"diff", old, now, "--format=json"}).out, "\"format\": \"billcast-diff/1\"");
  const Outcome dear = billcast({"diff", old, now, "--gates", "--threshold=10%"});
  CHECK(dear.code == cli::exit_gate_failed);
  check_says(dear.error, "more than 10.00 %");
  CHECK(billcast({"diff", now, old, "--gates", "--threshold=10%"}).code == cli::exit_done);  // it became cheaper
}

TEST_CASE("What is no result is named, with the member that is wrong", "[cli][diff]") {
  Runs runs;
  REQUIRE(runs.run("old").code == cli::exit_done);
  const std::string old = runs.folder / "old";
  const auto error = [&](const std::string& now) {
    const Outcome outcome = billcast({"diff", old, now});
    CHECK(outcome.code == cli::exit_users_input);
    CHECK(outcome.out.empty());
    return outcome.error;
  };
  check_says(error(runs.folder.write("broken.json", "{\"format\": ")), "broken.json:1:");
  check_says(error(runs.folder.write("foreign.json", "{\"format\": \"other/1\"}")),
             "found a file of format 'other/1', expected format 'billcast-result/1'");
  std::string text = text_of(old + "/result.json");
  const std::string member = "\"seed\": 1";
  text.replace(text.find(member), member.size(), "\"seed\": \"x\"");
  check_says(error(runs.folder.write("damaged.json", text)), "damaged.json: about.seed: found \"x\"");
  check_says(error(runs.folder / "nowhere"), "nowhere");
  check_says(billcast({"diff", old}).error, "NEW: found nothing");
  check_says(billcast({"diff", old, old, "--gates"}).error, "--gates: found no --threshold");
  check_says(billcast({"diff", old, old, "--threshold=much"}).error, "--threshold: found 'much'");
}
