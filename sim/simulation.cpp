#include "sim/simulation.hpp"

#include <utility>

#include "core/random.hpp"
#include "sim/cache/lookup_latency.hpp"

namespace sim {

Simulation::Simulation(const Scenario& scenario, std::uint64_t seed, Engine engine)
    : stream_{scenario.traffic, scenario.horizon, core::Stream{seed}} {
  core::Duration hit_latency{0};
  if (scenario.cache) {
    stream_.set_popularity(scenario.cache->zipf_exponent, scenario.cache->keys);
    cache_.emplace(*scenario.cache);
    hit_latency = scenario.cache->hit_latency;
    lookup_ns_ = core::to_ns(scenario.cache->lookup_latency);
    hit_ns_ = core::to_ns(hit_latency) + lookup_ns_;
  }
  std::vector<std::string> classes;
  for (const core::traffic::TrafficClass& c : scenario.traffic.classes) classes.push_back(c.name);
  const auto books = [&](const std::string& name, bool has_first_token) {
    Ledger ledger{name, scenario.horizon, hit_latency, has_first_token};
    ledger.tell_apart(classes);
    if (!scenario.watches.empty()) ledger.follow(scenario.watches);
    return ledger;
  };
  const TrafficNeed need{.mean_per_s = stream_.mean_per_s(),
                         .peak_per_s = stream_.peak_per_s(),
                         .mean_input_tokens = stream_.mean_input_tokens(),
                         .mean_output_tokens = stream_.mean_output_tokens()};
  // The same for all options: they meet the same nodes, as far as they have the same.
  const core::Stream fleets = core::Stream{seed}.child("fleets");
  for (const OptionConfig& option : scenario.options) {
    if (const auto* const api = std::get_if<ManagedApiConfig>(&option.serving)) {
      const core::Stream chance = core::Stream{seed}.child("options." + option.name);
      options_.push_back(std::make_unique<Option>(ManagedApi{*api, need, chance, books(option.name, true)}));
    } else if (const auto* const batching = std::get_if<BatchingFleetConfig>(&option.serving)) {
      BatchingFleetConfig config = *batching;
      config.fleet.chance = fleets;
      options_.push_back(std::make_unique<Option>(
          BatchingFleet{config, scenario.horizon, books(option.name, true), engine == Engine::events}));
    } else {
      SlotFleetConfig config = std::get<SlotFleetConfig>(option.serving);
      config.fleet.chance = fleets;
      Ledger ledger = books(option.name, config.service.has_first_token());
      if (engine == Engine::fast) {
        options_.push_back(std::make_unique<Option>(
            FifoFleet{config.fleet, std::move(config.service), scenario.horizon, std::move(ledger)}));
      } else {
        options_.push_back(std::make_unique<Option>(
            EventFleet{config.fleet, std::move(config.service), scenario.horizon, std::move(ledger)}));
      }
    }
  }
}

void Simulation::look_up(core::traffic::Block& block) {
  if (cache_) cache_->filter(block);
}

void Simulation::serve(std::size_t option, const core::traffic::Block& block) {
  std::visit([&](auto& engine) { engine.serve(block); }, *options_[option]);
}

std::vector<OptionResult> Simulation::finish() {
  std::vector<OptionResult> results;
  for (const auto& option : options_) {
    results.push_back(std::visit([](auto& engine) { return engine.close(); }, *option));
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
