// Holds our histogram logs and percentile tables against hdr-histogram-js: each side reads what the other has written,
// and both say in the same words what they found there. Exit code 77: Node or the package is not installed.
//
//   histogram_interop FOLDER_OF_THE_SCRIPT SCRATCH_FOLDER
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/histogram_log.hpp"
#include "core/percentile_table.hpp"
#include "core/random.hpp"
#include "core/text_lines.hpp"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int skipped = 77;

// Its standard output, or nothing when the command fails.
std::optional<std::string> run(const std::string& command) {
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) { return std::nullopt; }
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t read = 0; (read = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), read);
  }
  if (pclose(pipe) != 0) { return std::nullopt; }
  return text;
}

std::string read_file(const fs::path& path) {
  std::ifstream stream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

// In the words of histogram_interop.mjs.
std::string describe(const std::vector<core::HistogramInterval>& intervals) {
  using std::chrono::round;
  std::string text;
  for (const auto& interval : intervals) {
    const core::Histogram& histogram = interval.histogram;
    text += fmt::format(
        "interval tag={} start={} length={} digits={} count={}", interval.tag.empty() ? "-" : interval.tag,
        round<std::chrono::milliseconds>(interval.start_since_epoch).count(),
        round<std::chrono::milliseconds>(interval.length).count(), histogram.digits(), histogram.total_count());
    for (const double percentile : {0.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0}) {
      text += fmt::format(" p{}={}", percentile, histogram.value_at_quantile(percentile / 100));
    }
    text += '\n';
    text += core::format_percentile_table(core::make_percentile_table(histogram, 1000), histogram.digits());
    text += '\n';
  }
  return text;
}

constexpr core::Duration start_time = 1'796'083'200'500ms;

std::vector<core::HistogramInterval> our_intervals() {
  core::Stream stream{20261201};
  std::vector<core::HistogramInterval> intervals;
  for (int i = 0; i < 12; ++i) {
    // The finest two span less, for JavaScript's iterators take seconds for millions of buckets.
    const bool wide = i % 5 < 3;
    core::Histogram histogram{wide ? 3'600'000'000'000 : 3'600'000, 1 + i % 5, i % 3 == 2 ? 1000 : 1};
    // The first stays empty. Values of all sizes; counts of 1 to 5 bytes, whose sum a double holds.
    for (int j = 0; j < i * 100; ++j) {
      const auto value = static_cast<std::int64_t>(stream.next() >> ((wide ? 23 : 43) + stream.next() % 21));
      const auto count = static_cast<std::int64_t>(stream.next() >> (32 + stream.next() % 32));
      histogram.record_n(value, 1 + count);
    }
    intervals.push_back({.start = 1s * i,
                         .start_since_epoch = start_time + 1s * i,
                         .length = 750ms,
                         .tag = i % 2 == 1 ? "odd" : "",
                         .histogram = histogram});
  }
  return intervals;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

double value_of(std::string_view number) { return std::strtod(std::string{number}.c_str(), nullptr); }

// Whether two lines of a percentile table say the same. The lines of intervals must be equal to the letter; here
//  * a number may differ by one in its last digit: 183.295 is no double, and whether .29 or .30 is printed depends on
//    whether the double or its shortest decimal is rounded;
//  * 1/(1-p) may differ by p's error in their sum. They add up to 300 ticks to a percentage of up to 100, each time
//    with an error of half a unit in the last place, 7e-15; so p is off by up to 300 × 7e-17 = 2e-14, and 1/(1-p) by
//    that times its square. Ours is exact;
//  * the footer's Max is not compared: theirs is the largest value before it fell into a bucket, with the lowest
//    discernible unit added. The p100 of the line of the interval is;
//  * their last row ends without the fourth column, ours with inf.
bool agree(std::string_view ours, std::string_view theirs) {
  if (ours == theirs) { return true; }
  auto our_words = core::words(ours);
  const auto their_words = core::words(theirs);
  const bool row = our_words.size() == 4 && our_words[0] != "interval" && our_words[0][0] != '#';
  if (row && our_words[3] == "inf" && their_words.size() == 3) { our_words.pop_back(); }
  if (our_words.size() != their_words.size() || our_words[0] == "interval") { return false; }
  for (std::size_t i = 0; i < our_words.size(); ++i) {
    if (our_words[i] == their_words[i] || (i == 2 && our_words[0] == "#[Max")) { continue; }
    const std::size_t point = our_words[i].find('.');
    if (point == std::string_view::npos) { return false; }
    const auto decimals = our_words[i].find_last_of("0123456789") - point;
    double tolerance = 1.01 * std::pow(10, -static_cast<double>(decimals));
    const double our_value = value_of(our_words[i]);
    if (row && i == 3) { tolerance += our_value * our_value * 2e-14; }
    if (!(std::abs(our_value - value_of(their_words[i])) <= tolerance)) { return false; }
  }
  return true;
}

bool same(std::string_view what, const std::string& ours, const std::string& theirs) {
  const auto our_lines = lines_of(ours);
  const auto their_lines = lines_of(theirs);
  int rounded = 0;
  for (std::size_t i = 0; i < our_lines.size() && i < their_lines.size(); ++i) {
    if (!agree(our_lines[i], their_lines[i])) {
      fmt::print("{}, line {} differs:\n  ours:   {}\n  theirs: {}\n", what, i + 1, our_lines[i], their_lines[i]);
      return false;
    }
    if (our_lines[i] != their_lines[i]) { ++rounded; }
  }
  if (our_lines.empty() || our_lines.size() != their_lines.size()) {
    fmt::print("{}: {} lines of ours, {} of theirs\n", what, our_lines.size(), their_lines.size());
    return false;
  }
  fmt::print("{}: {} lines agree, {} of them up to rounding\n", what, our_lines.size(), rounded);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: histogram_interop FOLDER_OF_THE_SCRIPT SCRATCH_FOLDER\n");
    return 2;
  }
  const fs::path folder = argv[1];
  const fs::path scratch = argv[2];
  if (!run("node --version")) {
    fmt::print("skipped: Node is not installed\n");
    return skipped;
  }
  if (!fs::is_directory(folder / "node_modules" / "hdr-histogram-js")) {
    fmt::print("skipped: hdr-histogram-js is not installed; scripts/install_interop.sh does it\n");
    return skipped;
  }
  const std::string node = fmt::format("node '{}' ", (folder / "histogram_interop.mjs").string());

  const fs::path ours = scratch / "ours.hlog";
  const auto we_wrote = our_intervals();
  std::string log = core::histogram_log_header({.start_time = start_time});
  for (const auto& interval : we_wrote) { log += core::histogram_log_line(interval); }
  std::ofstream{ours, std::ios::binary} << log;
  const auto they_read = run(node + fmt::format("describe '{}'", ours.string()));
  const fs::path theirs = scratch / "theirs.hlog";
  const auto they_wrote = run(node + fmt::format("write '{}'", theirs.string()));
  if (!they_read || !they_wrote) {
    fmt::print("hdr-histogram-js refused: see above\n");
    return 1;
  }
  // What was put into a log, against what the other side takes out of it: a fault of a writer that its own reader
  // makes good would not show otherwise.
  const bool reading = same("our log, read by hdr-histogram-js", describe(we_wrote), *they_read);
  const auto we_read = core::read_histogram_log("theirs.hlog", read_file(theirs));
  const bool writing = same("its log, read by us", describe(we_read), *they_wrote);
  return reading && writing ? 0 : 1;
}
