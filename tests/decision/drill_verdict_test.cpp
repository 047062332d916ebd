#include "decision/drill_verdict.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using core::ns_per_minute;
using core::Timeline;
using decision::DrillVerdict;
using decision::judge_drill;
using decision::Measure;
using decision::Slo;
using decision::Target;

namespace {

constexpr std::int64_t ms = 1'000'000;
const Target p95{Measure::latency, 9500, 2000 * ms};
const Target first_token{Measure::time_to_first_token, 9000, 500 * ms};
const Target available{Measure::availability, 0, 999'000'000};
const Slo all{{p95, Target{Measure::time_per_output_token, 9500, 50 * ms}, first_token, available}};

// An hour of 1,000 requests a minute, all of them good.
Timeline good_hour() {
  Timeline timeline{decision::watches_of(all), 1};
  for (std::size_t i = 0; i < 60; ++i) {
    timeline.minutes[i] = {.arrivals = 1000, .answered = 1000, .lost = 0};
    for (std::size_t w = 0; w < timeline.watches.size(); ++w) timeline.count(i, w) = {.answered = 1000, .over = 0};
  }
  return timeline;
}

DrillVerdict judged(const Timeline& with, const Timeline& without) {
  return judge_drill(all, with, without, {.begin_ns = 20 * ns_per_minute, .end_ns = 30 * ns_per_minute});
}

}  // namespace

TEST_CASE("Latency and first token are watched at their limits, the pace and availability need no watch",
          "[decision]") {
  CHECK(decision::watches_of(all) ==
        std::vector<core::Watch>{{.measure = core::Watch::Measure::latency, .limit_ns = 2000 * ms},
                                 {.measure = core::Watch::Measure::time_to_first_token, .limit_ns = 500 * ms}});
}

TEST_CASE("A fault that nobody feels holds every objective and needs no recovery", "[decision]") {
  const DrillVerdict verdict = judged(good_hour(), good_hour());
  CHECK(verdict.held);
  CHECK(verdict.held_without);
  CHECK(verdict.recovered_ns == 0);
  CHECK(verdict.checks.size() == 3);
  CHECK(verdict.arrivals == 10'000);
  CHECK(verdict.lost == 0);
}

TEST_CASE("An objective is judged over the requests that came while the fault lasted, to the last one", "[decision]") {
  Timeline with = good_hour();
  // 95 % of 10,000: 500 late ones are as many as there may be.
  with.count(20, 0).over = 500;
  CHECK(judged(with, good_hour()).held);
  with.count(29, 0).over = 1;
  DrillVerdict verdict = judged(with, good_hour());
  CHECK_FALSE(verdict.held);
  CHECK(verdict.held_without);
  CHECK(verdict.checks[0].sentence() == "94.99 % of the answers within 2 s, 95 % needed");
  // After the fault or before it, lateness is no matter of this judgement.
  with.count(29, 0).over = 0;
  with.count(30, 0).over = 1000;
  with.count(19, 0).over = 1000;
  CHECK(judged(with, good_hour()).held);
}

TEST_CASE("Recovery ends with the last window of five minutes that the fault makes miss", "[decision]") {
  Timeline with = good_hour();
  for (std::size_t i = 22; i < 34; ++i) with.minutes[i] = {.arrivals = 1000, .answered = 990, .lost = 10};
  DrillVerdict verdict = judged(with, good_hour());
  // Minute 33 is the last bad one; the last window that holds it begins with it and ends after minute 37.
  REQUIRE(verdict.recovered_ns);
  CHECK(*verdict.recovered_ns == (38 - 20) * ns_per_minute);
  CHECK(verdict.lost == 120);
  CHECK(verdict.checks.back().sentence() == "99.2 % of the requests answered, 99.9 % needed");

  // The same misses without the fault: not its work.
  verdict = judged(with, with);
  CHECK(verdict.recovered_ns == 0);
  CHECK_FALSE(verdict.held);
  CHECK_FALSE(verdict.held_without);
  CHECK(verdict.lost - verdict.lost_without == 0);
}

TEST_CASE("What is bad until the end of the watch has not recovered", "[decision]") {
  Timeline with = good_hour();
  for (std::size_t i = 22; i < 60; ++i) with.count(i, 1).over = 101;
  const DrillVerdict verdict = judged(with, good_hour());
  CHECK_FALSE(verdict.recovered_ns);
}

TEST_CASE("Objectives that no request arrived for are not judged", "[decision]") {
  const Timeline nobody{decision::watches_of(all), 1};
  const DrillVerdict verdict = judged(nobody, nobody);
  CHECK(verdict.checks.empty());
  CHECK(verdict.held);
}

TEST_CASE("Whom nobody answers holds no target of latency, and an empty street holds all", "[decision]") {
  Timeline with = good_hour();
  for (std::size_t i = 20; i < 30; ++i) {
    with.minutes[i] = {.arrivals = 1000, .answered = 0, .lost = 1000};
    for (std::size_t w = 0; w < with.watches.size(); ++w) with.count(i, w) = {.answered = 0, .over = 0};
  }
  const Slo latency_alone{{p95}};
  const decision::DrillSpan span{.begin_ns = 20 * ns_per_minute, .end_ns = 30 * ns_per_minute};
  const DrillVerdict dark = judge_drill(latency_alone, with, good_hour(), span);
  CHECK_FALSE(dark.held);
  CHECK(dark.held_without);
  CHECK(dark.checks[0].sentence() == "0 % of the answers within 2 s, 95 % needed");
  CHECK(dark.recovered_ns == 10 * ns_per_minute);
  for (std::size_t i = 20; i < 30; ++i) with.minutes[i] = {.arrivals = 0, .answered = 0, .lost = 0};
  const DrillVerdict empty = judge_drill(latency_alone, with, good_hour(), span);
  CHECK(empty.held);
  CHECK(empty.checks.empty());
}
