// Arbitrary bytes as a histogram log: the reader answers with intervals or with one ConfigError that names the line,
// and what it read survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <zlib.h>

#include "core/base64.hpp"
#include "core/histogram_log.hpp"
#include "core/utf8.hpp"

namespace {

void require(bool holds, const char* what, std::string_view text) {
  if (holds) { return; }
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

void check_error(std::string_view line) {
  require(line.starts_with("f.hlog:") && line.find(": found ") != std::string_view::npos &&
              line.find(", expected ") != std::string_view::npos,
          "an error that does not say where, what and what instead", line);
  require(line.size() < 1000, "an endless error", line);
  require(core::utf8::escape_unprintable(line) == line, "an error that is not one printable line", line);
}

void check_histogram(const core::Histogram& histogram) {
  require(histogram.total_count() >= 0, "a negative total", "");
  require(histogram.saturated() == 0, "a value beyond the last bucket", "");
  require(histogram.min() <= histogram.value_at_quantile(0.5) && histogram.value_at_quantile(0.5) <= histogram.max(),
          "a median outside the range", "");
  require(histogram.mean() >= 0 && histogram.standard_deviation() >= 0, "moments that cannot be", "");
  require(core::decode_histogram(core::encode_histogram(histogram), "again") == histogram,
          "a histogram that encoding changed", "");
}

void check_interval(const core::HistogramInterval& interval) {
  const core::Histogram& histogram = interval.histogram;
  check_histogram(histogram);
  std::string line;
  try {
    line = core::histogram_log_line(interval);
  } catch (const std::invalid_argument&) {
    return;  // a tag that only a stranger's log has
  }
  const auto again = core::read_histogram_log("again.hlog", line);
  require(again.size() == 1 && again[0].histogram == histogram && again[0].start == interval.start &&
              again[0].length == interval.length && again[0].tag == interval.tag,
          "an interval that writing changed", line);
}

// Bytes of a histogram, as the fourth column would hold them. Their last byte says for which version, and whether the
// header's length of the payload is set right: otherwise every mutation that inserts or removes a byte ends there.
std::string wrapped(std::string_view plain) {
  constexpr std::size_t header_bytes = 40;
  const unsigned choice = plain.empty() ? 0 : static_cast<unsigned char>(plain.back()) % 6U;
  const auto put_length = [](std::string& bytes, std::size_t at, std::size_t length) {
    for (unsigned i = 0; i < 4; ++i) { bytes[at + i] = static_cast<char>(length >> (24 - 8 * i) & 0xff); }
  };
  std::string inside{plain};
  if (choice < 3 && choice != 0 && inside.size() >= header_bytes) {
    put_length(inside, 4, inside.size() - header_bytes);
  }
  uLongf size = compressBound(static_cast<uLong>(inside.size()));
  std::string compressed(size, '\0');
  require(compress2(reinterpret_cast<Bytef*>(compressed.data()), &size, reinterpret_cast<const Bytef*>(inside.data()),
                    static_cast<uLong>(inside.size()), 0) == Z_OK,
          "zlib failed", "");
  compressed.resize(size);
  const std::string_view cookies[] = {"\x1c\x84\x93\x89", "\x1c\x84\x93\x82", "\x1c\x84\x93\x14"};
  std::string bytes{cookies[choice % 3]};
  bytes.resize(8);
  put_length(bytes, 4, size);
  return core::to_base64(bytes + compressed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  // Small limits, for filling megabytes for every input would leave no time for other inputs.
  const core::HistogramLogLimits limits{.histogram_bytes = 1 << 20, .all_bytes = 4 << 20};
  try {
    core::HistogramLogReader reader{"f.hlog", text, limits};
    while (const auto interval = reader.next()) { check_interval(*interval); }
  } catch (const core::ConfigError& error) { check_error(error.what()); }
  try {
    const auto sum = core::accumulate_histogram_log("f.hlog", text, 1 + static_cast<int>(size % 3), {}, limits);
    require(sum.total_count() >= 0, "a negative sum", text);
  } catch (const core::ConfigError& error) { check_error(error.what()); }
  // The same bytes once more as what is inside base64 and zlib, where no mutation would get through.
  try {
    check_histogram(core::decode_histogram(wrapped(text), "f.hlog:1", limits));
  } catch (const core::ConfigError& error) { check_error(error.what()); }
  return 0;
}
