// What the program puts into its page; how the page then looks is tested in tests/web.
#include "reports/html.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "reports/json.hpp"
#include "reports/page_shell.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using reports::Distribution;
using reports::for_a_page;
using reports::page_of;
using reports::PageResult;
using reports::Result;
using test_support::check_says;

namespace {

// What stands between the two halves of a shell: {"result":…,"words":…}.
std::string data_of(const Result& result) {
  const std::string page = page_of("<a>%RESULT%</a>", result);
  REQUIRE(page.starts_with("<a>{\"result\":"));
  REQUIRE(page.ends_with("}</a>"));
  return page.substr(3, page.size() - 7);
}

Result read_back(const std::string& data) {
  const std::string begin = "{\"result\":";
  return reports::from_json("page", data.substr(begin.size(), data.rfind(",\"words\":") - begin.size()));
}

// How many counts lie in buckets up to `value`.
std::int64_t up_to(const Distribution& d, std::int64_t value) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < d.bucket_values_ns.size() && d.bucket_values_ns[i] <= value; ++i)
    sum += d.bucket_counts[i];
  return sum;
}

// Two options that ran for `hours`, each hour unlike the others.
Result long_result(std::size_t hours) {
  Result result = test_support::sample_result();
  for (reports::OptionReport& option : result.options) {
    option.usage.hours.assign(hours, {});
    for (std::size_t i = 0; i < hours; ++i) {
      option.usage.hours[i].arrivals = static_cast<std::int64_t>(1000 + i);
      option.usage.hours[i].peak_instances = static_cast<std::int64_t>(i * 7919 % 101);
    }
  }
  return result;
}

}  // namespace

TEST_CASE("A page holds the result as its JSON says it", "[reports][html]") {
  const Result result = test_support::sample_result();
  CHECK(read_back(data_of(result)) == for_a_page(result).result);
}

TEST_CASE("No text of a result can end the element that holds it", "[reports][html]") {
  reports::About about = test_support::about();
  about.scenario = "</script><script>alert(1)</script><!--";
  const Result result = reports::assemble(about, {test_support::managed_api(), test_support::self_hosted()});
  const std::string data = data_of(result);
  CHECK(data.find('<') == std::string::npos);
  check_says(data, "\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\\u003c!--");
  CHECK(read_back(data).about.scenario == about.scenario);
}

TEST_CASE("Spaces, quotes and backslashes of a text stay as they are", "[reports][html]") {
  reports::About about = test_support::about();
  for (const std::string name : {"a  \"b\"  \\", "\\\\\"", "line\n  two\t{ } , :", "%RESULT%"}) {
    CAPTURE(name);
    about.scenario = name;
    CHECK(read_back(data_of(reports::assemble(about, {test_support::managed_api()}))).about.scenario == name);
  }
}

TEST_CASE("A page says what the terminal says", "[reports][html]") {
  const std::string data = data_of(test_support::sample_result());
  check_says(data, "\"title\":\"sample: 744 hours from 2026-12-01, seed 7, billcast 0.1.0\"");
  check_says(data, "\"reproduce\":\"billcast run 'configs/sample scenario.yaml' --seed 7");
  check_says(data, "\"step_hours\":1");
}

TEST_CASE("Coarser buckets keep all counts, the extremes, and exact percentiles at their ends", "[reports][html]") {
  Result result = test_support::sample_result();
  core::Histogram many{3'600'000'000'000};
  for (std::int64_t i = 1; i <= 200'000; ++i) many.record(i * i);
  const Distribution all = reports::distribution_of(many);
  result.options[0].latency = all;
  const Distribution few = for_a_page(result).result.options[0].latency;
  REQUIRE(all.bucket_values_ns.size() > 1000);
  // Each takes at least a twentieth of what is left, so there are at most 1 + ln(200,000) / -ln(0.95) = 239 of them.
  CHECK(few.bucket_values_ns.size() < 240);
  CHECK(few.bucket_values_ns.size() > 90);  // those of the tail are wider than that by themselves
  CHECK(few.bucket_values_ns.front() == all.bucket_values_ns.front());
  CHECK(few.bucket_values_ns.back() == all.bucket_values_ns.back());
  CHECK(few.count == all.count);
  CHECK(few.p95_ns == all.p95_ns);
  for (const std::int64_t value : few.bucket_values_ns) CHECK(up_to(few, value) == up_to(all, value));
}

TEST_CASE("A month is shown by the hour, ten years by the week, and nothing gets lost", "[reports][html]") {
  const PageResult month = for_a_page(long_result(744));
  CHECK(month.step_hours == 1);
  CHECK(month.result.options[1].usage.hours.size() == 744);

  for (const std::size_t hours : {2001U, 8760U, 87'600U, 876'000U}) {
    CAPTURE(hours);
    const Result result = long_result(hours);
    const PageResult page = for_a_page(result);
    const auto step = static_cast<std::size_t>(page.step_hours);
    const std::vector<core::HourUsage>& shown = page.result.options[0].usage.hours;
    CHECK(step > 1);
    CHECK(shown.size() == (hours + step - 1) / step);
    if (step < 168) CHECK(2 * shown.size() <= 4000 + 2);
    core::HourUsage sum;
    for (const core::HourUsage& hour : shown) sum += hour;
    CHECK(sum.arrivals == result.options[0].usage.total().arrivals);
    CHECK(sum.peak_instances == 100);
    CHECK(shown[1].peak_instances ==
          result.options[0].usage.total(page.step_hours, 2 * page.step_hours).peak_instances);
  }
}

TEST_CASE("Parts of a mixture are coarsened as the whole is, and so is what was measured", "[reports][html]") {
  reports::OptionRun run = test_support::mixture();
  core::Histogram many{3'600'000'000'000};
  for (std::int64_t i = 1; i <= 200'000; ++i) many.record(i * i);
  run.parts[0].measured =
      reports::MeasuredTimes{.latency = reports::Measured{"recordings/monday", reports::distribution_of(many)}};
  const Result result = reports::assemble(test_support::about(), {run});
  const PageResult page = for_a_page(result);
  const reports::OptionReport& part = page.result.options[0].parts[0];
  CHECK(part.latency.bucket_values_ns.size() < result.options[0].parts[0].latency.bucket_values_ns.size());
  CHECK(part.measured->latency->times.bucket_values_ns.size() < 240);
  CHECK(part.measured->latency->times.count == 200'000);
  // Hours of parts count: 3 × 744 stay below 4,000, four mixtures do not.
  CHECK(page.step_hours == 1);
  CHECK(for_a_page(reports::assemble(test_support::about(), {run, run})).step_hours == 2);
  check_says(data_of(result), "\"overhead\":\"self-hosted costs");
}

TEST_CASE("A page says an answer in words, and draws no more points than a screen has", "[reports][html]") {
  Result result = test_support::sample_result();
  decision::Answer answer{
      .section = "ramp_up", .figures = {}, .sentences = {"It <b>fits</b>."}, .table = {}, .curves = {}};
  answer.figures = {{"deep_model: cloud_once", core::Quantity::parse("1234.5"), "$/month"},
                    {"lakhs", core::Quantity::parse("1234567.5"), "INR"},
                    {"timed_roi", core::Quantity::parse("1.8181"), "×"}};
  answer.table = {"lr", {{"a", "b"}, {"c", "1"}}};
  decision::Curve curve{.title = "Cost", .x = "week", .y = "$"};
  for (int i = 0; i < 1201; ++i) {
    if (i == 0) curve.series.push_back({.name = "all"});
    curve.series[0].x.push_back(i);
    curve.series[0].y.push_back(2 * i);
  }
  answer.curves = {curve};
  result.answers = decision::Answers{.gates = {}, .matrix = {}, .frontier = {}, .sections = {answer}};
  const decision::Answer shown = for_a_page(result).result.answers->sections[0];
  CHECK(shown.sentences.empty());  // they stand in the words
  const decision::Series& line = shown.curves[0].series[0];
  CHECK(line.x.size() == 401);  // every third, and the last is one of them
  CHECK(line.x[1] == 3);
  CHECK(line.y.back() == 2400);
  const std::string data = data_of(result);
  check_says(data, "\"heading\":\"Ramp up\"");
  check_says(data, "It \\u003cb>fits\\u003c/b>.");
  check_says(data, "[\"deep_model: cloud once\",\"$1,234.50 a month\"]");
  check_says(data, "[\"lakhs\",\"12,34,567.50 INR\"]");
  check_says(data, "[\"timed roi\",\"1.818 ×\"]");
}

TEST_CASE("A shell without a place for the result is our own mistake", "[reports][html]") {
  CHECK_THROWS_AS(page_of("<html></html>", test_support::sample_result()), std::invalid_argument);
}

TEST_CASE("A program that was built without its page renders none", "[reports][html]") {
  const std::optional<std::string> page = reports::to_html(test_support::sample_result());
  REQUIRE(page.has_value() == !reports::page_shell().empty());
  if (!page) return;
  CHECK(page->starts_with("<!DOCTYPE html>"));
  CHECK(page->find("%RESULT%") == std::string::npos);
  CHECK(page->size() < 1'000'000);
}
