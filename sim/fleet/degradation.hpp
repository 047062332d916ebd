// What goes wrong with single requests, the same for every engine of slots.
//
//  * `slow_down`   service times while something that the service depends on is slow
//  * `note_waste`  what had been made of an answer that nobody gets: its replica is gone, or its client will ask again
//
// How many tokens there were is a matter of the time that had passed: none before the first one, then at an even pace.
//
// Example:
//   model.draw(block, times);
//   slow_down(config.faults, block, times);
#pragma once

#include <cstdint>

#include "core/traffic/block.hpp"
#include "sim/drills/fault.hpp"
#include "sim/ledger.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

// Times × `amount` of the requests of `block` that arrive within a `slow_dependency`; of several, all count.
void slow_down(const Faults& faults, const core::traffic::Block& block, ServiceTimes& times);

// Tokens of the answer that are there `served_ns` after the start of service, not more than all.
std::uint32_t tokens_after(const Visit& visit, std::int64_t served_ns);

// Books what was read of the prompt, which must be read again, and what was made of the answer. The slot's time is the
// entry's (`lost_ns`).
void note_waste(std::int64_t arrival_ns, std::uint32_t prompt_read, std::uint32_t tokens_made, Ledger& ledger);

}  // namespace sim
