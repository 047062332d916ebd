#include "reports/histogram_text.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using test_support::check_says;

namespace {

core::Histogram a_ladder(std::int64_t count, std::int64_t step) {
  core::Histogram histogram{3'600'000'000'000};
  for (std::int64_t i = 1; i <= count; ++i) { histogram.record(i * step); }
  return histogram;
}

}  // namespace

TEST_CASE("A log is shown tag by tag, with what its samples are too few for in parentheses", "[reports][histogram]") {
  core::HistogramsByTag sums;
  sums.tags.push_back({"", 10, a_ladder(1000, 1'000'000)});
  sums.tags.push_back({"timeout", 2, a_ladder(10, 3'000'000'000)});
  sums.all = {"", 12, a_ladder(1000, 1'000'000)};
  sums.all.histogram.add(sums.tags[1].histogram);
  CHECK(reports::histograms_to_text("a.hlog", sums, {}) ==
        R"(a.hlog: 12 intervals, ms
  tag      count    mean     sd       p50       p90       p95       p99     p99.9    p99.99     max
  (none)   1,000   500.5  288.7     500.2     900.2       950     990.4   (999.3)   (1,000)   1,000
  timeout     10  16,500  8,618  (15,007)  (27,011)  (30,014)  (30,014)  (30,014)  (30,014)  30,014
  all      1,010   658.9  1,824     505.2     909.1     960.5     1,000  (27,011)  (30,014)  30,014
In parentheses: too few values to say so at 99 % confidence; p50 takes 11, p90 takes 64, p95 takes 130, p99
takes 662, p99.9 takes 6,636, p99.99 takes 66,381.
)");
}

TEST_CASE("A log without values has no figures", "[reports][histogram]") {
  core::HistogramsByTag sums;
  sums.tags.push_back({"", 1, core::Histogram{1000}});
  sums.all = sums.tags[0];
  CHECK(reports::histograms_to_text("a.hlog", sums, {.name = "us", .values = 1e3}) ==
        "a.hlog: 1 interval, us\n"
        "  tag     count  mean  sd  p50  p90  p95  p99  p99.9  p99.99  max\n"
        "  (none)      0     -   -    -    -    -    -      -       -    -\n");
}

TEST_CASE("Two histograms stand side by side with their ratio", "[reports][histogram]") {
  const std::string text =
      reports::histograms_compared("a.hlog", a_ladder(1000, 1'000'000), "b.hlog", a_ladder(2000, 1'000'000), {});
  check_says(text, "A: a.hlog\nB: b.hlog\n");
  check_says(text, "  ms            A        B  B / A\n");
  check_says(text, "  count     1,000    2,000\n");
  check_says(text, "  p50       500.2    1,000      2\n");
  check_says(text, "  p99.9   (999.");
  check_says(text, "p99.9 takes 6,636, p99.99 takes 66,381.\n");
  const std::string none = reports::histograms_compared("a", core::Histogram{1000}, "b", a_ladder(2000, 1), {});
  check_says(none, "  p50     -       0.001      -\n");
}
