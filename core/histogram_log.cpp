#include "core/histogram_log.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace core {
namespace {

constexpr std::string_view tag_prefix = "Tag=";
constexpr Duration year = std::chrono::hours{24 * 365};

// "1441812279.474": to the millisecond as other writers have it, finer only where there is more.
std::string seconds_text(Duration time) {
  const std::int64_t ns = to_ns(time);
  std::string text = fmt::format("{}.{:09}", ns / ns_per_second, ns % ns_per_second);
  while (text.back() == '0' && text[text.size() - 4] != '.') { text.pop_back(); }
  return text;
}

std::string date_text(Duration since_epoch) {
  using std::chrono::floor;
  const std::chrono::sys_seconds time{floor<std::chrono::seconds>(since_epoch)};
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

bool fits_a_tag(std::string_view tag) {
  for (const char c : tag) {
    if (c == ',' || c == ' ' || static_cast<unsigned char>(c) < ' ' || c == '\x7f') { return false; }
  }
  return true;
}

}  // namespace

HistogramLogReader::HistogramLogReader(std::string name, std::string_view text, HistogramLogLimits limits)
    : lines_{std::move(name), text}, limits_{limits} {}

std::optional<HistogramInterval> HistogramLogReader::next() {
  while (const auto line = lines_.next()) {
    // The legend begins with "StartTimestamp", in old logs with "Timestamp"; no interval begins with a quote.
    if (line->empty() || line->front() == '"' || read_comment(*line)) { continue; }
    return read_interval(*line);
  }
  return std::nullopt;
}

bool HistogramLogReader::read_comment(std::string_view line) {
  if (line.front() != '#') { return false; }
  const auto time_after = [&](std::string_view key) -> std::optional<Duration> {
    if (line.substr(0, key.size()) != key) { return std::nullopt; }
    const auto values = words(line.substr(key.size()));
    const std::string_view value = values.empty() ? std::string_view{} : values.front();
    const auto time = parse_seconds(value.substr(0, value.find_first_of(",]")));
    if (!time) { throw lines_.error(fmt::format("time {}", quoted(value)), "seconds such as 1441812279.474"); }
    return time;
  };
  if (const auto start = time_after("#[StartTime:")) { start_time_ = start; }
  if (const auto base = time_after("#[BaseTime:")) { base_time_ = base; }
  return true;
}

HistogramInterval HistogramLogReader::read_interval(std::string_view line) {
  auto fields = split(line, ',');
  for (auto& field : fields) { field = trim(field); }
  HistogramInterval interval;
  if (fields.front().substr(0, tag_prefix.size()) == tag_prefix) {
    interval.tag = fields.front().substr(tag_prefix.size());
    if (interval.tag.empty()) { throw lines_.error("an empty tag", "Tag=name, or no tag"); }
    fields.erase(fields.begin());
  }
  if (fields.size() != 4) {
    throw lines_.error(fmt::format("{} field{} in {}", fields.size(), fields.size() == 1 ? "" : "s", quoted(line)),
                       "start, length, maximum and histogram with commas between");
  }
  const auto seconds = [&](std::string_view what, std::string_view text) {
    const auto time = parse_seconds(text);
    if (!time) { throw lines_.error(fmt::format("{} {}", what, quoted(text)), "seconds such as 1.005"); }
    return *time;
  };
  interval.start = seconds("start", fields[0]);
  interval.length = seconds("length", fields[1]);
  const auto max_column = parse_decimal(fields[2]);
  if (!max_column) { throw lines_.error(fmt::format("maximum {}", quoted(fields[2])), "a number such as 2.769"); }
  interval.max_column = *max_column;

  if (!base_time_) {
    const bool relative = start_time_ && interval.start < *start_time_ - year;
    base_time_ = relative ? *start_time_ : Duration{0};
  }
  std::int64_t since_epoch_ns = 0;
  if (__builtin_add_overflow(to_ns(interval.start), to_ns(*base_time_), &since_epoch_ns)) {
    throw lines_.error(fmt::format("start {} after base time {}", fields[0], seconds_text(*base_time_)),
                       "a time before the year 2262");
  }
  interval.start_since_epoch = Duration{since_epoch_ns};
  interval.histogram = decode_histogram(fields[3], lines_.where(), limits_);
  return interval;
}

std::vector<HistogramInterval> read_histogram_log(std::string name, std::string_view text, HistogramLogLimits limits) {
  HistogramLogReader reader{std::move(name), text, limits};
  std::vector<HistogramInterval> intervals;
  std::int64_t bytes = 0;
  while (auto interval = reader.next()) {
    bytes += static_cast<std::int64_t>(interval->histogram.counts().size_bytes());
    if (bytes > limits.all_bytes) {
      throw reader.error(fmt::format("more than {} MiB of histograms", limits.all_bytes >> 20),
                         "a shorter log, or one that is read interval by interval");
    }
    intervals.push_back(std::move(*interval));
  }
  return intervals;
}

Histogram accumulate_histogram_log(std::string name, std::string_view text, int digits,
                                   std::optional<std::string_view> tag, HistogramLogLimits limits) {
  // Twice over the text: a sum that grew with the ranges it meets would round by the order of the intervals.
  std::int64_t highest = 0;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  std::set<std::string> other_tags;
  HistogramLogReader ranges{name, text, limits};
  while (const auto interval = ranges.next()) {
    if (tag && interval->tag != *tag) {
      // A few are enough for a message, and a stranger's log may have any number.
      if (other_tags.size() < 5) { other_tags.insert(interval->tag.empty() ? "no tag" : quoted(interval->tag)); }
      continue;
    }
    highest = std::max(highest, interval->histogram.highest_trackable());
    lowest = std::min(lowest, interval->histogram.lowest_discernible());
  }
  // A log coarser than 2^40 (18 minutes of nanoseconds) may be too coarse for more digits to fit into 63
  // bits.
  lowest = std::min(lowest, std::int64_t{1} << 40);
  if (highest == 0) {
    const std::string found =
        other_tags.empty() ? "the end" : fmt::format("only intervals with {}", fmt::join(other_tags, ", "));
    const std::string which = !tag ? "" : tag->empty() ? " without a tag" : " with the tag " + quoted(*tag);
    throw ranges.error(found, "at least one interval" + which);
  }
  if (Histogram::bytes_needed(highest, digits, lowest) > limits.histogram_bytes) {
    throw ranges.error(fmt::format("values up to {} for {} digits", highest, digits),
                       fmt::format("a histogram of at most {} MiB", limits.histogram_bytes >> 20));
  }

  Histogram sum{highest, digits, lowest};
  HistogramLogReader reader{std::move(name), text, limits};
  while (const auto interval = reader.next()) {
    if (tag && interval->tag != *tag) { continue; }
    try {
      sum.add(interval->histogram);
    } catch (const std::overflow_error&) { throw reader.error("more than 2^63 - 1 values in all intervals", "fewer"); }
  }
  return sum;
}

std::string histogram_log_header(const HistogramLogHeader& header) {
  if (header.comment.find_first_of("\r\n") != std::string::npos) {
    throw std::invalid_argument{"the comment of a histogram log must be one line"};
  }
  if (header.start_time.value_or(Duration{0}) < Duration{0} || header.base_time.value_or(Duration{0}) < Duration{0}) {
    throw std::invalid_argument{"a histogram log cannot start before 1970"};
  }
  std::string text = fmt::format("#[{}]\n#[Histogram log format version 1.3]\n", header.comment);
  if (header.start_time) {
    text += fmt::format("#[StartTime: {} (seconds since epoch), {}]\n", seconds_text(*header.start_time),
                        date_text(*header.start_time));
  }
  // Always said, for a reader's guess takes a simulated start in the year 1970 for an absolute one.
  if (const auto base = header.base_time ? header.base_time : header.start_time) {
    text += fmt::format("#[BaseTime: {} (seconds since epoch)]\n", seconds_text(*base));
  }
  return text + "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
}

std::string histogram_log_line(const HistogramInterval& interval, double max_unit) {
  if (!fits_a_tag(interval.tag)) {
    throw std::invalid_argument{
        fmt::format("the tag of a histogram log must be without commas and blanks, not {}", quoted(interval.tag))};
  }
  if (interval.start < Duration{0} || interval.length < Duration{0}) {
    throw std::invalid_argument{"an interval of a histogram log cannot start before 0 or last less than 0"};
  }
  return fmt::format("{}{}{}{},{},{:.3f},{}\n", interval.tag.empty() ? "" : tag_prefix, interval.tag,
                     interval.tag.empty() ? "" : ",", seconds_text(interval.start), seconds_text(interval.length),
                     static_cast<double>(interval.histogram.max()) / max_unit, encode_histogram(interval.histogram));
}

}  // namespace core
