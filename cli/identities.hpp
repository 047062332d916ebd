// The identities that hold in every run: conservation of requests, Little's law, the sum of busy time.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/result.hpp"

namespace cli {

// Throws std::logic_error that names the option, the identity and the seed: a violation is our own mistake, and no
// figure of such a run may leave the house.
void demand_identities(const std::vector<sim::OptionResult>& results, std::uint64_t seed);

}  // namespace cli
