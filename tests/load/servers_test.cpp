// What the other tests here lean on: the servers do what their names say.
#include <chrono>
#include <csignal>
#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/server.hpp"

using namespace std::chrono_literals;
using test_support::check_says;
using test_support::Server;
using test_support::TemporaryFolder;

TEST_CASE("The fault server answers, counts, remembers, and knows no other paths", "[load][servers]") {
  const Server server = test_support::start_fault_server();
  check_says(server.get("/ok"), "\"ok\":true");
  check_says(server.get("/echo?a=b"), "GET /echo?a=b HTTP/1.0");
  check_says(server.get("/seen"), R"("target":"/echo?a=b")");
  CHECK(server.get("/count") == "4");
  check_says(server.get("/nowhere"), "knows no /nowhere");
  CHECK_THROWS_AS(server.get("/reset-before"), std::runtime_error);
}

TEST_CASE("The fault server ends with its standard input and with SIGTERM", "[load][servers]") {
  Server terminated = test_support::start_fault_server();
  terminated.process().signal(SIGTERM);
  const auto ended = terminated.process().wait(5s);
  REQUIRE(ended);
  CHECK(ended->signal == SIGTERM);
  CHECK_THROWS_AS(terminated.get("/ok"), std::runtime_error);

  int port = 0;
  {
    const Server closed = test_support::start_fault_server();
    port = closed.port();
    CHECK_FALSE(closed.get("/ok").empty());
  }
  CHECK_THROWS_AS((Server{nullptr, port}.get("/ok")), std::runtime_error);
}

TEST_CASE("A program that does not exist ends with 127 and nobody waits for it", "[load][servers]") {
  test_support::Process process{"/no/such/program", {}};
  const auto ended = process.wait(5s);
  REQUIRE(ended);
  CHECK(ended->exit_code == 127);
}

TEST_CASE("A waiting test gives up at its limit", "[load][servers]") {
  test_support::Process process{"/bin/cat", {}};
  const auto before = std::chrono::steady_clock::now();
  CHECK_FALSE(process.wait(50ms));
  CHECK_FALSE(process.read_line(50ms));
  CHECK(std::chrono::steady_clock::now() - before >= 100ms);
}

TEST_CASE("nginx, Node and the model mock answer where they are installed", "[load][servers]") {
  const TemporaryFolder folder;
  if (const auto nginx = test_support::start_nginx(folder, test_support::make_certificates(folder))) {
    CHECK(nginx->plain.get("/ok") == R"({"ok":true})");
    CHECK(nginx->plain.get("/kilobytes").size() == 100'000);
  }
  if (const auto node = test_support::start_node_service()) { CHECK(node->get("/ok") == R"({"ok":true})"); }
  const std::string config = folder.write("mock.yaml", R"(apiKey: key
responses: [{id: any, messages: [{role: user, matcher: any}, {role: assistant, content: "one two"}]}]
)");
  if (const auto mock = test_support::start_openai_mock(config)) {
    check_says(mock->get("/health"), R"("status":"ok")");
  }
}
