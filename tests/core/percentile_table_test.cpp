#include "core/percentile_table.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"

namespace {

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) { return error.what(); }
  return "no error";
}

std::string reading(const std::string& text) {
  return message_of([&] { core::read_percentile_table("a.hgrm", text); });
}

core::Histogram random_histogram(std::uint64_t seed) {
  core::Stream stream{seed};
  core::Histogram histogram{3'600'000'000'000};
  const std::uint64_t count = 1 + stream.next() % 3000;
  for (std::uint64_t i = 0; i < count; ++i) {
    histogram.record(static_cast<std::int64_t>(stream.next() >> (23 + stream.next() % 41)));
  }
  return histogram;
}

const std::string heading = "Value Percentile TotalCount 1/(1-Percentile)\n\n";

}  // namespace

TEST_CASE("The first published example is read", "[core][percentile_table][reference]") {
  const auto text = test_support::read_reference_data("histograms/hgrm_example1.hgrm");
  if (!text) { return; }
  const auto table = core::read_percentile_table("example1", *text);
  REQUIRE(table.footer);
  CHECK(table.footer->mean == 25.048);
  CHECK(table.footer->standard_deviation == 120.097);
  CHECK(table.footer->max == 9420.8);
  CHECK(table.footer->total_count == 475'109);
  CHECK(table.footer->octaves == 27);
  CHECK(table.footer->sub_buckets == 2048);
  CHECK(table.rows.front() == core::PercentileTable::Row{0.016, 0, 1, 1});
  CHECK(table.rows[5] == core::PercentileTable::Row{11.167, 0.5, 237'581, 2});
  CHECK(table.rows.back().value == 9428.991);
  CHECK(std::isinf(table.rows.back().inverse_tail));

  // Milliseconds into microseconds, of which the source's histogram was made.
  const auto histogram = core::to_histogram(table, 1000);
  CHECK(histogram.total_count() == 475'109);
  CHECK(histogram.value_at_quantile(0.5) == 11'167);
  CHECK(histogram.value_at_quantile(0.75) == 18'639);
  CHECK(histogram.max() == 9'428'991);
  // Never too low, for each value stands at the upper end of its rows. Nor by more than the rows are apart:
  // the mean of the lower ends is below that of the values.
  double lower_ends = 0;
  double before = 0;
  std::int64_t count_before = 0;
  for (const auto& row : table.rows) {
    lower_ends += before * static_cast<double>(row.total_count - count_before);
    before = row.value;
    count_before = row.total_count;
  }
  CHECK(histogram.mean() / 1000 > 25.048);
  CHECK(lower_ends / 475'109 < 25.048);
}

TEST_CASE("The second published example is read", "[core][percentile_table][reference]") {
  const auto text = test_support::read_reference_data("histograms/hgrm_example2.hgrm");
  if (!text) { return; }
  const auto table = core::read_percentile_table("example2", *text);
  CHECK(table.rows.size() == 27);
  CHECK(table.rows.back().total_count == 1'104'769);
  const auto histogram = core::to_histogram(table, 1000);
  CHECK(histogram.total_count() == 1'104'769);
  CHECK(histogram.max() == 1'511'423);
  CHECK(histogram.value_at_quantile(0.3) == 17'311);
}

TEST_CASE("A table of a hundred values is written as HdrHistogram writes it", "[core][percentile_table]") {
  core::Histogram histogram{1'000'000};
  for (int value = 1; value <= 100; ++value) { histogram.record(value * 10); }
  // 1 tick a half: 0, 50, 75, 87.5, … %. The row is the first value at or above the share: 87.5 % of 100
  // needs 88. 99.21875 % is not reached by 99 values, so the largest ends the table. Mean 505, deviation 10 ×
  // sqrt((100² - 1) / 12) = 288.661.
  CHECK(core::format_percentile_table(core::make_percentile_table(histogram, 10, 1)) ==
        "       Value     Percentile TotalCount 1/(1-Percentile)\n"
        "\n"
        "       1.000 0.000000000000          1           1.00\n"
        "      50.000 0.500000000000         50           2.00\n"
        "      75.000 0.750000000000         75           4.00\n"
        "      88.000 0.875000000000         88           8.00\n"
        "      94.000 0.937500000000         94          16.00\n"
        "      97.000 0.968750000000         97          32.00\n"
        "      99.000 0.984375000000         99          64.00\n"
        "     100.000 0.992187500000        100         128.00\n"
        "     100.000 1.000000000000        100            inf\n"
        "#[Mean    =       50.500, StdDeviation   =       28.866]\n"
        "#[Max     =      100.000, Total count    =          100]\n"
        "#[Buckets =           10, SubBuckets     =         2048]\n");
}

TEST_CASE("Five ticks halve their step at each half distance", "[core][percentile_table]") {
  core::Histogram histogram{1'000'000};
  for (int value = 1; value <= 1000; ++value) { histogram.record(value); }
  const auto table = core::make_percentile_table(histogram);
  const double expected[] = {0,     0.1, 0.2,   0.3,  0.4,   0.5,    0.55, 0.6,    0.65,  0.7,   0.75,
                             0.775, 0.8, 0.825, 0.85, 0.875, 0.8875, 0.9,  0.9125, 0.925, 0.9375};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    CHECK(table.rows[i].quantile == Approx(expected[i]).margin(1e-15));
    // Each of 1000 values is its own bucket: the row is the value of that rank.
    CHECK(table.rows[i].value == std::max(1.0, std::ceil(expected[i] * 1000 - 1e-9)));
  }
}

TEST_CASE("An empty histogram has a table of no rows", "[core][percentile_table]") {
  const auto table = core::make_percentile_table(core::Histogram{1000});
  CHECK(table.rows.empty());
  const std::string text = core::format_percentile_table(table);
  CHECK(core::read_percentile_table("a.hgrm", text) == table);
  CHECK(core::to_histogram(table).total_count() == 0);
}

TEST_CASE("Each row is the histogram's own answer", "[core][percentile_table][property]") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto histogram = random_histogram(seed);
    for (const auto& row : core::make_percentile_table(histogram, 1, 7).rows) {
      CAPTURE(seed, row.quantile);
      // At 0 the row has the highest equivalent, value_at_quantile the lowest.
      const double quantile = row.quantile == 0 ? 1e-9 : row.quantile;
      REQUIRE(static_cast<double>(histogram.value_at_quantile(quantile)) == row.value);
      REQUIRE(histogram.quantile_at_or_below(static_cast<std::int64_t>(row.value)) ==
              static_cast<double>(row.total_count) / static_cast<double>(histogram.total_count()));
    }
  }
}

TEST_CASE("Printing what was read prints the same again", "[core][percentile_table][property]") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    const std::string text = core::format_percentile_table(core::make_percentile_table(random_histogram(seed), 1e3));
    const auto table = core::read_percentile_table("a.hgrm", text);
    REQUIRE(core::format_percentile_table(table) == text);
  }
}

TEST_CASE("A histogram keeps its total and the quantiles of the rows through a table",
          "[core][percentile_table][property]") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto histogram = random_histogram(seed);
    // In units of one, so that three decimals hold every value.
    const auto table =
        core::read_percentile_table("a.hgrm", core::format_percentile_table(core::make_percentile_table(histogram)));
    const auto again = core::to_histogram(table);
    REQUIRE(again.total_count() == histogram.total_count());
    REQUIRE(again.max() == histogram.max());
    REQUIRE(again.mean() >= histogram.mean());
    for (const double quantile : {0.1, 0.5, 0.75, 0.9, 0.9375}) {
      CAPTURE(seed, quantile);
      REQUIRE(again.value_at_quantile(quantile) == histogram.value_at_quantile(quantile));
    }
    for (const double quantile : {0.01, 0.33, 0.51, 0.99}) {
      CAPTURE(seed, quantile);
      REQUIRE(again.value_at_quantile(quantile) >= histogram.value_at_quantile(quantile));
    }
  }
}

TEST_CASE("The last column of the last row may be missing, inf or Infinity", "[core][percentile_table]") {
  for (const char* end : {"", " inf", " Infinity"}) {
    const auto table = core::read_percentile_table("a.hgrm", heading + "5.000 1.000000000000 3" + end + "\n");
    REQUIRE(table.rows.size() == 1);
    CHECK(std::isinf(table.rows[0].inverse_tail));
    CHECK(!table.footer);
  }
}

TEST_CASE("A faulty table is named with what was found and expected", "[core][percentile_table][error]") {
  CHECK(reading("") == "a.hgrm:0: found the end, expected the heading 'Value Percentile TotalCount 1/(1-Percentile)'");
  CHECK(reading("\n1.0 0.5 3 2.0\n") ==
        "a.hgrm:2: found '1.0 0.5 3 2.0', expected the heading 'Value Percentile TotalCount 1/(1-Percentile)'");
  CHECK(reading(heading + "1.0 0.5\n") ==
        "a.hgrm:3: found '1.0 0.5', expected a row of value, percentile, count and 1/(1-percentile)");
  CHECK(reading(heading + "-1.0 0.5 3 2.0\n") == "a.hgrm:3: found value '-1.0', expected a number such as 9420.799");
  CHECK(reading(heading + "1.0 half 3 2.0\n") ==
        "a.hgrm:3: found percentile 'half', expected a number such as 9420.799");
  CHECK(reading(heading + "1.0 50.0 3 2.0\n") == "a.hgrm:3: found percentile 50.0, expected a share from 0 to 1");
  CHECK(reading(heading + "1.0 0.5 3.5 2.0\n") ==
        "a.hgrm:3: found count '3.5', expected a whole number such as 475109");
  CHECK(reading(heading + "1.0 0.5 99999999999999999999 2.0\n") ==
        "a.hgrm:3: found count '99999999999999999999', expected a whole number such as 475109");
  CHECK(reading(heading + "1.0 0.5 3 nan\n") ==
        "a.hgrm:3: found 1/(1-percentile) 'nan', expected a number such as 2.00, or inf");
  for (const char* row : {"0.9 0.6 4 2.0", "1.0 0.4 4 2.0", "1.0 0.6 2 2.0"}) {
    CHECK(reading(heading + "1.0 0.5 3 2.0\n" + row) == "a.hgrm:4: found a row that falls below the one before: '" +
                                                            std::string{row} +
                                                            "', expected values, percentiles and counts that rise");
  }
  const std::string row = "1.0 1.0 3 inf\n";
  const std::string mean = "#[Mean = 1.0, StdDeviation = 0.0]\n";
  const std::string buckets = "#[Buckets = 1, SubBuckets = 2048]\n";
  CHECK(reading(heading + row + mean + "#[Max = 1.0, Total count = 3]\n" + buckets) == "no error");
  CHECK(reading(heading + row + mean + "#[Max = 1.0, Total count = 4]\n" + buckets) ==
        "a.hgrm:6: found a total count of 4, expected the 3 of the last row");
  CHECK(reading(heading + row + mean) ==
        "a.hgrm:4: found a footer without Max, expected all six values of it, or none");
  CHECK(reading(heading + row + mean + mean) ==
        "a.hgrm:5: found a second Mean, expected each value of the footer once");
  CHECK(reading(heading + mean + row) == "a.hgrm:4: found '1.0 1.0 3 inf', expected no row after the footer");
  CHECK(reading(heading + row + "#[Mean = much, StdDeviation = 0.0]\n") ==
        "a.hgrm:4: found Mean 'much', expected a number such as 9420.799");
  CHECK(reading(heading + row + "# a remark\n#[Comment = 7]\n") == "no error");
}

TEST_CASE("A value that does not fit is refused", "[core][percentile_table][error]") {
  const auto table = core::read_percentile_table("a.hgrm", heading + "5000000000000.0 1.0 3 inf\n");
  CHECK(message_of([&] { core::to_histogram(table, 1e6); }) ==
        "percentile table: found the value 5000000000000 times 1000000, expected less than 2^62");
}
