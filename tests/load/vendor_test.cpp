// Vendor selection at 1,000 transactions a second: an open loop sends rate × time requests, no more and no
// fewer, however the vendor answers; percentiles are of those answered, and the others are told apart.
#include <chrono>
#include <string>

#include "tests/load/load_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/server.hpp"

using load_tests::load_valid;
using load_tests::LoadRun;
using load_tests::Recording;
using test_support::Server;

namespace {

LoadRun thousand_a_second(const Server& server, const std::string& path, std::int64_t seconds) {
  return load_valid({server.url(path), "--rate", "1000", "--duration", std::to_string(seconds) + "s", "--timeout",
                     "800ms", "--connections", "1000"},
                    std::chrono::seconds{seconds + 30});
}

void check_count(const LoadRun& run, std::int64_t requests) {
  const Recording recording = run.recording();
  CHECK(recording.number("plan.requests") == requests);
  recording.check_books();  // and each of them ended in exactly one way
}

void check_vendors(std::int64_t seconds) {
  const std::int64_t requests = 1000 * seconds;
  const Server server = test_support::start_fault_server();

  const LoadRun good = thousand_a_second(server, "/delay?ms=5", seconds);
  check_count(good, requests);
  CHECK(good.recording().outcome("answered") == requests);
  const core::Histogram times = good.recording().histogram("response_time");
  CHECK(times.total_count() == requests);
  CHECK(times.value_at_quantile(0.5) >= 5'000'000);
  CHECK(times.value_at_quantile(0.5) <= times.value_at_quantile(0.95));
  CHECK(times.value_at_quantile(0.95) <= times.value_at_quantile(0.99));
  CHECK(times.value_at_quantile(0.99) <= times.value_at_quantile(0.999));
  for (const char* const percentile : {"p50", "p95", "p99", "p99.9"}) {
    CAPTURE(percentile);
    CHECK(good.out().find(percentile) != std::string::npos);
  }

  const LoadRun failing = thousand_a_second(server, "/status?code=503", seconds);
  check_count(failing, requests);
  CHECK(failing.recording().outcome("status") == requests);
  CHECK(failing.out().find("503") != std::string::npos);

  // Four slots of 10 ms answer 400 a second at most: the rest of the thousand waits until it gives up.
  const LoadRun slow = thousand_a_second(server, "/slots?n=4&ms=10", seconds);
  check_count(slow, requests);
  const Recording recording = slow.recording();
  CHECK(recording.outcome("timeout") > requests / 4);
  CHECK(recording.outcome("answered") <= 400 * (seconds + 1));
}

}  // namespace

TEST_CASE("R-064 a thousand transactions a second for three seconds are 3,000, by what became of each",
          "[load][timing]") {
  check_vendors(3);
}

TEST_CASE("R-064 a thousand transactions a second for a minute are 60,000", "[load][heavy]") { check_vendors(60); }
