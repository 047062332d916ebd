#include "sim/dynamic_batching/dynamic_batching_reader.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "sim/fleet/fleet_reader.hpp"

namespace sim {

using namespace std::chrono_literals;
using core::Section;

namespace {

constexpr std::int64_t most_batch = 65'536;
constexpr core::DurationRule batch_time{.min = 1ns, .max = 1h};

using Points = std::vector<std::pair<std::int64_t, std::int64_t>>;

Points read_measured(const Section& serving) {
  Points points;
  for (const auto& [batch, latency] :
       serving.durations_by_number("batch_latency", {.min = 1, .max = most_batch, .unit = "requests"}, batch_time)) {
    if (points.empty() ? batch != 1 : batch <= points.back().first) {
      throw serving.error("batch_latency", fmt::format("a batch of {}", batch),
                          points.empty() ? "sizes from 1 on" : fmt::format("more than {}", points.back().first));
    }
    if (!points.empty() && core::to_ns(latency) < points.back().second) {
      throw serving.error("batch_latency",
                          fmt::format("{} for {}, less than {} for {}", core::config_duration(latency), batch,
                                      core::config_duration(core::Duration{points.back().second}), points.back().first),
                          "no less time for a larger batch");
    }
    points.emplace_back(batch, core::to_ns(latency));
  }
  return points;
}

}  // namespace

bool serves_in_batches(const Section& serving) { return serving.has("batch_latency"); }

DynamicBatchingConfig read_dynamic_batching(const Section& option, const Section& serving,
                                            const core::MeteringRule& metering,
                                            const core::traffic::TrafficConfig& traffic,
                                            const core::traffic::TextLoader& load_text) {
  DynamicBatchingConfig config;
  Points points;
  core::IntegerRule batches{.min = 1, .max = most_batch, .unit = "requests"};
  if (serving.kind("batch_latency") == Section::Kind::mapping) {
    const Section line = serving.section("batch_latency");
    const std::int64_t base = core::to_ns(line.duration("base", {.min = 0ns, .max = batch_time.max}));
    const std::int64_t per_item = core::to_ns(line.duration("per_item", {.min = 0ns, .max = 1s}));
    if (base + per_item == 0) throw line.error("base", "no time at all", "a batch of one that takes 1ns or more");
    points = {{1, base + per_item}, {2, base + 2 * per_item}};
  } else {
    points = read_measured(serving);
    batches.fallback = points.back().first;
    batches.why = "the largest batch measured";
  }
  config.max_batch = serving.integer("max_batch", batches);
  if (batches.fallback && config.max_batch > *batches.fallback) {
    throw serving.error("max_batch", fmt::format("{}", config.max_batch),
                        fmt::format("at most {}, the largest batch in batch_latency", *batches.fallback));
  }
  config.latency_ns = batch_latency(points, config.max_batch);
  config.max_delay = serving.duration(
      "max_delay", {.min = 0ns, .max = 1h, .fallback = 0ns, .why = "a free worker takes what waits, as Triton does"});
  config.workers = serving.integer(
      "workers",
      {.min = 1, .max = 1'000, .unit = "workers a replica", .fallback = 1, .why = "one instance of the model"});
  config.fleet = read_fleet(option, {config.workers * config.max_batch, serving, "max_batch"}, metering,
                            {.traffic = &traffic}, load_text);
  if (config.fleet.queue_limit == 0 && config.max_delay > 0ns) {
    throw option.section("queue").error("limit", "0", "at least 1: requests wait for one another, up to max_delay");
  }
  serving.assume(
      "batch_latency",
      fmt::format("{} requests/s a worker at most", core::format_figure(static_cast<double>(config.max_batch) * 1e9 /
                                                                        static_cast<double>(config.latency_ns.back()))),
      "full batches, one after the other; a batch takes the time of its size, without chance");
  return config;
}

}  // namespace sim
