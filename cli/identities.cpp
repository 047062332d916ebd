#include "cli/identities.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace cli {

void demand_identities(const std::vector<sim::OptionResult>& results, std::uint64_t seed) {
  for (const sim::OptionResult& r : results) {
    const char* violated = !r.checks.conservation        ? "conservation of requests"
                           : !r.checks.causality         ? "causality: a request was served before it came"
                           : !r.checks.littles_law       ? "Little's law"
                           : !r.checks.busy_time         ? "the sum of busy time"
                           : !r.checks.billed_time       ? "the sum of billed seconds"
                           : !r.checks.work_conservation ? "work conservation: a slot idled while a request waited"
                           : !r.checks.kv_memory         ? "the count of KV memory"
                                                         : nullptr;
    demand_identities(r.parts, seed);
    if (violated == nullptr) continue;
    throw std::logic_error{fmt::format("option '{}' violates {} with seed {}", r.name, violated, seed)};
  }
}

}  // namespace cli
