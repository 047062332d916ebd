#include "loadgen/measurement.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

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

constexpr std::string_view outcomes_name = "outcomes.csv";

void read_outcomes_of(Measurement& measurement, const FileReader& read, Span span) {
  bool first = true;
  for_each_second(read, [&](const SecondCounts& second) {
    if (!lies_in(span, second.start, second.length)) { return; }
    if (first) { measurement.counts.start = second.start; }
    first = false;
    add(measurement.counts, second, outcomes_name);
  });
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

void for_each_second(const FileReader& read, const std::function<void(const SecondCounts&)>& visit) {
  const std::string heading = outcomes_header();
  const std::string_view columns = core::trim(std::string_view{heading}.substr(0, heading.size() - 1));
  const std::size_t column_count = core::split(columns, ',').size();
  core::TextLines lines{std::string{outcomes_name}, ""};
  bool has_heading = false;
  read(outcomes_name, [&](std::string_view text) {
    lines.go_on(text);
    while (const auto line = lines.next()) {
      if (!has_heading && *line != columns)
        throw lines.error(core::quoted(*line), fmt::format("the heading '{}'", columns));
      if (has_heading) { visit(read_second(lines, *line, column_count)); }
      has_heading = true;
    }
  });
}

FileReader files_in(std::filesystem::path folder) {
  return [folder = std::move(folder)](std::string_view name, const std::function<void(std::string_view)>& take) {
    const std::filesystem::path path = folder / name;
    std::ifstream file{path, std::ios::binary};
    if (!file) {
      if (errno == ENOENT) { return false; }
      throw core::ConfigError{fmt::format("cannot read '{}': {}", path.string(), std::strerror(errno))};
    }
    constexpr std::size_t piece = std::size_t{256} * 1024;
    std::string text;
    while (file) {
      const std::size_t begun = text.size();  // of a line whose end has not come yet
      text.resize(begun + piece);
      file.read(text.data() + begun, static_cast<std::streamsize>(piece));
      text.resize(begun + static_cast<std::size_t>(file.gcount()));
      const std::size_t whole = text.find_last_of('\n') + 1;  // npos + 1 is 0
      if (whole > 0) { take(std::string_view{text}.substr(0, whole)); }
      text.erase(0, whole);
    }
    return true;
  };
}

}  // namespace loadgen
