// What a scenario may say of a latency, what is drawn from it, and every line that a slip in it can print.
#include "sim/serving/latency_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/histogram_log.hpp"
#include "core/math.hpp"
#include "core/percentile_table.hpp"
#include "core/random.hpp"
#include "tests/sim/scenario_run.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using scenario_run::Files;
using sim::Latency;

namespace {

constexpr std::string_view table =
    "schema: latency-table/v1\n"
    "unit: ms\n"
    "origin: a test\n"
    "date: 2026-11-20\n"
    "quantiles: [[0, 10], [0.5, 20], [1, 40]]\n";

struct Read {
  Latency latency;
  std::vector<core::Assumption> assumptions;
};

// `value`: what stands behind `latency:`.
Read read(std::string_view value, const Files& files = {}) {
  const core::Document document{"s.yaml", fmt::format("latency: {}\n", value)};
  Latency latency = sim::read_latency(document.root(), "latency", scenario_run::load_from(files));
  document.finish();
  return {std::move(latency), document.assumptions()};
}

// The line a user would meet, or "accepted".
std::string message(std::string_view value, const Files& files = {}) {
  try {
    read(value, files);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "accepted";
}

std::string replaced(std::string_view text, std::string_view old_part, std::string_view new_part) {
  std::string changed{text};
  const std::size_t at = changed.find(old_part);
  REQUIRE(at != std::string::npos);
  changed.replace(at, old_part.size(), new_part);
  return changed;
}

std::string table_message(std::string_view old_part, std::string_view new_part) {
  return message("t.yaml", {{"t.yaml", replaced(table, old_part, new_part)}});
}

// Draws at evenly spaced luck, so that the sample has no chance in it: its mean is off by at most (max - min) / n.
std::vector<std::int64_t> draws(const Latency& latency, std::size_t n) {
  std::vector<std::uint64_t> luck(n);
  const std::uint64_t step = ~std::uint64_t{0} / n;
  for (std::size_t i = 0; i < n; ++i) luck[i] = step * i + step / 2;
  std::vector<std::int64_t> drawn(n);
  latency.draw(luck.data(), n, drawn.data());
  return drawn;
}

double mean_of(const std::vector<std::int64_t>& values) {
  double mean = 0;
  for (const std::int64_t value : values) mean += static_cast<double>(value) / static_cast<double>(values.size());
  return mean;
}

std::int64_t quantile_of(std::vector<std::int64_t> values, double quantile) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size()))];
}

// 900 values of 100 and 100 of 1000, in whatever unit.
core::Histogram two_values() {
  core::Histogram histogram{3'600'000'000'000};
  histogram.record_n(100, 900);
  histogram.record_n(1'000, 100);
  return histogram;
}

std::string log_of(const core::Histogram& histogram) {
  return core::histogram_log_header({}) + core::histogram_log_line({.length = 1s, .histogram = histogram});
}

}  // namespace

TEST_CASE("A duration is a constant, and an assumption", "[sim][latency]") {
  const Read nine = read("9ms");
  CHECK(nine.latency.table.min() == 9'000'000);
  CHECK(nine.latency.table.max() == 9'000'000);
  CHECK(nine.assumptions == std::vector<core::Assumption>{{"latency", "9ms", "a constant, typed in, not measured"}});
  CHECK(read("1.5s").latency.mean_ns() == 1.5e9);
}

TEST_CASE("A latency that is no duration, table or distribution is refused", "[sim][latency]") {
  CHECK(message("") ==
        "s.yaml:1:1: latency: found no value, expected a duration, a latency table or histogram, or a distribution");
  CHECK(message("[9ms]") ==
        "s.yaml:1:10: latency: found a list, expected a duration, a latency table or histogram, or a distribution");
  CHECK(message("9") ==
        "s.yaml:1:10: latency: found '9', which has no unit, expected a duration from 1ns to 1d (such as 15s; units: "
        "ns, us, ms, s, m, h, d, w)");
  CHECK(message("9 parsecs") ==
        "s.yaml:1:10: latency: found '9 parsecs', which has an unknown unit, expected a duration from 1ns to 1d (such "
        "as 15s; units: ns, us, ms, s, m, h, d, w)");
  CHECK(message("0s") == "s.yaml:1:10: latency: found '0s', expected a duration from 1ns to 1d");
  CHECK(message("-5ms") == "s.yaml:1:10: latency: found '-5ms', expected a duration from 1ns to 1d");
  CHECK(message("25h") == "s.yaml:1:10: latency: found '25h', expected a duration from 1ns to 1d");
  CHECK(message("0.5ns") ==
        "s.yaml:1:10: latency: found '0.5ns', which is not whole nanoseconds, expected a duration from 1ns to 1d (such "
        "as 15s; units: ns, us, ms, s, m, h, d, w)");
  CHECK(message("fast") ==
        "s.yaml:1:10: latency: found 'fast', expected a file or a shipped name: 'fast': found no such file");
  CHECK(message(".nan") ==
        "s.yaml:1:10: latency: found '.nan', expected a file or a shipped name: '.nan': found no such file");
  CHECK(message("latency/none") ==
        "s.yaml:1:10: latency: found 'latency/none', expected a file or a shipped name: 'latency/none': found no such "
        "file");
  CHECK(message("{}") ==
        "s.yaml:1:10: latency: found an empty mapping, expected {exponential: {mean: …}}, {lognormal: {p50: …, p95: "
        "…}} or {file: ….hlog or .hgrm, unit: ms}");
  CHECK(message("{exponental: {mean: 1s}}") ==
        "s.yaml:1:10: latency: found the key 'exponental', expected {exponential: {mean: …}}, {lognormal: {p50: …, "
        "p95: …}} or {file: ….hlog or .hgrm, unit: ms}");
  CHECK(message("{exponential: {mean: 1s}, lognormal: {p50: 1s, p95: 2s}}") ==
        "s.yaml:1:10: latency: found more than one of these keys, expected {exponential: {mean: …}}, {lognormal: {p50: "
        "…, p95: …}} or {file: ….hlog or .hgrm, unit: ms}");
}

TEST_CASE("An exponential has the mean that is asked for, to the last digit", "[sim][latency]") {
  const Read one = read("{exponential: {mean: 1s}}");
  CHECK(one.latency.mean_ns() == 1e9);
  CHECK(one.assumptions == std::vector<core::Assumption>{{"latency", "exponential", "typed in, not measured"}});
  // Drawn at the middles of n equal cells, E[-ln U] is short by about ln 2 / (2 n): the first cell's middle stands for
  // its unbounded part. With n = 10^6 that is 3.5e-7 of the mean.
  CHECK(mean_of(draws(one.latency, 1'000'000)) == Approx(1e9).epsilon(1e-6));

  CHECK(message("{exponential: 1s}") == "s.yaml:1:24: latency.exponential: found '1s', expected a mapping");
  CHECK(message("{exponential: {}}") ==
        "s.yaml:1:11: latency.exponential.mean: found nothing, expected a duration from 1ns to 1d");
  CHECK(message("{exponential: {mean: 0s}}") ==
        "s.yaml:1:31: latency.exponential.mean: found '0s', expected a duration from 1ns to 1d");
  CHECK(message("{exponential: {mean: 2d}}") ==
        "s.yaml:1:31: latency.exponential.mean: found '2d', expected a duration from 1ns to 1d");
  CHECK(message("{exponential: {mean: 1s, rate: 1}}") ==
        "s.yaml:1:35: latency.exponential: unknown key 'rate' (known: mean)");
}

TEST_CASE("A lognormal has the median and the 95th percentile that are asked for", "[sim][latency]") {
  const Read one = read("{lognormal: {p50: 300ms, p95: 900ms}}");
  CHECK(one.assumptions == std::vector<core::Assumption>{{"latency", "lognormal", "typed in, not measured"}});
  const std::vector<std::int64_t> drawn = draws(one.latency, 1'000'000);
  // One of 4096 cells near p95 is as wide as 2^-12 / (density × p95) = 2^-12 σ / φ(1.645) = 0.16 % of the value
  // (σ = ln 3 / 1.645 = 0.668, φ = 0.103); on a line within it the error is far below that.
  CHECK(static_cast<double>(quantile_of(drawn, 0.5)) == Approx(3e8).epsilon(0.0016));
  CHECK(static_cast<double>(quantile_of(drawn, 0.95)) == Approx(9e8).epsilon(0.0016));
  // The mean is p50 e^(σ²/2); the table's is above it by less than 3.7e-4 (core/quantile_table.hpp).
  const double sigma = core::log(3) / core::normal_quantile(0.95);
  CHECK(one.latency.mean_ns() == Approx(3e8 * core::exp(sigma * sigma / 2)).epsilon(3.7e-4));

  CHECK(message("{lognormal: {p50: 300ms, p95: 300ms}}") == "accepted");
  CHECK(message("{lognormal: {p50: 300ms, p95: 6s}}") == "accepted");
  CHECK(message("{lognormal: {p50: 300ms}}") ==
        "s.yaml:1:11: latency.lognormal.p95: found nothing, expected a duration from 1ns to 1d");
  CHECK(message("{lognormal: {p95: 300ms}}") ==
        "s.yaml:1:11: latency.lognormal.p50: found nothing, expected a duration from 1ns to 1d");
  CHECK(message("{lognormal: {p50: 300ms, p95: 100ms}}") ==
        "s.yaml:1:40: latency.lognormal.p95: found 100ms, which is 0.333333 × p50, expected 1 to 20 × p50");
  CHECK(message("{lognormal: {p50: 0ms, p95: 100ms}}") ==
        "s.yaml:1:28: latency.lognormal.p50: found '0ms', expected a duration from 1ns to 1d");
  // Its tail would not fit into 64 bits of nanoseconds.
  CHECK(message("{lognormal: {p50: 1ns, p95: 24h}}") ==
        "s.yaml:1:38: latency.lognormal.p95: found 1d, which is 8.64e+13 × p50, expected 1 to 20 × p50");
  CHECK(message("{lognormal: {p50: 300ms, p95: 6001ms}}") ==
        "s.yaml:1:40: latency.lognormal.p95: found 6001ms, which is 20.0033 × p50, expected 1 to 20 × p50");
  CHECK(message("{lognormal: {p50: 12h, p95: 25h}}") ==
        "s.yaml:1:38: latency.lognormal.p95: found '25h', expected a duration from 1ns to 1d");
}

TEST_CASE("A table's values are drawn in its unit, with straight lines between its points", "[sim][latency]") {
  for (const auto& [unit, ns] : std::vector<std::pair<std::string, std::int64_t>>{
           {"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}}) {
    CAPTURE(unit);
    const Read one = read("t.yaml", {{"t.yaml", replaced(table, "unit: ms", "unit: " + unit)}});
    CHECK(one.latency.table.min() == 10 * ns);
    CHECK(one.latency.table.max() == 40 * ns);
    // 15 and 30 are the means of the two halves; the edges of the cells are rounded to whole nanoseconds.
    CHECK(one.latency.mean_ns() == Approx(22.5 * static_cast<double>(ns)).margin(0.5));
    CHECK(one.assumptions == std::vector<core::Assumption>{{"latency", "t.yaml", "measured: a test, 2026-11-20"}});
  }
}

TEST_CASE("A table that is itself derived says what it assumes", "[sim][latency]") {
  const std::string derived = std::string{table} + "assumption: half of what an A100 takes\n";
  CHECK(read("t.yaml", {{"t.yaml", derived}}).assumptions ==
        std::vector<core::Assumption>{{"latency", "t.yaml", "half of what an A100 takes"}});
}

TEST_CASE("A latency table with holes, falling values or without a unit is refused where it stands", "[sim][latency]") {
  CHECK(table_message("schema: latency-table/v1\n", "") ==
        "t.yaml:1:1: schema: found nothing, expected latency-table/v1");
  CHECK(table_message("latency-table/v1", "latency-table/v2") ==
        "t.yaml:1:9: schema: found 'latency-table/v2', expected latency-table/v1; did you mean 'latency-table/v1'?");
  CHECK(table_message("latency-table/v1", "token-table/v1") ==
        "t.yaml:1:9: schema: found 'token-table/v1', expected latency-table/v1");
  CHECK(table_message("unit: ms\n", "") == "t.yaml:1:1: unit: found nothing, expected ns, us, ms or s");
  CHECK(table_message("unit: ms", "unit: minutes") == "t.yaml:2:7: unit: found 'minutes', expected ns, us, ms or s");
  CHECK(table_message("unit: ms", "unit: msec") == "t.yaml:2:7: unit: found 'msec', expected ns, us, ms or s");
  CHECK(table_message("origin: a test\n", "") == "t.yaml:1:1: origin: found nothing, expected a text");
  CHECK(table_message("date: 2026-11-20\n", "") == "t.yaml:1:1: date: found nothing, expected a text");
  CHECK(table_message("unit: ms\n", "unit: ms\nlicense: MIT\n") ==
        "t.yaml:3:1: unknown key 'license'; did you mean 'licence'? (known: schema, unit, origin, date, measures, "
        "repository, path, commit, licence, method, count, mean, assumption, quantiles)");
  CHECK(table_message("unit: ms\n", "unit: ms\nmean: fast\n") == "t.yaml:3:7: mean: found 'fast', expected a number");
  CHECK(table_message("quantiles: [[0, 10], [0.5, 20], [1, 40]]\n", "") ==
        "t.yaml:1:1: quantiles: found nothing, expected a list of at least one row, each a list of 2 numbers");
  CHECK(table_message("[[0, 10], [0.5, 20], [1, 40]]", "[]") ==
        "t.yaml:5:12: quantiles: found an empty list, expected a list of at least one row, each a list of 2 numbers");
  CHECK(table_message("[[0, 10], [0.5, 20], [1, 40]]", "[0, 10, 1, 40]") ==
        "t.yaml:5:13: quantiles.0: found '0', expected a list of 2 numbers");
  CHECK(table_message("[0.5, 20]", "[0.5]") == "t.yaml:5:22: quantiles.1: found a list, expected a list of 2 numbers");
  CHECK(table_message("[0.5, 20]", "[0.5, 20, 3]") ==
        "t.yaml:5:22: quantiles.1: found a list, expected a list of 2 numbers");
  CHECK(table_message("[0.5, 20]", "[0.5, fast]") ==
        "t.yaml:5:28: quantiles.1: found 'fast', expected a number of at least 0");
  CHECK(table_message("[0.5, 20]", "[0.5, .nan]") ==
        "t.yaml:5:28: quantiles.1: found '.nan', expected a number of at least 0");
  CHECK(table_message("[0.5, 20]", "[0.5, .inf]") ==
        "t.yaml:5:28: quantiles.1: found '.inf', expected a number of at least 0");
  CHECK(table_message("[0.5, 20]", "[0.5, -20]") ==
        "t.yaml:5:28: quantiles.1: found '-20', expected a number of at least 0");
  CHECK(table_message("[0.5, 20]", "[-0.5, 20]") ==
        "t.yaml:5:23: quantiles.1: found '-0.5', expected a number of at least 0");
  CHECK(table_message("[0.5, 20]", "[0.5, 9]") ==
        "t.yaml:5:12: quantiles: found 9 for the share 0.5 after 10, expected values that never fall");
  CHECK(table_message("[0.5, 20]", "[0.5, 41]") ==
        "t.yaml:5:12: quantiles: found 40 for the share 1 after 41, expected values that never fall");
  CHECK(table_message("[0.5, 20]", "[1.5, 20]") ==
        "t.yaml:5:12: quantiles: found the share 1 after 1.5, expected shares that grow");
  CHECK(table_message("[0.5, 20]", "[0, 20]") ==
        "t.yaml:5:12: quantiles: found the share 0 after 0, expected shares that grow");
  CHECK(table_message("[0, 10], ", "") ==
        "t.yaml:5:12: quantiles: found a first share of 0.5, expected [share, value] pairs from share 0 to share 1");
  CHECK(table_message(", [1, 40]", "") ==
        "t.yaml:5:12: quantiles: found a last share of 0.5, expected [share, value] pairs from share 0 to share 1");
  CHECK(table_message("[[0, 10], [0.5, 20], [1, 40]]", "[[0, 10]]") ==
        "t.yaml:5:12: quantiles: found a last share of 0, expected [share, value] pairs from share 0 to share 1");
  CHECK(table_message("[1, 40]", "[1, 86_400_001]") ==
        "t.yaml:5:12: quantiles: found a value of 86400001 ms, expected at most a day");
  CHECK(table_message("[1, 40]", "[1, 86_400_000]") == "accepted");
  CHECK(table_message(std::string{table}, "") == "t.yaml:1:1: found nothing but blanks, expected keys with values");
}

TEST_CASE("Every table that ships is read, and draws the mean that it states", "[sim][latency]") {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{scenario_run::configs() / "latency"}) {
    names.push_back("latency/" + entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  REQUIRE(names.size() > 20);
  for (const std::string& name : names) {
    CAPTURE(name);
    const core::Document document{name, scenario_run::load_from()(name)};
    const core::Section root = document.root();
    REQUIRE(root.text("unit") == "ms");
    const double stated_ms = root.number("mean");
    const Read one = read(name);
    REQUIRE(one.assumptions.size() == 1);
    CHECK(one.assumptions.front().value == name);
    // The means of the data and of its points agree within 0.5 percent, or the script that makes them fails; the
    // sample's own error is at most (max - min) / n, which is at most 0.1 percent when max < 100 means.
    CHECK(one.latency.mean_ns() == Approx(stated_ms * 1e6).epsilon(0.005));
    constexpr std::size_t n = 100'000;
    REQUIRE(static_cast<double>(one.latency.table.max()) < 100 * stated_ms * 1e6);
    CHECK(mean_of(draws(one.latency, n)) == Approx(stated_ms * 1e6).epsilon(0.006));
  }
}

TEST_CASE("A histogram log is read as nanoseconds, or in the unit that stands beside it", "[sim][latency]") {
  const Files files{{"m.hlog", log_of(two_values())}};
  const Read plain = read("m.hlog", files);
  CHECK(plain.latency.table.min() == 100);
  CHECK(plain.latency.table.max() == 1'000);
  // (900 × 100 + 100 × 1000) / 1000. One of 4096 cells holds the step from 100 to 1000: off by at most half of it in
  // one cell, 900 / 2 / 4096 = 0.11. The file tells 1000 from 1001 no more than 999: 3 digits.
  CHECK(plain.latency.mean_ns() == Approx(190).margin(0.11 + 0.1));
  CHECK(plain.assumptions == std::vector<core::Assumption>{{"latency", "m.hlog", "measured: 1,000 values"}});
  for (const auto& [unit, ns] :
       std::vector<std::pair<std::string, double>>{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}) {
    CAPTURE(unit);
    const Read scaled = read("{file: m.hlog, unit: " + unit + "}", files);
    CHECK(scaled.latency.mean_ns() == Approx(190 * ns).epsilon(0.0021));
    CHECK(static_cast<double>(scaled.latency.table.max()) == Approx(1'000 * ns).epsilon(0.001));
  }
}

TEST_CASE("All intervals of a log count", "[sim][latency]") {
  core::Histogram late{3'600'000'000'000};
  late.record_n(10'000, 1'000);
  const std::string log =
      log_of(two_values()) + core::histogram_log_line({.start = 1s, .length = 1s, .histogram = late});
  const Read both = read("m.hlog", {{"m.hlog", log}});
  CHECK(both.latency.table.max() >= 10'000);
  CHECK(both.assumptions.front().why == "measured: 2,000 values");
}

TEST_CASE("A percentile table is read in the unit that stands beside it", "[sim][latency]") {
  core::Histogram histogram{3'600'000'000'000};
  for (std::int64_t i = 1; i <= 1'000; ++i) histogram.record(i * 1'000'000);
  const core::PercentileTable percentiles = core::make_percentile_table(histogram, 1e6, 100);
  const Files files{{"m.hgrm", core::format_percentile_table(percentiles)}};
  const Read one = read("{file: m.hgrm, unit: ms}", files);
  // Quantiles are those of the rows or up to one row above (core/percentile_table.hpp); with 100 ticks to each
  // halving of the distance to 100 percent, rows are at most 1/200 of all values apart, 5 ms.
  const std::vector<std::int64_t> drawn = draws(one.latency, 100'000);
  CHECK(static_cast<double>(quantile_of(drawn, 0.5)) == Approx(500e6).margin(5e6));
  CHECK(static_cast<double>(quantile_of(drawn, 0.99)) == Approx(990e6).margin(5e6));
  CHECK(static_cast<double>(one.latency.table.max()) == Approx(1000e6).epsilon(0.001));
  CHECK(one.assumptions == std::vector<core::Assumption>{{"latency", "m.hgrm", "measured: 1,000 values"}});
}

TEST_CASE("A histogram without a unit, without values or with days in it is refused", "[sim][latency]") {
  const core::Histogram values = two_values();
  const std::string hgrm = core::format_percentile_table(core::make_percentile_table(values));
  const Files files{{"m.hgrm", hgrm},
                    {"m.hlog", log_of(values)},
                    {"zero.hlog", log_of(core::Histogram{1'000})},
                    {"none.hlog", core::histogram_log_header({})},
                    {"empty.hlog", ""},
                    {"empty.hgrm", ""},
                    {"zero.hgrm", core::format_percentile_table(core::make_percentile_table(core::Histogram{1'000}))}};
  CHECK(message("m.hgrm", files) ==
        "s.yaml:1:10: latency: found 'm.hgrm', expected {file: m.hgrm, unit: ms}: a percentile table does not tell its "
        "unit");
  CHECK(message("{file: m.hgrm}", files) == "s.yaml:1:1: latency.unit: found nothing, expected ns, us, ms or s");
  CHECK(message("{file: m.hlog}", files) == "s.yaml:1:1: latency.unit: found nothing, expected ns, us, ms or s");
  CHECK(message("{file: m.hlog, unit: minutes}", files) ==
        "s.yaml:1:31: latency.unit: found 'minutes', expected ns, us, ms or s");
  CHECK(message("{file: m.yaml, unit: ms}", files) ==
        "s.yaml:1:17: latency.file: found 'm.yaml', expected a file *.hlog or *.hgrm");
  CHECK(message("{file: n.hlog, unit: ms}", files) ==
        "s.yaml:1:10: latency: found 'n.hlog', expected a file or a shipped name: 'n.hlog': found no such file");
  CHECK(message("{file: m.hlog, unit: ms, tag: a}", files) ==
        "s.yaml:1:35: latency: unknown key 'tag' (known: exponential, lognormal, file, unit)");
  CHECK(message("zero.hlog", files) ==
        "s.yaml:1:10: latency: found 'zero.hlog' without a value, expected a histogram of latencies");
  CHECK(message("none.hlog", files) == "none.hlog:3: found the end, expected at least one interval");
  CHECK(message("empty.hlog", files) == "empty.hlog:0: found the end, expected at least one interval");
  CHECK(message("{file: empty.hgrm, unit: ms}", files) ==
        "empty.hgrm:0: found the end, expected the heading 'Value Percentile TotalCount 1/(1-Percentile)'");
  CHECK(message("{file: zero.hgrm, unit: ms}", files) ==
        "s.yaml:1:10: latency: found 'zero.hgrm' without a value, expected a histogram of latencies");

  core::Histogram days{std::int64_t{1} << 62};
  days.record(86'400'000'000'001);
  days.record(86'500'000'000'000);
  CHECK(message("d.hlog", {{"d.hlog", log_of(days)}}) ==
        "s.yaml:1:10: latency: found 'd.hlog' with a value of 8.64491e+13 ns, expected latencies of at most a day, in "
        "the unit of {file: …, unit: ms}, or in ns without it");
  core::Histogram endless{std::int64_t{1} << 62};
  endless.record(std::int64_t{1} << 62);
  CHECK(message("d.hlog", {{"d.hlog", log_of(endless)}}) ==
        "s.yaml:1:10: latency: found 'd.hlog' with a value of 4.61169e+18 ns, expected latencies of at most a day, in "
        "the unit of {file: …, unit: ms}, or in ns without it");
  CHECK(message("{file: d.hlog, unit: s}", {{"d.hlog", log_of(endless)}}) ==
        "s.yaml:1:10: latency: found 'd.hlog' with a value of 4.61169e+18 s, expected latencies of at most a day, in "
        "the unit of {file: …, unit: ms}, or in ns without it");
  const std::string endless_table = core::format_percentile_table(core::make_percentile_table(endless));
  CHECK(message("{file: d.hgrm, unit: s}", {{"d.hgrm", endless_table}}) ==
        "s.yaml:1:10: latency: found 'd.hgrm' with a value of 4.61619e+18 s, expected latencies of at most a day, in "
        "the unit of {file: …, unit: ms}, or in ns without it");
}

namespace {

// What `billcast load` writes: 1,000 answered requests, and 5 that timed out.
Files recording() {
  core::Histogram late{3'600'000'000'000};
  late.record_n(30'000, 5);
  const std::string about =
      "{\n  \"format\": \"billcast-load-plan/1\",\n  \"version\": \"0.1.0\",\n"
      "  \"url\": \"http://127.0.0.1:8080/?q=\\\"x\\\"\",\n"
      "  \"headers\": [\"a\", \"b\"],\n  \"think_time_ns\": 0,\n  \"start_since_epoch_ns\": 1796083200000000000\n}\n";
  core::Histogram first{3'600'000'000'000};
  first.record_n(50, 10);
  core::Histogram pace{3'600'000'000'000};
  pace.record_n(7, 10);
  return {{"monday", about},
          {"monday/", about},
          {"monday/service_time.hlog",
           log_of(two_values()) +
               core::histogram_log_line({.start = 1s, .length = 1s, .tag = "timeout", .histogram = late})},
          {"monday/first_token_from_send.hlog", log_of(first)},
          {"monday/time_per_token.hlog", log_of(pace)}};
}

core::Assumption assumed(std::string_view key, const Files& files, std::string_view name = "monday") {
  const core::Document document{"s.yaml", fmt::format("{}: {}\n", key, name)};
  sim::read_latency(document.root(), key, scenario_run::load_from(files));
  REQUIRE(document.assumptions().size() == 1);
  return document.assumptions().front();
}

std::int64_t largest(std::string_view key) {
  const core::Document document{"s.yaml", fmt::format("{}: monday\n", key)};
  return sim::read_latency(document.root(), key, scenario_run::load_from(recording())).table.max();
}

}  // namespace

TEST_CASE("A recording is the service times of its answered requests, with what and when was measured",
          "[sim][latency]") {
  CHECK(largest("histogram") == 1'000);  // not the 30,000 of those who timed out
  CHECK(
      assumed("histogram", recording()) ==
      core::Assumption{"histogram", "monday",
                       "measured: 1,000 values of http://127.0.0.1:8080/?q=\"x\", 2026-12-01; 5 without an answer left "
                       "out"});
  CHECK(assumed("histogram", recording(), "monday/").value == "monday");
}

TEST_CASE("What was measured can be had as its histogram, what was typed in cannot", "[sim][latency]") {
  const auto measured = [](std::string_view key, std::string_view latency) {
    const core::Document document{"s.yaml", fmt::format("{}: {}\n", key, latency)};
    auto found = sim::read_measurement(document.root(), key, scenario_run::load_from(recording()));
    CHECK(document.assumptions().empty());  // it is told by `read_latency`
    return found;
  };
  const auto whole = measured("histogram", "monday");
  REQUIRE(whole.has_value());
  CHECK(whole->name == "monday");
  CHECK(whole->times_ns == two_values());
  const auto in_us = measured("histogram", "{file: monday/service_time.hlog, unit: us}");
  REQUIRE(in_us.has_value());
  CHECK(in_us->times_ns.total_count() == 1'005);
  CHECK(in_us->times_ns.quantile_at_or_below(1'001'000) > 0.99);  // 1,000 us, in ns
  CHECK(in_us->times_ns.quantile_at_or_below(999'000) < 0.99);
  CHECK(measured("time_to_first_token", "monday")->times_ns.max() == 50);
  for (const std::string_view typed : {"9ms", "{lognormal: {p50: 1ms, p95: 2ms}}", "{exponential: {mean: 1s}}"})
    CHECK_FALSE(measured("histogram", typed).has_value());
}

TEST_CASE("A recording of a stream gives the first token and the pace", "[sim][latency]") {
  CHECK(largest("time_to_first_token") == 50);
  CHECK(largest("per_output_token") == 7);
  CHECK(assumed("per_output_token", recording()).why ==
        "measured: 10 values of http://127.0.0.1:8080/?q=\"x\", 2026-12-01");
}

TEST_CASE("A recording is refused where it has not what is asked for", "[sim][latency]") {
  CHECK(message("monday", recording()) ==
        "s.yaml:1:10: latency: found the recording 'monday', expected one of its files, as in "
        "recordings/monday/response_time.hlog");
  Files files = recording();
  files.erase("monday/service_time.hlog");
  CHECK_THROWS_AS(assumed("histogram", files), core::ConfigError);
  files = recording();
  files["monday"] = replaced(files["monday"], "\"url\"", "\"uri\"");
  try {
    assumed("histogram", files);
    FAIL("accepted");
  } catch (const core::ConfigError& error) {
    CHECK(error.what() ==
          std::string{"monday/about.json:1:1: url: found nothing (is 'uri' in line 4 meant?), expected a text"});
  }
}
