// One drawn scenario, run and checked.
//
//  * `try_out`  what is wrong with it, in words; empty when nothing is
//  * `shrink`   the features that can be left out while it still fails
//
// What is checked, beyond the identities that every run checks by itself (conservation of requests, Little's law, busy
// time, work and bills of instances):
//   - the fast engines and the event core (engines: iteration by iteration) give the same books, to the nanosecond
//   - two threads give what one gives, and the same seed the same again
//   - outcomes, tokens and hours of the usage add up; nothing is negative; what is billed covers what was alive
//   - the timeline counts what the usage counts
//   - the lines of every bill sum to its total
//   - a drill's run up to its fault is the run without it
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace explorer {

using Features = std::set<std::string, std::less<>>;

std::string try_out(std::uint64_t seed, const Features& left_out);

Features shrink(std::uint64_t seed);

}  // namespace explorer
