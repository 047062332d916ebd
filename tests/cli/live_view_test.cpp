#include "cli/live_view.hpp"

#include <algorithm>
#include <string>

#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using cli::live_words;

namespace {

loadgen::LiveWindow window_at(core::Duration elapsed) {
  return {.elapsed = elapsed,
          .length = 60s,
          .asked_per_s = 1000,
          .reached_per_s = 998,
          .window_answered = 990,
          .p50_ns = 12'000'000,
          .p99_ns = 45'000'000,
          .in_flight = 64,
          .connections = 70,
          .answered = 11'980};
}

}  // namespace

TEST_CASE("A window of a load test in words", "[cli][live]") {
  loadgen::LiveWindow window = window_at(12s);
  CHECK(live_words(window) ==
        "12 s, 48 s to go: 998/s sent of 1,000/s, p50 12 ms, p99 45 ms, 64 in flight on 70 connections, 11,980 "
        "answered");
  window.failed = 3;
  window.dropped = 2;
  window.waiting = 1;
  CHECK(live_words(window) ==
        "12 s, 48 s to go: 998/s sent of 1,000/s, p50 12 ms, p99 45 ms, 3 failed, 2 dropped, 1 late, 64 in flight on "
        "70 connections, 11,980 answered");
}

TEST_CASE("A window says nothing of what is not known", "[cli][live]") {
  CHECK(live_words({.elapsed = 1001ms, .length = {}, .connections = 1}) ==
        "1 s: 0/s sent, 0 in flight on 1 connection, 0 answered");
  CHECK(live_words({.elapsed = 61s, .length = 60s, .in_flight = 5, .connections = 5, .answered = 7}) ==
        "1 min 01 s, waiting for the last answers: 0/s sent, 5 in flight on 5 connections, 7 answered");
}

TEST_CASE("A terminal has one line that is drawn over and wiped at the end", "[cli][live]") {
  std::string error;
  const cli::Console console{.out = {}, .error = [&](std::string_view text) { error += text; }, .show_progress = true};
  {
    cli::LiveView view{console, false};
    view.show(window_at(1s));
    CHECK(error == "\r\x1b[K\x1b[?7l" + live_words(window_at(1s)) + "\x1b[?7h");
    error.clear();
  }
  CHECK(error == "\r\x1b[K");
}

TEST_CASE("A pipe gets a plain line every five seconds and nothing that a terminal would obey", "[cli][live]") {
  std::string error;
  const cli::Console console{.out = {}, .error = [&](std::string_view text) { error += text; }};
  {
    cli::LiveView view{console, false};
    // Seconds that end up to 50 ms early or late.
    for (int second = 1; second <= 21; ++second) view.show(window_at(second * 1000ms + (second % 3 - 1) * 50ms));
    CHECK(std::count(error.begin(), error.end(), '\n') == 4);
    view.show(window_at(58s));
    view.show(window_at(59s));
  }
  CHECK(std::count(error.begin(), error.end(), '\n') == 5);
  CHECK(error.find('\x1b') == std::string::npos);
}

TEST_CASE("Quiet is quiet", "[cli][live]") {
  std::string error;
  const cli::Console console{.out = {}, .error = [&](std::string_view text) { error += text; }, .show_progress = true};
  {
    cli::LiveView view{console, true};
    view.show(window_at(10s));
  }
  CHECK(error.empty());
}
