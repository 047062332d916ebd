// What is done with whole histogram logs (core/histogram_log.hpp), ours and other tools'.
//
//  * `merge_histogram_logs`  one log of the intervals of several
//  * `accumulate_by_tag`     the sum of each tag's intervals, and of all
//
// Example:
//   const std::string merged = core::merge_histogram_logs({{"a.hlog", a}, {"b.hlog", b}});
//   for (const auto& tag : core::accumulate_by_tag("a.hlog", a).tags) { fmt::print("{}\n", tag.histogram.max()); }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/histogram.hpp"
#include "core/histogram_log.hpp"

namespace core {

struct NamedText {
  std::string name;  // stands in messages
  std::string_view text;
};

// All intervals in the order of their start, equal ones in the order of the logs, written in V2. Absolute times stay:
// the new log's base is the earliest start. So do maxima, and tags, unless a `tag` is given for all (it must be without
// commas and blanks). In memory: the texts. Throws ConfigError, also when there is no interval at all.
std::string merge_histogram_logs(const std::vector<NamedText>& logs, std::optional<std::string_view> tag = std::nullopt,
                                 HistogramLogLimits limits = {});

struct TaggedHistogram {
  std::string tag;  // empty: none
  std::int64_t intervals = 0;
  Histogram histogram{2};
};
struct HistogramsByTag {
  std::vector<TaggedHistogram> tags;  // in alphabetical order, no tag first
  TaggedHistogram all;
};

// Each sum has the digits of the finest of its intervals and the range of the widest. With a `tag`, only the intervals
// that have it (an empty one: that have none). Throws ConfigError, also when no interval is left.
HistogramsByTag accumulate_by_tag(std::string_view name, std::string_view text,
                                  std::optional<std::string_view> tag = std::nullopt, HistogramLogLimits limits = {});

}  // namespace core
