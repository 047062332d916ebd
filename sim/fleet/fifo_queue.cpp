#include "sim/fleet/fifo_queue.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "sim/fleet/degradation.hpp"

namespace sim {

namespace {

constexpr std::uint32_t no_slot = std::numeric_limits<std::uint32_t>::max();

bool came_before(const Client& a, const Client& b) { return static_cast<std::int32_t>(a.number - b.number) < 0; }

// Orders of heaps, whose front is the greatest.
constexpr auto fails_later = [](const auto& a, const auto& b) {
  if (a.client.deadline_ns != b.client.deadline_ns) return a.client.deadline_ns > b.client.deadline_ns;
  return came_before(b.client, a.client);
};
constexpr auto returns_later = [](const auto& a, const auto& b) {
  return a.due_ns != b.due_ns ? a.due_ns > b.due_ns : a.order > b.order;
};

}  // namespace

template <bool degrades>
FifoQueue<degrades>::FifoQueue(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon,
                               Ledger ledger)
    : config_{config},
      model_{std::move(model)},
      ledger_{std::move(ledger)},
      roster_{config, horizon},
      clients_{config},
      timeout_ns_{core::to_ns(config.timeout)},
      loses_work_{config.loses_work()} {
  // Those that are there from the beginning are ready: the horizon cuts into a service that is running.
  for (const Roster::Change& change : roster_.begin(ledger_)) apply(change, 0);
  next_change_ns_ = roster_.next_ns();
  note_next_event();
}

// --- Requests.

template <bool degrades>
inline Visit FifoQueue<degrades>::visit_of(const core::traffic::Block& block, std::size_t i) const {
  return {.arrival_ns = block.arrival_ns[i],
          .service_ns = times_->service_ns[i],
          .first_token_ns = times_->first_token_ns[i],
          .input_tokens = block.input_tokens[i],
          .output_tokens = block.output_tokens[i],
          .ticket = block.ticket[i],
          .traffic_class = block.traffic_class[i]};
}

template <bool degrades>
void FifoQueue<degrades>::serve(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  slow_down(config_.faults, block, *times_);
  if constexpr (degrades) clients_.draw(block);
  ledger_.open(block);
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  std::size_t seen = 0;  // by the scaler
  Ledger::Tally tally = ledger_.tally(block, times_->service_ns.data());
  for (std::size_t i = 0; i < block.count; ++i) {
    const std::int64_t arrival_ns = block.arrival_ns[i];
    while (arrival_ns >= next_event_ns_) [[unlikely]] {
        arrivals_since_look_ += static_cast<std::int64_t>(i - std::exchange(seen, i));
        happen(next_event_ns_);
      }
    const std::int64_t start_ns = std::max(arrival_ns, slots_.earliest_ns());
    const std::int64_t end_ns = start_ns + times_->service_ns[i];
    const bool waits = start_ns > arrival_ns;
    Waiting request{};
    std::int64_t limit = config_.queue_limit;
    bool is_patient = true;
    if constexpr (degrades) {
      request.client = clients_.comes(block, i);
      limit = clients_.limit_of(block.traffic_class[i]);
      is_patient = !waits || start_ns - arrival_ns < request.client.patience_ns;
    }
    if (waits && at_least_wait(limit, arrival_ns)) [[unlikely]] {
      request.visit = visit_of(block, i);
      tally.leave_out(request.visit);
      reject(request, arrival_ns);
      continue;
    }
    if (end_ns - arrival_ns > timeout_ns_ || end_ns > horizon_ns || !is_patient) [[unlikely]] {
      request.visit = visit_of(block, i);
      tally.leave_out(request.visit);
      join(request, arrival_ns);
      continue;
    }
    const std::uint32_t slot = slots_.earliest();
    slots_.set(slot, end_ns);
    ledger_.served(i, arrival_ns, start_ns, end_ns, times_->first_token_ns[i], tally);
    if (waits) {
      request.visit = visit_of(block, i);
      request.leaves_queue_ns = start_ns;
      request.slot = slot;
      if constexpr (degrades) Clients::joins_queue(request.client, arrival_ns);
      remember(request, arrival_ns);
    } else if (degrades && loses_work_) {
      request.visit = visit_of(block, i);
      request.leaves_queue_ns = start_ns;
      request.slot = slot;
      in_service_[slot] = request;
    }
  }
  ledger_.add(tally);
  arrivals_since_look_ += static_cast<std::int64_t>(block.count - seen);
}

template <bool degrades>
void FifoQueue<degrades>::join(const Waiting& request, std::int64_t now_ns) {
  Waiting joining = request;
  if constexpr (degrades) Clients::joins_queue(joining.client, now_ns);
  promise(joining, now_ns);
}

// Gives the earliest slot to a request that is there at `now_ns`: `serve` does the same for the usual case.
template <bool degrades>
void FifoQueue<degrades>::promise(const Waiting& request, std::int64_t now_ns) {
  const std::int64_t start_ns = std::max(now_ns, slots_.earliest_ns());
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  const std::int64_t patient_until_ns = gives_up_ns(request);
  Waiting waiting = request;
  waiting.leaves_queue_ns = std::max(std::min(start_ns, patient_until_ns), now_ns);
  waiting.slot = no_slot;
  if ((start_ns < patient_until_ns || start_ns == now_ns) && start_ns < horizon_ns) {
    waiting.slot = slots_.earliest();
    // Beyond the horizon all times are alike; an overload's would add up until they no longer fit into 64 bits.
    slots_.set(waiting.slot, std::min({start_ns + request.visit.service_ns, deadline_ns(request), horizon_ns}));
  }
  if (may_come_again(waiting)) {
    if constexpr (degrades) {
      failing_.push_back(waiting);
      std::push_heap(failing_.begin(), failing_.end(), fails_later);
      note_next_event();
    }
  } else {
    book(waiting, 1);
  }
  if (waiting.leaves_queue_ns > now_ns) {
    remember(waiting, now_ns);
  } else if (degrades && loses_work_) {
    note_service(waiting);
  }
}

// Enters a promise into the books (`sign` 1), or takes it back (-1).
template <bool degrades>
void FifoQueue<degrades>::book(const Waiting& waiting, std::int64_t sign) {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  Ledger::Entry entry{.visit = waiting.visit,
                      .start_ns = std::min(waiting.leaves_queue_ns, horizon_ns),
                      .end_ns = deadline_ns(waiting),
                      .outcome = core::Outcome::timed_out};
  if constexpr (degrades) entry.lost_ns = waiting.client.lost_ns;
  if (waiting.slot == no_slot) {
    entry.was_served = false;
    if (gives_up_ns(waiting) < entry.end_ns) {
      entry.end_ns = gives_up_ns(waiting);
      entry.outcome = core::Outcome::abandoned;
    }
  } else if (const std::int64_t done_ns = waiting.leaves_queue_ns + waiting.visit.service_ns; done_ns > entry.end_ns) {
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

// --- The queue.

// Those that have left the queue by `now_ns` need no second promise. Called when somebody looks or the ring is full,
// not at every arrival: how many leave between two arrivals is a branch that nobody can predict.
template <bool degrades>
void FifoQueue<degrades>::forget_served(std::int64_t now_ns) {
  while (!queue_.empty() && queue_.front().leaves_queue_ns <= now_ns) {
    if (degrades && loses_work_) note_service(queue_.front());
    queue_.pop_front();
  }
}

// Patient clients leave in order of arrival, so the one that came `requests` before the end tells.
template <bool degrades>
inline bool FifoQueue<degrades>::at_least_wait(std::int64_t requests, std::int64_t now_ns) {
  if (degrades && !clients_.are_patient()) return waiting_count(now_ns) >= requests;
  return requests == 0 || (queue_.size() >= requests && queue_.from_back(requests - 1).leaves_queue_ns > now_ns);
}

template <bool degrades>
std::int64_t FifoQueue<degrades>::waiting_count(std::int64_t now_ns) {
  if (!degrades || clients_.are_patient()) {
    forget_served(now_ns);
    return queue_.size();
  }
  while (!leaving_.empty() && leaving_.front() <= now_ns) {
    std::pop_heap(leaving_.begin(), leaving_.end(), std::greater<>{});
    leaving_.pop_back();
  }
  return static_cast<std::int64_t>(leaving_.size());
}

template <bool degrades>
inline void FifoQueue<degrades>::remember(const Waiting& waiting, std::int64_t now_ns) {
  if (queue_.full()) forget_served(now_ns);
  queue_.push_back(waiting);
  if (degrades && !clients_.are_patient()) {
    leaving_.push_back(waiting.leaves_queue_ns);
    std::push_heap(leaving_.begin(), leaving_.end(), std::greater<>{});
  }
  if (at_least_wait(ledger_.fleet().longest_queue + 1, now_ns)) [[unlikely]]
    ++ledger_.fleet().longest_queue;
}

// Who leaves the queue is noted late, when others may have begun in the slot since.
template <bool degrades>
inline void FifoQueue<degrades>::note_service(const Waiting& served) {
  if (served.slot == no_slot) return;
  Waiting& last = in_service_[served.slot];
  if (served.leaves_queue_ns > last.leaves_queue_ns) last = served;
}

// In reverse order, so that each slot gets back the time at which it would have been free.
template <bool degrades>
void FifoQueue<degrades>::take_promises_back(std::int64_t now_ns) {
  for (; !queue_.empty(); queue_.pop_back()) {
    const Waiting& waiting = queue_.back();
    if (waiting.leaves_queue_ns <= now_ns) continue;  // impatient: it has left before others
    if (!may_come_again(waiting)) book(waiting, -1);
    if (waiting.slot != no_slot) slots_.set(waiting.slot, waiting.leaves_queue_ns);
    again_.push_back(waiting);
  }
  std::reverse(again_.begin(), again_.end());
  leaving_.clear();
  std::erase_if(failing_, [now_ns](const Waiting& waiting) { return waiting.leaves_queue_ns > now_ns; });
  if constexpr (degrades) std::make_heap(failing_.begin(), failing_.end(), fails_later);
}

// --- Events.

template <bool degrades>
void FifoQueue<degrades>::note_next_event() {
  next_event_ns_ = next_change_ns_;
  if constexpr (degrades) {
    if (!failing_.empty()) next_event_ns_ = std::min(next_event_ns_, failing_.front().client.deadline_ns);
    if (!returns_.empty()) next_event_ns_ = std::min(next_event_ns_, returns_.front().due_ns);
  }
}

template <bool degrades>
void FifoQueue<degrades>::happen(std::int64_t now_ns) {
  bool has_happened = false;
  if constexpr (degrades) {
    if (!failing_.empty() && failing_.front().client.deadline_ns <= now_ns) {
      fail(now_ns);
      has_happened = true;
    } else if (next_change_ns_ > now_ns) {
      come_again(now_ns);
      has_happened = true;
    }
  }
  if (!has_happened) step(now_ns);
  note_next_event();
}

template <bool degrades>
FleetState FifoQueue<degrades>::state_at(std::int64_t now_ns) {
  FleetState state{.slots_per_replica = config_.slots_per_replica,
                   .waiting = waiting_count(now_ns),
                   .arrivals = std::exchange(arrivals_since_look_, 0)};
  const auto per_replica = static_cast<std::size_t>(config_.slots_per_replica);
  for (const Roster::Member& member : roster_.members()) {
    if (member.ready_ns > now_ns) continue;
    const std::size_t first = member.berth * per_replica;
    state.busy_slots += slots_.count_busy(first, first + per_replica, now_ns);
  }
  return state;
}

template <bool degrades>
void FifoQueue<degrades>::step(std::int64_t now_ns) {
  forget_served(now_ns);
  Checks& checks = ledger_.checks();
  checks.work_conservation = checks.work_conservation && (slots_.earliest_ns() > now_ns || waiting_count(now_ns) == 0);
  const FleetState seen = roster_.looks_at(now_ns) ? state_at(now_ns) : FleetState{};
  const auto changes = roster_.step(now_ns, seen, ledger_);
  if (!changes.empty()) {
    take_promises_back(now_ns);
    for (const Roster::Change& change : changes) apply(change, now_ns);
    // A shallower tree is a shorter walk; the factor keeps a fleet that breathes from resizing at every look.
    const std::size_t used = roster_.berth_count() * static_cast<std::size_t>(config_.slots_per_replica);
    if (used * 4 <= slots_.capacity()) slots_.resize(used);
    if constexpr (degrades) {
      std::sort(again_.begin(), again_.end(),
                [](const Waiting& a, const Waiting& b) { return came_before(a.client, b.client); });
    }
    for (const Waiting& waiting : again_) promise(waiting, now_ns);
    again_.clear();
  }
  next_change_ns_ = roster_.next_ns();
}

template <bool degrades>
void FifoQueue<degrades>::apply(const Roster::Change& change, std::int64_t now_ns) {
  const auto per_replica = static_cast<std::size_t>(config_.slots_per_replica);
  const std::size_t first = change.berth * per_replica;
  const auto first_in_service = [&] { return in_service_.begin() + static_cast<std::ptrdiff_t>(first); };
  switch (change.kind) {
    case Roster::Change::Kind::start:
      if (first + per_replica > slots_.capacity()) slots_.resize(first + per_replica);
      set_slots(change.berth, change.ready_ns);
      if (degrades && loses_work_) {
        if (in_service_.size() < slots_.capacity()) in_service_.resize(slots_.capacity());
        std::fill_n(first_in_service(), per_replica, Waiting{{}, -1, no_slot, {}});
      }
      break;
    case Roster::Change::Kind::drain:
      if (change.ready_ns <= now_ns) {
        const std::int64_t ends_ns = std::max(now_ns, slots_.latest_ns(first, first + per_replica));
        roster_.ended(change.life, ends_ns);
        if (degrades && loses_work_) {
          std::erase_if(draining_, [&](const Draining& d) { return d.ends_ns <= now_ns; });
          const auto begin = first_in_service();
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

template <bool degrades>
void FifoQueue<degrades>::set_slots(std::uint32_t berth, std::int64_t free_ns) {
  const auto per_replica = static_cast<std::uint32_t>(config_.slots_per_replica);
  for (std::uint32_t slot = berth * per_replica; slot < (berth + 1) * per_replica; ++slot) slots_.set(slot, free_ns);
}

template <bool degrades>
void FifoQueue<degrades>::lose(Draining& draining, std::int64_t now_ns) {
  if constexpr (degrades) {
    for (Waiting& served : draining.in_service) {
      const std::int64_t start_ns = served.leaves_queue_ns;
      if (start_ns < 0 || std::min(start_ns + served.visit.service_ns, deadline_ns(served)) <= now_ns) continue;
      if (may_come_again(served)) forget_failing(served.client.number);
      else book(served, -1);
      const std::uint32_t made = tokens_after(served.visit, now_ns - start_ns);
      note_waste(served.visit.arrival_ns, served.visit.input_tokens, made, ledger_);
      ++ledger_.fleet().lost_requests;
      served.client.lost_ns += now_ns - start_ns;
      Clients::joins_queue(served.client, now_ns);
      again_.push_back(served);
    }
  }
  draining.ends_ns = now_ns;
  draining.in_service.clear();
}

// --- Attempts that fail.

template <bool degrades>
inline std::int64_t FifoQueue<degrades>::deadline_ns(const Waiting& waiting) const {
  if constexpr (degrades) return waiting.client.deadline_ns;
  else return waiting.visit.arrival_ns + timeout_ns_;
}

template <bool degrades>
inline std::int64_t FifoQueue<degrades>::gives_up_ns(const Waiting& waiting) const {
  if constexpr (degrades) return std::min(waiting.client.deadline_ns, waiting.client.leave_by_ns);
  else return deadline_ns(waiting);
}

// It will time out, and then it is not over.
template <bool degrades>
bool FifoQueue<degrades>::may_come_again(const Waiting& waiting) const {
  if constexpr (degrades) {
    if (!clients_.retry() || !clients_.has_attempts_left(waiting.client)) return false;
    const std::int64_t late_ns = deadline_ns(waiting);
    if (late_ns > ledger_.horizon_ns()) return false;
    return waiting.slot == no_slot ? gives_up_ns(waiting) == late_ns
                                   : waiting.leaves_queue_ns + waiting.visit.service_ns > late_ns;
  }
  return false;
}

template <bool degrades>
void FifoQueue<degrades>::reject(const Waiting& request, std::int64_t now_ns) {
  Ledger::Entry entry{request.visit, now_ns, now_ns, core::Outcome::rejected};
  if constexpr (degrades) {
    if (const auto due_ns = clients_.returns_at(request.client, now_ns)) {
      returns_.push_back({*due_ns, returned_++, request});
      std::push_heap(returns_.begin(), returns_.end(), returns_later);
      note_next_event();
      return;
    }
    entry.lost_ns = request.client.lost_ns;
  }
  ledger_.enter(entry);
}

template <bool degrades>
void FifoQueue<degrades>::fail(std::int64_t now_ns) {
  if constexpr (degrades) {
    std::pop_heap(failing_.begin(), failing_.end(), fails_later);
    Waiting failed = failing_.back();
    failing_.pop_back();
    const auto due_ns = clients_.returns_at(failed.client, now_ns);
    if (!due_ns) {
      book(failed, 1);
      return;
    }
    if (failed.slot != no_slot) {
      const std::int64_t served_ns = now_ns - failed.leaves_queue_ns;
      note_waste(failed.visit.arrival_ns, failed.visit.input_tokens, tokens_after(failed.visit, served_ns), ledger_);
      failed.client.lost_ns += served_ns;
    }
    returns_.push_back({*due_ns, returned_++, failed});
    std::push_heap(returns_.begin(), returns_.end(), returns_later);
  }
}

template <bool degrades>
void FifoQueue<degrades>::come_again(std::int64_t now_ns) {
  if constexpr (degrades) {
    std::pop_heap(returns_.begin(), returns_.end(), returns_later);
    Waiting request = returns_.back().request;
    returns_.pop_back();
    ++arrivals_since_look_;
    clients_.comes_again(request.client, now_ns);
    if (slots_.earliest_ns() > now_ns && at_least_wait(clients_.limit_of(request.visit.traffic_class), now_ns)) {
      reject(request, now_ns);
    } else {
      join(request, now_ns);
    }
  }
}

template <bool degrades>
void FifoQueue<degrades>::forget_failing(std::uint32_t number) {
  if constexpr (degrades) {
    std::erase_if(failing_, [number](const Waiting& waiting) { return waiting.client.number == number; });
    std::make_heap(failing_.begin(), failing_.end(), fails_later);
  }
}

// --- The end.

template <bool degrades>
void FifoQueue<degrades>::advance_to(std::int64_t now_ns) {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  while (next_event_ns_ <= now_ns && next_event_ns_ < horizon_ns) happen(next_event_ns_);
}

template <bool degrades>
OptionResult FifoQueue<degrades>::close() {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  advance_to(horizon_ns);
  if constexpr (degrades) {
    // What fails at the end itself still fails; nobody comes again, and the fleet changes no more.
    while (!failing_.empty() && failing_.front().client.deadline_ns <= horizon_ns) fail(horizon_ns);
    for (const Return& return_ : returns_) {
      ledger_.enter({.visit = return_.request.visit,
                     .start_ns = horizon_ns,
                     .end_ns = horizon_ns,
                     .outcome = core::Outcome::in_flight,
                     .was_served = false,
                     .lost_ns = return_.request.client.lost_ns});
    }
  }
  roster_.finish(ledger_);
  OptionResult result = ledger_.close();
  result.retries = clients_.summary();
  return result;
}

template class FifoQueue<false>;
template class FifoQueue<true>;

}  // namespace sim
