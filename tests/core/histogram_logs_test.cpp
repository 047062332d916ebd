#include "core/histogram_logs.hpp"

#include <chrono>
#include <functional>
#include <map>

#include "core/random.hpp"
#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;
using test_support::check_says;

namespace {

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

core::Histogram values(std::initializer_list<std::int64_t> list, int digits = 3) {
  core::Histogram histogram{3'600'000'000'000, digits};
  for (const std::int64_t value : list) { histogram.record(value); }
  return histogram;
}

std::string a_log(core::Duration start_of_log, std::initializer_list<core::HistogramInterval> intervals) {
  std::string text = core::histogram_log_header({.start_time = start_of_log});
  for (const auto& interval : intervals) { text += core::histogram_log_line(interval); }
  return text;
}

}  // namespace

TEST_CASE("Merged logs hold all intervals in the order of absolute time", "[core][histogram_logs]") {
  const std::string a = a_log(1'796'083'200s, {{.start = 0s, .length = 1s, .histogram = values({1})},
                                               {.start = 2s, .length = 1s, .tag = "x", .histogram = values({3})}});
  const std::string b = a_log(1'796'083'201s, {{.start = 0s, .length = 1s, .histogram = values({2})},
                                               {.start = 1s, .length = 1s, .histogram = values({4})}});
  const std::string merged = core::merge_histogram_logs({{"b", b}, {"a", a}});
  const auto intervals = core::read_histogram_log("merged", merged);
  REQUIRE(intervals.size() == 4);
  const std::vector<core::Duration> starts{1'796'083'200s, 1'796'083'201s, 1'796'083'202s, 1'796'083'202s};
  for (std::size_t i = 0; i < 4; ++i) { CHECK(intervals[i].start_since_epoch == starts[i]); }
  CHECK(intervals[0].start == 0s);
  CHECK(intervals[0].histogram == values({1}));
  CHECK(intervals[1].histogram == values({2}));
  // At the same time, in the order of the logs: b came first.
  CHECK(intervals[2].histogram == values({4}));
  CHECK(intervals[3].histogram == values({3}));
  CHECK(intervals[3].tag == "x");

  for (const auto& interval :
       core::read_histogram_log("merged", core::merge_histogram_logs({{"a", a}, {"b", b}}, "y"))) {
    CHECK(interval.tag == "y");
  }
}

TEST_CASE("Merging sums to the same in any order and grouping", "[core][histogram_logs][property]") {
  core::Stream chance{4};
  std::vector<std::string> logs;
  core::Histogram sum{3'600'000'000'000};
  for (int log = 0; log < 4; ++log) {
    std::string text = core::histogram_log_header({.start_time = std::chrono::seconds{1000 + chance.next() % 100}});
    for (int i = 0; i < 20; ++i) {
      core::Histogram histogram{3'600'000'000'000};
      for (int v = 0; v < 5; ++v) { histogram.record(static_cast<std::int64_t>(chance.next() >> 30)); }
      sum.add(histogram);
      text += core::histogram_log_line({.start = core::Duration{static_cast<std::int64_t>(chance.next() >> 25)},
                                        .length = 1s,
                                        .histogram = histogram});
    }
    logs.push_back(text);
  }
  const auto all = core::merge_histogram_logs({{"0", logs[0]}, {"1", logs[1]}, {"2", logs[2]}, {"3", logs[3]}});
  const auto front = core::merge_histogram_logs({{"0", logs[0]}, {"1", logs[1]}});
  const auto back = core::merge_histogram_logs({{"2", logs[2]}, {"3", logs[3]}});
  CHECK(core::merge_histogram_logs({{"front", front}, {"back", back}}) == all);
  CHECK(core::merge_histogram_logs({{"all", all}}) == all);
  CHECK(core::accumulate_by_tag("all", all).all.histogram == sum);
}

TEST_CASE("jHiccup's logs are merged without losing a value, a time or a maximum",
          "[core][histogram_logs][reference]") {
  const auto a = test_support::read_reference_data("histograms/jHiccup-2.0.7S.logV2.hlog");
  const auto b = test_support::read_reference_data("histograms/jHiccup-2.0.6.logV1.hlog");
  const auto tagged = test_support::read_reference_data("histograms/tagged-Log.logV2.hlog");
  if (!a || !b || !tagged) { return; }
  const std::string merged = core::merge_histogram_logs({{"a", *a}, {"b", *b}});
  const auto intervals = core::read_histogram_log("merged", merged);
  REQUIRE(intervals.size() == 62 + 88);
  const auto original = core::read_histogram_log("a", *a);
  // The log in V1 was written 34 days before.
  for (std::size_t i = 0; i < original.size(); ++i) {
    CHECK(intervals[88 + i].start_since_epoch == original[i].start_since_epoch);
    CHECK(intervals[88 + i].length == original[i].length);
    CHECK(intervals[88 + i].max_column == original[i].max_column);
    CHECK(intervals[88 + i].histogram == original[i].histogram);
  }
  CHECK(core::accumulate_histogram_log("merged", merged).total_count() == 48'761 + 65'964);

  const auto sums = core::accumulate_by_tag("tagged", core::merge_histogram_logs({{"t", *tagged}, {"u", *tagged}}));
  REQUIRE(sums.tags.size() == 2);
  CHECK(sums.tags[0].tag.empty());
  CHECK(sums.tags[0].intervals == 42);
  CHECK(sums.tags[0].histogram.total_count() == 2 * 16'145);
  CHECK(sums.tags[1].tag == "A");
  CHECK(sums.all.histogram.total_count() == 4 * 16'145);
}

TEST_CASE("A log is summed tag by tag, in the finest layout of each", "[core][histogram_logs]") {
  const std::string text =
      a_log(1000s, {{.start = 0s, .length = 1s, .histogram = values({1000, 2000}, 2)},
                    {.start = 1s, .length = 1s, .tag = "slow", .histogram = values({5'000'001}, 5)},
                    {.start = 2s, .length = 1s, .histogram = values({3000}, 2)}});
  const auto sums = core::accumulate_by_tag("a", text);
  REQUIRE(sums.tags.size() == 2);
  CHECK(sums.tags[0].histogram == values({1000, 2000, 3000}, 2));
  CHECK(sums.tags[0].intervals == 2);
  CHECK(sums.tags[1].histogram == values({5'000'001}, 5));
  CHECK(sums.all.intervals == 3);
  CHECK(sums.all.histogram.digits() == 5);
  CHECK(sums.all.histogram.total_count() == 4);
  CHECK(core::accumulate_by_tag("a", text, "slow").all.histogram.total_count() == 1);
  CHECK(core::accumulate_by_tag("a", text, "").all.histogram.total_count() == 3);
}

TEST_CASE("What cannot be merged or summed is said in one line", "[core][histogram_logs]") {
  const std::string good = a_log(1000s, {{.start = 0s, .length = 1s, .tag = "ok", .histogram = values({1})}});
  const std::string empty = core::histogram_log_header({});
  CHECK(message_of([&] {
          core::merge_histogram_logs({{"a.hlog", empty}});
        }) == "a.hlog: found the end, expected at least one interval");
  CHECK(message_of([&] {
          core::merge_histogram_logs({{"a.hlog", empty}, {"b.hlog", ""}});
        }) == "a.hlog: found the end, expected at least one interval in all logs together");
  CHECK(message_of([&] { core::merge_histogram_logs({{"a.hlog", empty}, {"b.hlog", good}}); }) == "no error");
  check_says(message_of([&] {
               core::merge_histogram_logs({{"a.hlog", good}, {"b.hlog", "0,1,x\n"}});
             }),
             "b.hlog:1: found 3 fields in '0,1,x', expected start, length");
  const std::string blank_tag = "Tag=a b," + good.substr(good.rfind("0.000,1.000"));
  CHECK(message_of([&] {
          core::merge_histogram_logs({{"a.hlog", blank_tag}});
        }) == "a.hlog:1: found the tag 'a b', expected one without blanks and control characters");

  CHECK(message_of([&] { core::accumulate_by_tag("a.hlog", empty); }) ==
        "a.hlog:3: found the end, expected at least one interval");
  CHECK(message_of([&] { core::accumulate_by_tag("a.hlog", good, "oj"); }) ==
        "a.hlog:6: found only intervals with 'ok', expected at least one interval with the tag 'oj'");
  CHECK(message_of([&] { core::accumulate_by_tag("a.hlog", good, ""); }) ==
        "a.hlog:6: found only intervals with 'ok', expected at least one interval without a tag");
  check_says(message_of([&] { core::accumulate_by_tag("a.hlog", good, std::nullopt, {.all_bytes = 400'000}); }),
             "a.hlog:6: found tags whose sums take more than 0 MiB, expected fewer tags, or one of them alone");
}
