#include "loadgen/summarize.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "core/format.hpp"
#include "loadgen/judge/enough_samples.hpp"
#include "loadgen/judge/steady_state.hpp"

namespace loadgen {
namespace {

constexpr std::int64_t late_ns = 1'000'000;
constexpr double late_share = 0.05;

LatencyRow row_of(std::string_view name, const core::Histogram& times) {
  LatencyRow row;
  row.metric = name;
  row.count = times.total_count();
  row.mean_ns = static_cast<std::int64_t>(times.mean());
  row.p50_ns = times.value_at_quantile(0.5);
  row.p90_ns = times.value_at_quantile(0.9);
  row.p95_ns = times.value_at_quantile(0.95);
  row.p99_ns = times.value_at_quantile(0.99);
  row.p999_ns = times.value_at_quantile(0.999);
  row.max_ns = times.max();
  row.highest_claimed = judge::highest_claimed(row.count);
  return row;
}

// The first is of all who waited.
std::vector<LatencyRow> rows_of(const Measurement& measurement) {
  std::vector<LatencyRow> rows{row_of("waited", measurement.waited())};
  for (std::size_t i = 0; i < metric_count; ++i) {
    const core::Histogram& times = measurement.answered[i];
    if (times.total_count() > 0) rows.push_back(row_of(metric_names[i], times));
  }
  return rows;
}

void find_steady_part(LoadSummary& summary, const FileReader& read, const JudgementConfig& judgement) {
  Span span;
  if (judgement.warm_up) {
    span.from = *judgement.warm_up;
    summary.steady_rule = "as --warm-up says";
  } else {
    const auto means = judge::read_means(read, Metric::response_time, {});
    const judge::SteadyState steady = judge::find_steady_state(means.points());
    summary.steady_rule = steady.rule;
    if (!steady.found) return;
    span.from = steady.from;
  }
  const auto service = judge::read_means(read, Metric::service_time, span);
  const judge::Trend trend = judge::find_trend(service.points());
  if (trend.grows)
    summary.warnings.push_back(fmt::format("service time {}: the server was falling behind", trend.words));
  summary.steady_from = span.from;
  if (span.from > core::Duration{} || judgement.warm_up) summary.steady_latencies = rows_of(measure(read, span));
}

void count_failures(LoadSummary& summary, const RunFacts& run) {
  for (std::size_t i = 0; i < outcome_count; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    if (outcome == Outcome::answered || summary.counts[outcome] == 0) continue;
    const auto said = std::find_if(run.first_said.begin(), run.first_said.end(),
                                   [&](const FailureSample& s) { return s.outcome == name_of(outcome); });
    summary.failures.push_back(
        {std::string{name_of(outcome)}, summary.counts[outcome], said == run.first_said.end() ? "" : said->first});
  }
}

void warn(LoadSummary& summary, const RunFacts& run) {
  if (run.sent_late > 0) {
    summary.warnings.push_back(
        fmt::format("{} requests were sent more than {} after their time, in a burst to catch up",
                    core::format_count(run.sent_late), core::format_duration(run.late_after)));
  }
  if (!run.local_limit.empty()) {
    summary.warnings.push_back(fmt::format(
        "this machine gave no more sockets: {}; requests waited for those that were open", run.local_limit));
  }
  if (run.killed && !summary.plan.closed_loop) {
    const std::int64_t lost = summary.plan.requests - summary.counts.planned();
    if (lost > 0) summary.counts[Outcome::unsent] += lost;
    summary.warnings.push_back(fmt::format("the run was killed: nothing is known of {} requests, counted as never sent",
                                           core::format_count(lost)));
  }
  if (!summary.plan.closed_loop && summary.counts.planned() != summary.plan.requests) {
    throw std::logic_error{
        fmt::format("{} requests planned and {} accounted for", summary.plan.requests, summary.counts.planned())};
  }
}

}  // namespace

RunFacts facts_of(const SenderEnd& end, const SenderConfig& config) {
  RunFacts facts;
  facts.interrupted = end.interrupted;
  for (std::size_t i = 0; i < outcome_count; ++i) {
    if (!end.first_said[i].empty()) facts.first_said.push_back({std::string{outcome_names[i]}, 0, end.first_said[i]});
  }
  facts.sent_late = config.drops_late || config.concurrency > 0 ? 0 : end.sent_late;
  facts.late_after = config.late_after;
  facts.last_send = end.last_send;
  facts.tokens_from_usage = end.answers > 0 && end.answers_with_usage == end.answers;
  facts.local_limit = end.local_limit;
  return facts;
}

std::string invalid_because(const Measurement& measurement) {
  const std::int64_t generator_ns = measurement.of(Metric::generator_delay).value_at_quantile(0.99);
  const core::Histogram waited = measurement.waited();
  if (waited.total_count() == 0) return {};  // nothing was measured that could be wrong
  const std::int64_t response_ns = waited.value_at_quantile(0.99);
  if (generator_ns <= late_ns || static_cast<double>(generator_ns) <= late_share * static_cast<double>(response_ns))
    return {};
  return fmt::format(
      "the generator was late: 1 % of its requests by {} or more, while their response times have a p99 "
      "of {}",
      core::format_duration(core::Duration{generator_ns}), core::format_duration(core::Duration{response_ns}));
}

LoadSummary summarize(const FileReader& read, const LoadPlanFacts& plan, const RunFacts& run,
                      const JudgementConfig& judgement) {
  const Measurement all = measure(read, {});
  LoadSummary summary;
  summary.plan = plan;
  summary.interrupted = run.interrupted;
  summary.counts = all.counts.ended;
  summary.retried = all.counts.retried;
  summary.sent_late = run.sent_late;
  summary.connects = all.counts.connects;
  summary.closed_by_server = all.counts.closed_by_server;
  summary.bytes_received = all.counts.bytes_received;
  summary.bytes_sent = all.counts.bytes_sent;
  summary.tokens = all.counts.tokens;
  summary.token_events = all.counts.token_events;
  summary.tokens_from_usage = run.tokens_from_usage;
  summary.length = all.counts.length;
  summary.asked_per_s = plan.closed_loop ? 0 : per_s(plan.requests, plan.length);
  // An interrupted run is not to be blamed for what it did not get to.
  const core::Duration sending = run.interrupted ? summary.length : std::max(plan.length, run.last_send);
  summary.reached_per_s = per_s(all.counts.sent, plan.closed_loop ? summary.length : sending);
  summary.answered_per_s = per_s(summary.counts.answered(), summary.length);
  summary.latencies = rows_of(all);
  if (std::string why = invalid_because(all); !why.empty()) {
    summary.valid = false;
    summary.invalid_because.push_back(std::move(why));
  }
  find_steady_part(summary, read, judgement);
  warn(summary, run);
  count_failures(summary, run);

  const bool from_steady = judgement.warm_up.has_value() || judgement.finds_warm_up;
  const Measurement judged = from_steady ? measure(read, {.from = summary.steady_from}) : all;
  for (const judge::Threshold& threshold : judgement.thresholds)
    summary.thresholds.push_back(judge::judge(threshold, judged, judged.counts.length));
  return summary;
}

}  // namespace loadgen
