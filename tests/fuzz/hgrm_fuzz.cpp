// Arbitrary bytes as a percentile table: the reader answers with a table or with one ConfigError that names the line,
// and a table survives being written, read again and turned into a histogram.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/percentile_table.hpp"
#include "core/utf8.hpp"
#include "core/yaml_reader.hpp"

namespace {

void require(bool holds, const char* what, std::string_view text) {
  if (holds) { return; }
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

void check(const core::PercentileTable& table) {
  // What is printed once is rounded; from then on nothing may change.
  const std::string once = core::format_percentile_table(table);
  const auto again = core::read_percentile_table("again.hgrm", once);
  require(core::format_percentile_table(again) == once, "a table that writing changed", once);

  const std::int64_t total = table.rows.empty() ? 0 : table.rows.back().total_count;
  try {
    const core::Histogram histogram = core::to_histogram(table, 1000);
    require(histogram.total_count() == total, "values lost on the way to a histogram", once);
    require(histogram.saturated() == 0, "a saturated bucket", once);
    const auto derived = core::make_percentile_table(histogram, 1000);
    require((total == 0 && derived.rows.empty()) || derived.rows.back().total_count == total,
            "values lost on the way to a table", once);
  } catch (const core::ConfigError& error) {
    require(std::string_view{error.what()}.starts_with("percentile table: found the value "), "an unknown error",
            error.what());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  core::PercentileTable table;
  try {
    table = core::read_percentile_table("f.hgrm", {reinterpret_cast<const char*>(data), size});
  } catch (const core::ConfigError& error) {
    const std::string_view line = error.what();
    require(line.starts_with("f.hgrm:") && line.find(": found ") != std::string_view::npos &&
                line.find(", expected ") != std::string_view::npos,
            "an error that does not say where, what and what instead", line);
    require(line.size() < 1000, "an endless error", line);
    require(core::utf8::escape_unprintable(line) == line, "an error that is not one printable line", line);
    return 0;
  }
  check(table);
  return 0;
}
