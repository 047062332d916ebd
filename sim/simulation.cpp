#include "sim/simulation.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/random.hpp"
#include "sim/cache/lookup_latency.hpp"
#include "sim/topology/met_first.hpp"

namespace sim {

namespace {

// How options are made, all alike.
struct Maker {
  const Scenario& scenario;
  Engine engine;
  core::Stream root;
  TrafficNeed need;
  core::Duration hit_latency{0};
  std::vector<std::string> classes{};

  Ledger ledger(const std::string& name, bool has_first_token, Completions* completions) const {
    Ledger ledger{name, scenario.horizon, hit_latency, has_first_token};
    ledger.tell_apart(classes);
    if (!scenario.watches.empty()) ledger.follow(scenario.watches);
    if (completions != nullptr) ledger.report_to(completions);
    return ledger;
  }

  // `path`: its name, after that of the mixture that it is a part of.
  Leaf leaf(const OptionConfig& option, const std::string& path, Completions* completions = nullptr,
            MetFirst met = {1, 1}) const {
    Ledger books = ledger(option.name, knows_first_token(option), completions);
    if (const auto* const api = std::get_if<ManagedApiConfig>(&option.serving)) {
      TrafficNeed own = need;
      own.mean_per_s *= met.mean;
      own.peak_per_s *= met.peak;
      return ManagedApi{*api, own, root.child("options." + path), std::move(books)};
    }
    // The same for all options: they meet the same nodes, as far as they have the same.
    const core::Stream fleets = root.child("fleets");
    if (const auto* const batching = std::get_if<BatchingFleetConfig>(&option.serving)) {
      BatchingFleetConfig config = *batching;
      config.fleet.chance = fleets;
      return BatchingFleet{config, scenario.horizon, std::move(books), engine == Engine::events};
    }
    if (const auto* const dynamic = std::get_if<DynamicBatchingConfig>(&option.serving)) {
      DynamicBatchingConfig config = *dynamic;
      config.fleet.chance = fleets;
      return DynamicBatchingFleet{config, scenario.horizon, std::move(books)};
    }
    SlotFleetConfig slots = std::get<SlotFleetConfig>(option.serving);
    slots.fleet.chance = fleets;
    if (engine == Engine::fast) {
      return FifoFleet{slots.fleet, std::move(slots.service), scenario.horizon, std::move(books)};
    }
    return EventFleet{slots.fleet, std::move(slots.service), scenario.horizon, std::move(books)};
  }

  Topology topology(const std::string& name, const MixtureConfig& mixture) const {
    const bool all_know = std::all_of(mixture.parts.begin(), mixture.parts.end(), knows_first_token);
    const auto met = met_first(mixture.route, mixture.parts.size(), scenario.traffic, scenario.horizon);
    return {mixture.route,
            scenario.traffic,
            scenario.horizon,
            ledger(name, all_know, nullptr),
            mixture.parts.size(),
            [&](PartNumber k, Completions* completions) {
              return leaf(mixture.parts[k], name + "." + mixture.parts[k].name, completions, met[k]);
            }};
  }

  static bool knows_first_token(const OptionConfig& option) {
    if (std::holds_alternative<DynamicBatchingConfig>(option.serving)) return false;
    const auto* const fleet = std::get_if<SlotFleetConfig>(&option.serving);
    return fleet == nullptr || fleet->service.has_first_token();
  }
};

}  // namespace

Simulation::Simulation(const Scenario& scenario, std::uint64_t seed, Engine engine)
    : stream_{scenario.traffic, scenario.horizon, core::Stream{seed}} {
  Maker make{.scenario = scenario,
             .engine = engine,
             .root = core::Stream{seed},
             .need = {.mean_per_s = stream_.mean_per_s(),
                      .peak_per_s = stream_.peak_per_s(),
                      .mean_input_tokens = stream_.mean_input_tokens(),
                      .mean_output_tokens = stream_.mean_output_tokens()}};
  if (scenario.cache) {
    stream_.set_popularity(scenario.cache->zipf_exponent, scenario.cache->keys);
    cache_.emplace(*scenario.cache);
    make.hit_latency = scenario.cache->hit_latency;
    lookup_ns_ = core::to_ns(scenario.cache->lookup_latency);
    hit_ns_ = core::to_ns(make.hit_latency) + lookup_ns_;
  }
  for (const core::traffic::TrafficClass& c : scenario.traffic.classes) make.classes.push_back(c.name);
  for (const OptionConfig& option : scenario.options) {
    const auto* const mixture = std::get_if<MixtureConfig>(&option.serving);
    options_.push_back(mixture != nullptr ? std::make_unique<Option>(make.topology(option.name, *mixture))
                                          : std::make_unique<Option>(make.leaf(option, option.name)));
    goes_past_cache_.push_back(cache_ && option.goes_past_cache);
  }
}

void Simulation::look_up(core::traffic::Block& block) {
  if (!cache_) return;
  for (std::size_t option = 0; option < options_.size(); ++option) {
    if (goes_past_cache_[option]) meet(option, block);
  }
  cache_->filter(block);
}

void Simulation::serve(std::size_t option, const core::traffic::Block& block) {
  if (!goes_past_cache_[option]) meet(option, block);
}

void Simulation::meet(std::size_t option, const core::traffic::Block& block) {
  if (auto* const leaf = std::get_if<Leaf>(options_[option].get())) {
    std::visit([&](auto& engine) { engine.serve(block); }, *leaf);
  } else {
    std::get<Topology>(*options_[option]).serve(block);
  }
}

std::vector<OptionResult> Simulation::finish() {
  std::vector<OptionResult> results;
  for (std::size_t k = 0; k < options_.size(); ++k) {
    if (auto* const leaf = std::get_if<Leaf>(options_[k].get())) {
      results.push_back(std::visit([](auto& engine) { return engine.close(); }, *leaf));
    } else {
      results.push_back(std::get<Topology>(*options_[k]).close());
    }
    if (goes_past_cache_[k]) continue;
    results.back().cache_hit_ns = hit_ns_;
    if (lookup_ns_ > 0) add_lookup_latency(results.back(), lookup_ns_);
  }
  return results;
}

std::vector<OptionResult> run(Simulation& simulation) {
  const auto block = std::make_unique<core::traffic::Block>();
  while (simulation.produce(*block)) {
    simulation.look_up(*block);
    for (std::size_t option = 0; option < simulation.option_count(); ++option) simulation.serve(option, *block);
  }
  return simulation.finish();
}

}  // namespace sim
