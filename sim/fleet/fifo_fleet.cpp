#include "sim/fleet/fifo_fleet.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/fleet/degradation.hpp"

namespace sim {

namespace {

constexpr std::uint32_t no_slot = std::numeric_limits<std::uint32_t>::max();

}  // namespace

FifoFleet::FifoFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger)
    : config_{config},
      model_{std::move(model)},
      ledger_{std::move(ledger)},
      roster_{config, horizon},
      timeout_ns_{core::to_ns(config.timeout)},
      loses_work_{config.loses_work()} {
  // Those that are there from the beginning are ready: the horizon cuts into a service that is running.
  for (const Roster::Change& change : roster_.begin(ledger_)) apply(change, 0);
  next_change_ns_ = roster_.next_ns();
}

// Those that have left the queue by `now_ns` need no second promise. Called when somebody looks or the ring is full,
// not at every arrival: how many leave between two arrivals is a branch that nobody can predict.
void FifoFleet::forget_served(std::int64_t now_ns) {
  while (!queue_.empty() && queue_.front().leaves_queue_ns <= now_ns) {
    if (loses_work_) note_service(queue_.front());
    queue_.pop_front();
  }
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

// Who leaves the queue is noted late, when others may have begun in the slot since.
inline void FifoFleet::note_service(const Waiting& served) {
  if (served.slot == no_slot) return;
  Waiting& last = in_service_[served.slot];
  if (served.leaves_queue_ns > last.leaves_queue_ns) last = served;
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
  if (loses_work_) {
    serve_block<true>(block);
  } else {
    serve_block<false>(block);
  }
}

template <bool loses_work>
void FifoFleet::serve_block(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  slow_down(config_.faults, block, *times_);
  ledger_.open(block);
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  std::size_t seen = 0;  // by the scaler
  Ledger::Tally tally = ledger_.tally(block, times_->service_ns.data());
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    while (arrival_ns >= next_change_ns_) [[unlikely]] {
        arrivals_since_look_ += static_cast<std::int64_t>(i - std::exchange(seen, i));
        step(next_change_ns_);
      }
    const std::int64_t start_ns = std::max(arrival_ns, slots_.earliest_ns());
    const std::int64_t end_ns = start_ns + times_->service_ns[i];
    const bool waits = start_ns > arrival_ns;
    const std::uint32_t number = arrived_ + static_cast<std::uint32_t>(i);
    if (waits && at_least_wait(config_.queue_limit, arrival_ns)) [[unlikely]] {
      const Visit visit = visit_of(block, i);
      ledger_.enter({visit, arrival_ns, arrival_ns, core::Outcome::rejected});
      tally.leave_out(visit);
      continue;
    }
    if (end_ns - arrival_ns > timeout_ns_ || end_ns > horizon_ns) [[unlikely]] {
      const Visit visit = visit_of(block, i);
      promise({visit, 0, no_slot, number, 0}, arrival_ns);
      tally.leave_out(visit);
    } else {
      const std::uint32_t slot = slots_.earliest();
      slots_.set(slot, end_ns);
      ledger_.served(i, arrival_ns, start_ns, end_ns, times_->first_token_ns[i], tally);
      if (waits) {
        remember({visit_of(block, i), start_ns, slot, number, 0}, arrival_ns);
      } else if constexpr (loses_work) {
        in_service_[slot] = {visit_of(block, i), start_ns, slot, number, 0};
      }
    }
  }
  ledger_.add(tally);
  arrivals_since_look_ += static_cast<std::int64_t>(block.count - seen);
  arrived_ += static_cast<std::uint32_t>(block.count);
}

// Gives the earliest slot to a request that is there at `now_ns`: `serve` does the same for the usual case.
void FifoFleet::promise(const Waiting& request, std::int64_t now_ns) {
  const std::int64_t start_ns = std::max(now_ns, slots_.earliest_ns());
  const std::int64_t deadline_ns = request.visit.arrival_ns + timeout_ns_;
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  Waiting waiting = request;
  waiting.leaves_queue_ns = std::min(start_ns, deadline_ns);
  waiting.slot = no_slot;
  if (start_ns < deadline_ns && start_ns < horizon_ns) {
    waiting.slot = slots_.earliest();
    // Beyond the horizon all times are alike; an overload's would add up until they no longer fit into 64 bits.
    slots_.set(waiting.slot, std::min({start_ns + request.visit.service_ns, deadline_ns, horizon_ns}));
  }
  book(waiting, 1);
  if (waiting.leaves_queue_ns > now_ns) {
    remember(waiting, now_ns);
  } else if (loses_work_) {
    note_service(waiting);
  }
}

// Enters a promise into the books (`sign` 1), or takes it back (-1).
void FifoFleet::book(const Waiting& waiting, std::int64_t sign) {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  const std::int64_t deadline_ns = waiting.visit.arrival_ns + timeout_ns_;
  Ledger::Entry entry{.visit = waiting.visit,
                      .start_ns = std::min(waiting.leaves_queue_ns, horizon_ns),
                      .end_ns = deadline_ns,
                      .outcome = core::Outcome::timed_out,
                      .lost_ns = waiting.lost_ns};
  if (waiting.slot == no_slot) {
    entry.was_served = false;
  } else if (const std::int64_t done_ns = waiting.leaves_queue_ns + waiting.visit.service_ns; done_ns > deadline_ns) {
    entry.tokens_made = waiting.visit.output_tokens;
  } else {
    entry.end_ns = done_ns;
    entry.outcome = core::Outcome::served;
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

FleetState FifoFleet::state_at(std::int64_t now_ns) const {
  FleetState state{.slots_per_replica = config_.slots_per_replica, .waiting = queue_.size()};
  for (const Roster::Member& member : roster_.members()) {
    if (member.ready_ns > now_ns) continue;
    const auto first = static_cast<std::size_t>(member.berth) * static_cast<std::size_t>(config_.slots_per_replica);
    state.busy_slots += slots_.count_busy(first, first + static_cast<std::size_t>(config_.slots_per_replica), now_ns);
  }
  return state;
}

void FifoFleet::step(std::int64_t now_ns) {
  forget_served(now_ns);
  Checks& checks = ledger_.checks();
  checks.work_conservation = checks.work_conservation && (queue_.empty() || slots_.earliest_ns() > now_ns);
  FleetState state;
  if (roster_.looks_at(now_ns)) {
    state = state_at(now_ns);
    state.arrivals = std::exchange(arrivals_since_look_, 0);
  }
  const auto changes = roster_.step(now_ns, state, ledger_);
  if (!changes.empty()) {
    take_promises_back();
    for (const Roster::Change& change : changes) apply(change, now_ns);
    // A shallower tree is a shorter walk; the factor keeps a fleet that breathes from resizing at every look.
    const std::size_t used = std::size_t{roster_.berth_count()} * static_cast<std::size_t>(config_.slots_per_replica);
    if (used * 4 <= slots_.capacity()) slots_.resize(used);
    const auto came_first = [](const Waiting& a, const Waiting& b) {
      return static_cast<std::int32_t>(a.number - b.number) < 0;
    };
    std::reverse(again_.begin(), again_.end());
    if (loses_work_) std::sort(again_.begin(), again_.end(), came_first);
    for (const Waiting& waiting : again_) promise(waiting, now_ns);
    again_.clear();
  }
  next_change_ns_ = roster_.next_ns();
}

// In reverse order, so that each slot gets back the time at which it would have been free.
void FifoFleet::take_promises_back() {
  for (; !queue_.empty(); queue_.pop_back()) {
    const Waiting& waiting = queue_.back();
    book(waiting, -1);
    if (waiting.slot != no_slot) slots_.set(waiting.slot, waiting.leaves_queue_ns);
    again_.push_back(waiting);
  }
}

void FifoFleet::apply(const Roster::Change& change, std::int64_t now_ns) {
  const auto per_replica = static_cast<std::size_t>(config_.slots_per_replica);
  const std::size_t first = change.berth * per_replica;
  switch (change.kind) {
    case Roster::Change::Kind::start:
      if (first + per_replica > slots_.capacity()) slots_.resize(first + per_replica);
      set_slots(change.berth, change.ready_ns);
      if (loses_work_) {
        if (in_service_.size() < slots_.capacity()) in_service_.resize(slots_.capacity());
        std::fill_n(in_service_.begin() + static_cast<std::ptrdiff_t>(first), per_replica,
                    Waiting{{}, -1, no_slot, 0, 0});
      }
      break;
    case Roster::Change::Kind::drain:
      if (change.ready_ns <= now_ns) {
        const std::int64_t ends_ns = std::max(now_ns, slots_.latest_ns(first, first + per_replica));
        roster_.ended(change.life, ends_ns);
        if (loses_work_) {
          std::erase_if(draining_, [&](const Draining& d) { return d.ends_ns <= now_ns; });
          const auto begin = in_service_.begin() + static_cast<std::ptrdiff_t>(first);
          draining_.push_back({change.life, ends_ns, {begin, begin + static_cast<std::ptrdiff_t>(per_replica)}});
        }
      }
      set_slots(change.berth, SlotTree::never_free_ns);
      break;
    case Roster::Change::Kind::lose:
      for (Draining& draining : draining_) {
        if (draining.life == change.life) lose(draining, now_ns);
      }
      break;
  }
}

void FifoFleet::set_slots(std::uint32_t berth, std::int64_t free_ns) {
  const auto per_replica = static_cast<std::uint32_t>(config_.slots_per_replica);
  for (std::uint32_t slot = berth * per_replica; slot < (berth + 1) * per_replica; ++slot) slots_.set(slot, free_ns);
}

void FifoFleet::lose(Draining& draining, std::int64_t now_ns) {
  for (const Waiting& served : draining.in_service) {
    const std::int64_t start_ns = served.leaves_queue_ns;
    if (start_ns < 0) continue;
    const std::int64_t end_ns = std::min(start_ns + served.visit.service_ns, served.visit.arrival_ns + timeout_ns_);
    if (end_ns <= now_ns) continue;
    book(served, -1);
    note_lost(served.visit, tokens_after(served.visit, now_ns - start_ns), ledger_);
    again_.push_back(served);
    again_.back().lost_ns += now_ns - start_ns;
  }
  draining.ends_ns = now_ns;
  draining.in_service.clear();
}

void FifoFleet::advance_to(std::int64_t now_ns) {
  while (next_change_ns_ <= now_ns && next_change_ns_ < ledger_.horizon_ns()) step(next_change_ns_);
}

OptionResult FifoFleet::close() {
  advance_to(ledger_.horizon_ns());
  roster_.finish(ledger_);
  return ledger_.close();
}

}  // namespace sim
