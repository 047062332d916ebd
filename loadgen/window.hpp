// What the sender has seen since it last handed over: a second's worth of histograms and counts.
//
// Recording is an addition to an array; writing down is the clerk's (loadgen/clerk.hpp).
#pragma once

#include <array>
#include <initializer_list>
#include <memory>

#include "core/histogram.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/metric.hpp"
#include "loadgen/outcome.hpp"

namespace loadgen {

class Window {
 public:
  // Histograms are kept of these metrics only: each takes 300 KB.
  explicit Window(std::initializer_list<Metric> metrics);

  void record(Metric metric, std::int64_t ns) { times_[static_cast<std::size_t>(metric)].record(ns); }
  // The times of a request that did not end well. Rare, or else speed does not matter.
  void record_other(Metric metric, Outcome outcome, std::int64_t ns);
  void clear();

  const core::Histogram& of(Metric metric) const { return times_[static_cast<std::size_t>(metric)]; }
  // Null when there was none. Of response_time and service_time.
  const core::Histogram* other(Metric metric, Outcome outcome) const;

  SecondCounts counts{};

 private:
  std::array<core::Histogram, metric_count> times_;
  using ByOutcome = std::array<std::unique_ptr<core::Histogram>, outcome_count>;
  ByOutcome other_response_;
  ByOutcome other_service_;
};

inline constexpr std::initializer_list<Metric> http_metrics{
    Metric::response_time, Metric::service_time, Metric::schedule_error, Metric::generator_delay, Metric::connect_time};
inline constexpr std::initializer_list<Metric> stream_metrics{
    Metric::response_time,         Metric::service_time, Metric::schedule_error,
    Metric::generator_delay,       Metric::connect_time, Metric::time_to_first_token,
    Metric::first_token_from_send, Metric::inter_token,  Metric::time_per_token};

}  // namespace loadgen
