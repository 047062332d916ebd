// Mixtures in scenarios of a few lines, run with every request's log.
//
//  * `text_of`   a scenario with one option
//  * `run`       simulates its first option, a mixture, with the logs of the whole and of each part
//  * `simulate`  the scenario as the program runs it
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/simulation.hpp"
#include "tests/sim/scenario_run.hpp"

namespace topology_run {

constexpr std::string_view traffic = "daily_users: 86_400, requests_per_user_day: 1, tokens: {input: 100, output: 11}";

inline std::string text_of(std::string_view option, int hours = 2, std::string_view of_traffic = traffic) {
  return fmt::format(
      "scenario: s\nhorizon: {{start: 2026-12-01, hours: {}}}\ntraffic: {{{}}}\noptions:\n  - {{name: o, {}}}\n", hours,
      of_traffic, option);
}

inline std::string mixture(std::string_view parts, std::string_view route) {
  return fmt::format("kind: mixture, parts: [{}], route: {{{}}}", parts, route);
}

struct Run {
  sim::OptionResult result;
  sim::RequestLog log;
  std::vector<sim::RequestLog> of_parts;
};

struct How {
  std::uint64_t seed = 1;
  sim::Engine engine = sim::Engine::fast;
  std::size_t most_in_block = core::traffic::Block::capacity;  // the stream's blocks are cut to these
};

inline sim::Leaf make_leaf(const sim::OptionConfig& part, sim::Engine engine, const core::Horizon& horizon,
                           sim::Ledger ledger) {
  if (const auto* const api = std::get_if<sim::ManagedApiConfig>(&part.serving)) {
    return sim::ManagedApi{api->latency, api->timeout, std::move(ledger)};
  }
  if (const auto* const batching = std::get_if<sim::BatchingFleetConfig>(&part.serving)) {
    return sim::BatchingFleet{*batching, horizon, std::move(ledger), engine == sim::Engine::events};
  }
  const auto& fleet = std::get<sim::SlotFleetConfig>(part.serving);
  if (engine == sim::Engine::fast) return sim::FifoFleet{fleet.fleet, fleet.service, horizon, std::move(ledger)};
  return sim::EventFleet{fleet.fleet, fleet.service, horizon, std::move(ledger)};
}

// The requests from `begin` on of a block, as a block.
inline void cut(const core::traffic::Block& whole, std::size_t begin, std::size_t count, core::traffic::Block& part) {
  part.hour = whole.hour;
  part.count = count;
  part.hits = begin == 0 ? whole.hits : core::traffic::HitTally{};
  part.has_classes = whole.has_classes;
  part.has_prefixes = whole.has_prefixes;
  const auto copy = [&](const auto& from, auto& to) { std::copy_n(from.begin() + begin, count, to.begin()); };
  copy(whole.arrival_ns, part.arrival_ns);
  copy(whole.luck, part.luck);
  copy(whole.input_tokens, part.input_tokens);
  copy(whole.output_tokens, part.output_tokens);
  copy(whole.content_key, part.content_key);
  copy(whole.traffic_class, part.traffic_class);
}

inline Run run(const std::string& text, const How& how = {}, const scenario_run::Files& files = {}) {
  const sim::Scenario scenario = scenario_run::read_scenario(text, files).scenario;
  const auto& config = std::get<sim::MixtureConfig>(scenario.options.front().serving);
  std::vector<std::string> classes;
  for (const auto& c : scenario.traffic.classes) classes.push_back(c.name);
  Run run;
  run.of_parts.resize(config.parts.size());
  sim::Ledger books{"o", scenario.horizon, {}, true, &run.log};
  books.tell_apart(classes);
  sim::Topology topology{config.route,
                         scenario.traffic,
                         scenario.horizon,
                         std::move(books),
                         config.parts.size(),
                         [&](sim::PartNumber k, sim::Completions* completions) {
                           sim::Ledger ledger{config.parts[k].name, scenario.horizon, {}, true, &run.of_parts[k]};
                           ledger.tell_apart(classes);
                           if (completions != nullptr) ledger.report_to(completions);
                           return make_leaf(config.parts[k], how.engine, scenario.horizon, std::move(ledger));
                         }};
  core::traffic::RequestStream stream{scenario.traffic, scenario.horizon, core::Stream{how.seed}};
  const auto block = std::make_unique<core::traffic::Block>();
  const auto piece = std::make_unique<core::traffic::Block>();
  while (stream.fill(*block)) {
    for (std::size_t begin = 0; begin < block->count; begin += how.most_in_block) {
      cut(*block, begin, std::min(how.most_in_block, block->count - begin), *piece);
      topology.serve(*piece);
    }
  }
  run.result = topology.close();
  std::sort(run.log.begin(), run.log.end());
  for (sim::RequestLog& log : run.of_parts) std::sort(log.begin(), log.end());
  return run;
}

inline sim::OptionResult simulate(const std::string& text, std::uint64_t seed = 1) {
  sim::Simulation simulation{scenario_run::read_scenario(text).scenario, seed};
  return std::move(sim::run(simulation).front());
}

}  // namespace topology_run
