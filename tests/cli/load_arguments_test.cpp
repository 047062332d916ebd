#include "cli/load_arguments.hpp"

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace cli;
using namespace std::chrono_literals;

namespace {

LoadArguments parsed(const Words& words) {
  const auto load = parse_load(words, [](std::string_view) {});
  REQUIRE(load);
  return *load;
}

std::string complaint(const Words& words) {
  try {
    parse_load(words, [](std::string_view) {});
  } catch (const core::ConfigError& error) { return error.what(); }
  return "";
}

const std::string url = "http://127.0.0.1:8080/";

}  // namespace

TEST_CASE("A load test's words become its plan, request and bounds", "[load]") {
  const LoadArguments load = parsed({url,
                                     "--rate",
                                     "1_000",
                                     "--arrivals",
                                     "gamma:1.5",
                                     "--duration",
                                     "30s",
                                     "--ramp-up=5s",
                                     "--seed",
                                     "9",
                                     "--catch-up",
                                     "drop",
                                     "--connections",
                                     "64",
                                     "--timeout",
                                     "2s",
                                     "--expect-status",
                                     "404",
                                     "--warm-up",
                                     "auto",
                                     "--fail-if",
                                     "p99>200ms",
                                     "--fail-if",
                                     "errors>0.1%"});
  CHECK(load.url == url);
  CHECK_FALSE(load.scenario);
  CHECK(load.rate_per_s == 1000);
  CHECK(load.arrivals.process == core::traffic::ArrivalsConfig::Process::gamma);
  CHECK(load.arrivals.cv == 1.5);
  CHECK(load.duration == 30s);
  CHECK(load.ramp_up == 5s);
  CHECK(load.seed == 9);
  CHECK(load.drops_late);
  CHECK(load.connections == 64);
  CHECK(load.timeout == 2s);
  CHECK(load.lowest_status == 404);
  CHECK(load.highest_status == 404);
  CHECK(load.finds_warm_up);
  CHECK(load.fail_if == Words{"p99>200ms", "errors>0.1%"});
}

TEST_CASE("A scenario is a plan, and says with --url where to", "[load]") {
  const LoadArguments load = parsed({"s.yaml", "--url", url, "--from", "18h", "--speed", "0.5", "--set", "a.b=1"});
  CHECK(load.scenario == "s.yaml");
  CHECK(load.url == url);
  CHECK(load.from == 18h);
  CHECK(load.speed == 0.5);
  CHECK(complaint({"s.yaml"}) ==
        "billcast load: --url: found nothing, expected where to send the scenario's requests, as in --url "
        "http://127.0.0.1:8080/");
  CHECK_NOTHROW(parsed({"s.yaml", "--plan-only", "-"}));
}

TEST_CASE("The values of headers are not recorded, unless they are names of the environment's", "[load]") {
  const LoadArguments load =
      parsed({url, "--rate", "1", "--header", "X-Team: blue", "--header=X-Other: green", "--header", "X-Key: ${K}"});
  CHECK(load.headers == Words{"X-Team: blue", "X-Other: green", "X-Key: ${K}"});
  CHECK(load.words ==
        Words{url, "--rate", "1", "--header", "X-Team: …", "--header=X-Other: …", "--header", "X-Key: ${K}"});
}

TEST_CASE("A body may come from a file", "[load]") {
  const test_support::TemporaryFolder folder;
  CHECK(parsed({url, "--rate", "1", "--body", "@" + folder.write("b.json", "{}")}).body == "{}");
  CHECK(complaint({url, "--rate", "1", "--body", "@/no/such"}).starts_with("cannot read '/no/such'"));
}

TEST_CASE("What makes no load test is said in one line", "[load]") {
  CHECK(complaint({}) == "billcast load: PLAN|URL: found nothing, expected a URL, or a scenario with --url");
  CHECK(complaint({url}) ==
        "billcast load: --rate: found nothing, expected --rate N, --concurrency N, or a scenario with --url");
  CHECK(complaint({url, "--rate", "fast"}) ==
        "billcast load: --rate: found 'fast', expected a number from 0.001 to 1_000_000 requests per second");
  CHECK(complaint({url, "--rate", "1", "--duration", "10"}) ==
        "billcast load: --duration: found '10', which has no unit, expected a time from 1ms to 366d, as in 10s");
  CHECK(
      complaint({url, "--rate", "1", "--arrivals", "uniform"}) ==
      "billcast load: --arrivals: found 'uniform', expected constant, poisson, gamma:CV or weibull:CV, with a CV from "
      "0.01 to 20");
  CHECK(
      complaint({url, "--rate", "1", "--concurrency", "3"}) ==
      "billcast load: --concurrency: found it beside --rate, expected one of the two: a closed loop has no rate of its "
      "own");
  CHECK(complaint({url, "--rate", "1", "--think-time", "1s"}).find("only users of a closed loop think") !=
        std::string::npos);
  CHECK(complaint({url, "--rate", "1", "--api", "chat"}) ==
        "billcast load: --model: found nothing, expected the model's name, for --api");
  CHECK(complaint({url, "--rate", "1", "--api", "grpc"}) ==
        "billcast load: --api: found 'grpc', expected chat or completions");
  CHECK(complaint({url, "--rate", "1", "--catch-up", "never"}) ==
        "billcast load: --catch-up: found 'never', expected burst or drop");
  CHECK(complaint({url, "--rate", "1", "--expect-status", "99"}).find("statuses from 200 to 599") != std::string::npos);
  CHECK(complaint({url, "--rate", "1", "--from", "1h"}) ==
        "billcast load: --from: found it without a scenario, expected a scenario with --url");
  CHECK(complaint({"s.yaml", "--url", url, "--rate", "5"}).find("the scenario's traffic has its own rate") !=
        std::string::npos);
  CHECK(complaint({url, "--raet", "1"}).find("billcast load --help") != std::string::npos);
}
