#include "cli/sizing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/monthly_cost.hpp"
#include "decision/words.hpp"
#include "sim/batching/sizing.hpp"

namespace cli {
namespace {

constexpr std::int64_t hours_of_average_month = 730;  // 8760 / 12
constexpr std::string_view offer_id = "on_demand";

const core::Histogram& metric_of(const sim::Trial& trial, decision::LatencyMetric metric) {
  switch (metric) {
    case decision::LatencyMetric::time_to_first_token:
      return trial.time_to_first_token_ns;
    case decision::LatencyMetric::time_per_output_token:
      return trial.time_per_output_token_ns;
    case decision::LatencyMetric::latency:
      break;
  }
  return trial.latency_ns;
}

std::vector<std::int64_t> values_of(const sim::Trial& trial, const SizingLoad& load) {
  std::vector<std::int64_t> values;
  for (const auto& objective : load.objectives)
    values.push_back(objective.value_of(metric_of(trial, objective.metric)));
  return values;
}

// The objectives that are missed, as "ttft.p95 is 812 ms and …"; and who was not answered at all. Empty: all hold.
std::string misses(const sim::Trial& trial, const SizingLoad& load) {
  if (trial.unanswered > 0) {
    return fmt::format("{} of {} requests are not answered: the memory cannot hold them",
                       core::format_count(trial.unanswered), core::format_count(trial.measured));
  }
  std::vector<std::string> missed;
  const std::vector<std::int64_t> values = values_of(trial, load);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (load.objectives[i].holds(values[i])) continue;
    missed.push_back(
        fmt::format("{} is {}", load.objectives[i].name(), core::format_duration(core::Duration{values[i]})));
  }
  return decision::listing(missed);
}

}  // namespace

std::optional<reports::SizedInstances> cheapest_instances(const pricing::Catalog& catalog, const std::string& gpu,
                                                          std::int64_t tensor_parallel, std::int64_t replicas) {
  std::optional<reports::SizedInstances> best;
  for (const pricing::Row& row : catalog.instances_with(pricing::read_gpu_name(gpu))) {
    const pricing::Offer* offer = row->find_offer(offer_id);
    const std::int64_t replicas_each = row->spec->gpu->count / tensor_parallel;
    if (offer == nullptr || !offer->price || replicas_each == 0) continue;
    reports::SizedInstances rented;
    rented.name = pricing::Catalog::name_of(*row.sku);
    rented.gpus = row->spec->gpu->count;
    rented.count = (replicas + replicas_each - 1) / replicas_each;
    rented.price = *offer->price;
    rented.monthly = rented.price * rented.count * hours_of_average_month;
    rented.source = pricing::source_of(*row.table, *row.sku, offer_id);
    // They come by name where a GPU costs the same, so the first of equals stays.
    if (!best || rented.monthly < best->monthly || (rented.monthly == best->monthly && rented.count < best->count)) {
      best = std::move(rented);
    }
  }
  return best;
}

reports::SizedGpu size_gpu(const SizingCandidate& candidate, const SizingLoad& load, const pricing::Catalog& catalog) {
  reports::SizedGpu sized;
  sized.gpu = candidate.gpu;
  if (!candidate.does_not_fit.empty()) {
    sized.why_out = candidate.does_not_fit;
    return sized;
  }
  sized.tensor_parallel = candidate.tensor_parallel;
  // Before anything is simulated: an answer without a price would be none.
  if (!cheapest_instances(catalog, candidate.gpu, candidate.tensor_parallel, 1)) {
    sized.why_out = candidate.tensor_parallel == 1
                        ? "no price: no table has an instance with it and an on-demand price"
                        : fmt::format("no price: no table has an instance with {} of it and an on-demand price",
                                      candidate.tensor_parallel);
    return sized;
  }
  ++sized.trials;
  if (const std::string alone = misses(candidate.run_alone(), load); !alone.empty()) {
    sized.why_out = fmt::format("not even an idle replica holds it: {}", alone);
    return sized;
  }
  std::optional<sim::Trial> best;  // the fewest that held so far
  std::int64_t best_replicas = 0;
  std::string last_miss;  // with the most replicas that failed
  std::int64_t last_missed = 0;
  const sim::FewestReplicas found =
      sim::fewest_replicas({.likely = candidate.likely_replicas, .max = load.max_replicas}, [&](std::int64_t replicas) {
        sim::Trial trial = candidate.run(replicas);
        std::string missed = misses(trial, load);
        if (!missed.empty()) {
          if (replicas > last_missed) last_miss = std::move(missed);
          last_missed = std::max(last_missed, replicas);
          return false;
        }
        if (!best || replicas < best_replicas) {
          best = std::move(trial);
          best_replicas = replicas;
        }
        return true;
      });
  sized.trials += found.trials;
  if (!found.replicas) {
    sized.why_out = load.max_replicas == 1 ? fmt::format("one replica does not hold it: {}", last_miss)
                                           : fmt::format("not even {} replicas hold it: {}",
                                                         core::format_count(load.max_replicas), last_miss);
    return sized;
  }
  sized.replicas = *found.replicas;
  sized.measured_ns = values_of(*best, load);
  sized.busy_share = best->busy_share;
  sized.instances = cheapest_instances(catalog, candidate.gpu, candidate.tensor_parallel, sized.replicas);
  constexpr std::int64_t million = 1'000'000;
  const core::Money of_millions = sized.instances->monthly * million;
  sized.instances->per_million_output_tokens =
      decision::divided(of_millions, std::max<std::int64_t>(load.monthly_output_tokens, 1));
  sized.instances->per_million_tokens = decision::divided(of_millions, std::max<std::int64_t>(load.monthly_tokens, 1));
  return sized;
}

}  // namespace cli
