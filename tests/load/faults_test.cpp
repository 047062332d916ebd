// Whatever a server does, each request ends in the outcome that the fault is called by, the books add up, and the run
// ends.
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/utf8.hpp"
#include "tests/load/load_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/server.hpp"

using load_tests::load;
using load_tests::LoadRun;
using load_tests::Words;
using test_support::check_says;
using test_support::Server;

namespace {

constexpr int requests = 20;

Words arguments_for(const std::string& url, const Words& more = {}) {
  Words words{url, "--rate", "100", "--requests", std::to_string(requests), "--timeout", "400ms"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// Nothing that a server sends may reach a terminal as it came.
void check_printable(const std::string& text) {
  INFO(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = core::utf8::sequence_length(std::string_view{text}.substr(at));
    REQUIRE(length > 0);
    REQUIRE((length > 1 || text[at] == '\n' || static_cast<unsigned char>(text[at]) >= ' '));
    at += length;
  }
}

struct Fault {
  std::string path;
  std::string outcome;
  Words more{};
};

void check_faults(const Server& server, const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    CAPTURE(fault.path, fault.more);
    const LoadRun run = load(arguments_for(server.url(fault.path), fault.more));
    CHECK(run.recording().outcome(fault.outcome) == requests);
    check_printable(run.out());
    check_printable(run.error());
    check_printable(run.recording().text("summary.json"));
  }
}

const Words chat{"--api", "chat", "--model", "mock"};

}  // namespace

TEST_CASE("What a server answers well is answered", "[load][faults]") {
  const Server server = test_support::start_fault_server();
  check_faults(server, {
                           {"/ok", "answered"},
                           {"/delay?ms=20", "answered"},
                           {"/exp?mean_ms=5", "answered"},
                           {"/echo", "answered", {"--method", "PUT", "--body", "hello"}},
                           {"/status?code=503", "answered", {"--expect-status", "500-599"}},
                           {"/sse", "answered", chat},
                           {"/sse?nasty=1&per_event=3", "answered", chat},
                           {"/v1/chat/completions", "answered", {"--api", "chat", "--model", "mock", "--no-stream"}},
                           {"/v1/completions", "answered", {"--api", "completions", "--model", "mock"}},
                           {"/sse?fail=no-usage", "answered", chat},
                       });
}

TEST_CASE("A connection that breaks before the first byte is a reset", "[load][faults]") {
  check_faults(test_support::start_fault_server(), {{"/reset-before", "reset"}});
}

TEST_CASE("An answer that begins and does not end is truncated", "[load][faults]") {
  check_faults(test_support::start_fault_server(), {
                                                       {"/reset-mid-body", "truncated"},
                                                       {"/truncated", "truncated"},
                                                       {"/sse?fail=truncate", "truncated", chat},
                                                       {"/sse?fail=no-end", "truncated", chat},
                                                   });
}

TEST_CASE("Bytes that are no HTTP, and an error in a stream, are malformed", "[load][faults]") {
  check_faults(test_support::start_fault_server(), {
                                                       {"/garbage", "malformed"},
                                                       {"/wrong-length?say=12abc", "malformed"},
                                                       {"/wrong-length?say=-2", "malformed"},
                                                       {"/bad-chunk", "malformed"},
                                                       {"/sse?fail=error", "malformed", chat},
                                                   });
}

TEST_CASE("A status that nobody expected is a status", "[load][faults]") {
  const Server server = test_support::start_fault_server();
  check_faults(server, {{"/status?code=503", "status"},
                        {"/status?code=302", "status"},
                        {"/status?code=429", "status", chat},
                        {"/nowhere", "status"},
                        {"/ok", "status", {"--expect-status", "201"}}});
}

TEST_CASE("An answer that takes too long is a timeout, however busily it comes", "[load][faults]") {
  check_faults(test_support::start_fault_server(), {{"/delay?ms=5000", "timeout"},
                                                    {"/slow-loris?ms=100", "timeout"},
                                                    {"/never-ending", "timeout"},
                                                    {"/sse?ttft_ms=5000", "timeout", chat},
                                                    {"/sse?itl_ms=300", "timeout", chat}});
}

TEST_CASE("Nobody listens: refused", "[load][faults]") {
  const std::string url = "http://127.0.0.1:" + std::to_string(test_support::free_port()) + "/";
  const LoadRun run = load(arguments_for(url));
  CHECK(run.recording().outcome("refused") == requests);
  check_says(run.out(), "refused");
}

TEST_CASE("Bytes that are no UTF-8 spoil no report", "[load][faults]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load(arguments_for(server.url("/invalid-utf8")));
  CHECK(run.recording().outcome("answered") + run.recording().outcome("malformed") == requests);
  check_printable(run.out());
  const LoadRun asked = load(arguments_for(server.url("/invalid-utf8"), {"--api", "chat", "--model", "m"}));
  CHECK(asked.recording().outcome("answered") + asked.recording().outcome("malformed") == requests);
  check_printable(asked.out());
  check_printable(asked.recording().text("summary.json"));
}

TEST_CASE("What follows an answer on its connection is nobody's answer", "[load][faults]") {
  // The server sends two bytes more than it promised, in the shape of a response with status 418.
  const Server server = test_support::start_fault_server();
  const LoadRun run = load(arguments_for(server.url("/wrong-length")));
  CHECK(run.recording().outcome("answered") + run.recording().outcome("malformed") == requests);
  CHECK(run.recording().outcome("status") == 0);
  CHECK(run.recording().sum("connects") == requests);
}

TEST_CASE("A gigabyte is read to its end and kept nowhere", "[load][faults]") {
  const Server server = test_support::start_fault_server();
  const auto read = [&](std::string_view megabytes) {
    return load(
        {server.url(fmt::format("/huge?mb={}", megabytes)), "--rate", "10", "--requests", "1", "--timeout", "25s"});
  };
  const LoadRun run = read("1000");
  CHECK(run.recording().outcome("answered") == 1);
  CHECK(run.recording().sum("bytes_received") >= 1'000'000'000);
  // Beside a body of a thousandth, which has the same histograms, and sanitizers where there are any. What is left is
  // what an allocator or a sanitizer keeps of freed memory: far below the gigabyte that a kept body would be.
  CHECK(run.peak_memory_bytes() - read("1").peak_memory_bytes() < 50'000'000);
}

TEST_CASE("A connection that the server closes between two requests is opened again, and counted", "[load][faults]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load({server.url("/close-after?n=10"), "--rate", "200", "--requests", "200"});
  CHECK(run.recording().outcome("answered") == 200);
  CHECK(run.recording().sum("connects") >= 20);
  // Several connections may be under way, each short of its ten at the end.
  CHECK(run.recording().sum("closed_by_server") + run.recording().sum("retried") >= 10);
}
