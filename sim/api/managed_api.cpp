#include "sim/api/managed_api.hpp"

#include <algorithm>
#include <utility>

namespace sim {

ManagedApi::ManagedApi(PacedLatency latency, core::Duration timeout, Ledger ledger)
    : model_{std::move(latency)}, timeout_ns_{core::to_ns(timeout)}, ledger_{std::move(ledger)} {}

void ManagedApi::serve(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  ledger_.open(block);
  Ledger::Tally tally = ledger_.tally(block, times_->service_ns.data());
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    const std::int64_t service_ns = times_->service_ns[i];
    if (service_ns > timeout_ns_ || arrival_ns + service_ns > ledger_.horizon_ns()) [[unlikely]] {
      const Visit visit{.arrival_ns = arrival_ns,
                        .service_ns = service_ns,
                        .first_token_ns = times_->first_token_ns[i],
                        .input_tokens = block.input_tokens[i],
                        .output_tokens = block.output_tokens[i],
                        .ticket = block.ticket[i],
                        .traffic_class = block.traffic_class[i]};
      serve_late(visit);
      tally.leave_out(visit);
    } else {
      ledger_.served(i, arrival_ns, arrival_ns, arrival_ns + service_ns, times_->first_token_ns[i], tally);
    }
  }
  ledger_.add(tally);
}

// An answer that comes after the client's deadline or after the end of the horizon.
void ManagedApi::serve_late(const Visit& visit) {
  Ledger::Entry entry{.visit = visit,
                      .start_ns = visit.arrival_ns,
                      .end_ns = visit.arrival_ns + std::min(visit.service_ns, timeout_ns_),
                      .outcome = core::Outcome::timed_out};
  if (entry.end_ns > ledger_.horizon_ns()) {
    entry.end_ns = ledger_.horizon_ns();
    entry.outcome = core::Outcome::in_flight;
  } else {
    // Tokens made by then: the first one, and those paced out since.
    const std::int64_t streaming_ns = std::max<std::int64_t>(visit.service_ns - visit.first_token_ns, 1);
    const std::int64_t streamed_ns = timeout_ns_ - visit.first_token_ns;
    if (streamed_ns >= 0 && visit.output_tokens > 0) {
      const core::Int128 further = core::Int128{visit.output_tokens - 1} * streamed_ns / streaming_ns;
      entry.tokens_made = 1 + static_cast<std::uint32_t>(further);
    }
  }
  ledger_.enter(entry);
}

}  // namespace sim
