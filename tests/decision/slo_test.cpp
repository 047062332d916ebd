#include "decision/slo.hpp"

#include <string>
#include <string_view>

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using decision::Held;
using decision::Measure;
using decision::Slo;
using decision::SloCheck;
using decision::Target;
using test_support::check_says;

namespace {

constexpr std::int64_t ms = 1'000'000;

Slo read(std::string_view text) {
  core::Document document{"slo.yaml", text};
  Slo slo = decision::read_slo(document.root(), {"interactive", "batch"});
  document.finish();
  return slo;
}

std::string error_of(std::string_view text) {
  try {
    read(text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

core::Usage usage_of(std::int64_t served, std::int64_t rejected, std::int64_t in_flight) {
  core::Usage usage;
  usage.outcomes[static_cast<std::size_t>(core::Outcome::served)] = served;
  usage.outcomes[static_cast<std::size_t>(core::Outcome::rejected)] = rejected;
  usage.outcomes[static_cast<std::size_t>(core::Outcome::in_flight)] = in_flight;
  return usage;
}

// 1 ms, 2 ms … 100 ms, once each: p95 is 95 ms (to the histogram's 0.1 %).
core::Histogram hundred() {
  core::Histogram h{3'600'000'000'000};
  for (std::int64_t i = 1; i <= 100; ++i) h.record(i * ms);
  return h;
}

}  // namespace

TEST_CASE("The slo section gives targets in the order of latency, first token, availability", "[decision][slo]") {
  const Slo slo = read("slo: {latency: {p95: 2s, p99.99: 8s}, time_to_first_token: {p50: 800ms}, availability: 99.9%}");
  REQUIRE(slo.targets.size() == 4);
  CHECK(slo.targets[0] == Target{Measure::latency, 9500, 2000 * ms});
  CHECK(slo.targets[1] == Target{Measure::latency, 9999, 8000 * ms});
  CHECK(slo.targets[2] == Target{Measure::time_to_first_token, 5000, 800 * ms});
  CHECK(slo.targets[3] == Target{Measure::availability, 0, 999'000'000});
  CHECK(slo.targets[1].name() == "latency p99.99");
  CHECK(slo.targets[2].name() == "time_to_first_token p50");
}

TEST_CASE("A scenario without an slo section has no targets", "[decision][slo]") { CHECK(read("{}").targets.empty()); }

TEST_CASE("A key that is no percentile is refused where it stands", "[decision][slo]") {
  for (const std::string key : {"p9x", "95", "p", "p49.99", "p100", "p99.999", "p99.", "p9.5.1", "mean"}) {
    CAPTURE(key);
    CHECK_THAT(error_of("slo:\n  latency: {" + key + ": 2s}\n"),
               Catch::Matchers::StartsWith("slo.yaml:2:") &&
                   Catch::Matchers::EndsWith("slo.latency." + key + ": found '" + key +
                                             "', expected a percentile from p50 to p99.99, such as p95 or p99.9"));
  }
}

TEST_CASE("A limit is a time above 0", "[decision][slo]") {
  check_says(error_of("slo: {latency: {p95: 0s}}"), "slo.latency.p95");
  check_says(error_of("slo: {availability: 101%}"), "slo.availability");
}

TEST_CASE("A percentile is compared with its limit and says how much room is left", "[decision][slo]") {
  const core::Histogram latency = hundred();
  const core::Usage usage = usage_of(100, 0, 0);
  const Slo slo{{{Measure::latency, 9500, 100 * ms}, {Measure::latency, 9900, 90 * ms}}};
  const auto checks = decision::check_slo(slo, {latency, nullptr, usage});
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].held == Held::yes);
  // The histogram is right to 3 digits: 95 ms within 0.1 %.
  CHECK(checks[0].value.value() >= 95 * ms);
  CHECK(checks[0].value.value() <= 95 * ms + 95'000);
  CHECK(checks[0].margin() == 100 * ms - *checks[0].value);
  CHECK(checks[1].held == Held::no);
  CHECK(checks[1].margin() < 0);
  CHECK_FALSE(decision::all_held(checks));
}

TEST_CASE("A value equal to its limit holds", "[decision][slo]") {
  const core::Histogram latency = hundred();
  const core::Usage usage = usage_of(100, 0, 0);
  const std::int64_t p95 = latency.value_at_quantile(0.95);
  const Slo slo{{{Measure::latency, 9500, p95}, {Measure::latency, 9500, p95 - 1}}};
  const auto checks = decision::check_slo(slo, {latency, nullptr, usage});
  CHECK(checks[0].held == Held::yes);
  CHECK(checks[1].held == Held::no);
}

TEST_CASE("A first-token target on a model that knows no first token is unknown, and unknown does not hold",
          "[decision][slo]") {
  const core::Histogram latency = hundred();
  const core::Usage usage = usage_of(100, 0, 0);
  const Slo slo{{{Measure::time_to_first_token, 9500, 800 * ms}}};
  const auto checks = decision::check_slo(slo, {latency, nullptr, usage});
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].held == Held::unknown);
  CHECK_FALSE(checks[0].value.has_value());
  CHECK_FALSE(decision::all_held(checks));
  CHECK(checks[0].sentence() ==
        "time_to_first_token p95 is unknown (the serving model of this option knows no first token), the target is at "
        "most 800 ms");
}

TEST_CASE("Availability leaves out what was in flight at the end, and is exact at its limit", "[decision][slo]") {
  const core::Histogram latency = hundred();
  const Slo slo{{{Measure::availability, 0, 999'000'000}}};
  const auto check = [&](const core::Usage& usage) {
    return decision::check_slo(slo, {latency, nullptr, usage}).front();
  };
  CHECK(check(usage_of(999, 1, 0)).held == Held::yes);
  CHECK(check(usage_of(998, 1, 0)).held == Held::no);     // 998 of 999
  CHECK(check(usage_of(999, 1, 500)).held == Held::yes);  // the 500 are not counted against it
  CHECK(check(usage_of(9'989, 11, 0)).sentence() == "availability is 99.89 %, the target is at least 99.9 %");
  CHECK(check(usage_of(0, 0, 5)).held == Held::unknown);
  CHECK(check(usage_of(0, 0, 5)).why == "no request arrived");
}

TEST_CASE("Cache hits count as answered", "[decision][slo]") {
  const core::Histogram latency = hundred();
  core::Usage usage = usage_of(0, 1, 0);
  usage.outcomes[static_cast<std::size_t>(core::Outcome::cache_hit)] = 999;
  const Slo slo{{{Measure::availability, 0, 999'000'000}}};
  CHECK(decision::check_slo(slo, {latency, nullptr, usage}).front().held == Held::yes);
}

TEST_CASE("Without an answer a latency is unknown", "[decision][slo]") {
  const core::Histogram latency{3'600'000'000'000};
  const core::Usage usage = usage_of(0, 10, 0);
  const Slo slo{{{Measure::latency, 9500, 1}}};
  const auto checks = decision::check_slo(slo, {latency, nullptr, usage});
  CHECK(checks.front().held == Held::unknown);
  CHECK(checks.front().why == "no request was answered");
}

TEST_CASE("A class has targets of its own, after those for all", "[decision][slo]") {
  const Slo slo = read(
      "slo: {classes: {batch: {latency: {p95: 1h}}, interactive: {availability: 99.9%, time_to_first_token: {p90: "
      "80ms}, "
      "latency: {p95: 300ms}}}, latency: {p95: 2s}}");
  REQUIRE(slo.targets.size() == 5);
  CHECK(slo.targets[0].name() == "latency p95");
  CHECK(slo.targets[1].name() == "batch: latency p95");
  CHECK(slo.targets[2] == Target{Measure::latency, 9500, 300 * ms, "interactive"});
  CHECK(slo.targets[3].name() == "interactive: time_to_first_token p90");
  CHECK(slo.targets[4].name() == "interactive: availability");
}

TEST_CASE("Targets are for classes that there are, and for what is known of a class", "[decision][slo]") {
  check_says(
      error_of("slo: {classes: {interctive: {latency: {p95: 1s}}}}"),
      "slo.classes.interctive: found 'interctive', expected a class of the traffic; did you mean 'interactive'?");
  check_says(error_of("slo: {classes: {mail: {latency: {p95: 1s}}}}"),
             "found 'mail', expected a class of the traffic: interactive, batch");
  check_says(error_of("slo: {classes: {batch: {time_per_output_token: {p95: 1s}}}}"), "time_per_output_token");
  core::Document document{"slo.yaml", "slo: {classes: {a: {latency: {p95: 1s}}}}"};
  CHECK_THROWS_WITH(decision::read_slo(document.root()),
                    Catch::Matchers::EndsWith("classes of the traffic, and traffic.classes says of none"));
}

TEST_CASE("A class that waits is not made up for by one that does not", "[decision][slo]") {
  core::Histogram all = hundred();
  const core::Histogram fast = hundred();
  core::Histogram slow{3'600'000'000'000};
  slow.record(9'000 * ms);
  for (int i = 0; i < 900; ++i) all.record(ms);
  const core::Usage usage = usage_of(1'000, 0, 0);
  const core::Usage of_fast = usage_of(999, 0, 7);
  const core::Usage of_slow = usage_of(1, 1, 0);
  const Slo slo = read(
      "slo: {latency: {p95: 100ms}, classes: {interactive: {latency: {p95: 96ms}, availability: 99%}, batch: {latency: "
      "{p95: 1s}, availability: 99%}}}");
  const auto checks = decision::check_slo(
      slo, {.latency_ns = all,
            .time_to_first_token_ns = nullptr,
            .usage = usage,
            .classes = {{"interactive", fast, nullptr, of_fast.outcomes}, {"batch", slow, nullptr, of_slow.outcomes}}});
  REQUIRE(checks.size() == 5);
  CHECK(checks[0].held == Held::yes);
  CHECK(checks[1].held == Held::yes);
  CHECK(checks[2].held == Held::yes);
  CHECK(checks[3].held == Held::no);
  CHECK(checks[3].sentence() == "batch: latency p95 is 9 s, the target is at most 1 s");
  CHECK(checks[4].held == Held::no);
  CHECK(checks[4].sentence() == "batch: availability is 50 %, the target is at least 99 %");
  const auto untold = decision::check_slo(slo, {all, nullptr, usage});
  CHECK(untold[1].held == Held::unknown);
  CHECK(untold[1].why == "this option tells no classes apart");
}
