#include "sim/api/managed_api.hpp"

#include <algorithm>
#include <utility>

namespace sim {

ManagedApi::ManagedApi(PacedLatency latency, core::Duration timeout, Ledger ledger)
    : model_{std::move(latency)}, timeout_ns_{core::to_ns(timeout)}, ledger_{std::move(ledger)} {}

void ManagedApi::serve(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  ledger_.open(block);
  Ledger::Tally tally;
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    const std::int64_t service_ns = times_->service_ns[i];
    if (service_ns > timeout_ns_ || arrival_ns + service_ns > ledger_.horizon_ns()) [[unlikely]] {
      serve_late(block, i);
    } else {
      ledger_.served({arrival_ns, service_ns, times_->first_token_ns[i], block.input_tokens[i], block.output_tokens[i]},
                     arrival_ns, arrival_ns + service_ns, tally);
    }
  }
  ledger_.add(tally);
}

// An answer that comes after the client's deadline or after the end of the horizon.
void ManagedApi::serve_late(const core::traffic::Block& block, std::size_t i) {
  const std::int64_t arrival_ns = block.arrival_ns[i];
  const std::int64_t service_ns = times_->service_ns[i];
  Ledger::Entry entry{
      .visit = {arrival_ns, service_ns, times_->first_token_ns[i], block.input_tokens[i], block.output_tokens[i]},
      .start_ns = arrival_ns,
      .end_ns = arrival_ns + std::min(service_ns, timeout_ns_),
      .outcome = core::Outcome::timed_out};
  if (entry.end_ns > ledger_.horizon_ns()) {
    entry.end_ns = ledger_.horizon_ns();
    entry.outcome = core::Outcome::in_flight;
  } else {
    // Tokens made by then: those paced out since the first one, of all the answer has.
    const std::int64_t streaming_ns = std::max<std::int64_t>(service_ns - times_->first_token_ns[i], 1);
    const std::int64_t streamed_ns = std::max<std::int64_t>(timeout_ns_ - times_->first_token_ns[i], 0);
    entry.tokens_made = static_cast<std::uint32_t>(core::Int128{block.output_tokens[i]} * streamed_ns / streaming_ns);
  }
  ledger_.enter(entry);
}

}  // namespace sim
