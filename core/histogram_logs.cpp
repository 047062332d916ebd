#include "core/histogram_logs.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "core/text_lines.hpp"
#include "core/yaml_reader.hpp"

namespace core {
namespace {

// The layout that holds all histograms met.
struct Layout {
  std::int64_t highest = 2;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  int digits = 1;
  std::int64_t intervals = 0;

  void meet(const Histogram& histogram) {
    highest = std::max(highest, histogram.highest_trackable());
    lowest = std::min(lowest, histogram.lowest_discernible());
    digits = std::max(digits, histogram.digits());
    ++intervals;
  }
  // A log coarser than 2^40 (18 minutes of nanoseconds) may be too coarse for more digits to fit into 63 bits.
  std::int64_t unit() const { return std::min(lowest, std::int64_t{1} << 40); }
  std::int64_t bytes() const { return Histogram::bytes_needed(highest, digits, unit()); }
  Histogram histogram() const { return Histogram{highest, digits, unit()}; }
};

// A few are enough for a message, and a stranger's log may have any number.
constexpr std::size_t most_shown = 5;

std::string tags_text(const std::set<std::string>& tags) {
  std::string text;
  std::size_t shown = 0;
  for (const std::string& tag : tags) {
    if (shown++ == most_shown) { return text + ", …"; }
    text += fmt::format("{}{}", text.empty() ? "" : ", ", tag.empty() ? "no tag" : quoted(tag));
  }
  return text;
}

}  // namespace

std::string merge_histogram_logs(const std::vector<NamedText>& logs, std::optional<std::string_view> tag,
                                 HistogramLogLimits limits) {
  // An interval's line is a hundredth of its histogram, so all of them may be held while they are put in order.
  struct Line {
    Duration start;
    std::string text;
  };
  std::optional<Duration> base;
  const auto meet = [&](Duration time) { base = base ? std::min(*base, time) : time; };
  for (const NamedText& log : logs) {
    HistogramLogReader reader{log.name, log.text, limits};
    bool any = false;
    while (const auto interval = reader.next()) {
      meet(interval->start_since_epoch);
      any = true;
    }
    if (any && reader.start_time()) { meet(*reader.start_time()); }
  }
  if (!base) {
    throw ConfigError{fmt::format("{}: found the end, expected at least one interval{}",
                                  logs.empty() ? "histogram logs" : logs.front().name,
                                  logs.size() > 1 ? " in all logs together" : "")};
  }

  std::vector<Line> lines;
  for (const NamedText& log : logs) {
    HistogramLogReader reader{log.name, log.text, limits};
    while (auto interval = reader.next()) {
      interval->start = interval->start_since_epoch - *base;
      if (tag) { interval->tag = *tag; }
      // In whatever unit the log's third column is, it stays what it was.
      const auto max = static_cast<double>(interval->histogram.max());
      const double max_unit = interval->max_column > 0 && max > 0 ? max / interval->max_column : 1e6;
      try {
        lines.push_back({interval->start, histogram_log_line(*interval, max_unit)});
      } catch (const std::invalid_argument&) {
        throw reader.error("the tag " + quoted(interval->tag), "one without blanks and control characters");
      }
    }
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.start < b.start; });
  std::string merged = histogram_log_header({.comment = "Merged with billcast", .start_time = base});
  for (const Line& line : lines) { merged += line.text; }
  return merged;
}

HistogramsByTag accumulate_by_tag(std::string_view name, std::string_view text, std::optional<std::string_view> tag,
                                  HistogramLogLimits limits) {
  // Twice over the text: a sum that grew with the ranges it meets would round by the order of the intervals.
  std::map<std::string, Layout, std::less<>> layouts;
  std::set<std::string> others;
  Layout widest;
  HistogramLogReader ranges{std::string{name}, text, limits};
  while (const auto interval = ranges.next()) {
    if (tag && interval->tag != *tag) {
      if (others.size() <= most_shown) { others.insert(interval->tag); }
      continue;
    }
    layouts[interval->tag].meet(interval->histogram);
    widest.meet(interval->histogram);
    // The widest layout bounds each tag's, and the sum of all has it.
    if (static_cast<std::int64_t>(layouts.size() + 1) > limits.all_bytes / widest.bytes()) {
      throw ranges.error(fmt::format("tags whose sums take more than {} MiB", limits.all_bytes >> 20),
                         "fewer tags, or one of them alone");
    }
  }
  if (layouts.empty()) {
    const std::string which = !tag ? "" : tag->empty() ? " without a tag" : " with the tag " + quoted(*tag);
    throw ranges.error(others.empty() ? "the end" : "only intervals with " + tags_text(others),
                       "at least one interval" + which);
  }

  HistogramsByTag sums;
  std::map<std::string, std::size_t, std::less<>> index_of;
  for (const auto& [key, layout] : layouts) {
    index_of[key] = sums.tags.size();
    sums.tags.push_back({key, layout.intervals, layout.histogram()});
  }
  sums.all = {"", widest.intervals, widest.histogram()};
  HistogramLogReader reader{std::string{name}, text, limits};
  while (const auto interval = reader.next()) {
    const auto index = index_of.find(interval->tag);
    if (index == index_of.end()) { continue; }
    try {
      sums.tags[index->second].histogram.add(interval->histogram);
      sums.all.histogram.add(interval->histogram);
    } catch (const std::overflow_error&) { throw reader.error("more than 2^63 - 1 values in all intervals", "fewer"); }
  }
  return sums;
}

}  // namespace core
