// What goes wrong with single requests, the same for every engine of slots.
//
//  * `slow_down`   service times while something that the service depends on is slow
//  * `note_lost`   a request went under with its replica: what had been made of it was made for nothing
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

// Books them as wasted, and the prompt with them: it must be read again. The slot's time is the entry's (`lost_ns`).
void note_lost(const Visit& visit, std::uint32_t tokens_made, Ledger& ledger);

}  // namespace sim
