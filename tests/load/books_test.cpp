// However a run ends, its recording is whole: planned = answered + failed + open + unsent.
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "tests/load/load_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/server.hpp"

using namespace std::chrono_literals;
using load_tests::load;
using load_tests::LoadRun;
using load_tests::Recording;
using test_support::Server;

namespace {

constexpr int exit_interrupted = 130;

// Runs at 100/s for ten seconds, and gets the signal after the first of them.
LoadRun interrupted_by(int signal, const std::string& url) {
  LoadRun run{{url, "--rate", "100", "--duration", "10s"}};
  CHECK_FALSE(run.process().wait(1200ms));
  run.process().signal(signal);
  run.wait(8s);
  return run;
}

}  // namespace

TEST_CASE("SIGTERM and SIGINT finish the recording", "[load][books]") {
  const Server server = test_support::start_fault_server();
  for (const int signal : {SIGTERM, SIGINT}) {
    CAPTURE(signal);
    const LoadRun run = interrupted_by(signal, server.url("/ok"));
    CHECK(run.exit_code() == exit_interrupted);
    const Recording recording = run.recording();
    recording.check_books();
    CHECK(recording.summary("interrupted").as_bool());
    // What was due later was never sent, and is said to be so.
    CHECK(recording.outcome("answered") > 50);
    CHECK(recording.outcome("answered") < 600);
    CHECK(recording.outcome("answered") + recording.outcome("unsent") + recording.outcome("open") == 1000);
  }
}

TEST_CASE("SIGTERM while a server keeps everybody waiting ends the run, and they are open", "[load][books]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = interrupted_by(SIGTERM, server.url("/delay?ms=20000"));
  CHECK(run.exit_code() == exit_interrupted);
  run.recording().check_books();
  CHECK(run.recording().outcome("answered") == 0);
  CHECK(run.recording().outcome("open") > 50);
  CHECK(run.recording().outcome("open") + run.recording().outcome("unsent") == 1000);
}

TEST_CASE("A server that is killed half-way leaves a whole recording of resets and refusals", "[load][books]") {
  Server server = test_support::start_fault_server();
  LoadRun run{{server.url("/delay?ms=30"), "--rate", "200", "--duration", "2s"}};
  CHECK_FALSE(run.process().wait(1s));
  server.process().signal(SIGKILL);
  run.wait(15s);
  CHECK((run.exit_code() == 0 || run.exit_code() == 4));
  const Recording recording = run.recording();
  recording.check_books();
  CHECK(recording.outcome("answered") > 50);
  CHECK(recording.outcome("refused") > 50);
  CHECK(recording.outcome("answered") + recording.outcome("refused") + recording.outcome("reset") +
            recording.outcome("truncated") ==
        400);
}

TEST_CASE("What is not answered when the drain ends is open, at its age", "[load][books]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load({server.url("/delay?ms=8000"), "--rate", "50", "--duration", "1s", "--drain", "500ms"});
  const Recording recording = run.recording();
  CHECK(recording.outcome("open") == 50);
  const core::Histogram open = recording.histogram("response_time", "open");
  // The last was sent about half a second before the end, the first one and a half.
  CHECK(open.min() > 400'000'000);
  CHECK(open.max() > 1'300'000'000);
  CHECK(open.max() < 4'000'000'000);
}

TEST_CASE("Requests beyond the connections allowed wait their turn, and that counts as waiting", "[load][books]") {
  // Two connections of 50 ms each serve 40/s of the 100/s asked: after 50 requests the queue is 0.75 s long.
  const Server server = test_support::start_fault_server();
  const LoadRun run = load({server.url("/delay?ms=50"), "--rate", "100", "--requests", "50", "--connections", "2"});
  const Recording recording = run.recording();
  CHECK(recording.outcome("answered") == 50);
  CHECK(recording.sum("connects") <= 2);
  CHECK(recording.histogram("service_time").value_at_quantile(0.5) < 200'000'000);
  CHECK(recording.histogram("response_time").max() > 600'000'000);
}

TEST_CASE("A backlog is sent in a burst, or dropped and counted, as was asked", "[load][books]") {
  const Server server = test_support::start_fault_server();
  const std::string path = "/freeze?every_ms=100000&from_ms=200&length_ms=600";
  const LoadRun burst =
      load({server.url(path), "--rate", "100", "--duration", "1500ms", "--connections", "5", "--catch-up", "burst"});
  CHECK(burst.recording().outcome("answered") == 150);
  CHECK(burst.recording().outcome("dropped") == 0);

  const Server other = test_support::start_fault_server();
  const LoadRun drop =
      load({other.url(path), "--rate", "100", "--duration", "1500ms", "--connections", "5", "--catch-up", "drop"});
  const Recording recording = drop.recording();
  // 60 were due while nobody answered; five of them had a connection to wait on.
  CHECK(recording.outcome("dropped") > 20);
  CHECK(recording.outcome("answered") + recording.outcome("dropped") == 150);
}

TEST_CASE("A closed loop keeps as many requests under way as it was told, and thinks between them", "[load][books]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run =
      load({server.url("/delay?ms=20"), "--concurrency", "4", "--think-time", "20ms", "--duration", "1s"});
  const Recording recording = run.recording();
  // Each of four takes at least 40 ms a turn: at most 100 in a second, and one more for the first of each.
  CHECK(recording.outcome("answered") <= 104);
  CHECK(recording.outcome("answered") > 20);
  CHECK(recording.sum("connects") == 4);
}

TEST_CASE("Every sent request reached the server, once", "[load][books]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load({server.url("/ok"), "--rate", "500", "--requests", "300", "--arrivals", "poisson"});
  CHECK(run.recording().outcome("answered") == 300);
  CHECK(server.get("/count") == "301");  // this question included
}
