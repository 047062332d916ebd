#include "sim/fleet/event_fleet.hpp"

#include <algorithm>
#include <memory>

#include "sim/fleet/degradation.hpp"

namespace sim {

namespace {

// What comes first within one nanosecond; the same order as in FifoFleet.
enum Phase : int { frees_slot, leaves_queue, moves_up, changes, arrives };

}  // namespace

EventFleet::EventFleet(const FleetConfig& config, ServiceModel model, const core::Horizon& horizon, Ledger ledger)
    : config_{config}, model_{std::move(model)}, ledger_{std::move(ledger)}, roster_{config, horizon} {
  for (const Roster::Change& change : roster_.begin(ledger_)) apply(change);
  if (roster_.next_ns() < core::never_ns) events_.schedule(roster_.next_ns(), changes, {.kind = Event::Kind::change});
}

void EventFleet::serve(const core::traffic::Block& block) {
  model_.draw(block, *times_);
  slow_down(config_.faults, block, *times_);
  ledger_.open(block);
  for (std::size_t i = 0; i < block.count; ++i) {
    const Request request{.number = requests_++,
                          .visit = {.arrival_ns = block.arrival_ns[i],
                                    .service_ns = times_->service_ns[i],
                                    .first_token_ns = times_->first_token_ns[i],
                                    .input_tokens = block.input_tokens[i],
                                    .output_tokens = block.output_tokens[i],
                                    .ticket = block.ticket[i],
                                    .traffic_class = block.traffic_class[i]}};
    events_.schedule(request.visit.arrival_ns, arrives, {.kind = Event::Kind::arrival, .request = request});
  }
  arrivals_to_come_ += block.count;
  while (arrivals_to_come_ > 0) handle(events_.pop());
}

void EventFleet::handle(const Event& event) {
  const std::int64_t now_ns = events_.now_ns();
  switch (event.kind) {
    case Event::Kind::slot_free:
      if (event.life->takes_requests) {
        idle_.emplace(now_ns, event.life->berth * config_.slots_per_replica + event.slot);
        if (!queue_.empty()) events_.schedule(now_ns, moves_up, {.kind = Event::Kind::dispatch});
      }
      break;
    case Event::Kind::deadline:
      // Whoever is no longer in the queue has been given a slot in time.
      for (auto waiting = queue_.begin(); waiting != queue_.end(); ++waiting) {
        if (waiting->number > event.request.number) break;
        if (waiting->number < event.request.number) continue;
        ledger_.enter({.visit = waiting->visit,
                       .start_ns = now_ns,
                       .end_ns = now_ns,
                       .outcome = core::Outcome::timed_out,
                       .was_served = false,
                       .lost_ns = waiting->lost_ns});
        queue_.erase(waiting);
        break;
      }
      break;
    case Event::Kind::dispatch:
      dispatch();
      break;
    case Event::Kind::change:
      change_fleet();
      break;
    case Event::Kind::arrival:
      --arrivals_to_come_;
      ++arrivals_since_look_;
      if (!idle_.empty() && queue_.empty()) {
        give_slot(event.request);
      } else if (waiting() < config_.queue_limit) {
        join_queue(event.request);
        ledger_.waiting(waiting());
      } else {
        ledger_.enter({event.request.visit, now_ns, now_ns, core::Outcome::rejected});
      }
      // Everything that was to happen by now has happened.
      ledger_.checks().work_conservation = ledger_.checks().work_conservation && (queue_.empty() || idle_.empty());
      break;
  }
}

void EventFleet::join_queue(const Request& request) {
  const auto behind =
      std::find_if(queue_.rbegin(), queue_.rend(), [&](const Request& other) { return other.number < request.number; });
  queue_.insert(behind.base(), request);
  events_.schedule(request.visit.arrival_ns + core::to_ns(config_.timeout), leaves_queue,
                   {.kind = Event::Kind::deadline, .request = request});
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

  const std::int64_t deadline_ns = request.visit.arrival_ns + core::to_ns(config_.timeout);
  const std::int64_t done_ns = now_ns + request.visit.service_ns;
  const std::int64_t end_ns = std::min(done_ns, deadline_ns);
  events_.schedule(end_ns, frees_slot, {.kind = Event::Kind::slot_free, .life = life, .slot = slot});

  Ledger::Entry entry{.visit = request.visit, .start_ns = now_ns, .end_ns = end_ns, .lost_ns = request.lost_ns};
  if (end_ns > ledger_.horizon_ns()) {
    entry.end_ns = ledger_.horizon_ns();
    entry.outcome = core::Outcome::in_flight;
  } else if (end_ns < done_ns) {
    entry.outcome = core::Outcome::timed_out;
    entry.tokens_made = request.visit.output_tokens;
  }
  ledger_.enter(entry);
  life->slots[static_cast<std::size_t>(slot)] = {end_ns, request, entry};
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
  ledger_.waiting(waiting());
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
    ledger_.take_back(slot.entry);
    const std::int64_t served_ns = now_ns - slot.entry.start_ns;
    note_lost(slot.request.visit, tokens_after(slot.request.visit, served_ns), ledger_);
    slot.request.lost_ns += served_ns;
    slot.busy_until_ns = now_ns;
    join_queue(slot.request);
  }
}

void EventFleet::advance_to(std::int64_t now_ns) {
  // What happens at the end of the horizon itself still happens, but for changes of the fleet.
  while (events_.next_ns() <= now_ns) {
    const Event event = events_.pop();
    if (event.kind == Event::Kind::change && events_.now_ns() >= ledger_.horizon_ns()) continue;
    handle(event);
  }
}

OptionResult EventFleet::close() {
  const std::int64_t horizon_ns = ledger_.horizon_ns();
  advance_to(horizon_ns);
  for (const Request& request : queue_) {
    ledger_.enter({.visit = request.visit,
                   .start_ns = horizon_ns,
                   .end_ns = horizon_ns,
                   .outcome = core::Outcome::in_flight,
                   .lost_ns = request.lost_ns});
  }
  roster_.finish(ledger_);
  return ledger_.close();
}

}  // namespace sim
