// Queues with a closed form, run through a scenario and the product's engine, with confidence intervals by batch means.
//
// Waits of successive requests are correlated, so their variance says little about the error of their mean. Batch means
// do (Law, Simulation Modeling and Analysis, 5th ed., 9.5.3): the run is cut into `batches` equal parts, far longer
// than the correlation, whose means are as good as independent; the first part is dropped as warm-up.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/traffic/block.hpp"
#include "core/yaml_reader.hpp"
#include "sim/fleet/fifo_fleet.hpp"
#include "sim/scenario.hpp"

namespace queue_run {

struct Estimate {
  double mean = 0;
  double half_width = 0;  // of the 99 % interval
  bool covers(double truth) const { return std::abs(mean - truth) <= half_width; }
};

class BatchMeans {
 public:
  static constexpr std::size_t batches = 30;
  void add(double batch_mean) { means_.push_back(batch_mean); }
  Estimate estimate() const {
    const auto n = static_cast<double>(means_.size());
    double mean = 0;
    for (const double m : means_) mean += m / n;
    double squares = 0;
    for (const double m : means_) squares += (m - mean) * (m - mean);
    constexpr double t_29_995 = 2.756;  // Student's t, 29 degrees of freedom, both sides together 1 %
    return {.mean = mean, .half_width = t_29_995 * std::sqrt(squares / (n - 1) / n)};
  }

 private:
  std::vector<double> means_;
};

struct Queue {
  double per_second = 1;  // Poisson arrivals
  std::string serving;    // the option's keys: "replicas: 1, serving: {…}"
  std::int64_t requests = 1'000'000;
  std::uint64_t seed = 1;
};

struct Waits {
  Estimate mean_s;
  Estimate waited;               // share of requests
  std::vector<Estimate> beyond;  // share that waits longer than `tail_s[i]`
  Estimate rejected;             // share
  Estimate abandoned;            // share
  Estimate time_in_system_s;     // of the served
};

inline sim::Scenario scenario_of(const Queue& queue) {
  // A batch more than asked for (the warm-up), and a block more in each, for they end with one.
  constexpr double batches = BatchMeans::batches + 1;
  const double requests = batches * (static_cast<double>(queue.requests) / BatchMeans::batches +
                                     static_cast<double>(core::traffic::Block::capacity));
  const auto hours = static_cast<std::int64_t>(std::ceil(requests / queue.per_second / 3600)) + 1;
  const std::string text = fmt::format(
      "scenario: queue\n"
      "horizon: {{start: 2026-12-01, hours: {}}}\n"
      "traffic: {{daily_users: {}, requests_per_user_day: 1, tokens: {{input: 1, output: 1}}}}\n"
      "options:\n  - {{name: queue, kind: self_hosted, instance: any, {}}}\n",
      hours, 86'400 * queue.per_second, queue.serving);
  const core::Document document{"queue.yaml", text};
  return sim::read_scenario(
      document.root(), [](std::string_view) { return std::string{}; },
      [](const core::Section& option) {
        option.text("instance");
        return sim::InstanceFacts{};
      });
}

// `Fleet`: sim::FifoFleet or sim::EventFleet.
template <class Fleet = sim::FifoFleet>
Waits run(const Queue& queue, const std::vector<double>& tail_s = {}) {
  const sim::Scenario scenario = scenario_of(queue);
  const auto& option = std::get<sim::SlotFleetConfig>(scenario.options.front().serving);
  sim::RequestLog log;
  Fleet fleet{option.fleet, option.service, scenario.horizon, sim::Ledger{"queue", scenario.horizon, {}, false, &log}};
  core::traffic::RequestStream stream{scenario.traffic, scenario.horizon, core::Stream{queue.seed}};

  BatchMeans waits;
  BatchMeans waited;
  BatchMeans rejected;
  BatchMeans abandoned;
  BatchMeans in_system;
  std::vector<BatchMeans> beyond(tail_s.size());
  const auto block = std::make_unique<core::traffic::Block>();
  for (std::size_t batch = 0; batch <= BatchMeans::batches; ++batch) {
    double wait_s = 0;
    double system_s = 0;
    std::int64_t count = 0;
    std::int64_t waiting = 0;
    std::int64_t turned_away = 0;
    std::int64_t gave_up = 0;
    std::vector<std::int64_t> longer(tail_s.size());
    while (count < queue.requests / static_cast<std::int64_t>(BatchMeans::batches) && stream.fill(*block)) {
      fleet.serve(*block);
      for (const sim::RequestRecord& request : log) {
        const double wait = static_cast<double>(request.start_ns - request.arrival_ns) * 1e-9;
        ++count;
        turned_away += request.outcome == core::Outcome::rejected ? 1 : 0;
        gave_up += request.outcome == core::Outcome::abandoned ? 1 : 0;
        wait_s += wait;
        system_s += static_cast<double>(request.end_ns - request.arrival_ns) * 1e-9;
        waiting += wait > 0 ? 1 : 0;
        for (std::size_t i = 0; i < tail_s.size(); ++i) longer[i] += wait > tail_s[i] ? 1 : 0;
      }
      log.clear();
    }
    if (batch == 0) continue;  // warm-up
    const auto n = static_cast<double>(count);
    waits.add(wait_s / n);
    waited.add(static_cast<double>(waiting) / n);
    rejected.add(static_cast<double>(turned_away) / n);
    abandoned.add(static_cast<double>(gave_up) / n);
    in_system.add(system_s / (n - static_cast<double>(turned_away)));
    for (std::size_t i = 0; i < tail_s.size(); ++i) beyond[i].add(static_cast<double>(longer[i]) / n);
  }
  Waits result{.mean_s = waits.estimate(),
               .waited = waited.estimate(),
               .beyond = {},
               .rejected = rejected.estimate(),
               .abandoned = abandoned.estimate(),
               .time_in_system_s = in_system.estimate()};
  for (const BatchMeans& share : beyond) result.beyond.push_back(share.estimate());
  return result;
}

// P(an arrival finds all `servers` busy) at offered load `a` Erlang: B without a queue, C with one.
inline double erlang_b(int servers, double a) {
  double b = 1;
  for (int k = 1; k <= servers; ++k) b = a * b / (k + a * b);
  return b;
}
inline double erlang_c(int servers, double a) {
  const double b = erlang_b(servers, a);
  return b / (1 - a / servers * (1 - b));
}

}  // namespace queue_run
