#include "sim/fleet/degradation.hpp"

#include <algorithm>
#include <cmath>

#include "core/money.hpp"

namespace sim {

void slow_down(const Faults& faults, const core::traffic::Block& block, ServiceTimes& times) {
  if (block.count == 0) return;
  constexpr std::int64_t longest_ns = std::int64_t{1} << 61U;
  for (const Fault& fault : faults) {
    if (fault.kind != FaultKind::slow_dependency) continue;
    if (fault.end_ns <= block.arrival_ns[0] || block.arrival_ns[block.count - 1] < fault.begin_ns) continue;
    const auto slower = [&](std::int64_t ns) {
      const double slow = std::floor(static_cast<double>(ns) * fault.amount + 0.5);
      return slow < static_cast<double>(longest_ns) ? static_cast<std::int64_t>(slow) : longest_ns;
    };
    for (std::size_t i = 0; i < block.count; ++i) {
      if (!fault.covers(block.arrival_ns[i])) continue;
      times.service_ns[i] = std::max<std::int64_t>(slower(times.service_ns[i]), 1);
      times.first_token_ns[i] = slower(times.first_token_ns[i]);
    }
  }
}

std::uint32_t tokens_after(const Visit& visit, std::int64_t served_ns) {
  if (visit.output_tokens == 0 || served_ns < visit.first_token_ns) return 0;
  if (served_ns >= visit.service_ns) return visit.output_tokens;
  const std::int64_t rest_ns = visit.service_ns - visit.first_token_ns;  // > 0, for served_ns lies between the two
  const core::Int128 further = core::Int128{visit.output_tokens - 1} * (served_ns - visit.first_token_ns) / rest_ns;
  return 1 + static_cast<std::uint32_t>(further);
}

void note_lost(const Visit& visit, std::uint32_t tokens_made, Ledger& ledger) {
  core::HourUsage& hour = ledger.usage().hours[static_cast<std::size_t>(visit.arrival_ns / core::ns_per_hour)];
  hour.input_tokens += visit.input_tokens;
  hour.output_tokens += tokens_made;
  hour.wasted_input_tokens += visit.input_tokens;
  hour.wasted_output_tokens += tokens_made;
  ++ledger.fleet().lost_requests;
}

}  // namespace sim
