#include "loadgen/intervals.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "core/histogram_log.hpp"

namespace loadgen {
namespace {

Outcome outcome_of(std::string_view tag, const core::HistogramLogReader& reader) {
  if (tag.empty()) { return Outcome::answered; }
  const auto* const found = std::find(outcome_names.begin(), outcome_names.end(), tag);
  if (found == outcome_names.end()) {
    const auto near = core::nearest(tag, {outcome_names.begin(), outcome_names.end()});
    throw reader.error("the tag " + core::quoted(tag),
                       near ? fmt::format("how a request ended; did you mean '{}'?", *near)
                            : fmt::format("how a request ended: {}", fmt::join(outcome_names, ", ")));
  }
  return static_cast<Outcome>(found - outcome_names.begin());
}

}  // namespace

void for_each_interval(const FileReader& read, Metric metric, const std::function<void(const Interval&)>& visit) {
  const std::string name = fmt::format("{}.hlog", name_of(metric));
  core::HistogramLogReader reader{name, ""};
  read(name, [&](std::string_view lines) {
    reader.go_on(lines);
    while (const auto line = reader.next()) {
      const auto start = reader.start_time() ? line->start_since_epoch - *reader.start_time() : line->start;
      if (line->length > core::Duration::max() - std::max(start, core::Duration{0})) {
        throw reader.error("an interval without end", "one that ends within 292 years");
      }
      try {
        visit({outcome_of(line->tag, reader), start, line->length, line->histogram});
      } catch (const std::overflow_error&) {
        throw reader.error("more than 2^63 - 1 values in all intervals", "fewer");
      }
    }
  });
}

bool lies_in(Span span, core::Duration start, core::Duration length) {
  const core::Duration middle = start + length / 2;
  return middle >= span.from && middle < span.to;
}

}  // namespace loadgen
