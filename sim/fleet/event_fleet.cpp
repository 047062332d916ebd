#include "sim/fleet/event_fleet.hpp"

#include <algorithm>
#include <memory>

#include "sim/fleet/degradation.hpp"

namespace sim {

namespace {

// What comes first within one nanosecond; the same order as in FifoFleet.
enum Phase : int { frees_slot, leaves_queue, fails, moves_up, changes, returns, arrives };

bool came_before(const Client& a, const Client& b) { return static_cast<std::int32_t>(a.number - b.number) < 0; }

}  // namespace

EventFleet::EventFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger)
    : config_{config},
      model_{std::move(model)},
      ledger_{std::move(ledger)},
      roster_{config, horizon},
      clients_{config} {
  for (const Roster::Change& change : roster_.begin(ledger_)) apply(change);
  if (roster_.next_ns() < core::never_ns) events_.schedule(roster_.next_ns(), changes, {.kind = Event::Kind::change});
}

void EventFleet::serve(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  slow_down(config_.faults, block, *times_);
  clients_.draw(block);
  block_ = &block;
  ledger_.open(block);
  for (std::size_t i = 0; i < block.count; ++i) {
    const Request request{.visit = {.arrival_ns = block.arrival_ns[i],
                                    .service_ns = times_->service_ns[i],
                                    .first_token_ns = times_->first_token_ns[i],
                                    .input_tokens = block.input_tokens[i],
                                    .output_tokens = block.output_tokens[i],
                                    .ticket = block.ticket[i],
                                    .traffic_class = block.traffic_class[i]}};
    events_.schedule(block.arrival_ns[i], arrives, {.kind = Event::Kind::arrival, .index = i, .request = request});
  }
  arrivals_to_come_ += block.count;
  while (arrivals_to_come_ > 0) handle(events_.pop());
}

void EventFleet::handle(const Event& event) {
  const std::int64_t now_ns = events_.now_ns();
  switch (event.kind) {
    case Event::Kind::slot_free: {
      // An event of a request that was lost comes too late to mean anything.
      Slot& slot = event.life->slots[static_cast<std::size_t>(event.slot)];
      if (slot.fails && slot.busy_until_ns == now_ns) {
        slot.fails = false;
        note_failure(slot.request, slot.entry);
      }
      if (event.life->takes_requests) {
        idle_.emplace(now_ns, event.life->berth * config_.slots_per_replica + event.slot);
        if (!queue_.empty()) events_.schedule(now_ns, moves_up, {.kind = Event::Kind::dispatch});
      }
      break;
    }
    case Event::Kind::leave:
      leave_queue(event.request);
      break;
    case Event::Kind::failures:
      fail();
      break;
    case Event::Kind::dispatch:
      dispatch();
      break;
    case Event::Kind::change:
      change_fleet();
      break;
    case Event::Kind::arrival: {
      --arrivals_to_come_;
      Request request = event.request;
      request.client = clients_.comes(*block_, event.index);
      join(request);
      break;
    }
    case Event::Kind::comes_again: {
      Request request = event.request;
      clients_.comes_again(request.client, now_ns);
      join(request);
      break;
    }
  }
}

void EventFleet::join(const Request& request) {
  ++arrivals_since_look_;
  if (!idle_.empty() && queue_.empty()) {
    give_slot(request);
  } else if (waiting() < clients_.limit_of(request.visit.traffic_class)) {
    enter_queue(request);
    note_longest();
  } else {
    reject(request);
  }
  // Everything that was to happen by now has happened.
  ledger_.checks().work_conservation = ledger_.checks().work_conservation && (queue_.empty() || idle_.empty());
}

// Who has no patience at all does not count.
void EventFleet::note_longest() {
  if (clients_.are_patient()) {
    ledger_.waiting(waiting());
    return;
  }
  ledger_.waiting(std::count_if(queue_.begin(), queue_.end(), [now_ns = events_.now_ns()](const Request& request) {
    return std::min(request.client.deadline_ns, request.client.leave_by_ns) > now_ns;
  }));
}

void EventFleet::enter_queue(const Request& request) {
  Request joining = request;
  Clients::joins_queue(joining.client, events_.now_ns());
  const auto behind = std::find_if(queue_.rbegin(), queue_.rend(),
                                   [&](const Request& other) { return came_before(other.client, joining.client); });
  queue_.insert(behind.base(), joining);
  events_.schedule(std::min(joining.client.deadline_ns, joining.client.leave_by_ns), leaves_queue,
                   {.kind = Event::Kind::leave, .request = joining});
}

// Unless it has been given a slot in time; and perhaps it was lost since, and has joined the queue again.
void EventFleet::leave_queue(const Request& request) {
  const std::int64_t now_ns = events_.now_ns();
  const auto waiting = std::find_if(queue_.begin(), queue_.end(),
                                    [&](const Request& other) { return other.client.number == request.client.number; });
  if (waiting == queue_.end()) return;
  const Client& client = waiting->client;
  if (std::min(client.deadline_ns, client.leave_by_ns) != now_ns) return;
  const bool is_late = client.deadline_ns <= client.leave_by_ns;
  note_failure(*waiting, {.visit = waiting->visit,
                          .start_ns = now_ns,
                          .end_ns = now_ns,
                          .outcome = is_late ? core::Outcome::timed_out : core::Outcome::abandoned,
                          .was_served = false,
                          .lost_ns = client.lost_ns});
  queue_.erase(waiting);
}

// Failures of one nanosecond are looked at together, in order of coming.
void EventFleet::note_failure(const Request& request, const Ledger::Entry& entry) {
  if (entry.outcome == core::Outcome::abandoned || !clients_.retry()) {
    ledger_.enter(entry);
    return;
  }
  if (failures_.empty()) events_.schedule(events_.now_ns(), fails, {.kind = Event::Kind::failures});
  failures_.push_back({request, entry});
}

void EventFleet::fail() {
  const std::int64_t now_ns = events_.now_ns();
  std::sort(failures_.begin(), failures_.end(),
            [](const Failure& a, const Failure& b) { return came_before(a.request.client, b.request.client); });
  for (Failure& failure : failures_) {
    const auto due_ns = clients_.returns_at(failure.request.client, now_ns);
    if (!due_ns) {
      ledger_.enter(failure.entry);
      continue;
    }
    if (failure.entry.was_served) {
      const Visit& visit = failure.request.visit;
      const std::int64_t served_ns = now_ns - failure.entry.start_ns;
      note_waste(visit.arrival_ns, visit.input_tokens, tokens_after(visit, served_ns), ledger_);
      failure.request.client.lost_ns += served_ns;
    }
    events_.schedule(*due_ns, returns, {.kind = Event::Kind::comes_again, .request = failure.request});
  }
  failures_.clear();
}

void EventFleet::reject(const Request& request) {
  const std::int64_t now_ns = events_.now_ns();
  if (const auto due_ns = clients_.returns_at(request.client, now_ns)) {
    events_.schedule(*due_ns, returns, {.kind = Event::Kind::comes_again, .request = request});
    return;
  }
  ledger_.enter({.visit = request.visit,
                 .start_ns = now_ns,
                 .end_ns = now_ns,
                 .outcome = core::Outcome::rejected,
                 .lost_ns = request.client.lost_ns});
}

void EventFleet::dispatch() {
  while (!queue_.empty() && !idle_.empty()) {
    give_slot(queue_.front());
    queue_.pop_front();
  }
}

void EventFleet::give_slot(const Request& request) {
  const std::int64_t now_ns = events_.now_ns();
  const std::int64_t slot_of_fleet = idle_.begin()->second;
  idle_.erase(idle_.begin());
  const std::int64_t berth = slot_of_fleet / config_.slots_per_replica;
  const std::int64_t slot = slot_of_fleet % config_.slots_per_replica;
  const std::shared_ptr<Life>& life = at_berth_[static_cast<std::size_t>(berth)];

  const std::int64_t deadline_ns = request.client.deadline_ns;
  const std::int64_t done_ns = now_ns + request.visit.service_ns;
  const std::int64_t end_ns = std::min(done_ns, deadline_ns);
  events_.schedule(end_ns, frees_slot, {.kind = Event::Kind::slot_free, .life = life, .slot = slot});

  Ledger::Entry entry{.visit = request.visit, .start_ns = now_ns, .end_ns = end_ns, .lost_ns = request.client.lost_ns};
  if (end_ns > ledger_.horizon_ns()) {
    entry.end_ns = ledger_.horizon_ns();
    entry.outcome = core::Outcome::in_flight;
  } else if (end_ns < done_ns) {
    entry.outcome = core::Outcome::timed_out;
    entry.tokens_made = request.visit.output_tokens;
  }
  const bool may_fail = entry.outcome == core::Outcome::timed_out && clients_.retry();
  if (!may_fail) ledger_.enter(entry);
  life->slots[static_cast<std::size_t>(slot)] = {end_ns, request, entry, may_fail};
}

FleetState EventFleet::state() {
  const std::int64_t now_ns = events_.now_ns();
  FleetState state{.slots_per_replica = config_.slots_per_replica,
                   .waiting = waiting(),
                   .arrivals = std::exchange(arrivals_since_look_, 0)};
  for (const std::shared_ptr<Life>& life : at_berth_) {
    if (!life) continue;
    state.busy_slots += std::count_if(life->slots.begin(), life->slots.end(),
                                      [now_ns](const Slot& slot) { return slot.busy_until_ns > now_ns; });
  }
  return state;
}

void EventFleet::change_fleet() {
  const std::int64_t now_ns = events_.now_ns();
  const FleetState seen = roster_.looks_at(now_ns) ? state() : FleetState{};
  for (const Roster::Change& change : roster_.step(now_ns, seen, ledger_)) apply(change);
  std::erase_if(draining_, [now_ns](const std::shared_ptr<Life>& life) {
    return std::all_of(life->slots.begin(), life->slots.end(),
                       [now_ns](const Slot& slot) { return slot.busy_until_ns <= now_ns; });
  });
  dispatch();
  note_longest();
  if (roster_.next_ns() < core::never_ns) events_.schedule(roster_.next_ns(), changes, {.kind = Event::Kind::change});
}

void EventFleet::apply(const Roster::Change& change) {
  const std::int64_t now_ns = events_.now_ns();
  if (change.kind == Roster::Change::Kind::start) {
    auto life = std::make_shared<Life>();
    life->number = change.life;
    life->berth = change.berth;
    life->ready_ns = change.ready_ns;
    life->slots.resize(static_cast<std::size_t>(config_.slots_per_replica));
    for (std::int64_t slot = 0; slot < config_.slots_per_replica; ++slot) {
      if (change.ready_ns > now_ns) {
        events_.schedule(change.ready_ns, frees_slot, {.kind = Event::Kind::slot_free, .life = life, .slot = slot});
      } else {
        idle_.emplace(change.ready_ns, change.berth * config_.slots_per_replica + slot);
      }
    }
    at_berth_.resize(std::max<std::size_t>(at_berth_.size(), change.berth + std::size_t{1}));
    at_berth_[change.berth] = std::move(life);
    return;
  }
  if (change.kind == Roster::Change::Kind::lose) {
    for (const std::shared_ptr<Life>& life : draining_) {
      if (life->number == change.life) lose(*life);
    }
    return;
  }
  draining_.push_back(std::move(at_berth_[change.berth]));
  Life& life = *draining_.back();
  life.takes_requests = false;
  std::erase_if(idle_, [&](const auto& slot) { return slot.second / config_.slots_per_replica == life.berth; });
  std::int64_t last_ns = now_ns;
  for (const Slot& slot : life.slots) last_ns = std::max(last_ns, slot.busy_until_ns);
  if (life.ready_ns <= now_ns) roster_.ended(life.number, last_ns);
}

// It goes back to where it stood in the queue.
void EventFleet::lose(Life& life) {
  const std::int64_t now_ns = events_.now_ns();
  for (Slot& slot : life.slots) {
    if (slot.busy_until_ns <= now_ns) continue;
    if (!std::exchange(slot.fails, false)) ledger_.take_back(slot.entry);
    const std::int64_t served_ns = now_ns - slot.entry.start_ns;
    const Visit& visit = slot.request.visit;
    note_waste(visit.arrival_ns, visit.input_tokens, tokens_after(visit, served_ns), ledger_);
    ++ledger_.fleet().lost_requests;
    slot.request.client.lost_ns += served_ns;
    slot.busy_until_ns = now_ns;
    enter_queue(slot.request);
  }
}

void EventFleet::advance_to(std::int64_t now_ns) {
  // What happens at the end of the horizon itself still happens, but for changes of the fleet and clients who come.
  while (events_.next_ns() <= now_ns) {
    const Event event = events_.pop();
    const bool is_over = events_.now_ns() >= ledger_.horizon_ns();
    if (is_over && event.kind == Event::Kind::change) continue;
    if (is_over && event.kind == Event::Kind::comes_again) {
      end_in_flight(event.request);
    } else {
      handle(event);
    }
  }
}

void EventFleet::end_in_flight(const Request& request) {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  ledger_.enter({.visit = request.visit,
                 .start_ns = horizon_ns,
                 .end_ns = horizon_ns,
                 .outcome = core::Outcome::in_flight,
                 .was_served = false,
                 .lost_ns = request.client.lost_ns});
}

OptionResult EventFleet::close() {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  advance_to(horizon_ns);
  for (const Request& request : queue_) end_in_flight(request);
  while (!events_.empty()) {
    if (const Event event = events_.pop(); event.kind == Event::Kind::comes_again) end_in_flight(event.request);
  }
  roster_.finish(ledger_);
  OptionResult result = ledger_.close();
  result.retries = clients_.summary();
  return result;
}

}  // namespace sim
