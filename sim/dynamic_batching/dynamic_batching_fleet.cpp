#include "sim/dynamic_batching/dynamic_batching_fleet.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/fleet/degradation.hpp"

namespace sim {

std::vector<std::int64_t> batch_latency(const std::vector<std::pair<std::int64_t, std::int64_t>>& points,
                                        std::int64_t max_batch) {
  std::vector<std::int64_t> latency_ns(static_cast<std::size_t>(max_batch) + 1);
  std::size_t right = std::min<std::size_t>(1, points.size() - 1);
  for (std::int64_t batch = 1; batch <= max_batch; ++batch) {
    while (right + 1 < points.size() && points[right].first < batch) ++right;
    const auto& [first, first_ns] = points[right == 0 ? 0 : right - 1];
    const auto& [last, last_ns] = points[right];
    const core::Int128 span{std::max<std::int64_t>(last - first, 1)};
    const core::Int128 twice_rise = core::Int128{last_ns - first_ns} * (batch - first) * 2;
    latency_ns[static_cast<std::size_t>(batch)] =
        first_ns + static_cast<std::int64_t>((twice_rise + span) / (span * 2));
  }
  return latency_ns;
}

DynamicBatchingFleet::DynamicBatchingFleet(const DynamicBatchingConfig& config, const core::Horizon& horizon,
                                           Ledger ledger)
    : config_{config},
      ledger_{std::move(ledger)},
      roster_{config.fleet, horizon},
      max_delay_ns_{core::to_ns(config.max_delay)},
      timeout_ns_{core::to_ns(config.fleet.timeout)},
      loses_work_{config.fleet.loses_work()} {
  for (const Roster::Change& change : roster_.begin(ledger_)) apply(change, 0);
  next_change_ns_ = roster_.next_ns();
}

void DynamicBatchingFleet::apply(const Roster::Change& change, std::int64_t now_ns) {
  const auto per_replica = static_cast<std::size_t>(config_.workers);
  const std::size_t first = change.berth * per_replica;
  const auto set_workers = [&](std::int64_t free_ns) {
    for (std::size_t i = first; i < first + per_replica; ++i) workers_.set(static_cast<std::uint32_t>(i), free_ns);
  };
  if (change.kind == Roster::Change::Kind::lose) {
    for (Draining& draining : draining_) {
      if (draining.life == change.life) lose(draining, now_ns);
    }
    return;
  }
  if (change.kind == Roster::Change::Kind::start) {
    if (first + per_replica > workers_.capacity()) workers_.resize(first + per_replica);
    batches_.resize(std::max(batches_.size(), workers_.capacity()));
    set_workers(change.ready_ns);
    std::fill_n(batches_.begin() + static_cast<std::ptrdiff_t>(first), per_replica, Batch{});
    return;
  }
  if (change.ready_ns <= now_ns) {  // drains; one that is not ready yet has nothing to end
    const std::int64_t ends_ns = std::max(now_ns, workers_.latest_ns(first, first + per_replica));
    roster_.ended(change.life, ends_ns);
    if (loses_work_) {
      const auto begin = batches_.begin() + static_cast<std::ptrdiff_t>(first);
      std::erase_if(draining_, [&](const Draining& d) { return d.ends_ns <= now_ns; });
      draining_.push_back({change.life, ends_ns, {begin, begin + static_cast<std::ptrdiff_t>(per_replica)}});
    }
  }
  set_workers(SlotTree::never_free_ns);
}

// When the batch at the head of the queue starts, if nobody else comes.
std::int64_t DynamicBatchingFleet::next_start_ns() const {
  const std::int64_t formed_ns = queue_.size() >= config_.max_batch ? queue_[config_.max_batch - 1].visit.arrival_ns
                                                                    : queue_.front().visit.arrival_ns + max_delay_ns_;
  return std::max({formed_ns, workers_.earliest_ns(), changed_ns_});
}

void DynamicBatchingFleet::note_next() {
  next_ns_ = queue_.empty() ? core::never_ns : std::min(next_start_ns(), queue_.front().visit.arrival_ns + timeout_ns_);
}

void DynamicBatchingFleet::run_until(std::int64_t now_ns) {
  while (next_ns_ <= now_ns) {
    // Who leaves at the moment at which a batch starts is not in it.
    if (queue_.front().visit.arrival_ns + timeout_ns_ == next_ns_) leave(next_ns_);
    else if (next_ns_ < ledger_.horizon_ns()) start_batch(next_ns_);
    else return;  // it would start when all is over
    note_next();
  }
}

void DynamicBatchingFleet::leave(std::int64_t now_ns) {
  ledger_.enter({.visit = queue_.front().visit,
                 .start_ns = now_ns,
                 .end_ns = now_ns,
                 .outcome = core::Outcome::timed_out,
                 .was_served = false,
                 .lost_ns = queue_.front().lost_ns});
  queue_.pop_front();
}

std::int64_t DynamicBatchingFleet::batch_ns(std::int64_t start_ns, std::int64_t size) const {
  std::int64_t ns = config_.latency_ns[static_cast<std::size_t>(size)];
  for (const Fault& fault : config_.fleet.faults) {
    if (fault.kind != FaultKind::slow_dependency || !fault.covers(start_ns)) continue;
    const double slow = std::floor(static_cast<double>(ns) * fault.amount + 0.5);
    ns = static_cast<std::int64_t>(std::clamp(slow, 1.0, static_cast<double>(SlotTree::never_free_ns)));
  }
  return ns;
}

Ledger::Entry DynamicBatchingFleet::entry_of(const Waiting& request, std::int64_t start_ns,
                                             std::int64_t done_ns) const {
  const std::int64_t deadline_ns = request.visit.arrival_ns + timeout_ns_;
  Ledger::Entry entry{.visit = request.visit,
                      .start_ns = start_ns,
                      .end_ns = std::min(done_ns, deadline_ns),
                      .lost_ns = request.lost_ns};
  if (done_ns > deadline_ns) {
    entry.outcome = core::Outcome::timed_out;
    entry.tokens_made = request.visit.output_tokens;
  }
  if (entry.end_ns > ledger_.horizon_ns()) {
    entry.end_ns = ledger_.horizon_ns();
    entry.outcome = core::Outcome::in_flight;
  }
  return entry;
}

void DynamicBatchingFleet::start_batch(std::int64_t start_ns) {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  const std::int64_t size = std::min(queue_.size(), config_.max_batch);
  const std::int64_t done_ns = start_ns + batch_ns(start_ns, size);
  const std::uint32_t worker = workers_.earliest();
  Batch& batch = batches_[worker];
  batch.requests.clear();
  std::int64_t last_deadline_ns = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    Waiting request = queue_.front();
    queue_.pop_front();
    request.visit.service_ns = done_ns - start_ns;
    last_deadline_ns = request.visit.arrival_ns + timeout_ns_;
    if (done_ns <= last_deadline_ns && done_ns <= horizon_ns && request.lost_ns == 0) [[likely]] {
      ledger_.enter_served(request.visit, start_ns, done_ns);
    } else {
      ledger_.enter(entry_of(request, start_ns, done_ns));
    }
    if (loses_work_) batch.requests.push_back(request);
  }
  batch.start_ns = start_ns;
  batch.free_ns = std::min({done_ns, last_deadline_ns, horizon_ns});
  batch.size = size;
  workers_.set(worker, batch.free_ns);
  ++started_.batches;
  started_.requests += size;
  busy_worker_ns_ += batch.free_ns - start_ns;
}

inline void DynamicBatchingFleet::arrive(const Visit& visit) {
  const std::int64_t now_ns = visit.arrival_ns;
  if (queue_.size() >= config_.fleet.limit_of(visit.traffic_class)) [[unlikely]] {
    const bool fills = queue_.size() + 1 >= config_.max_batch;
    const bool waits_for_nobody = max_delay_ns_ == 0 && queue_.empty();
    if (workers_.earliest_ns() > now_ns || !(fills || waits_for_nobody)) {
      ledger_.enter({visit, now_ns, now_ns, core::Outcome::rejected});
      return;
    }
  }
  queue_.push_back({visit, 0, arrived_});
  // Only the first one and the one that fills the batch change when it starts.
  if (queue_.size() == 1 || queue_.size() == config_.max_batch) {
    note_next();
    if (next_ns_ <= now_ns) {
      run_until(now_ns);
      return;
    }
  }
  ledger_.waiting(queue_.size());
}

void DynamicBatchingFleet::serve(const core::traffic::Block& block) {
  ledger_.open(block);
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    while (arrival_ns >= next_change_ns_) [[unlikely]] step(next_change_ns_);
    if (arrival_ns >= next_ns_) run_until(arrival_ns);
    ++arrivals_since_look_;
    ++arrived_;
    arrive({.arrival_ns = arrival_ns,
            .service_ns = 0,
            .first_token_ns = 0,
            .input_tokens = block.input_tokens[i],
            .output_tokens = block.output_tokens[i],
            .ticket = block.ticket[i],
            .traffic_class = block.traffic_class[i]});
  }
}

FleetState DynamicBatchingFleet::state_at(std::int64_t now_ns) const {
  FleetState state{.slots_per_replica = config_.fleet.slots_per_replica, .waiting = queue_.size()};
  for (const Roster::Member& member : roster_.members()) {
    if (member.ready_ns > now_ns) continue;
    const std::size_t first = member.berth * static_cast<std::size_t>(config_.workers);
    for (std::size_t worker = first; worker < first + static_cast<std::size_t>(config_.workers); ++worker) {
      if (workers_.free_ns(worker) > now_ns) state.busy_slots += batches_[worker].size;
    }
  }
  return state;
}

void DynamicBatchingFleet::step(std::int64_t now_ns) {
  run_until(now_ns);
  Checks& checks = ledger_.checks();
  checks.work_conservation = checks.work_conservation && (queue_.empty() || next_start_ns() > now_ns);
  FleetState state;
  if (roster_.looks_at(now_ns)) {
    state = state_at(now_ns);
    state.arrivals = std::exchange(arrivals_since_look_, 0);
  }
  const auto changes = roster_.step(now_ns, state, ledger_);
  if (!changes.empty()) {
    for (const Roster::Change& change : changes) apply(change, now_ns);
    if (!again_.empty()) wait_again();
    changed_ns_ = now_ns;
    note_next();
    run_until(now_ns);
  }
  next_change_ns_ = roster_.next_ns();
}

// Clients that have left the batch by then are not in it any more.
void DynamicBatchingFleet::lose(Draining& draining, std::int64_t now_ns) {
  for (const Batch& batch : draining.batches) {
    if (batch.free_ns <= now_ns) continue;
    busy_worker_ns_ -= batch.free_ns - now_ns;
    for (const Waiting& request : batch.requests) {
      const Ledger::Entry entry = entry_of(request, batch.start_ns, batch.start_ns + request.visit.service_ns);
      if (entry.end_ns <= now_ns) continue;
      ledger_.take_back(entry);
      note_waste(request.visit.arrival_ns, request.visit.input_tokens,
                 tokens_after(request.visit, now_ns - batch.start_ns), ledger_);
      ++ledger_.fleet().lost_requests;
      again_.push_back(request);
      again_.back().lost_ns += now_ns - batch.start_ns;
    }
  }
  draining.ends_ns = now_ns;
  draining.batches.clear();
}

void DynamicBatchingFleet::wait_again() {
  for (; !queue_.empty(); queue_.pop_front()) again_.push_back(queue_.front());
  std::sort(again_.begin(), again_.end(), [](const Waiting& a, const Waiting& b) { return a.number < b.number; });
  for (const Waiting& request : again_) queue_.push_back(request);
  again_.clear();
  ledger_.waiting(queue_.size());
}

void DynamicBatchingFleet::advance_to(std::int64_t now_ns) {
  while (next_change_ns_ <= now_ns && next_change_ns_ < ledger_.horizon_ns()) step(next_change_ns_);
  run_until(std::min(now_ns, ledger_.horizon_ns()));
}

OptionResult DynamicBatchingFleet::close() {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  advance_to(horizon_ns);
  for (; !queue_.empty(); queue_.pop_front()) {
    ledger_.enter({.visit = queue_.front().visit,
                   .start_ns = horizon_ns,
                   .end_ns = horizon_ns,
                   .outcome = core::Outcome::in_flight,
                   .lost_ns = queue_.front().lost_ns});
  }
  roster_.finish(ledger_);
  OptionResult result = ledger_.close();
  const double worker_ns = static_cast<double>(roster_.ready_replica_ns()) * static_cast<double>(config_.workers);
  result.fleet.utilisation = worker_ns > 0 ? static_cast<double>(busy_worker_ns_) / worker_ns : 0;
  result.batches = started_;
  return result;
}

}  // namespace sim
