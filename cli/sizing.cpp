#include "cli/sizing.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

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

std::string of_gpus(std::int64_t count) { return count == 1 ? "" : fmt::format(" of {} GPUs", count); }

// "not even 6 replicas of 2 GPUs hold it"
std::string none_do(std::string_view what, std::int64_t replicas, std::int64_t gpus) {
  if (replicas == 1) return fmt::format("one replica{} does not {}", of_gpus(gpus), what);
  return fmt::format("not even {} replicas{} {}", core::format_count(replicas), of_gpus(gpus), what);
}

// Of a candidate whose idle replica holds.
void search(const SizingCandidate& candidate, const SizingLoad& load, const pricing::Catalog& catalog,
            reports::SizedGpu& sized) {
  const double saturated_per_s = candidate.saturated_per_s();
  ++sized.trials;
  const double least = std::max(std::ceil(load.rate_per_s / saturated_per_s), 1.0);
  if (least > static_cast<double>(load.max_replicas)) {
    sized.why_out = fmt::format(
        "{}: {} {} requests/s at most", none_do("carry the load", load.max_replicas, candidate.tensor_parallel),
        load.max_replicas == 1 ? "it answers" : "each answers", core::format_figure(saturated_per_s));
    return;
  }
  const std::int64_t carrying = std::llround(least);
  std::optional<sim::Trial> best;  // the fewest that held so far
  std::int64_t best_replicas = 0;
  std::string last_miss;  // with the most replicas that failed
  std::int64_t last_missed = 0;
  const sim::FewestReplicas found =
      sim::fewest_replicas({.likely = carrying, .max = load.max_replicas}, [&](std::int64_t replicas) {
        if (replicas < carrying) return false;
        ++sized.trials;
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
  if (!found.replicas) {
    sized.why_out = fmt::format("{}: {}", none_do("hold it", load.max_replicas, candidate.tensor_parallel), last_miss);
    return;
  }
  sized.why_out.clear();
  sized.replicas = *found.replicas;
  sized.measured_ns = values_of(*best, load);
  sized.busy_share = best->busy_share;
  sized.load_share = load.rate_per_s / (saturated_per_s * static_cast<double>(sized.replicas));
  sized.instances = cheapest_instances(catalog, candidate.name, candidate.tensor_parallel, sized.replicas);
  constexpr std::int64_t million = 1'000'000;
  const core::Money of_millions = sized.instances->monthly * million;
  sized.instances->per_million_output_tokens =
      decision::divided(of_millions, std::max<std::int64_t>(load.monthly_output_tokens, 1));
  sized.instances->per_million_tokens = decision::divided(of_millions, std::max<std::int64_t>(load.monthly_tokens, 1));
}

}  // namespace

std::optional<reports::SizedInstances> cheapest_instances(const pricing::Catalog& catalog, const pricing::GpuName& gpu,
                                                          std::int64_t tensor_parallel, std::int64_t replicas) {
  std::optional<reports::SizedInstances> best;
  for (const pricing::Row& row : catalog.instances_with(gpu)) {
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

reports::SizedGpu size_gpu(const std::vector<SizingCandidate>& candidates, const SizingLoad& load,
                           const pricing::Catalog& catalog) {
  assert(!candidates.empty());
  std::optional<reports::SizedGpu> best;
  reports::SizedGpu sized;
  sized.gpu = candidates.front().gpu;
  for (const SizingCandidate& candidate : candidates) {
    // Before anything is simulated: an answer without a price would be none.
    if (!cheapest_instances(catalog, candidate.name, candidate.tensor_parallel, 1)) continue;
    sized.tensor_parallel = candidate.tensor_parallel;
    sized.why_out = candidate.does_not_fit;
    if (!sized.why_out.empty()) continue;
    ++sized.trials;
    const std::string alone = misses(candidate.run_alone(), load);
    if (!alone.empty()) {
      sized.why_out = fmt::format("not even an idle replica{} holds it: {}", of_gpus(candidate.tensor_parallel), alone);
      continue;
    }
    reports::SizedGpu searched = sized;
    search(candidate, load, catalog, searched);
    sized.trials = searched.trials;
    sized.why_out = searched.why_out;
    if (!searched.holds()) continue;
    if (!best || searched.instances->monthly < best->instances->monthly) best = std::move(searched);
  }
  if (best) {
    best->trials = sized.trials;
    return *best;
  }
  if (sized.tensor_parallel == 0) {
    const std::int64_t fewest = candidates.front().tensor_parallel;
    sized.why_out = fmt::format("no price: no table has an instance with {}it and an on-demand price",
                                fewest == 1 ? "" : fmt::format("{} of ", fewest));
  }
  return sized;
}

}  // namespace cli
