// Nobody is hit by accident, no key is told, and no limit of the machine loses a recording.
#include <string>

#include "tests/load/load_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/server.hpp"

using load_tests::load;
using load_tests::LoadRun;
using load_tests::Recording;
using load_tests::refusal;
using test_support::check_says;
using test_support::Server;
using test_support::TemporaryFolder;

namespace {

constexpr const char* secret = "sk-test-4f9c1e-do-not-tell";

void check_untold(const LoadRun& run) {
  CHECK(run.out().find(secret) == std::string::npos);
  CHECK(run.error().find(secret) == std::string::npos);
  CHECK(run.recording().all_bytes().find(secret) == std::string::npos);
}

}  // namespace

TEST_CASE("Another machine is not hit without its name", "[load][safety]") {
  // 192.0.2.0/24 is nobody's: RFC 5737.
  const std::string url = "http://192.0.2.1/";
  const std::string message = refusal({url, "--rate", "10", "--requests", "3"});
  check_says(message, "192.0.2.1");
  check_says(message, "--allow-host");
  check_says(refusal({url, "--rate", "10", "--requests", "3", "--allow-host", "example.com"}), "--allow-host");

  // Allowed, nobody answers.
  const TemporaryFolder folder;
  const std::string file = folder.write("hosts", "# ours\n192.0.2.1\n");
  const LoadRun run = load({url, "--rate", "10", "--requests", "3", "--allow-hosts", file, "--connect-timeout", "200ms",
                            "--timeout", "500ms"});
  CHECK(run.recording().outcome("refused") + run.recording().outcome("timeout") == 3);
}

TEST_CASE("A host that has no address is one line, and no run", "[load][safety]") {
  check_says(refusal({"http://no-such-host.invalid/", "--rate", "10", "--requests", "3", "--allow-host",
                      "no-such-host.invalid"}),
             "no-such-host.invalid");
}

TEST_CASE("Before anything is sent it is said who will be hit, how hard and for how long", "[load][safety]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load({server.url("/ok"), "--rate", "50", "--duration", "1s"});
  const std::string printed = run.out() + run.error();
  check_says(printed, server.url("/ok"));
  check_says(printed, "127.0.0.1:" + std::to_string(server.port()));
  check_says(printed, "50");
}

TEST_CASE("Rates and lengths that only a slip would ask for are refused", "[load][safety]") {
  check_says(refusal({"http://127.0.0.1:9/", "--rate", "30000", "--duration", "1s"}), "--max-rate");
  check_says(refusal({"http://127.0.0.1:9/", "--rate", "1", "--duration", "2h"}), "--max-duration");
  check_says(refusal({"ftp://127.0.0.1/", "--rate", "1", "--duration", "1s"}), "http");
}

TEST_CASE("A key from the environment reaches the server and nothing else", "[load][safety]") {
  const Server server = test_support::start_fault_server();
  const test_support::ProcessOptions with_key{.environment = {{"BILLCAST_TEST_KEY", secret}}};
  const LoadRun header = load({server.url("/echo?key=${BILLCAST_TEST_KEY}"), "--rate", "100", "--requests", "5",
                               "--header", "Authorization: Bearer ${BILLCAST_TEST_KEY}"},
                              with_key);
  CHECK(header.recording().outcome("answered") == 5);
  check_says(server.get("/seen"), secret);
  check_untold(header);

  const LoadRun api = load({server.url("/v1/chat/completions"), "--api", "chat", "--model", "mock", "--api-key-env",
                            "BILLCAST_TEST_KEY", "--rate", "100", "--requests", "5"},
                           with_key);
  CHECK(api.recording().outcome("answered") == 5);
  check_says(server.get("/seen"), std::string{"Authorization: Bearer "} + secret);
  check_untold(api);
}

TEST_CASE("A key that the server sends back is not told either", "[load][safety]") {
  const Server server = test_support::start_fault_server();
  const test_support::ProcessOptions with_key{.environment = {{"BILLCAST_TEST_KEY", secret}}};
  const std::string header = "Authorization: Bearer ${BILLCAST_TEST_KEY}";
  // In the body of an answer with an unexpected status, in a status line, and in an error event.
  const LoadRun status =
      load({server.url("/echo"), "--rate", "100", "--requests", "5", "--expect-status", "201", "--header", header},
           with_key);
  CHECK(status.recording().outcome("status") == 5);
  check_untold(status);
  const LoadRun line = load({server.url("/leak"), "--rate", "100", "--requests", "5", "--header", header}, with_key);
  CHECK(line.recording().outcome("malformed") == 5);
  check_untold(line);
  const LoadRun event = load({server.url("/sse?fail=leak"), "--api", "chat", "--model", "mock", "--rate", "100",
                              "--requests", "5", "--api-key-env", "BILLCAST_TEST_KEY"},
                             with_key);
  CHECK(event.recording().outcome("malformed") == 5);
  check_untold(event);
}

TEST_CASE("A key that is typed in full is refused, and not repeated", "[load][safety]") {
  const std::string message = refusal({"http://127.0.0.1:9/", "--rate", "1", "--requests", "1", "--header",
                                       std::string{"Authorization: Bearer "} + secret});
  check_says(message, "${");
  CHECK(message.find(secret) == std::string::npos);
}

TEST_CASE("Where few files may be open, requests wait for the connections there are, and it is said",
          "[load][safety]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load({server.url("/delay?ms=20"), "--rate", "100", "--requests", "100", "--connections", "100"},
                           {.most_open_files = 48});
  const Recording recording = run.recording();
  CHECK(recording.outcome("answered") == 100);
  CHECK(recording.number("plan.most_connections") == 16);
  check_says(run.error(), "there will be 16 connections at most, not 100");
}
