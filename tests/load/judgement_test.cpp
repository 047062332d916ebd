// Exit codes that a pipeline can lean on.
#include <chrono>
#include <string>

#include <boost/json.hpp>

#include "tests/load/load_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/server.hpp"

using load_tests::ended_with;
using load_tests::load;
using load_tests::load_valid;
using load_tests::LoadRun;
using load_tests::Recording;
using load_tests::refusal;
using test_support::check_says;
using test_support::Server;

namespace {
constexpr int exit_threshold = 3;
}  // namespace

TEST_CASE("A slow server fails the threshold that a fast one keeps", "[load][judge]") {
  const Server server = test_support::start_fault_server();
  const LoadRun slow = load_valid({server.url("/delay?ms=400"), "--rate", "100", "--requests", "100", "--fail-if",
                                   "p90>200ms", "--fail-if", "errors>0.1%"});
  CHECK(ended_with(slow, exit_threshold));
  check_says(slow.out(), "p90>200ms");
  CHECK(slow.recording().summary("thresholds").at(0).at("failed").as_bool());
  CHECK_FALSE(slow.recording().summary("thresholds").at(1).at("failed").as_bool());

  const LoadRun fast = load_valid({server.url("/delay?ms=300"), "--rate", "100", "--requests", "100", "--fail-if",
                                   "p90>5s", "--fail-if", "errors>0"});
  CHECK(ended_with(fast, 0));
  CHECK_FALSE(fast.recording().summary("thresholds").at(0).at("failed").as_bool());
  CHECK_FALSE(fast.recording().summary("thresholds").at(1).at("failed").as_bool());
}

TEST_CASE("Errors fail a threshold, and failures are no latencies that flatter it", "[load][judge]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run =
      load_valid({server.url("/status?code=500"), "--rate", "100", "--requests", "70", "--fail-if", "errors>1%"});
  CHECK(ended_with(run, exit_threshold));
  CHECK(run.recording().summary("thresholds").at(0).at("failed").as_bool());
  // A timeout waited at least as long as it was given.
  const LoadRun timeouts = load_valid({server.url("/delay?ms=3000"), "--rate", "100", "--requests", "70", "--timeout",
                                       "300ms", "--fail-if", "p90>200ms"});
  CHECK(ended_with(timeouts, exit_threshold));
  CHECK(timeouts.recording().summary("thresholds").at(0).at("failed").as_bool());
}

TEST_CASE("A percentile that too few samples stand behind is no pass", "[load][judge]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load_valid({server.url("/ok"), "--rate", "100", "--requests", "20", "--fail-if", "p99>10s"});
  CHECK(ended_with(run, exit_threshold));
  CHECK_FALSE(run.recording().summary("thresholds").at(0).at("enough").as_bool());
  check_says(run.out(), "662");
}

TEST_CASE("A condition that cannot be understood is said at once, before anything is sent", "[load][judge]") {
  const Server server = test_support::start_fault_server();
  const std::string url = server.url("/ok");
  check_says(refusal({url, "--rate", "10", "--requests", "1", "--fail-if", "p99>200"}), "--fail-if");
  check_says(refusal({url, "--rate", "10", "--requests", "1", "--fail-if", "timeuot>0"}), "timeout");
  CHECK(server.get("/count") == "1");
}

TEST_CASE("The search finds about the rate that the slots can serve", "[load][judge][timing]") {
  // Two slots of 10 ms serve 200/s. At r a second, the queue of a probe of a fifth of a second grows to (r/200 - 1) / 5
  // seconds, so that 40 ms are passed from about 235/s on. The sharp figure is a heavy test.
  const Server server = test_support::start_fault_server();
  const LoadRun run = load({server.url("/slots?n=2&ms=10"), "--find-max", "p90<40ms", "--rate", "150", "--probe",
                            "200ms", "--max-rate", "800"});
  const Recording recording = run.recording();
  REQUIRE(recording.summary("found_max").as_array().size() == 1);
  const boost::json::value found = recording.summary("found_max").at(0);
  CHECK(boost::json::value_to<double>(found.at("highest_held_per_s")) > 120);
  CHECK(boost::json::value_to<double>(found.at("highest_held_per_s")) < 300);
  CHECK(found.at("probes").as_array().size() >= 3);
}

TEST_CASE("The search comes within a tenth of what the slots can serve", "[load][judge][heavy]") {
  // Four slots of 20 ms serve 200/s. Beyond that the queue of a ten-second probe grows past any limit that is a small
  // multiple of the service time; below it, constant arrivals never wait at all.
  const Server server = test_support::start_fault_server();
  const LoadRun run = load_valid({server.url("/slots?n=4&ms=20"), "--find-max", "p99<60ms", "--rate", "50", "--probe",
                                  "10s", "--max-rate", "2000"},
                                 std::chrono::minutes{10});
  CHECK(ended_with(run, 0));
  const boost::json::value found = run.recording().summary("found_max").at(0);
  CHECK(boost::json::value_to<double>(found.at("highest_held_per_s")) > 180);
  CHECK(boost::json::value_to<double>(found.at("highest_held_per_s")) < 220);
}
