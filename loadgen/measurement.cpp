#include "loadgen/measurement.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "core/text_lines.hpp"
#include "loadgen/intervals.hpp"

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
  std::erase_if(measurement.seconds, [&](const SecondCounts& s) { return !lies_in(span, s.start, s.length); });
  if (!measurement.seconds.empty()) { measurement.counts.start = measurement.seconds.front().start; }
  for (const SecondCounts& second : measurement.seconds) { add(measurement.counts, second, name); }
}

void read_metric(Measurement& measurement, const FileReader& read, Metric metric, Span span) {
  for_each_interval(read, metric, [&](const Interval& interval) {
    if (!lies_in(span, interval.start, interval.length)) { return; }
    if (interval.outcome == Outcome::answered) {
      measurement.of(metric).add(interval.histogram);
    } else if (metric == Metric::response_time && is_censored(interval.outcome)) {
      measurement.censored.add(interval.histogram);
    }
  });
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
