#include "core/histogram_log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <zlib.h>

#include "core/base64.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"

using namespace std::chrono_literals;

namespace {

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) { return error.what(); }
  return "no error";
}

std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes; i-- > 0;) { text += static_cast<char>(value >> (8 * i) & 0xff); }
  return text;
}

// A zlib stream of stored blocks, after RFC 1950 and 1951: the bytes of a test can be read off the page, and
// no compressor of ours has a hand in them.
std::string stored_zlib(const std::string& bytes) {
  std::string stream = "\x78\x01";
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (std::size_t at = 0; at == 0 || at < bytes.size(); at += 65535) {
    const std::string block = bytes.substr(at, 65535);
    const auto size = static_cast<unsigned>(block.size());
    stream += at + 65535 >= bytes.size() ? '\x01' : '\0';
    for (const unsigned n : {size, ~size}) {
      stream += static_cast<char>(n & 0xff);
      stream += static_cast<char>(n >> 8 & 0xff);
    }
    stream += block;
    for (const char c : block) {
      a = (a + static_cast<unsigned char>(c)) % 65521;
      b = (b + a) % 65521;
    }
  }
  return stream + big_endian(b << 16 | a, 4);
}

std::string compressed(std::uint32_t cookie, const std::string& stream) {
  return core::to_base64(big_endian(cookie, 4) + big_endian(stream.size(), 4) + stream);
}

struct V2 {
  std::uint64_t digits = 3;
  std::uint64_t lowest = 1;
  std::uint64_t highest = 3'600'000'000;
  std::string payload{};
  std::string plain() const {
    return big_endian(0x1c849313, 4) + big_endian(payload.size(), 4) + big_endian(0, 4) + big_endian(digits, 4) +
           big_endian(lowest, 8) + big_endian(highest, 8) + big_endian(0x3ff0000000000000, 8) + payload;
  }
  std::string text() const { return compressed(0x1c849314, stored_zlib(plain())); }
};

std::string decoding(const std::string& text, core::HistogramLogLimits limits = {}) {
  return message_of([&] { core::decode_histogram(text, "a.hlog:7", limits); });
}

std::string reading(const std::string& text) {
  return message_of([&] { core::read_histogram_log("a.hlog", text); });
}

// One value, 5, once.
std::string a_histogram() { return V2{.payload = std::string{"\x09\x02", 2}}.text(); }

}  // namespace

TEST_CASE("jHiccup's log in V2 sums to what its authors publish", "[core][histogram_log][reference]") {
  const auto text = test_support::read_reference_data("histograms/jHiccup-2.0.7S.logV2.hlog");
  if (!text) { return; }
  const auto intervals = core::read_histogram_log("jHiccup", *text);
  REQUIRE(intervals.size() == 62);
  CHECK(intervals[0].start == 127ms);
  CHECK(intervals[0].length == 1007ms);
  CHECK(intervals[0].max_column == 2.769);
  CHECK(intervals[0].tag.empty());
  // Relative stamps: the log's start time, 1441812279.474, is added.
  CHECK(intervals[0].start_since_epoch == 1'441'812'279'601ms);
  for (const auto& interval : intervals) {
    // The third column is the maximum in milliseconds, with three decimals: half of the last is 0.0005.
    CHECK(std::abs(interval.max_column - static_cast<double>(interval.histogram.max()) / 1e6) <= 0.0005001);
  }

  core::HistogramLogReader reader{"jHiccup", *text};
  CHECK(reader.next());
  CHECK(reader.start_time() == 1'441'812'279'474ms);

  // Published in the library's own tests.
  const auto three_digits = core::accumulate_histogram_log("jHiccup", *text, 3);
  CHECK(three_digits.total_count() == 48'761);
  CHECK(three_digits.value_at_quantile(0.999) == 1'745'879'039);
  CHECK(three_digits.max() == 1'796'210'687);

  const auto two_digits = core::accumulate_histogram_log("jHiccup", *text, 2);
  CHECK(two_digits.value_at_quantile(0.5) == 344'063);
  CHECK(two_digits.value_at_quantile(0.9) == 425'983);
  CHECK(two_digits.value_at_quantile(0.99) == 1'434'451'967);
  CHECK(two_digits.value_at_quantile(0.999) == 1'753'219'071);
  CHECK(two_digits.max() == 1'803'550'719);
}

TEST_CASE("An interval is written with the bytes that HdrHistogram's own writer gave it",
          "[core][histogram_log][reference]") {
  const auto text = test_support::read_reference_data("histograms/jHiccup-2.0.7S.logV2.hlog");
  if (!text) { return; }
  // What is inside the zlib stream, for compressors may differ.
  const auto plain = [](std::string_view base64) {
    const std::string bytes = core::from_base64(base64).value();
    std::string inside(100'000, '\0');
    uLongf size = inside.size();
    REQUIRE(uncompress(reinterpret_cast<Bytef*>(inside.data()), &size, reinterpret_cast<const Bytef*>(bytes.data() + 8),
                       bytes.size() - 8) == Z_OK);
    inside.resize(size);
    return inside;
  };
  core::TextLines lines{"jHiccup", *text};
  int compared = 0;
  while (const auto line = lines.next()) {
    const auto fields = core::split(*line, ',');
    if (line->front() == '#' || line->front() == '"') { continue; }
    const auto again = core::encode_histogram(core::decode_histogram(fields[3], lines.where()));
    REQUIRE(plain(again) == plain(fields[3]));
    ++compared;
  }
  CHECK(compared == 62);
}

TEST_CASE("jHiccup's log in V1 sums to what its authors publish", "[core][histogram_log][reference]") {
  const auto text = test_support::read_reference_data("histograms/jHiccup-2.0.6.logV1.hlog");
  if (!text) { return; }
  core::HistogramLogReader reader{"jHiccup", *text};
  int intervals = 0;
  while (reader.next()) { ++intervals; }
  CHECK(intervals == 88);
  CHECK(reader.start_time() == 1'438'867'590'285ms);
  CHECK(reader.base_time() == 1'438'867'590'285ms);
  const auto sum = core::accumulate_histogram_log("jHiccup", *text, 3);
  CHECK(sum.total_count() == 65'964);
  CHECK(sum.value_at_quantile(0.999) == 1'829'765'119);
  CHECK(sum.max() == 1'888'485'375);
}

TEST_CASE("A tagged log gives each tag its own intervals", "[core][histogram_log][reference]") {
  const auto text = test_support::read_reference_data("histograms/tagged-Log.logV2.hlog");
  if (!text) { return; }
  std::map<std::string, int> intervals;
  for (const auto& interval : core::read_histogram_log("tagged", *text)) { ++intervals[interval.tag]; }
  CHECK(intervals == std::map<std::string, int>{{"", 21}, {"A", 21}});
  const auto untagged = core::accumulate_histogram_log("tagged", *text, 3, "");
  const auto tagged = core::accumulate_histogram_log("tagged", *text, 3, "A");
  CHECK(untagged.total_count() == 16'145);
  CHECK(tagged == untagged);
  CHECK(core::accumulate_histogram_log("tagged", *text, 3).total_count() == 32'290);
}

// There is no public file in V0; these bytes follow the format's description field by field.
TEST_CASE("V0 is read in each of its word sizes", "[core][histogram_log]") {
  for (const int word_bytes : {2, 4, 8}) {
    CAPTURE(word_bytes);
    const auto word_size_field = static_cast<std::uint32_t>(word_bytes) << 4;
    std::string plain = big_endian(0x1c849308 + word_size_field, 4);
    plain += big_endian(2, 4);              // digits
    plain += big_endian(1, 8);              // lowest discernible
    plain += big_endian(3'600'000'000, 8);  // highest trackable
    plain += big_endian(8, 8);              // total count
    for (const std::uint64_t count : {0U, 3U, 0U, 0U, 5U}) { plain += big_endian(count, word_bytes); }
    const auto histogram = core::decode_histogram(compressed(0x1c849309 + word_size_field, stored_zlib(plain)), "v0");

    core::Histogram expected{3'600'000'000, 2};
    expected.record_n(1, 3);
    expected.record_n(4, 5);
    CHECK(histogram == expected);
    CHECK(histogram.highest_trackable() == 3'600'000'000);
    CHECK(histogram.digits() == 2);
  }
}

TEST_CASE("V2 numbers are zigzag, low seven bits first", "[core][histogram_log]") {
  // -5 zeros = 9; 1 = 2; -300 zeros = 599 = 0xd7 0x04; 100 = 200 = 0xc8 0x01.
  const auto histogram = core::decode_histogram(V2{.payload = std::string{"\x09\x02\xd7\x04\xc8\x01"}}.text(), "v2");
  core::Histogram expected{3'600'000'000};
  expected.record(5);
  expected.record_n(306, 100);
  CHECK(histogram == expected);
}

TEST_CASE("Encoding and decoding give the histogram back", "[core][histogram_log][property]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    core::Stream stream{seed};
    const int digits = 1 + static_cast<int>(seed % 4);
    core::Histogram histogram{std::int64_t{1} << (20 + seed % 21), digits, seed % 3 == 0 ? 1000 : 1};
    for (std::uint64_t i = 0; i < seed * 3; ++i) {
      const auto value = static_cast<std::int64_t>(stream.next() >> (24 + stream.next() % 40));
      // Counts of all lengths: a number of the format has 1 to 9 bytes.
      const auto count = static_cast<std::int64_t>(stream.next() >> (8 + stream.next() % 56));
      histogram.record_n(value, count);
    }
    const auto again = core::decode_histogram(core::encode_histogram(histogram), "x");
    REQUIRE(again == histogram);
    REQUIRE(again.highest_trackable() == histogram.highest_trackable());
    REQUIRE(again.lowest_discernible() == histogram.lowest_discernible());
    REQUIRE(again.digits() == histogram.digits());
  }
}

TEST_CASE("The largest count survives encoding", "[core][histogram_log]") {
  core::Histogram histogram{1000};
  histogram.record_n(999, std::numeric_limits<std::int64_t>::max());
  CHECK(core::decode_histogram(core::encode_histogram(histogram), "x") == histogram);
}

TEST_CASE("A log that was written is read as it was", "[core][histogram_log]") {
  core::Histogram histogram{3'600'000'000'000};
  histogram.record(1'250'000);
  std::string text = core::histogram_log_header({.comment = "Logged by a test", .start_time = 1'796'083'200'500ms});
  text += core::histogram_log_line({.start = 0s, .length = 1s, .histogram = histogram});
  text +=
      core::histogram_log_line({.start = 1'000'000'007ns, .length = 999ms, .tag = "checkout", .histogram = histogram});
  CHECK(text.substr(0, text.find("HISTF")) ==
        "#[Logged by a test]\n"
        "#[Histogram log format version 1.3]\n"
        "#[StartTime: 1796083200.500 (seconds since epoch), 2026-12-01T00:00:00Z]\n"
        "#[BaseTime: 1796083200.500 (seconds since epoch)]\n"
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
        "0.000,1.000,1.250,");
  CHECK(text.find("\nTag=checkout,1.000000007,0.999,1.250,HISTF") != std::string::npos);

  const auto intervals = core::read_histogram_log("a.hlog", text);
  REQUIRE(intervals.size() == 2);
  CHECK(intervals[0].histogram == histogram);
  CHECK(intervals[0].start == 0s);
  CHECK(intervals[0].start_since_epoch == 1'796'083'200'500ms);
  CHECK(intervals[1].tag == "checkout");
  CHECK(intervals[1].start == 1'000'000'007ns);
  CHECK(intervals[1].length == 999ms);
  CHECK(intervals[1].max_column == 1.25);
  CHECK(intervals[1].histogram == histogram);
}

TEST_CASE("Stamps are relative to the base time, which is deduced when it is not said", "[core][histogram_log]") {
  const auto since_epoch = [](const std::string& comments, const std::string& stamp) {
    const std::string text = comments + stamp + ",1.000,0.005," + a_histogram() + "\n";
    return core::read_histogram_log("a.hlog", text).at(0).start_since_epoch;
  };
  const std::string started = "#[StartTime: 1441812279.474 (seconds since epoch), Wed Sep 09 08:24:39 PDT 2015]\n";
  CHECK(since_epoch("", "12.5") == 12'500ms);
  CHECK(since_epoch(started, "0.127") == 1'441'812'279'601ms);
  CHECK(since_epoch(started, "1441812280.000") == 1'441'812'280s);
  CHECK(since_epoch(started, "1441812270.000") == 1'441'812'270s);  // a little before the start: absolute
  CHECK(since_epoch(started + "#[BaseTime: 100.000 (seconds since epoch)]\n", "0.127") == 100'127ms);
}

TEST_CASE("Blank lines, other comments, legends, blanks and line ends of Windows are no intervals",
          "[core][histogram_log]") {
  const std::string text = "\xef\xbb\xbf# any comment\r\n\r\n\"StartTimestamp\",\"Interval_Length\"\r\n 0.5 , 1 ,0, " +
                           a_histogram() + " \r\n#[Overall]\r\n";
  const auto intervals = core::read_histogram_log("a.hlog", text);
  REQUIRE(intervals.size() == 1);
  CHECK(intervals[0].histogram.total_count() == 1);
}

TEST_CASE("Intervals of different ranges accumulate into one that covers all", "[core][histogram_log]") {
  core::Histogram narrow{1000};
  narrow.record(7);
  core::Histogram wide{3'600'000'000'000};
  wide.record(2'000'000'000'000);
  std::string text;
  for (const auto& histogram : {narrow, wide, narrow}) {
    text += core::histogram_log_line({.start = 0s, .length = 1s, .histogram = histogram});
  }
  core::Histogram expected = wide;
  expected.record_n(7, 2);
  CHECK(core::accumulate_histogram_log("a.hlog", text) == expected);
}

TEST_CASE("A log's own resolution is kept, and not believed beyond reason", "[core][histogram_log]") {
  for (const std::int64_t lowest : {std::int64_t{1000}, std::int64_t{1} << 56}) {
    CAPTURE(lowest);
    core::Histogram coarse{std::int64_t{1} << 60, 1, lowest};
    coarse.record(std::int64_t{1} << 59);
    const std::string line = core::histogram_log_line({.start = 0s, .length = 1s, .histogram = coarse});
    const auto sum = core::accumulate_histogram_log("a.hlog", line, 4);
    CHECK(sum.min() == std::int64_t{1} << 59);
    CHECK(sum.lowest_discernible() == std::min(lowest, std::int64_t{1} << 40));
  }
}

TEST_CASE("Accumulating does not depend on the order of intervals", "[core][histogram_log][property]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    core::Stream stream{seed};
    std::vector<std::string> lines;
    for (int i = 0; i < 5; ++i) {
      core::Histogram histogram{std::int64_t{1} << (20 + stream.next() % 20), 1 + static_cast<int>(stream.next() % 4),
                                std::int64_t{1} << (stream.next() % 15)};
      for (int j = 0; j < 50; ++j) { histogram.record(static_cast<std::int64_t>(stream.next() >> 44)); }
      lines.push_back(core::histogram_log_line({.start = 0s, .length = 1s, .histogram = histogram}));
    }
    std::string forward;
    std::string backward;
    for (const auto& line : lines) {
      forward += line;
      backward = line + backward;
    }
    for (int digits = 1; digits <= 4; ++digits) {
      REQUIRE(core::accumulate_histogram_log("f", forward, digits) ==
              core::accumulate_histogram_log("b", backward, digits));
    }
  }
}

TEST_CASE("A faulty line is named with what was found and expected", "[core][histogram_log][error]") {
  const std::string good = "0.5,1.000,0.005," + a_histogram() + "\n";
  CHECK(reading("#x\n" + good + "1.5,1.000\n") ==
        "a.hlog:3: found 2 fields in '1.5,1.000', expected start, length, maximum and histogram with commas "
        "between");
  CHECK(reading("hello\n") ==
        "a.hlog:1: found 1 field in 'hello', expected start, length, maximum and histogram with commas "
        "between");
  CHECK(reading("Tag=,0.5,1.000,0.005," + a_histogram()) ==
        "a.hlog:1: found an empty tag, expected Tag=name, or no tag");
  CHECK(reading("soon,1,1,x\n") == "a.hlog:1: found start 'soon', expected seconds such as 1.005");
  CHECK(reading("1,-2,1,x\n") == "a.hlog:1: found length '-2', expected seconds such as 1.005");
  CHECK(reading("1,2,much,x\n") == "a.hlog:1: found maximum 'much', expected a number such as 2.769");
  CHECK(reading("#[StartTime: yesterday]\n") ==
        "a.hlog:1: found time 'yesterday]', expected seconds such as 1441812279.474");
  CHECK(reading("#[BaseTime:\n") == "a.hlog:1: found time '', expected seconds such as 1441812279.474");
  CHECK(reading("#[BaseTime: 9000000000]\n9000000000,1,0.005," + a_histogram()) ==
        "a.hlog:2: found start 9000000000 after base time 9000000000.000, expected a time before the year "
        "2262");
  CHECK(reading(good + "0.5,1.000,0.005,HISTF\x1b[2J\n") ==
        "a.hlog:2: found 'HISTF\\x1b[2J', expected a histogram in base64");
}

TEST_CASE("A log without the intervals asked for says so", "[core][histogram_log][error]") {
  const auto accumulating = [](const std::string& text, std::optional<std::string_view> tag) {
    return message_of([&] { core::accumulate_histogram_log("a.hlog", text, 3, tag); });
  };
  const std::string interval = "0.5,1.000,0.005," + a_histogram() + "\n";
  CHECK(accumulating("# nothing\n", std::nullopt) == "a.hlog:1: found the end, expected at least one interval");
  CHECK(accumulating(interval + "Tag=A," + interval, "B") ==
        "a.hlog:2: found only intervals with 'A', no tag, expected at least one interval with the tag 'B'");
  CHECK(accumulating("Tag=A," + interval, "") ==
        "a.hlog:1: found only intervals with 'A', expected at least one interval without a tag");
}

TEST_CASE("Damaged histograms are refused", "[core][histogram_log][error]") {
  CHECK(decoding("") == "a.hlog:7: found 0 bytes, expected a compressed histogram");
  CHECK(decoding("HISTFAAA!") == "a.hlog:7: found 'HISTFAAA!', expected a histogram in base64");
  CHECK(decoding(core::to_base64("notahistogram")) ==
        "a.hlog:7: found bytes that begin with 6e6f7461, expected a compressed histogram of whole numbers in "
        "HdrHistogram's format V0, V1 or V2");
  // DoubleHistogram's own cookie.
  CHECK(decoding(core::to_base64(big_endian(0x0c72124f, 4) + big_endian(0, 4))) ==
        "a.hlog:7: found bytes that begin with 0c72124f, expected a compressed histogram of whole numbers in "
        "HdrHistogram's format V0, V1 or V2");

  const std::string stream = stored_zlib(V2{.payload = "\x02"}.plain());
  CHECK(decoding(core::to_base64(big_endian(0x1c849314, 4) + big_endian(stream.size() + 1, 4) + stream)) ==
        "a.hlog:7: found 52 bytes of compressed histogram, expected the 53 that it claims");
  CHECK(decoding(core::to_base64(big_endian(0x1c849314, 4) + big_endian(0xffffffff, 4) + stream)) ==
        "a.hlog:7: found 52 bytes of compressed histogram, expected the 4294967295 that it claims");
  CHECK(decoding(compressed(0x1c849314, stream.substr(0, 30))) ==
        "a.hlog:7: found a compressed histogram that is cut short, expected a whole zlib stream");
  CHECK(decoding(compressed(0x1c849314, stream.substr(0, 50))) ==
        "a.hlog:7: found a compressed histogram that is cut short, expected a whole zlib stream");
  CHECK(decoding(compressed(0x1c849314, "gibberish")) ==
        "a.hlog:7: found a damaged compressed histogram, expected a whole zlib stream");
  std::string flipped = stream;
  flipped[47] ^= 1;  // the payload's one byte: only the checksum can tell
  CHECK(decoding(compressed(0x1c849314, flipped)) ==
        "a.hlog:7: found a damaged compressed histogram, expected a whole zlib stream");
  CHECK(decoding(compressed(0x1c849314, stored_zlib("short"))) == "a.hlog:7: found a header of 5 bytes, expected 40");
  CHECK(decoding(compressed(0x1c849302, stream)) ==
        "a.hlog:7: found a header that begins with 1c849313, expected a V1 histogram inside a V1 stream");
  CHECK(decoding(compressed(0x1c849314, stored_zlib(V2{.payload = "\x02"}.plain() + "more"))) ==
        "a.hlog:7: found bytes after the payload, expected its end");
  const std::string plain = V2{.payload = "\x02\x02\x02"}.plain();
  CHECK(decoding(compressed(0x1c849314, stored_zlib(plain.substr(0, plain.size() - 1)))) ==
        "a.hlog:7: found a payload of 2 bytes, expected the 3 that it claims");
}

TEST_CASE("Impossible layouts and counts are refused", "[core][histogram_log][error]") {
  CHECK(decoding(V2{.digits = 9}.text()) ==
        "a.hlog:7: found an impossible layout: a histogram has 1 to 5 significant digits, not 9, expected a "
        "histogram that can be");
  CHECK(decoding(V2{.lowest = 0}.text()) ==
        "a.hlog:7: found an impossible layout: the lowest discernible value of a histogram is at least 1, "
        "not 0, "
        "expected a histogram that can be");
  CHECK(decoding(V2{.highest = 0x8000000000000000}.text()) ==
        "a.hlog:7: found an impossible layout: the highest trackable value of a histogram is at least twice "
        "the lowest "
        "discernible (1), not -9223372036854775808, expected a histogram that can be");

  // 2048 buckets up to 2047: one number more is too many, as zeros or as a count.
  CHECK(decoding(V2{.highest = 2047, .payload = std::string{"\xff\x1f"}}.text()) == "no error");  // -2048
  CHECK(decoding(V2{.highest = 2047, .payload = std::string{"\x81\x20"}}.text()) ==               // -2049
        "a.hlog:7: found counts beyond the last of 2048 buckets, expected those of values up to 2047");
  CHECK(decoding(V2{.highest = 2047, .payload = std::string{"\xff\x1f\x02"}}.text()) ==
        "a.hlog:7: found counts beyond the last of 2048 buckets, expected those of values up to 2047");
  CHECK(decoding(V2{.payload = std::string(9, '\xff')}.text()) ==  // -2^63
        "a.hlog:7: found counts beyond the last of 23552 buckets, expected those of values up to 3600000000");
  CHECK(decoding(V2{.payload = std::string{"\x80"}}.text()) ==
        "a.hlog:7: found a count that is cut short, expected its remaining bytes");
  const std::string largest = '\xfe' + std::string(8, '\xff');  // 2^63 - 1
  CHECK(decoding(V2{.payload = largest}.text()) == "no error");
  CHECK(decoding(V2{.payload = largest + "\x02"}.text()) ==
        "a.hlog:7: found more than 2^63 - 1 values in one histogram, expected fewer");

  const auto v1 = [](std::uint32_t word_bytes, const std::string& payload) {
    const std::string plain = big_endian(0x1c849301 + (word_bytes << 4), 4) + big_endian(payload.size(), 4) +
                              big_endian(0, 4) + big_endian(3, 4) + big_endian(1, 8) + big_endian(2047, 8) +
                              big_endian(0x3ff0000000000000, 8) + payload;
    return compressed(0x1c849302 + (word_bytes << 4), stored_zlib(plain));
  };
  CHECK(decoding(v1(2, big_endian(3, 2))) == "no error");
  CHECK(decoding(v1(2, big_endian(0xffff, 2))) == "a.hlog:7: found a count of -1, expected counts of at least 0");
  CHECK(decoding(v1(8, big_endian(1ULL << 63, 8))) ==
        "a.hlog:7: found a count of -9223372036854775808, expected counts of at least 0");
  CHECK(decoding(v1(4, "abcde")) == "a.hlog:7: found 1 bytes after the last count, expected counts of 4 bytes each");
  CHECK(decoding(v1(3, "abc")) == "a.hlog:7: found counts of 3 bytes each, expected 2, 4 or 8");
}

TEST_CASE("A claim of size is not believed", "[core][histogram_log][error]") {
  // 5 digits over all of 63 bits would take 48 MiB for a text of 80 characters.
  CHECK(decoding(V2{.digits = 5, .highest = 0x7fffffffffffffff}.text()) ==
        "a.hlog:7: found a histogram of 5 digits up to 9223372036854775807, which needs 47 MiB, expected at "
        "most 32 "
        "MiB");
  CHECK(decoding(V2{.digits = 5, .highest = 0x7fffffffffffffff}.text(), {.histogram_bytes = 64 << 20}) == "no error");
  // A payload that claims more than its layout can hold is refused before it is inflated…
  const std::string bomb(30'000, '\0');
  CHECK(decoding(V2{.highest = 2047, .payload = bomb}.text()) ==
        "a.hlog:7: found a payload of 30000 bytes, expected at most 18432 for 2048 buckets");
  // … and one of V0, which claims nothing, as soon as it is longer.
  const std::string v0 =
      big_endian(0x1c849388, 4) + big_endian(3, 4) + big_endian(1, 8) + big_endian(2047, 8) + big_endian(0, 8) + bomb;
  CHECK(decoding(compressed(0x1c849389, stored_zlib(v0))) ==
        "a.hlog:7: found bytes after the payload, expected its end");

  const std::string line = "0.5,1.000,0.005," + a_histogram() + "\n";
  CHECK(message_of([&] { core::read_histogram_log("a.hlog", line + line, {.all_bytes = 200 << 10}); }) ==
        "a.hlog:2: found more than 0 MiB of histograms, expected a shorter log, or one that is read interval "
        "by "
        "interval");
  CHECK(message_of([&] { core::accumulate_histogram_log("a.hlog", line, 5, {}, {.histogram_bytes = 1 << 20}); }) ==
        "a.hlog:1: found values up to 3600000000 for 5 digits, expected a histogram of at most 1 MiB");
}

TEST_CASE("Intervals of more than 2^63 values in all are refused", "[core][histogram_log][error]") {
  core::Histogram half{1000};
  half.record_n(1, std::int64_t{1} << 62);
  const std::string line = core::histogram_log_line({.start = 0s, .length = 1s, .histogram = half});
  CHECK(message_of([&] { core::accumulate_histogram_log("a.hlog", line + line); }) ==
        "a.hlog:2: found more than 2^63 - 1 values in all intervals, expected fewer");
}

TEST_CASE("What the format cannot hold is not written", "[core][histogram_log][error]") {
  for (const auto& [tag, shown] : {std::pair{"a,b", "'a,b'"}, {"a b", "'a b'"}, {"a\nb", "'a\\nb'"}}) {
    CHECK(message_of([tag = tag] { core::histogram_log_line({.tag = tag}); }) ==
          std::string{"the tag of a histogram log must be without commas and blanks, not "} + shown);
  }
  CHECK(message_of([] { core::histogram_log_line({.start = -1s}); }) ==
        "an interval of a histogram log cannot start before 0 or last less than 0");
  CHECK(message_of([] { core::histogram_log_header({.comment = "a\nb"}); }) ==
        "the comment of a histogram log must be one line");
  CHECK(message_of([] { core::histogram_log_header({.start_time = -1s}); }) ==
        "a histogram log cannot start before 1970");
}
