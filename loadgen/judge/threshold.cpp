#include "loadgen/judge/threshold.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/format.hpp"
#include "loadgen/judge/enough_samples.hpp"

namespace loadgen::judge {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

std::string time_text(double time_ns, const Threshold& threshold) {
  return fmt::format("{} {}", core::format_figure(time_ns / static_cast<double>(threshold.unit_ns)), threshold.unit);
}

std::string rate_text(double per_s) { return core::format_figure(per_s) + "/s"; }

std::string percentile_name(double quantile) {
  const std::string share = core::config_share(quantile);
  return "p" + share.substr(0, share.find('%'));
}

// What a condition looks at: one number, or, where requests were still waiting, as much as it may truly be.
struct Value {
  double least = 0;
  double most = 0;
};

JudgedThreshold judge_count(const Threshold& threshold, const Measurement& measurement) {
  const OutcomeCounts& ended = measurement.counts.ended;
  const std::int64_t planned = ended.planned();
  const std::int64_t count = threshold.outcome ? ended[*threshold.outcome] : planned - ended.answered();
  JudgedThreshold judged;
  judged.text = threshold.text;
  if (threshold.quantity == Quantity::count) {
    judged.measured = core::format_count(count);
    judged.failed = holds(threshold.comparator, static_cast<double>(count), threshold.limit);
  } else if (planned == 0) {
    judged.measured = "no requests";
    judged.failed = true;
    judged.enough = false;
    judged.reason = "there was no request to take a share of";
    return judged;
  } else {
    const double share = static_cast<double>(count) / static_cast<double>(planned);
    judged.measured = core::format_share(share);
    judged.failed = holds(threshold.comparator, share, threshold.limit);
  }
  if (judged.failed) {
    judged.reason = fmt::format(
        "{} of {} requests {}", core::format_count(count), core::format_count(planned),
        threshold.outcome ? fmt::format("ended as {}", name_of(*threshold.outcome)) : std::string{"were not answered"});
  }
  return judged;
}

JudgedThreshold judge_rate(const Threshold& threshold, const Measurement& measurement, core::Duration length) {
  const SecondCounts& counts = measurement.counts;
  std::int64_t count = counts.tokens;
  std::string_view what = "tokens";
  if (threshold.quantity == Quantity::answered_rate) {
    count = counts.ended.answered();
    what = "answered requests";
  } else if (threshold.quantity == Quantity::sent_rate) {
    count = counts.sent;
    what = "requests sent";
  }
  const double per_s = length > core::Duration{0} ? static_cast<double>(count) / core::to_seconds(length) : 0;
  JudgedThreshold judged;
  judged.text = threshold.text;
  judged.measured = rate_text(per_s);
  judged.failed = holds(threshold.comparator, per_s, threshold.limit);
  if (judged.failed) {
    judged.reason = fmt::format("{} {} in {}", core::format_count(count), what, core::format_duration(length));
  }
  return judged;
}

// The values at a rank if those who still waited had come back at once, and if they never had.
Value percentile(const core::Histogram& answered, const core::Histogram& waiting, const core::Histogram& all,
                 double quantile) {
  Value value;
  value.least = static_cast<double>(all.value_at_quantile(quantile));
  value.most = value.least;
  // Who waited longer than that anyway moves nothing.
  const bool may_move = waiting.total_count() > 0 && waiting.min() <= all.value_at_quantile(quantile);
  if (!may_move) { return value; }
  // The same rank among the answered alone, with those who still waited all behind them.
  const double share = quantile * static_cast<double>(all.total_count()) / static_cast<double>(answered.total_count());
  value.most =
      answered.total_count() > 0 && share <= 1 ? static_cast<double>(answered.value_at_quantile(share)) : unbounded;
  value.most = std::max(value.most, value.least);
  return value;
}

JudgedThreshold judge_time(const Threshold& threshold, const Measurement& measurement) {
  const bool response = threshold.metric == Metric::response_time;
  const core::Histogram& answered = measurement.of(threshold.metric);
  const core::Histogram all = response ? measurement.waited() : answered;
  const core::Histogram& waiting = measurement.censored;
  const std::int64_t samples = all.total_count();
  const std::int64_t still_waiting = response ? waiting.total_count() : 0;
  JudgedThreshold judged;
  judged.text = threshold.text;
  if (samples == 0) {
    judged.measured = "no samples";
    judged.failed = true;
    judged.enough = false;
    judged.reason = fmt::format("there is no {} to judge", name_of(threshold.metric));
    return judged;
  }

  Value value;
  std::string name = "mean";
  if (threshold.quantity == Quantity::mean) {
    value.least = value.most = all.mean();
  } else if (threshold.quantity == Quantity::max) {
    name = "max";
    value.least = static_cast<double>(all.max());
    value.most = still_waiting > 0 ? unbounded : value.least;
  } else {
    name = percentile_name(threshold.quantile);
    const std::int64_t least = least_samples(threshold.quantile);
    judged.enough = samples >= least;
    value = still_waiting > 0 ? percentile(answered, waiting, all, threshold.quantile)
                              : Value{static_cast<double>(all.value_at_quantile(threshold.quantile)),
                                      static_cast<double>(all.value_at_quantile(threshold.quantile))};
    if (!judged.enough) {
      judged.reason =
          fmt::format("{} sample{}, but {} takes {} at {} confidence", core::format_count(samples),
                      samples == 1 ? "" : "s", name, core::format_count(least), core::format_share(usual_confidence));
    }
  }
  const bool bound = value.most > value.least || (threshold.quantity == Quantity::mean && still_waiting > 0);
  judged.measured = (bound ? "at least " : "") + time_text(value.least, threshold);
  const bool fails_at_least = holds(threshold.comparator, value.least, threshold.limit);
  const bool fails_at_most = holds(threshold.comparator, value.most, threshold.limit);
  judged.failed = fails_at_least || fails_at_most || !judged.enough;
  if (!judged.reason.empty()) { return judged; }
  const std::string waiters = fmt::format("{} request{} still waiting", core::format_count(still_waiting),
                                          still_waiting == 1 ? " was" : "s were");
  if (fails_at_least != fails_at_most) {
    judged.reason = fmt::format(
        "{} when nobody looked any more, and {} may be more than {}", waiters, name,
        value.most == unbounded ? time_text(value.least, threshold)
                                : time_text(value.least, threshold) + ", up to " + time_text(value.most, threshold));
  } else if (judged.failed || bound) {
    judged.reason = fmt::format("{} of {} is {}", name, name_of(threshold.metric), judged.measured);
    if (bound) { judged.reason += fmt::format(": {} and count at their age", waiters); }
  }
  return judged;
}

}  // namespace

bool holds(Comparator comparator, double value, double limit) {
  switch (comparator) {
    case Comparator::greater:
      return value > limit;
    case Comparator::greater_or_equal:
      return value >= limit;
    case Comparator::less:
      return value < limit;
    case Comparator::less_or_equal:
      return value <= limit;
  }
  return true;
}

JudgedThreshold judge(const Threshold& threshold, const Measurement& measurement, core::Duration length) {
  switch (threshold.quantity) {
    case Quantity::percentile:
    case Quantity::mean:
    case Quantity::max:
      return judge_time(threshold, measurement);
    case Quantity::share:
    case Quantity::count:
      return judge_count(threshold, measurement);
    case Quantity::answered_rate:
    case Quantity::sent_rate:
    case Quantity::token_rate:
      return judge_rate(threshold, measurement, length);
  }
  return {};
}

}  // namespace loadgen::judge
