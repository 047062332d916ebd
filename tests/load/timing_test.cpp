// Times against servers whose times are known. The bounds leave a busy machine room; what they exclude is a generator
// that counts from the wrong moment, which is wrong by hundreds of milliseconds here.
#include <chrono>
#include <cmath>
#include <string>

#include "tests/load/load_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/server.hpp"

using load_tests::load_valid;
using load_tests::LoadRun;
using load_tests::Recording;
using test_support::Server;

namespace {

double milliseconds_at(const core::Histogram& histogram, double quantile) {
  return static_cast<double>(histogram.value_at_quantile(quantile)) / 1e6;
}

// Room for a busy machine. Who sees one slow request for each connection, and not all who would have come, is wrong by
// hundreds of milliseconds at these percentiles.
constexpr double allowed_ms = 60;

// Of arrivals spread evenly over `run_s`, those that meet a freeze of `freeze_s` wait for its rest:
// P(T > x) = (freeze_s - x) / run_s, so the quantile q is freeze_s - (1 - q) run_s.
double true_quantile_ms(double quantile, double freeze_s, double run_s) {
  return std::max(0.0, freeze_s - (1 - quantile) * run_s) * 1000;
}

}  // namespace

TEST_CASE("A server that freezes for a second of four is seen to", "[load][timing]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load_valid(
      {server.url("/freeze?every_ms=100000&from_ms=1500&length_ms=1000"), "--rate", "300", "--duration", "4s"});
  const Recording recording = run.recording();
  CHECK(recording.outcome("answered") == 1200);
  const core::Histogram response = recording.histogram("response_time");
  for (const double quantile : {0.9, 0.95, 0.99, 0.999}) {
    CAPTURE(quantile);
    CHECK(std::abs(milliseconds_at(response, quantile) - true_quantile_ms(quantile, 1, 4)) < allowed_ms);
  }
  CHECK(milliseconds_at(response, 0.5) < 50);
}

TEST_CASE("A freeze at the very end is seen as well", "[load][timing]") {
  // The last 600 ms of two seconds meet a freeze of one second, and wait between 400 and 1000 ms:
  // P(T > x) = (1 - x) / 2 above 400 ms.
  const Server server = test_support::start_fault_server();
  const LoadRun run = load_valid(
      {server.url("/freeze?every_ms=100000&from_ms=1400&length_ms=1000"), "--rate", "300", "--duration", "2s"});
  const Recording recording = run.recording();
  CHECK(recording.outcome("answered") == 600);
  const core::Histogram response = recording.histogram("response_time");
  for (const double quantile : {0.9, 0.95, 0.99}) {
    CAPTURE(quantile);
    CHECK(std::abs(milliseconds_at(response, quantile) - true_quantile_ms(quantile, 1, 2)) < allowed_ms);
  }
}

TEST_CASE("The first token and the time between tokens are what the server made them", "[load][timing]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load_valid({server.url("/sse?ttft_ms=50&itl_ms=10&tokens=20"), "--api", "chat", "--model", "mock",
                                  "--rate", "40", "--requests", "40"});
  const Recording recording = run.recording();
  CHECK(recording.outcome("answered") == 40);
  const core::Histogram first = recording.histogram("time_to_first_token");
  CHECK(first.total_count() == 40);
  // Never before the server wrote them: it counts from when the request had come. The first event, the role alone, came
  // at once and is no token.
  CHECK(milliseconds_at(recording.histogram("first_token_from_send"), 0) >= 49.9);
  CHECK(milliseconds_at(first, 0.5) < 70);
  const core::Histogram between = recording.histogram("inter_token");
  CHECK(between.total_count() == 760);
  CHECK(std::abs(milliseconds_at(between, 0.5) - 10) < 3);
  const core::Histogram per_token = recording.histogram("time_per_token");
  CHECK(per_token.total_count() == 40);
  CHECK(std::abs(milliseconds_at(per_token, 0.5) - 10) < 3);
  // 50 ms and 19 times 10 ms.
  CHECK(std::abs(milliseconds_at(recording.histogram("service_time"), 0.5) - 240) < 30);
}

TEST_CASE("A server of known delay is measured with that delay", "[load][timing]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run = load_valid({server.url("/delay?ms=30"), "--rate", "100", "--requests", "100"});
  const core::Histogram service = run.recording().histogram("service_time");
  CHECK(milliseconds_at(service, 0) >= 29.9);
  CHECK(milliseconds_at(service, 0.5) < 40);
}

TEST_CASE("The freeze test in full: within three per cent of the truth", "[load][heavy]") {
  // Three freezes of a second in thirty seconds: P(T > x) = 0.1 (1 - x). When the third of them begins half a second
  // before the end, only those are missing from it that would have waited less than 500 ms: the same from there on.
  for (const std::string from : {"5000", "9500"}) {
    CAPTURE(from);
    const Server server = test_support::start_fault_server();
    const LoadRun run = load_valid(
        {server.url("/freeze?every_ms=10000&length_ms=1000&from_ms=" + from), "--rate", "1000", "--duration", "30s"},
        std::chrono::minutes{1});
    const Recording recording = run.recording();
    CHECK(recording.outcome("answered") == 30'000);
    const core::Histogram response = recording.histogram("response_time");
    CHECK(std::abs(milliseconds_at(response, 0.95) / 500 - 1) < 0.03);
    CHECK(std::abs(milliseconds_at(response, 0.99) / 900 - 1) < 0.03);
    CHECK(std::abs(milliseconds_at(response, 0.999) / 990 - 1) < 0.03);
  }
}
