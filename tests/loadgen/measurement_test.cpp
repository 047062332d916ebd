#include "loadgen/measurement.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <stdexcept>

#include "core/histogram_log.hpp"
#include "core/random.hpp"
#include "tests/loadgen/texts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;
using loadgen::Metric;
using loadgen::Outcome;
using test_support::check_says;

namespace {

using Files = test_support::Texts;
using test_support::seconds_of;

loadgen::Measurement measured(const Files& files, loadgen::Span span = {}) {
  return loadgen::measure(test_support::files_of(files), span);
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

std::string reading(const std::string& text) {
  return message_of([&] { seconds_of(text); });
}

constexpr core::Duration start_of_run = 1'796'083'200'123'456'789ns;

std::string log_header() { return core::histogram_log_header({.start_time = start_of_run}); }

std::string interval(core::Duration start, std::initializer_list<std::int64_t> values_ns, std::string tag = "") {
  core::Histogram histogram{loadgen::longest_ns};
  for (const std::int64_t value : values_ns) { histogram.record(value); }
  return core::histogram_log_line({.start = start, .length = 1s, .tag = std::move(tag), .histogram = histogram});
}

loadgen::SecondCounts some_second(std::uint64_t seed) {
  core::Stream chance{seed};
  const auto count = [&] { return static_cast<std::int64_t>(chance.next() >> (20 + chance.next() % 40)); };
  loadgen::SecondCounts second;
  second.start = core::Duration{count()};
  second.length = core::Duration{count()};
  second.due = count();
  second.sent = count();
  for (auto& outcome : second.ended.by_outcome) { outcome = count(); }
  second.retried = count();
  second.connects = count();
  second.closed_by_server = count();
  second.in_flight = count();
  second.connections = count();
  second.bytes_received = count();
  second.bytes_sent = count();
  second.tokens = count();
  second.token_events = count();
  return second;
}

}  // namespace

TEST_CASE("The counts of a second are read as they were written", "[loadgen][measurement][property]") {
  std::string text = loadgen::outcomes_header();
  std::vector<loadgen::SecondCounts> written;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    written.push_back(some_second(seed));
    text += loadgen::outcomes_line(written.back());
  }
  CHECK(seconds_of(text) == written);
}

TEST_CASE("The columns of outcomes.csv are named and stand in the order of the counts", "[loadgen][measurement]") {
  CHECK(loadgen::outcomes_header() ==
        "start_s,length_s,due,sent,answered,refused,reset,timeout,status,malformed,truncated,tls,local,open,dropped,"
        "unsent,retried,connects,closed_by_server,in_flight,connections,bytes_received,bytes_sent,tokens,"
        "token_events\n");
  loadgen::SecondCounts second;
  second.start = 61'000'000'007ns;
  second.length = 1s;
  second.due = 3;
  second.sent = 2;
  second.ended[Outcome::answered] = 1;
  second.ended[Outcome::unsent] = 4;
  second.token_events = 5;
  CHECK(loadgen::outcomes_line(second) == "61.000000007,1.000000000,3,2,1,0,0,0,0,0,0,0,0,0,0,4,0,0,0,0,0,0,0,0,5\n");
}

TEST_CASE("Counts are summed over a span, and what is in flight is the largest", "[loadgen][measurement]") {
  std::string text = loadgen::outcomes_header();
  for (int i = 0; i < 10; ++i) {
    loadgen::SecondCounts second;
    second.start = i * 1s;
    second.length = 1s;
    second.due = 100;
    second.sent = 99;
    second.ended[Outcome::answered] = 90 + i;
    second.ended[Outcome::timeout] = 1;
    second.in_flight = i == 3 ? 50 : i;
    second.connections = 20 - i;
    second.tokens = 7;
    text += loadgen::outcomes_line(second);
  }
  const auto all = measured({{"outcomes.csv", text}});
  CHECK(all.counts.length == 10s);
  CHECK(all.counts.due == 1000);
  CHECK(all.counts.ended.answered() == 945);
  CHECK(all.counts.in_flight == 50);
  CHECK(all.counts.connections == 20);

  // The middle of second 2 is 2.5 s: it belongs to [2.5, 4.5), as second 3 does, and second 4, with 4.5, does not.
  const auto part = measured({{"outcomes.csv", text}}, {2500ms, 4500ms});
  CHECK(part.counts.start == 2s);
  CHECK(part.counts.length == 2s);
  CHECK(part.counts.ended.answered() == 92 + 93);
  CHECK(part.counts.ended[Outcome::timeout] == 2);
  CHECK(part.counts.tokens == 14);
  CHECK(part.counts.in_flight == 50);
  CHECK(part.counts.connections == 18);
}

TEST_CASE("Intervals without a tag are the answered, those who were still waiting stand apart",
          "[loadgen][measurement]") {
  Files files;
  files["response_time.hlog"] = log_header() + interval(0s, {1'000'000, 2'000'000}) +
                                interval(0s, {30'000'000'000}, "timeout") + interval(1s, {3'000'000}) +
                                interval(1s, {500'000}, "status") + interval(1s, {70'000'000}, "open") +
                                interval(1s, {80'000'000}, "unsent");
  files["service_time.hlog"] = log_header() + interval(0s, {900'000}) + interval(1s, {4'000'000}, "timeout");
  const auto all = measured(files);
  CHECK(all.of(Metric::response_time).total_count() == 3);
  CHECK(all.of(Metric::response_time).max() == 3'000'319);  // of a bucket of 2,048 ns; see the sums below for equality
  CHECK(all.censored.total_count() == 3);
  CHECK(all.of(Metric::service_time).total_count() == 1);
  CHECK(all.of(Metric::inter_token).total_count() == 0);
  CHECK(all.waited().total_count() == 6);
  CHECK(all.waited().max() >= 30'000'000'000);
  CHECK(all.counts == loadgen::SecondCounts{});

  const auto second = measured(files, {1s, 2s});
  CHECK(second.of(Metric::response_time).total_count() == 1);
  CHECK(second.censored.total_count() == 2);
}

TEST_CASE("Intervals read back sum to what was recorded", "[loadgen][measurement][property]") {
  core::Stream chance{3};
  Files files;
  loadgen::Measurement expected;
  std::string response = log_header();
  std::string service = log_header();
  for (int second = 0; second < 50; ++second) {
    for (const std::string tag : {"", "timeout", "reset"}) {
      core::Histogram histogram{loadgen::longest_ns};
      for (int i = 0; i < 40; ++i) {
        histogram.record(static_cast<std::int64_t>(chance.next() >> (20 + chance.next() % 40)));
      }
      response += core::histogram_log_line({.start = second * 1s, .length = 1s, .tag = tag, .histogram = histogram});
      if (tag.empty()) { expected.of(Metric::response_time).add(histogram); }
      if (tag == "timeout") { expected.censored.add(histogram); }
    }
    core::Histogram histogram{loadgen::longest_ns};
    histogram.record_n(second, 7);
    service += core::histogram_log_line({.start = second * 1s, .length = 1s, .histogram = histogram});
    expected.of(Metric::service_time).add(histogram);
  }
  files["response_time.hlog"] = response;
  files["service_time.hlog"] = service;
  const auto all = measured(files);
  CHECK(all.answered == expected.answered);
  CHECK(all.censored == expected.censored);
}

TEST_CASE("Stamps since 1970 are taken as times of the run, too", "[loadgen][measurement]") {
  const std::string header = core::histogram_log_header({.start_time = start_of_run, .base_time = 0s});
  const Files files{{"response_time.hlog", header + interval(start_of_run + 5s, {1000})}};
  CHECK(measured(files, {5s, 6s}).waited().total_count() == 1);
  CHECK(measured(files, {6s, 7s}).waited().total_count() == 0);
}

TEST_CASE("A recording without files is an empty measurement", "[loadgen][measurement]") {
  const auto nothing = measured({});
  CHECK(nothing.counts == loadgen::SecondCounts{});
  CHECK(nothing.waited().total_count() == 0);
  CHECK(measured({{"outcomes.csv", ""}, {"response_time.hlog", ""}}).counts == loadgen::SecondCounts{});
}

TEST_CASE("A line that a killed run left half-written is not read", "[loadgen][measurement]") {
  loadgen::SecondCounts second = some_second(1);
  const std::string text = loadgen::outcomes_header() + loadgen::outcomes_line(second);
  std::string half = loadgen::outcomes_line(some_second(2));
  for (std::size_t length = 1; length < half.size(); length += 7) {
    CAPTURE(length);
    CHECK(seconds_of(text + half.substr(0, length)).size() == 1);
  }
  const std::string log = log_header() + interval(0s, {5});
  half = interval(1s, {6});
  CHECK(measured({{"response_time.hlog", log + half.substr(0, half.size() / 2)}}).waited().total_count() == 1);
  CHECK(measured({{"response_time.hlog", log + half}}).waited().total_count() == 2);
}

TEST_CASE("A malformed line is an error that says where, what and what was expected", "[loadgen][measurement]") {
  const std::string header = loadgen::outcomes_header();
  const std::string line = loadgen::outcomes_line(some_second(1));
  check_says(reading("start,length\n"),
             "outcomes.csv:1: found 'start,length', expected the heading 'start_s,length_s,due");
  CHECK(reading(header + line + "1.0,1.0,5\n") == "outcomes.csv:3: found 3 fields, expected 25, one for each column");
  CHECK(reading(header + "x" + line) == "outcomes.csv:2: found start_s 'x" + line.substr(0, line.find(',')) +
                                            "', expected seconds such as 1.000000000");
  const std::string negative = "0.0,1.0,-1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n";
  CHECK(reading(header + negative) == "outcomes.csv:2: found due '-1', expected a whole number such as 120");
  const std::string endless = "9000000000,9000000000,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n";
  check_says(reading(header + endless), "outcomes.csv:2: found a second from 9000000000 on, expected one that ends");

  const std::string huge = "0.0,1.0,9223372036854775807,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n";
  CHECK(message_of([&] {
          measured({{"outcomes.csv", header + huge + huge}});
        }) == "outcomes.csv: found a sum of due beyond 2^63 - 1, expected counts of a load test");
}

TEST_CASE("A malformed histogram log is an error that names its line", "[loadgen][measurement]") {
  const auto message = [](const std::string& lines) {
    return message_of([&] { measured({{"response_time.hlog", log_header() + lines}}); });
  };
  check_says(message("0.0,1.0,5\n"), "response_time.hlog:6: found 3 fields");
  CHECK(message(interval(0s, {5}) + interval(0s, {5}, "timeuot")) ==
        "response_time.hlog:7: found the tag 'timeuot', expected how a request ended; did you mean 'timeout'?");
  check_says(message(interval(0s, {5}, "checkout")),
             "response_time.hlog:6: found the tag 'checkout', expected how a request ended: answered, refused, ");
}
