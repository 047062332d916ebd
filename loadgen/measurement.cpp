#include "loadgen/measurement.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "core/histogram_log.hpp"
#include "core/text_lines.hpp"

namespace loadgen {
namespace {

constexpr std::size_t time_columns = 2;  // start_s and length_s, before the counts

// The one list of counts, in the order of the columns: writing, reading and adding all walk it.
template <class Second, class Visit>
void visit_counts(Second& second, Visit visit) {
  visit("due", second.due);
  visit("sent", second.sent);
  for (std::size_t i = 0; i < outcome_count; ++i) { visit(outcome_names[i], second.ended.by_outcome[i]); }
  visit("retried", second.retried);
  visit("connects", second.connects);
  visit("closed_by_server", second.closed_by_server);
  visit("in_flight", second.in_flight);
  visit("connections", second.connections);
  visit("bytes_received", second.bytes_received);
  visit("bytes_sent", second.bytes_sent);
  visit("tokens", second.tokens);
  visit("token_events", second.token_events);
}

std::string seconds_text(core::Duration time) {
  return fmt::format("{}.{:09}", core::to_ns(time) / core::ns_per_second, core::to_ns(time) % core::ns_per_second);
}

// A run that was killed may have left half a line, and half a number looks like a number.
std::string_view whole_lines(std::string_view text) {
  return text.substr(0, text.find_last_of('\n') + 1);  // npos + 1 is 0
}

core::Duration middle(core::Duration start, core::Duration length) { return start + length / 2; }

bool holds(Span span, core::Duration time) { return time >= span.from && time < span.to; }

SecondCounts read_second(const core::TextLines& lines, std::string_view line, std::size_t columns) {
  const auto fields = core::split(line, ',');
  if (fields.size() != columns) {
    throw lines.error(fmt::format("{} field{}", fields.size(), fields.size() == 1 ? "" : "s"),
                      fmt::format("{}, one for each column", columns));
  }
  const auto seconds = [&](std::string_view name, std::string_view text) {
    const auto time = core::parse_seconds(text);
    if (!time) { throw lines.error(fmt::format("{} {}", name, core::quoted(text)), "seconds such as 1.000000000"); }
    return *time;
  };
  SecondCounts second;
  second.start = seconds("start_s", fields[0]);
  second.length = seconds("length_s", fields[1]);
  if (second.start > core::Duration::max() - second.length) {
    throw lines.error(fmt::format("a second from {} on", fields[0]), "one that ends within 292 years");
  }
  std::size_t column = time_columns;
  visit_counts(second, [&](std::string_view name, std::int64_t& count) {
    const auto value = core::parse_count(fields[column]);
    if (!value) {
      throw lines.error(fmt::format("{} {}", name, core::quoted(fields[column])), "a whole number such as 120");
    }
    count = *value;
    ++column;
  });
  return second;
}

void add(SecondCounts& sum, const SecondCounts& second, std::string_view name) {
  std::vector<std::int64_t> terms{core::to_ns(second.length)};
  visit_counts(second, [&](std::string_view, const std::int64_t& count) { terms.push_back(count); });
  std::size_t next = 0;
  const auto take = [&](std::string_view column, std::int64_t& total) {
    if (__builtin_add_overflow(total, terms[next++], &total)) {
      throw core::ConfigError{
          fmt::format("{}: found a sum of {} beyond 2^63 - 1, expected counts of a load test", name, column)};
    }
  };
  const std::int64_t in_flight = std::max(sum.in_flight, second.in_flight);
  const std::int64_t connections = std::max(sum.connections, second.connections);
  sum.in_flight = sum.connections = 0;
  std::int64_t length_ns = core::to_ns(sum.length);
  take("length_s", length_ns);
  visit_counts(sum, take);
  sum.length = core::Duration{length_ns};
  sum.in_flight = in_flight;
  sum.connections = connections;
}

void read_outcomes_of(Measurement& measurement, const FileReader& read, Span span) {
  constexpr std::string_view name = "outcomes.csv";
  const auto text = read(name);
  if (!text) { return; }
  measurement.seconds = read_outcomes(name, *text);
  std::erase_if(measurement.seconds, [&](const SecondCounts& s) { return !holds(span, middle(s.start, s.length)); });
  if (!measurement.seconds.empty()) { measurement.counts.start = measurement.seconds.front().start; }
  for (const SecondCounts& second : measurement.seconds) { add(measurement.counts, second, name); }
}

// Where the counts of an interval with this tag belong; nowhere when its requests were neither answered nor waiting.
core::Histogram* target(Measurement& measurement, Metric metric, std::string_view tag,
                        const core::HistogramLogReader& reader) {
  if (tag.empty()) { return &measurement.of(metric); }
  const auto* const found = std::find(outcome_names.begin(), outcome_names.end(), tag);
  if (found == outcome_names.end()) {
    const auto near = core::nearest(tag, {outcome_names.begin(), outcome_names.end()});
    throw reader.error("the tag " + core::quoted(tag),
                       near ? fmt::format("how a request ended; did you mean '{}'?", *near)
                            : fmt::format("how a request ended: {}", fmt::join(outcome_names, ", ")));
  }
  const auto outcome = static_cast<Outcome>(found - outcome_names.begin());
  return metric == Metric::response_time && is_censored(outcome) ? &measurement.censored : nullptr;
}

void read_metric(Measurement& measurement, const FileReader& read, Metric metric, Span span) {
  const std::string name = fmt::format("{}.hlog", name_of(metric));
  const auto text = read(name);
  if (!text) { return; }
  core::HistogramLogReader reader{name, whole_lines(*text)};
  while (const auto interval = reader.next()) {
    core::Histogram* const sum = target(measurement, metric, interval->tag, reader);
    // Since the start of the run, whatever the log's stamps are relative to.
    const auto start = reader.start_time() ? interval->start_since_epoch - *reader.start_time() : interval->start;
    if (interval->length > core::Duration::max() - std::max(start, core::Duration{0})) {
      throw reader.error("an interval without end", "one that ends within 292 years");
    }
    if (sum == nullptr || !holds(span, middle(start, interval->length))) { continue; }
    try {
      sum->add(interval->histogram);
    } catch (const std::overflow_error&) { throw reader.error("more than 2^63 - 1 values in all intervals", "fewer"); }
  }
}

template <std::size_t... I>
std::array<core::Histogram, sizeof...(I)> empty_histograms(std::index_sequence<I...>) {
  return {{(static_cast<void>(I), core::Histogram{longest_ns})...}};
}

}  // namespace

Measurement::Measurement()
    : answered{empty_histograms(std::make_index_sequence<metric_count>{})}, censored{longest_ns} {}

core::Histogram Measurement::waited() const {
  core::Histogram all = of(Metric::response_time);
  all.add(censored);
  return all;
}

Measurement measure(const FileReader& read, Span span) {
  Measurement measurement;
  for (std::size_t i = 0; i < metric_count; ++i) { read_metric(measurement, read, static_cast<Metric>(i), span); }
  read_outcomes_of(measurement, read, span);
  return measurement;
}

std::string outcomes_header() {
  std::string text = "start_s,length_s";
  const SecondCounts second;
  visit_counts(second, [&](std::string_view name, std::int64_t) { text.append(",").append(name); });
  return text + "\n";
}

std::string outcomes_line(const SecondCounts& second) {
  std::string text = seconds_text(second.start) + "," + seconds_text(second.length);
  visit_counts(second, [&](std::string_view, std::int64_t count) { text += fmt::format(",{}", count); });
  return text + "\n";
}

std::vector<SecondCounts> read_outcomes(std::string_view name, std::string_view text) {
  core::TextLines lines{std::string{name}, whole_lines(text)};
  const std::string heading = outcomes_header();
  const std::string_view columns = core::trim(std::string_view{heading}.substr(0, heading.size() - 1));
  const auto first = lines.next();
  std::vector<SecondCounts> seconds;
  if (!first) { return seconds; }  // killed before the first line was written
  if (*first != columns) { throw lines.error(core::quoted(*first), fmt::format("the heading '{}'", columns)); }
  const std::size_t column_count = core::split(columns, ',').size();
  while (const auto line = lines.next()) { seconds.push_back(read_second(lines, *line, column_count)); }
  return seconds;
}

}  // namespace loadgen
