#include "loadgen/judge/probe.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "core/text_lines.hpp"
#include "loadgen/intervals.hpp"
#include "loadgen/judge/steady_state.hpp"

namespace loadgen::judge {
namespace {

constexpr double growth_of_a_backlog = 1;  // of the median

bool once_a_request(Metric metric) {
  constexpr std::array<Metric, 5> metrics{Metric::response_time, Metric::service_time, Metric::time_to_first_token,
                                          Metric::first_token_from_send, Metric::time_per_token};
  return std::find(metrics.begin(), metrics.end(), metric) != metrics.end();
}

// A bucket counts at its highest value, as percentiles do.
std::int64_t count_over(const core::Histogram& histogram, double limit) {
  std::int64_t over = 0;
  for (const core::Histogram::Bucket& bucket : histogram.recorded_buckets()) {
    if (static_cast<double>(bucket.highest) > limit) { over += bucket.count; }
  }
  return over;
}

bool backlog_grew(const std::vector<SecondCounts>& seconds) {
  MeanSeries series;
  for (const SecondCounts& second : seconds) {
    series.add({second.start, second.length, static_cast<double>(second.in_flight), 1});
  }
  const Trend trend = find_trend(series.points());
  return trend.grows && trend.growth >= growth_of_a_backlog;
}

}  // namespace

Threshold parse_goal(std::string_view text) {
  constexpr std::string_view option = "--find-max";
  Threshold goal = parse_threshold(text, option);
  const auto refuse = [&](std::string_view found, std::string_view expected) {
    throw core::ConfigError{
        fmt::format("{}: found {} in {}, expected {}", option, found, core::quoted(text), expected)};
  };
  if (goal.quantity != Quantity::percentile) {
    refuse("no percentile", "one and its limit, such as 'p99<200ms' or 'ttft.p95<800ms'");
  }
  if (goal.comparator != Comparator::less && goal.comparator != Comparator::less_or_equal) {
    refuse("a lower limit", "what must hold, such as 'p99<200ms'");
  }
  if (!once_a_request(goal.metric)) {
    refuse(name_of(goal.metric), "a time that each request has once: response, service, ttft, ttft_from_send or tpot");
  }
  return goal;
}

ProbeResult probe_result(const Threshold& goal, const FileReader& read, Span span) {
  const Measurement measurement = measure(read, span);
  ProbeResult result;
  std::vector<SecondCounts> seconds;
  for_each_second(read, [&](const SecondCounts& second) {
    if (lies_in(span, second.start, second.length)) { seconds.push_back(second); }
  });
  for (const SecondCounts& second : seconds) {
    const std::int64_t samples = second.ended.planned();
    result.batches.push_back({samples, samples - second.ended.answered()});
  }
  for_each_interval(read, goal.metric, [&](const Interval& interval) {
    if (interval.outcome != Outcome::answered || !lies_in(span, interval.start, interval.length)) { return; }
    // The last second that began by the interval's middle.
    const auto after =
        std::upper_bound(seconds.begin(), seconds.end(), interval.start + interval.length / 2,
                         [](core::Duration time, const SecondCounts& second) { return time < second.start; });
    if (after == seconds.begin()) { return; }
    const auto index = static_cast<std::size_t>(after - seconds.begin() - 1);
    ProbeResult::Batch& batch = result.batches[index];
    batch.over = std::min(batch.samples, batch.over + count_over(interval.histogram, goal.limit));
  });
  const SecondCounts& counts = measurement.counts;
  result.reached_share =
      counts.due > 0 ? std::min(1.0, static_cast<double>(counts.sent) / static_cast<double>(counts.due)) : 1;
  result.backlog_grew = backlog_grew(seconds);
  result.measured = judge(goal, measurement, counts.length).measured;
  return result;
}

}  // namespace loadgen::judge
