#include "sim/fleet/fifo_fleet.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sim {

namespace {

constexpr std::uint32_t no_slot = std::numeric_limits<std::uint32_t>::max();

}  // namespace

FifoFleet::FifoFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger)
    : config_{config},
      model_{std::move(model)},
      ledger_{std::move(ledger)},
      replicas_{config.metering, core::to_ns(horizon.length())},
      timeout_ns_{core::to_ns(config.timeout)} {
  if (config_.autoscaler) {
    autoscaler_.emplace(*config_.autoscaler);
    metrics_ = MetricWindow{*config_.autoscaler};
    next_tick_ns_ = core::to_ns(config_.autoscaler->sync_period);
  }
  // Those that are there from the beginning are ready: the horizon cuts into a service that is running.
  slots_.resize(static_cast<std::size_t>(config_.initial_replicas * config_.slots_per_replica));
  for (std::int64_t i = 0; i < config_.initial_replicas; ++i) replicas_.start(0, 0, ledger_);
  for (std::int64_t slot = 0; slot < config_.initial_replicas * config_.slots_per_replica; ++slot) {
    slots_.set(static_cast<std::uint32_t>(slot), 0);
  }
}

// Those that have left the queue by `now_ns` need no second promise. Called when somebody looks or the ring is full,
// not at every arrival: how many leave between two arrivals is a branch that nobody can predict.
void FifoFleet::forget_served(std::int64_t now_ns) {
  while (!queue_.empty() && queue_.front().leaves_queue_ns <= now_ns) queue_.pop_front();
}

// They leave in order of arrival, so the one that came `requests` before the end tells.
inline bool FifoFleet::at_least_wait(std::int64_t requests, std::int64_t now_ns) const {
  return requests == 0 || (queue_.size() >= requests && queue_.from_back(requests - 1).leaves_queue_ns > now_ns);
}

inline void FifoFleet::remember(const Waiting& waiting, std::int64_t now_ns) {
  if (queue_.full()) forget_served(now_ns);
  queue_.push_back(waiting);
  if (at_least_wait(ledger_.fleet().longest_queue + 1, now_ns)) [[unlikely]]
    ++ledger_.fleet().longest_queue;
}

inline Visit FifoFleet::visit_of(const core::traffic::Block& block, std::size_t i) const {
  return {.arrival_ns = block.arrival_ns[i],
          .service_ns = times_->service_ns[i],
          .first_token_ns = times_->first_token_ns[i],
          .input_tokens = block.input_tokens[i],
          .output_tokens = block.output_tokens[i],
          .ticket = block.ticket[i],
          .traffic_class = block.traffic_class[i]};
}

void FifoFleet::serve(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  ledger_.open(block);
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  std::size_t seen = 0;  // by the autoscaler
  Ledger::Tally tally = ledger_.tally(block, times_->service_ns.data());
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    while (arrival_ns >= next_tick_ns_) [[unlikely]] {
        arrivals_since_tick_ += static_cast<std::int64_t>(i - std::exchange(seen, i));
        tick(next_tick_ns_);
      }
    const std::int64_t start_ns = std::max(arrival_ns, slots_.earliest_ns());
    const std::int64_t end_ns = start_ns + times_->service_ns[i];
    const bool waits = start_ns > arrival_ns;
    if (waits && at_least_wait(config_.queue_limit, arrival_ns)) [[unlikely]] {
      const Visit visit = visit_of(block, i);
      ledger_.enter({visit, arrival_ns, arrival_ns, core::Outcome::rejected});
      tally.leave_out(visit);
      continue;
    }
    if (end_ns - arrival_ns > timeout_ns_ || end_ns > horizon_ns) [[unlikely]] {
      const Visit visit = visit_of(block, i);
      promise(visit, arrival_ns);
      tally.leave_out(visit);
    } else {
      const std::uint32_t slot = slots_.earliest();
      slots_.set(slot, end_ns);
      ledger_.served(i, arrival_ns, start_ns, end_ns, times_->first_token_ns[i], tally);
      if (waits) remember({visit_of(block, i), start_ns, slot}, arrival_ns);
    }
  }
  ledger_.add(tally);
  arrivals_since_tick_ += static_cast<std::int64_t>(block.count - seen);
}

// Gives the earliest slot to a request that is there at `now_ns`: `serve` does the same for the usual case.
void FifoFleet::promise(const Visit& visit, std::int64_t now_ns) {
  const std::int64_t start_ns = std::max(now_ns, slots_.earliest_ns());
  const std::int64_t deadline_ns = visit.arrival_ns + timeout_ns_;
  Waiting waiting{visit, std::min(start_ns, deadline_ns), no_slot};
  if (start_ns < deadline_ns) {
    waiting.slot = slots_.earliest();
    // Beyond the horizon all times are alike; an overload's would add up until they no longer fit into 64 bits.
    slots_.set(waiting.slot, std::min({start_ns + visit.service_ns, deadline_ns, ledger_.horizon_ns()}));
  }
  book(waiting, 1);
  if (waiting.leaves_queue_ns > now_ns) remember(waiting, now_ns);
}

// Enters a promise into the books (`sign` 1), or takes it back (-1).
void FifoFleet::book(const Waiting& waiting, std::int64_t sign) {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  const std::int64_t deadline_ns = waiting.visit.arrival_ns + timeout_ns_;
  const std::int64_t start_ns = std::min(waiting.leaves_queue_ns, horizon_ns);
  const std::int64_t done_ns = waiting.leaves_queue_ns + waiting.visit.service_ns;
  Ledger::Entry entry{.visit = waiting.visit, .start_ns = start_ns, .end_ns = std::min(done_ns, deadline_ns)};
  if (waiting.slot == no_slot) {
    entry.end_ns = deadline_ns;
    entry.outcome = core::Outcome::timed_out;
    entry.was_served = false;
  } else if (done_ns > deadline_ns) {
    entry.outcome = core::Outcome::timed_out;
    entry.tokens_made = waiting.visit.output_tokens;
  }
  if (entry.end_ns > horizon_ns) {
    entry.end_ns = horizon_ns;
    entry.outcome = core::Outcome::in_flight;
  }
  if (sign > 0) {
    ledger_.enter(entry);
  } else {
    ledger_.take_back(entry);
  }
}

void FifoFleet::tick(std::int64_t now_ns) {
  forget_served(now_ns);
  const std::int64_t ready = replicas_.ready_count(now_ns);
  const MetricReading reading = metrics_.read(
      {.ready_replicas = ready,
       .all_replicas = replicas_.count(),
       .slots_per_replica = config_.slots_per_replica,
       .busy_slots = slots_.count_busy(0, static_cast<std::size_t>(ready * config_.slots_per_replica), now_ns),
       .waiting = queue_.size(),
       .arrivals = std::exchange(arrivals_since_tick_, 0)});
  const std::int64_t wanted = autoscaler_->decide(core::Instant{core::Duration{now_ns}}, reading, replicas_.count());
  if (wanted != replicas_.count()) {
    // In reverse order, so that each slot gets back the time at which it would have been free.
    for (std::int64_t i = queue_.size() - 1; i >= 0; --i) {
      book(queue_[i], -1);
      if (queue_[i].slot != no_slot) slots_.set(queue_[i].slot, queue_[i].leaves_queue_ns);
    }
    scale_to(wanted, now_ns);
    for (std::int64_t left = queue_.size(); left > 0; --left) {
      const Visit visit = queue_.front().visit;
      queue_.pop_front();
      promise(visit, now_ns);
    }
  }
  replicas_.note_peak(now_ns, ledger_);
  next_tick_ns_ += core::to_ns(config_.autoscaler->sync_period);
}

void FifoFleet::scale_to(std::int64_t replicas, std::int64_t now_ns) {
  const std::int64_t per_replica = config_.slots_per_replica;
  const auto set_slots = [&](std::int64_t replica, std::int64_t free_ns) {
    for (std::int64_t slot = replica * per_replica; slot < (replica + 1) * per_replica; ++slot) {
      slots_.set(static_cast<std::uint32_t>(slot), free_ns);
    }
  };
  while (replicas_.count() < replicas) {
    const std::int64_t replica = replicas_.count();
    const auto needed = static_cast<std::size_t>((replica + 1) * per_replica);
    if (needed > slots_.capacity()) slots_.resize(needed);
    const std::int64_t ready_ns = now_ns + core::to_ns(config_.cold_start.total());
    set_slots(replica, ready_ns);
    replicas_.start(now_ns, ready_ns, ledger_);
  }
  while (replicas_.count() > replicas) {
    const std::int64_t replica = replicas_.count() - 1;
    std::int64_t released_ns = now_ns;
    if (replicas_.ready_ns(replica) <= now_ns) {  // drains; one that is not ready yet has nothing to finish
      const auto first = static_cast<std::size_t>(replica * per_replica);
      released_ns = std::max(now_ns, slots_.latest_ns(first, first + static_cast<std::size_t>(per_replica)));
    }
    replicas_.remove(now_ns, released_ns, ledger_);
    set_slots(replica, core::never_ns);
  }
  // A shallower tree is a shorter walk; the factor keeps a fleet that breathes from resizing at every tick.
  const auto used = static_cast<std::size_t>(replicas_.count() * per_replica);
  if (used * 4 <= slots_.capacity()) slots_.resize(used);
}

void FifoFleet::advance_to(std::int64_t now_ns) {
  while (next_tick_ns_ <= now_ns) tick(next_tick_ns_);
}

OptionResult FifoFleet::close() {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  while (next_tick_ns_ < horizon_ns) tick(next_tick_ns_);
  if (!autoscaler_) {
    for (std::int64_t begin_ns = 0; begin_ns < horizon_ns; begin_ns += core::ns_per_hour)
      replicas_.note_peak(begin_ns, ledger_);
  }
  replicas_.finish(config_.slots_per_replica, ledger_);
  return ledger_.close();
}

}  // namespace sim
