#include "loadgen/window.hpp"

#include <cassert>

namespace loadgen {
namespace {

template <std::size_t... i>
std::array<core::Histogram, sizeof...(i)> smallest(std::index_sequence<i...>) {
  return {((void)i, core::Histogram{2, 1})...};
}

}  // namespace

Window::Window(std::initializer_list<Metric> metrics) : times_{smallest(std::make_index_sequence<metric_count>{})} {
  for (const Metric metric : metrics) times_[static_cast<std::size_t>(metric)] = core::Histogram{longest_ns};
}

void Window::record_other(Metric metric, Outcome outcome, std::int64_t ns) {
  assert(metric == Metric::response_time || metric == Metric::service_time);
  ByOutcome& histograms = metric == Metric::response_time ? other_response_ : other_service_;
  auto& histogram = histograms[static_cast<std::size_t>(outcome)];
  if (!histogram) histogram = std::make_unique<core::Histogram>(longest_ns);
  histogram->record(ns);
}

void Window::clear() {
  for (core::Histogram& times : times_) times.reset();
  // Given back rather than emptied: a burst of failures must not cost memory for the rest of a long run.
  for (auto& histogram : other_response_) histogram.reset();
  for (auto& histogram : other_service_) histogram.reset();
  counts = {};
}

const core::Histogram* Window::other(Metric metric, Outcome outcome) const {
  const ByOutcome& histograms = metric == Metric::response_time ? other_response_ : other_service_;
  return histograms[static_cast<std::size_t>(outcome)].get();
}

}  // namespace loadgen
