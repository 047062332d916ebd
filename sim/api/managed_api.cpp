#include "sim/api/managed_api.hpp"

#include <algorithm>
#include <utility>

namespace sim {

namespace {

Visit visit_of(const core::traffic::Block& block, const ServiceTimes& times, std::size_t i) {
  return {.arrival_ns = block.arrival_ns[i],
          .service_ns = times.service_ns[i],
          .first_token_ns = times.first_token_ns[i],
          .input_tokens = block.input_tokens[i],
          .output_tokens = block.output_tokens[i],
          .ticket = block.ticket[i],
          .traffic_class = block.traffic_class[i]};
}

}  // namespace

ManagedApi::ManagedApi(const ManagedApiConfig& config, const TrafficNeed& need, const core::Stream& chance,
                       Ledger ledger)
    : model_{config.latency},
      timeout_ns_{core::to_ns(config.batch ? config.batch->deadline : config.timeout)},
      is_batch_{config.batch.has_value()},
      ledger_{std::move(ledger)} {
  for (const Fault& fault : config.faults) {
    if (fault.kind == FaultKind::slow_dependency) slow_.push_back(fault);
  }
  if (is_batch_) ledger_.widen(config.batch->deadline);
  if (!is_batch_ && ApiCalls::are_needed(config)) {
    calls_.emplace(config, chance, ledger_.horizon_ns());
    summary_.emplace().feasibility = feasibility(config, need);
  }
}

ManagedApi::ManagedApi(PacedLatency latency, core::Duration timeout, Ledger ledger)
    : model_{std::move(latency)}, timeout_ns_{core::to_ns(timeout)}, ledger_{std::move(ledger)} {}

void ManagedApi::serve(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  if (!slow_.empty()) {
    for (std::size_t i = 0; i < block.count; ++i) {
      const ServiceTime time = slowed(slow_, block.arrival_ns[i], {times_->service_ns[i], times_->first_token_ns[i]});
      times_->service_ns[i] = time.service_ns;
      times_->first_token_ns[i] = time.first_token_ns;
    }
  }
  ledger_.open(block);
  if (calls_) return calls_->serve(block, *times_, ledger_);
  if (is_batch_) return serve_batch(block);
  serve_at_once(block);
}

void ManagedApi::serve_at_once(const core::traffic::Block& block) {
  Ledger::Tally tally = ledger_.tally(block, times_->service_ns.data());
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    const std::int64_t service_ns = times_->service_ns[i];
    if (service_ns > timeout_ns_ || arrival_ns + service_ns > ledger_.horizon_ns()) [[unlikely]] {
      const Visit visit = visit_of(block, *times_, i);
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
    entry.tokens_made = tokens_made(timeout_ns_, {visit.service_ns, visit.first_token_ns}, visit.output_tokens);
    core::HourUsage& hour = ledger_.hour_of(visit.arrival_ns);
    hour.wasted_input_tokens += visit.input_tokens;
    hour.wasted_output_tokens += entry.tokens_made;
  }
  ledger_.enter(entry);
}

void ManagedApi::serve_batch(const core::traffic::Block& block) {
  core::HourUsage& hour = ledger_.hour_of(block.hour * core::ns_per_hour);
  for (std::size_t i = 0; i < block.count; ++i) {
    Ledger::Entry entry{.visit = visit_of(block, *times_, i),
                        .start_ns = block.arrival_ns[i],
                        .end_ns = block.arrival_ns[i] + std::min(times_->service_ns[i], timeout_ns_),
                        .outcome = core::Outcome::served,
                        .was_served = times_->service_ns[i] <= timeout_ns_};
    if (entry.end_ns > ledger_.horizon_ns()) {
      entry.end_ns = ledger_.horizon_ns();
      entry.outcome = core::Outcome::in_flight;
    } else if (!entry.was_served) {
      entry.outcome = core::Outcome::timed_out;
    } else {
      hour.batch_input_tokens += block.input_tokens[i];
      hour.batch_output_tokens += block.output_tokens[i];
    }
    ledger_.enter(entry);
  }
}

void ManagedApi::advance_to(std::int64_t now_ns) {
  if (calls_) calls_->advance_to(now_ns, ledger_);
}

OptionResult ManagedApi::close() {
  if (!calls_) return ledger_.close();
  std::vector<LimitCheck> checks = std::move(summary_->feasibility);
  summary_ = calls_->close(ledger_);
  summary_->feasibility = std::move(checks);
  OptionResult result = ledger_.close();
  result.api = std::move(summary_);
  return result;
}

}  // namespace sim
