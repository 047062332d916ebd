// A simulation in steps that a caller may run on as many threads as it likes.
//
//  * `Simulation`  blocks of requests go through three stages: they are drawn from the traffic, the cache takes its
//                  hits out, every option serves the rest
//  * `run`         all of it on the calling thread
//
// Each stage takes the blocks in order, and so does each option; beyond that, stages and options may work at the
// same time on different blocks. An option that goes past the cache (`cache: false`) meets each block in the cache's
// turn, before the hits are taken out; serving it the rest then does nothing. The result does not depend on who does
// what when: no stage looks at another's state.
//
// Example:
//   Simulation simulation{scenario, seed};
//   const std::vector<OptionResult> results = run(simulation);
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "core/traffic/block.hpp"
#include "core/traffic/stream.hpp"
#include "sim/api/managed_api.hpp"
#include "sim/batching/batching_fleet.hpp"
#include "sim/cache/cache.hpp"
#include "sim/dynamic_batching/dynamic_batching_fleet.hpp"
#include "sim/fleet/event_fleet.hpp"
#include "sim/fleet/fifo_fleet.hpp"
#include "sim/result.hpp"
#include "sim/scenario.hpp"
#include "sim/topology/leaf.hpp"
#include "sim/topology/topology.hpp"

namespace sim {

// `events`: fleets by the general event core, engines iteration by iteration: to check the fast path against.
enum class Engine : std::uint8_t { fast, events };

class Simulation {
 public:
  Simulation(const Scenario& scenario, std::uint64_t seed, Engine engine = Engine::fast);

  // Draws the next requests; false at the end of the horizon.
  bool produce(core::traffic::Block& block) { return stream_.fill(block); }
  // The cache's turn with that block, and that of the options that go past it; nothing to do without a cache.
  void look_up(core::traffic::Block& block);
  std::size_t option_count() const { return options_.size(); }
  void serve(std::size_t option, const core::traffic::Block& block);
  // After the last block: closes the books. Call once.
  std::vector<OptionResult> finish();

  double expected_requests() const { return stream_.expected_requests(); }

 private:
  using Option = std::variant<Leaf, Topology>;
  core::traffic::RequestStream stream_;
  std::optional<Cache> cache_;
  std::int64_t lookup_ns_ = 0;          // that every request spends at the cache first
  std::optional<std::int64_t> hit_ns_;  // with that
  std::vector<std::unique_ptr<Option>> options_;
  std::vector<bool> goes_past_cache_;  // by option; nobody does where there is no cache

  void meet(std::size_t option, const core::traffic::Block& block);
};

std::vector<OptionResult> run(Simulation& simulation);

}  // namespace sim
