#include "cli/program.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/yaml_reader.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/page_shell.hpp"
#include "tests/support/billcast.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using test_support::billcast;
using test_support::check_says;
using test_support::Outcome;
using test_support::TemporaryFolder;
using test_support::text_of;
namespace fs = std::filesystem;

namespace {

// Three hours of an API and of a fleet, a few thousand requests.
constexpr std::string_view tiny = R"(scenario: tiny
horizon: {start: 2026-12-01, hours: 3}
traffic:
  daily_users: 10_000
  requests_per_user_day: 4
  tokens: {input: 500, output: {distribution: lognormal, p50: 120, p95: 600}}
slo: {latency: {p95: 20s}, availability: 99%}
cache: {kind: exact, entries: 1000, ttl: 10m, popularity: {zipf: 0.9, keys: 10_000}}
options:
  - name: api
    kind: managed_api
    model: gpt-4o-mini
    latency: {time_to_first_token: 300ms, per_output_token: 9ms}
  - name: fleet
    kind: self_hosted
    instance: aws/g6.xlarge
    serving: {time_to_first_token: 200ms, per_output_token: 12ms, slots: 8}
    autoscaler: {kind: hpa, metric: concurrency, target: 6, min: 1, max: 20}
    cold_start: {provision: 60s, image: 20s, warmup: 10s}
    assumptions: [Quality is not simulated., Nor is the weather.]
)";

std::string one_line_error(const std::vector<std::string>& arguments) {
  const Outcome outcome = billcast(arguments);
  CAPTURE(arguments, outcome.out, outcome.error);
  CHECK(outcome.code == cli::exit_users_input);
  CHECK(outcome.out.empty());
  REQUIRE_FALSE(outcome.error.empty());
  CHECK(outcome.error.find('\n') == outcome.error.size() - 1);
  return outcome.error.substr(0, outcome.error.size() - 1);
}

std::string replaced(std::string text, std::string_view piece, std::string_view by) {
  const std::size_t at = text.find(piece);
  REQUIRE(at != std::string::npos);
  return text.replace(at, piece.size(), by);
}

}  // namespace

TEST_CASE("A run answers, writes its files, and exits with 0", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  const Outcome outcome = billcast({"run", scenario, "--out", folder / "out"});
  CAPTURE(outcome.error);
  REQUIRE(outcome.code == cli::exit_done);
  check_says(outcome.out, "tiny: 3 hours from 2026-12-01, seed 1, billcast ");
  check_says(outcome.out, "\nVERDICT\n  api is the cheapest that meets every target: $");
  check_says(outcome.out, "\nBILL, 2026-12\n");
  check_says(outcome.out, "\n  - Quality is not simulated.\n  - Nor is the weather.\n");
  // Without Node packages the program is built without its page, and says so.
  const bool page = !reports::page_shell().empty();
  CHECK(outcome.error == "written to " + (folder / "out") + ": result.json, bill.csv, report.md, " +
                             (page ? "report.html, " : "") + "timing.json; `billcast report " + (folder / "out") +
                             "` prints the details\n" + (page ? "" : std::string{reports::page_missing} + "\n"));
  CHECK(std::distance(fs::directory_iterator{folder / "out"}, {}) == (page ? 5 : 4));
  check_says(text_of(folder / "out/report.md"), "# tiny: 3 hours from 2026-12-01");
  check_says(text_of(folder / "out/bill.csv"), "api,2026-12,tokens,");
  check_says(text_of(folder / "out/timing.json"), "\"simulation_s\": ");
}

TEST_CASE("The same seed gives the same bytes on any number of threads, another seed does not", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  const auto run = [&](const std::string& seed, const std::string& threads, const std::string& out) {
    REQUIRE(billcast({"run", scenario, "--seed", seed, "--threads", threads, "--out", folder / out}).code ==
            cli::exit_done);
  };
  run("7", "1", "a");
  run("7", "2", "b");
  run("7", "5", "c");
  run("8", "1", "d");
  for (const std::string file : {"result.json", "bill.csv", "report.md"}) {
    CAPTURE(file);
    CHECK(text_of(folder / ("a/" + file)) == text_of(folder / ("b/" + file)));
    CHECK(text_of(folder / ("a/" + file)) == text_of(folder / ("c/" + file)));
    CHECK(text_of(folder / ("a/" + file)) != text_of(folder / ("d/" + file)));
  }
}

TEST_CASE("A saved result is rendered again as it was", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  const Outcome run = billcast({"run", scenario, "--out", folder / "out"});
  REQUIRE(run.code == cli::exit_done);
  const Outcome text = billcast({"report", folder / "out"});
  check_says(text.out, "aws/g6.xlarge");
  CHECK(billcast({"report", folder / "out/result.json", "--format", "text"}).out == text.out);
  CHECK(billcast({"report", folder / "out", "--format", "markdown"}).out == text_of(folder / "out/report.md"));
  CHECK(billcast({"report", folder / "out", "--format", "json"}).out == text_of(folder / "out/result.json"));
  CHECK(billcast({"report", folder / "out", "--format", "csv"}).out == text_of(folder / "out/bill.csv"));
  const Outcome html = billcast({"report", folder / "out", "--format", "html"});
  if (reports::page_shell().empty()) {
    CHECK(html.code == cli::exit_users_input);
    check_says(html.error, "the HTML page was not built: ");
  } else {
    CHECK(html.out == text_of(folder / "out/report.html"));
  }
}

TEST_CASE("The bill's lines sum to the totals of the result", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  REQUIRE(billcast({"run", scenario, "--quiet", "--out", folder / "out"}).code == cli::exit_done);
  const reports::Result result = reports::from_json("result.json", text_of(folder / "out/result.json"));
  REQUIRE(result.options.size() == 2);
  for (const reports::OptionReport& option : result.options) {
    CAPTURE(option.name);
    // Every request of the usage is in one bucket, and the instance-seconds billed are those used.
    std::int64_t outcomes = 0;
    for (const std::int64_t count : option.usage.outcomes) outcomes += count;
    CHECK(outcomes == option.usage.total().arrivals);
    for (const pricing::BillLine& line : option.bills.front().lines) {
      if (line.driver != "billed instance-seconds") continue;
      CHECK(line.quantity == core::Quantity::ratio(option.usage.total().billed_instance_seconds, 3600));
    }
    CHECK(option.bills.front().complete());
  }
  CHECK(result.options[1].usage.total().billed_instance_seconds > 0);
}

TEST_CASE("The flags --set and --months change the question and are part of the answer", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  const Outcome outcome = billcast({"run", scenario, "--set", "traffic.daily_users=100",
                                    "--set=options.fleet.serving.slots=4", "--months", "2", "--out", folder / "out"});
  CAPTURE(outcome.error);
  REQUIRE(outcome.code == cli::exit_done);
  check_says(outcome.out, "tiny: 1,488 hours from 2026-12-01");
  check_says(outcome.out, " --seed 1 --set=traffic.daily_users=100 --set=options.fleet.serving.slots=4 --months=2\n");
  check_says(outcome.out, "\nBILL, 2026-12 to 2027-01\n");
  check_says(billcast({"report", folder / "out"}).out, "of which 2026-12 $");
  CHECK(reports::from_json("r", text_of(folder / "out/result.json")).about.daily_users == 100);
}

TEST_CASE("With --quiet nothing is printed", "[cli][program]") {
  const TemporaryFolder folder;
  const Outcome outcome = billcast({"run", folder.write("tiny.yaml", tiny), "--quiet", "--out", folder / "out"});
  CHECK(outcome.code == cli::exit_done);
  CHECK(outcome.out.empty());
  CHECK(outcome.error.empty());
}

TEST_CASE("A price table of the user's takes precedence over ours", "[cli][program]") {
  const TemporaryFolder folder;
  folder.write("own.yaml", R"(schema: price-table/v1
id: own
revision: 2026-11-30
currency: USD
as_of: 2026-11-30
stale_after: 90d
licence: "our contract"
provider: openai
region: any
sources:
  - {id: contract, url: "contract 4711", retrieved: 2026-11-30, confidence: vendor}
skus:
  - id: gpt-4o-mini
    service: {name: Contract, category: AI, subcategory: Models}
    meter: tokens
    unit: 1000000 Tokens
    source: contract
    buckets: {input: "1000", cached_input: "1000", output: "1000"}
)");
  const std::string scenario = folder.write("tiny.yaml", std::string{tiny} + "prices: [own.yaml]\n");
  const Outcome outcome = billcast({"run", scenario, "--out", folder / "out"});
  CAPTURE(outcome.error);
  REQUIRE(outcome.code == cli::exit_done);
  check_says(billcast({"report", folder / "out"}).out, "$1,000.00");
  check_says(text_of(folder / "out/bill.csv"), ",contract 4711,2026-11-30,");
  check_says(text_of(folder / "out/result.json"), "\"name\": \"own.yaml\"");
}

TEST_CASE("A table older than it should be is warned of when a bill rests on it", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string old = replaced(std::string{tiny}, "2026-12-01", "2030-01-01");
  const Outcome late = billcast({"run", folder.write("late.yaml", old), "--out", folder / "out"});
  REQUIRE(late.code == cli::exit_done);
  check_says(late.out, "\nWARNINGS\n  - aws-us-east-1: prices of 2026-07-20 are 1261 days old on 2030-01-01");
  check_says(late.out, "  - models: prices of ");
  CHECK(late.out.find("gcp-us-central1") == std::string::npos);
}

TEST_CASE("What the user got wrong is one line, exit code 2, and leaves nothing behind", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string good{tiny};
  const auto run = [&](const std::string& text) {
    std::string line = one_line_error({"run", folder.write("bad.yaml", text), "--out", folder / "out"});
    CHECK(folder.entries() == 1);  // the scenario
    return line;
  };
  check_says(run(replaced(good, "daily_users", "dayly_users")),
             "bad.yaml:3:1: traffic.daily_users: found nothing (is 'dayly_users' in line 4 meant?)");
  check_says(run(replaced(good, "p95: 20s", "p9x: 20s")), "slo.latency.p9x: found 'p9x', expected a percentile");
  check_says(run(replaced(good, "aws/g6.xlarge", "aws/g6.xlage")),
             "no price row 'aws/g6.xlage'; did you mean 'aws/g6.xlarge'?");
  check_says(run(good + "prices: [own.yaml]\n"),
             "bad.yaml:21:9: prices: found 'own.yaml', expected a file or a shipped name: 'own.yaml': found no such");
  // A file that is missing is said where it is named, and a key that is refused is not offered.
  check_says(run(replaced(good, "time_to_first_token: 200ms", "time_to_first_token: latency/nobody")),
             "bad.yaml:17:36: options.fleet.serving.time_to_first_token: found 'latency/nobody', expected a file or a "
             "shipped name: ");
  const std::string spot = "    purchase: {spot: {share: 50%, zones: [{name: a, ";
  check_says(run(good + spot + "from: spot/p3.2xlarge-us-west-2d}]}}\n"),
             "purchase.spot.zones.a.from: found 'spot/p3.2xlarge-us-west-2d', expected a file or a shipped name: ");
  check_says(run(good + spot + "trace: own.json}]}}\n"), "purchase.spot.zones.a.trace: found 'own.json'");
  const std::string unknown =
      run(replaced(good, "    model: gpt-4o-mini\n", "    model: gpt-4o-mini\n    limit: {}\n"));
  check_says(unknown, "unknown key 'limit'; did you mean 'limits'?");
  CHECK(unknown.find("patience") == std::string::npos);
  check_says(
      run(replaced(good, "    model: gpt-4o-mini\n", "    model: gpt-4o-mini\n    limits: {request_per_minute: 5}\n")),
      "limits.requests_per_minute: found no limit (is 'request_per_minute' meant?), expected at least one of");
  check_says(run(replaced(good, "time_to_first_token: 200ms, per_output_token: 12ms, slots: 8",
                          "batch_latencies: [[1, 5ms]]")),
             "serving.histogram: found nothing (is 'batch_latencies' meant?)");
  check_says(run(good + "colour: red\n"), "unknown key 'colour'");
  check_says(run("- 1\n"), "bad.yaml:1:1: ");
  check_says(run(replaced(good, "slots: 8", "slots: 0")), "slots");
}

TEST_CASE("An instance of no price table names what is near", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("bad.yaml", replaced(std::string{tiny}, "gpt-4o-mini", "gpt-4o-minni"));
  check_says(one_line_error({"check", scenario}), "gpt-4o-minni");
}

TEST_CASE("A folder that cannot be written is refused before the simulation", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  check_says(one_line_error({"run", scenario, "--out", scenario}), "it is a file, expected a folder");
  check_says(one_line_error({"run", scenario, "--out", scenario + "/below"}), "Not a directory");
  CHECK(text_of(scenario) == tiny);
}

TEST_CASE("A command line that makes no sense says what does", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  CHECK(one_line_error({}) ==
        "billcast: found no subcommand, expected one of run, load, size, check, prices, report, diff, histogram, init, "
        "schema, completion; see billcast --help");
  CHECK(one_line_error({"rum"}) == "billcast: unknown subcommand 'rum'; did you mean 'run'?");
  CHECK(one_line_error({"sise"}) == "billcast: unknown subcommand 'sise'; did you mean 'size'?");
  CHECK(one_line_error({"simulate-it"}) == "billcast: unknown subcommand 'simulate-it'; see billcast --help");
  CHECK(one_line_error({"run", "--sed", "1"}) ==
        "billcast run: unknown option '--sed', did you mean '--seed'?; `billcast run --help` lists what there is");
  check_says(one_line_error({"run", "--seed"}), "billcast run: the required argument for option '--seed' is missing");
  check_says(one_line_error({"run", "a", "b"}), "billcast run: too many positional options");
  CHECK(one_line_error({"run", scenario, "--seed", "-1"}) ==
        "billcast run: --seed: found '-1', expected a whole number from 0 to 18446744073709551615");
  CHECK(one_line_error({"run", scenario, "--threads", "0"}) ==
        "billcast run: --threads: found '0', expected a whole number from 1 to 1024");
  CHECK(one_line_error({"run", scenario, "--months", "1.5"}) ==
        "billcast run: --months: found '1.5', expected a whole number from 1 to 120");
  CHECK(one_line_error({"run", scenario, "--out="}) ==
        "billcast run: the argument for option '--out' should follow immediately after the equal sign; `billcast run "
        "--help` lists what there is");
  CHECK(one_line_error({"run", scenario, "--out", ""}) == "billcast run: --out: found '', expected a folder");
  CHECK(one_line_error({"run", folder / "none.yaml"}) ==
        "cannot read '" + (folder / "none.yaml") + "': No such file or directory");
  check_says(one_line_error({"run", scenario, "--set", "traffic.dayly_users=1", "--out", folder / "out"}),
             "did you mean 'daily_users'?");
  CHECK(one_line_error({"check"}) == "billcast check: SCENARIO: found nothing, expected the file to check");
  CHECK(one_line_error({"prices"}) == "billcast prices: subcommand: found nothing, expected list, or show ID");
  CHECK(one_line_error({"prices", "lst"}) == "billcast prices: subcommand: found 'lst', expected list, or show ID");
  CHECK(one_line_error({"prices", "list", "all"}) == "billcast prices: list: found 'all', expected nothing more");
  CHECK(one_line_error({"prices", "show"}) ==
        "billcast prices: show: found nothing, expected a name of `billcast prices list`");
  check_says(one_line_error({"prices", "show", "aws/g6.xlage"}),
             "billcast prices show: no price row 'aws/g6.xlage'; did you mean 'aws/g6.xlarge'?");
  CHECK(one_line_error({"report"}) ==
        "billcast report: RESULT: found nothing, expected the folder of a result or of a recording");
  CHECK(one_line_error({"report", folder / "none", "--format", "pdf"}) ==
        "billcast report: --format: found 'pdf', expected text, markdown, json, csv or html");
  check_says(one_line_error({"report", folder.path().string()}), "/result.json': No such file or directory");
  check_says(one_line_error({"report", scenario}), "tiny.yaml:1:1: is no valid JSON: ");
}

TEST_CASE("Help and version are answers", "[cli][program]") {
  for (const std::string word : {"--help", "-h", "help"}) check_says(billcast({word}).out, "billcast run [SCENARIO]");
  check_says(billcast({"run", "--help"}).out, "--threads N");
  check_says(billcast({"run", "-h"}).out, "--set KEY=VALUE");
  check_says(billcast({"check", "--help"}).out, "billcast check SCENARIO");
  check_says(billcast({"prices", "--help"}).out, "billcast prices show ID");
  check_says(billcast({"report", "--help"}).out, "--format FORMAT");
  check_says(billcast({"--version"}).out, "billcast ");
  CHECK(billcast({"report", "--help"}).code == cli::exit_done);
}

TEST_CASE("A valid scenario is said to be valid, with what it asks", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  const Outcome outcome = billcast({"check", scenario});
  CHECK(outcome.code == cli::exit_done);
  // 10,000 × 4 requests a day, 3 of 24 hours.
  check_says(outcome.out,
             scenario + " is valid: 3 hours from 2026-12-01, about 5,000 requests, options api and fleet; ");
  check_says(billcast({"check", "million-users"}).out, "million-users is valid: 744 hours");
  CHECK(folder.entries() == 1);
}

TEST_CASE("Prices are listed and shown with their sources", "[cli][program]") {
  const std::string list = billcast({"prices", "list"}).out;
  check_says(list, "gpt-4o-mini");
  check_says(list, "aws/g6.xlarge");
  const std::string machine = billcast({"prices", "show", "aws/g6.xlarge"}).out;
  check_says(machine, "4 vCPU, 16 GiB, 1 × L4");
  check_says(machine, "$0.8048");
  check_says(machine, "source: ");
  check_says(machine, "sha256 ");
  const std::string model = billcast({"prices", "show", "gpt-4o-mini"}).out;
  check_says(model, "cached input");
  check_says(model, "$0.15");
}

TEST_CASE("An interrupt keeps the hours that are done and says so", "[cli][program]") {
  const TemporaryFolder folder;
  // Ten years would take minutes; the first progress line, after a fifth of a second, interrupts.
  const std::string scenario = folder.write("tiny.yaml", replaced(std::string{tiny}, "hours: 3", "months: 120"));
  std::atomic<bool> interrupt{false};
  std::string out;
  const cli::Console console{.out = [&](std::string_view text) { out += text; },
                             .error = [&](std::string_view) { interrupt = true; },
                             .show_progress = true,
                             .interrupt = &interrupt};
  const int code = cli::run_program({"run", scenario, "--threads", "2", "--out", folder / "out"}, console);
  CHECK(code == cli::exit_interrupted);
  check_says(out, "\nINTERRUPTED after ");
  check_says(text_of(folder / "out/report.md"), "**INTERRUPTED after ");
  const reports::Result result = reports::from_json("result.json", text_of(folder / "out/result.json"));
  CHECK(result.about.interrupted);
  CHECK(result.about.horizon.hour_count() < result.about.planned_hours);
  for (const reports::OptionReport& option : result.options) {
    CHECK(option.usage.hours.size() == static_cast<std::size_t>(result.about.horizon.hour_count()));
    CHECK(option.bills.size() == result.about.horizon.periods.size());
    // Both options met the very same requests.
    CHECK(option.usage.total().arrivals == result.options.front().usage.total().arrivals);
    CHECK(option.usage.total().arrivals > 0);
  }
}

TEST_CASE("An interrupt before the first hour leaves nothing", "[cli][program]") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("tiny.yaml", tiny);
  const std::atomic<bool> interrupt{true};
  std::string error;
  const cli::Console console{
      .out = [](std::string_view) {}, .error = [&](std::string_view text) { error += text; }, .interrupt = &interrupt};
  CHECK(cli::run_program({"run", scenario, "--out", folder / "out"}, console) == cli::exit_interrupted);
  CHECK(error == "billcast: interrupted before the first hour was simulated; nothing is written\n");
  CHECK(folder.entries() == 1);
}

TEST_CASE("Our own fault exits with 1 and says that it is ours", "[cli][program]") {
  std::string error;
  const cli::Console console{.out = [](std::string_view) { throw std::logic_error{"a broken promise"}; },
                             .error = [&](std::string_view text) { error += text; }};
  CHECK(cli::run_program({"--version"}, console) == cli::exit_our_fault);
  check_says(error, ": our fault: a broken promise\n");
}

TEST_CASE("A figure that no amount can hold is the user's", "[cli][program]") {
  std::string error;
  const cli::Console console{.out = [](std::string_view) { throw std::overflow_error{"money"}; },
                             .error = [&](std::string_view text) { error += text; }};
  CHECK(cli::run_program({"--version"}, console) == cli::exit_users_input);
  CHECK(error == "billcast: a figure is too large: money\n");
}
