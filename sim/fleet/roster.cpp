#include "sim/fleet/roster.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace sim {

namespace {

std::int64_t share_of(double share, std::int64_t count) {
  return static_cast<std::int64_t>(std::floor(share * static_cast<double>(count) + 0.5));
}

// Of a share to be taken: at least one, where there is one.
std::int64_t at_least_one_of(double share, std::int64_t count) {
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count))),
                                  std::min<std::int64_t>(count, 1), count);
}

}  // namespace

Roster::Roster(const FleetConfig& config, const core::Horizon& horizon)
    : config_{config},
      horizon_ns_{core::to_ns(horizon.length())},
      nodes_{config.nodes, config.metering, core::to_ns(horizon.length())},
      luck_{config.chance.child("nodes and replicas").next()},
      wanted_{config.initial_replicas} {
  if (config_.autoscaler) scaler_.emplace(*config_.autoscaler);
  if (config_.spot) market_.emplace(*config_.spot, horizon, config_.chance.child("spot"));
  for (const Fault& fault : config_.faults) {
    const bool is_ours = fault.kind == FaultKind::zone_loss || fault.kind == FaultKind::spot_reclaim ||
                         fault.kind == FaultKind::rollback;
    if (is_ours && fault.begin_ns < horizon_ns_) faults_.push_back(fault);
  }
  std::stable_sort(faults_.begin(), faults_.end(),
                   [](const Fault& a, const Fault& b) { return a.begin_ns < b.begin_ns; });
  const NodeConfig& nodes = config_.nodes;
  is_plain_ = !config_.spot && faults_.empty() && nodes.replicas_per_node == 1 && nodes.quota == no_limit &&
              nodes.consolidate_after == core::Duration{0} && nodes.batch_max == core::Duration{0};
}

std::span<const Roster::Change> Roster::begin(Ledger& ledger) {
  reconcile(0, ledger);
  is_beginning_ = false;
  return changes_;
}

std::span<const Roster::Change> Roster::step(std::int64_t now_ns, const FleetState& seen, Ledger& ledger) {
  assert(now_ns >= last_step_ns_ && now_ns < horizon_ns_);
  changes_.clear();
  note_peaks(now_ns, ledger);
  settle(now_ns, ledger);
  lose_gone(now_ns, ledger);
  begin_faults(now_ns, ledger);
  give_notices(now_ns, ledger);
  while (looks_at(now_ns)) {
    FleetState state = seen;
    state.ready_replicas = ready_count(now_ns);
    state.all_replicas = count() + pending_count();
    wanted_ = scaler_->decide(state, wanted_);
  }
  replace_outdated(now_ns);
  empty_underused(now_ns);
  reconcile(now_ns, ledger);
  last_step_ns_ = now_ns;
  return changes_;
}

std::int64_t Roster::ready_count(std::int64_t now_ns) const {
  return std::count_if(members_.begin(), members_.end(), [&](const Member& m) { return m.ready_ns <= now_ns; });
}

std::int64_t Roster::next_ns() const {
  std::int64_t next_ns = scaler_ ? scaler_->next_look_ns() : core::never_ns;
  if (is_plain_) return next_ns;
  const auto by = [&](std::int64_t ns) { next_ns = std::min(next_ns, ns); };
  if (faults_begun_ < faults_.size()) by(faults_[faults_begun_].begin_ns);
  for (const Draining& d : draining_) {
    if (d.ends_ns > d.gone_ns) by(d.gone_ns);
  }
  for (const Node& node : nodes_.all()) {
    if (!node.is_leaving) by(node.notice_ns);
  }
  if (surplus_ > 0) by(next_ready_ns(false));
  if (standing_in_ > 0) by(next_ready_ns(true));
  if (pending_count() > 0) {
    // Room, quota and zones come back.
    for (const Draining& d : draining_) by(d.ends_ns);
    by(nodes_.next_release_ns());
    for (const Fault& fault : faults_) {
      if (fault.kind == FaultKind::zone_loss && fault.end_ns > last_step_ns_) by(fault.end_ns);
    }
    for (const Purchase purchase : {on_demand, spot}) {
      const Pending& pending = pending_[purchase];
      if (pending.replicas == 0) continue;
      const std::int64_t due = due_ns(pending);
      if (due > last_step_ns_) by(due);
      if (purchase == spot && ask_again_ns_ > last_step_ns_) by(std::max(ask_again_ns_, due));
    }
  }
  return next_ns;
}

void Roster::ended(std::uint64_t life, std::int64_t at_ns) {
  for (Draining& d : draining_) {
    if (d.life == life) {
      if (at_ns <= d.gone_ns) d.ends_ns = std::min(d.ends_ns, at_ns);
      return;
    }
  }
}

// --- What has happened by itself.

void Roster::settle(std::int64_t now_ns, Ledger& ledger) {
  std::erase_if(draining_, [&](const Draining& d) {
    if (d.ends_ns > now_ns) return false;
    alive_ns_ += d.ends_ns - d.started_ns;
    ready_ns_ += std::max<std::int64_t>(d.ends_ns - d.ready_ns, 0);
    nodes_.take_replica(d.node, d.ends_ns);
    return true;
  });
  nodes_.release_until(now_ns, ledger);
}

void Roster::lose_gone(std::int64_t now_ns, Ledger& ledger) {
  bool any = false;
  for (Draining& d : draining_) {
    if (d.gone_ns > now_ns) continue;
    changes_.push_back({.kind = Change::Kind::lose, .life = d.life, .ready_ns = d.ready_ns, .gone_ns = now_ns});
    d.ends_ns = now_ns;
    any = true;
  }
  if (any) settle(now_ns, ledger);
}

// After the last step, now that it is known who was done at once, and of the hours since then that had none.
void Roster::note_peaks(std::int64_t until_ns, Ledger& ledger) {
  const auto note = [&](std::int64_t at_ns) {
    settle(at_ns, ledger);
    nodes_.note_peak(at_ns, ledger);
    std::int64_t& peak = ledger.fleet().peak_replicas;
    peak = std::max(peak, count() + static_cast<std::int64_t>(draining_.size()));
  };
  note(last_step_ns_);
  for (std::int64_t hour = last_step_ns_ / core::ns_per_hour + 1; (hour + 1) * core::ns_per_hour <= until_ns; ++hour) {
    note(hour * core::ns_per_hour);
  }
}

// --- Faults and notices.

// Those of `members_` that `leaves` says drain, and are gone at `gone_ns`.
template <class Leaves>
void Roster::drain_if(std::int64_t now_ns, std::int64_t gone_ns, const Leaves& leaves) {
  std::erase_if(members_, [&](const Member& m) {
    if (!leaves(m)) return false;
    changes_.push_back(
        {.kind = Change::Kind::drain, .berth = m.berth, .life = m.life, .ready_ns = m.ready_ns, .gone_ns = gone_ns});
    // One that is not ready has nothing to finish.
    draining_.push_back({.life = m.life,
                         .node = m.node,
                         .started_ns = m.started_ns,
                         .ready_ns = m.ready_ns,
                         .ends_ns = m.ready_ns > now_ns ? now_ns : core::never_ns,
                         .gone_ns = gone_ns});
    give_berth(m.berth);
    return true;
  });
}

void Roster::begin_faults(std::int64_t now_ns, Ledger& ledger) {
  for (; faults_begun_ < faults_.size() && faults_[faults_begun_].begin_ns <= now_ns; ++faults_begun_) {
    const Fault& fault = faults_[faults_begun_];
    if (fault.kind == FaultKind::zone_loss) lose_zone(fault.zone, now_ns, ledger);
    if (fault.kind == FaultKind::spot_reclaim) reclaim(fault.amount, now_ns);
    if (fault.kind == FaultKind::rollback) {
      for (Member& m : members_) m.is_outdated = true;
      batch_ = at_least_one_of(fault.amount, count());
      surplus_ = 0;
    }
  }
}

void Roster::lose_zone(const std::string& zone, std::int64_t now_ns, Ledger& ledger) {
  for (Node& node : nodes_.all()) {
    if (zone_of(node) != zone) continue;
    node.is_leaving = true;
    node.changed_ns = now_ns;
    node.gone_ns = now_ns;
    if (node.is_spot) {
      ++ledger.usage().hours[static_cast<std::size_t>(now_ns / core::ns_per_hour)].spot_interruptions;
    }
  }
  const auto is_gone = [&](std::uint32_t node) { return nodes_.at(node).gone_ns <= now_ns; };
  drain_if(now_ns, now_ns, [&](const Member& m) { return is_gone(m.node); });
  for (Draining& d : draining_) {
    if (is_gone(d.node)) d.gone_ns = now_ns;
  }
  settle(now_ns, ledger);
  lose_gone(now_ns, ledger);
}

void Roster::reclaim(double share, std::int64_t now_ns) {
  std::int64_t there = 0;
  for (const Node& node : nodes_.all()) there += node.is_spot && !node.is_leaving ? 1 : 0;
  std::int64_t left = at_least_one_of(share, there);
  for (Node& node : nodes_.all()) {
    if (left == 0) return;
    if (!node.is_spot || node.is_leaving) continue;
    node.notice_ns = now_ns;
    node.gone_ns = std::min(node.gone_ns, now_ns + core::to_ns(config_.spot->notice));
    --left;
  }
}

void Roster::give_notices(std::int64_t now_ns, Ledger& ledger) {
  if (!market_) return;
  std::vector<std::uint32_t> told;
  for (Node& node : nodes_.all()) {
    if (node.is_leaving || node.notice_ns > now_ns) continue;
    node.is_leaving = true;
    node.changed_ns = std::max(node.changed_ns, now_ns);
    ++ledger.usage().hours[static_cast<std::size_t>(now_ns / core::ns_per_hour)].spot_interruptions;
    told.push_back(node.id);
  }
  for (const std::uint32_t node : told) {
    const std::int64_t gone_ns = nodes_.at(node).gone_ns;
    for (Draining& d : draining_) {
      if (d.node == node) d.gone_ns = std::min(d.gone_ns, gone_ns);
    }
    drain_if(now_ns, gone_ns, [&](const Member& m) { return m.node == node; });
  }
  if (!told.empty()) {
    settle(now_ns, ledger);
    lose_gone(now_ns, ledger);
  }
}

// --- Who is to be there.

void Roster::replace_outdated(std::int64_t now_ns) {
  const std::int64_t outdated =
      std::count_if(members_.begin(), members_.end(), [](const Member& m) { return m.is_outdated; });
  if (outdated == 0) {
    surplus_ = 0;
    return;
  }
  std::int64_t go = 0;
  if (surplus_ > 0) {
    if (pending_count() > 0 || ready_count(now_ns) < count()) return;
    go = std::min(surplus_, outdated);
    std::int64_t left = go;
    drain_if(now_ns, core::never_ns, [&](const Member& m) { return m.is_outdated && left > 0 && left-- > 0; });
  }
  surplus_ = std::min(batch_, outdated - go);
}

// One node at a time, and only while nothing else is going on (Karpenter's disruption budget keeps others away, too).
void Roster::empty_underused(std::int64_t now_ns) {
  if (!config_.nodes.consolidates_underused || surplus_ > 0 || pending_count() > 0) return;
  if (ready_count(now_ns) < count() || !draining_.empty()) return;
  const std::int64_t per_node = config_.nodes.replicas_per_node;
  std::int64_t room = 0;
  for (const Node& node : nodes_.all()) {
    if (!node.is_spot && !node.is_leaving) room += per_node - node.replicas;
  }
  Node* best = nullptr;
  for (Node& node : nodes_.all()) {
    if (node.is_spot || node.is_leaving || node.replicas == 0) continue;
    if (node.changed_ns + core::to_ns(config_.nodes.consolidate_after) > now_ns) continue;
    if (room - (per_node - node.replicas) < node.replicas) continue;
    if (best == nullptr || node.replicas <= best->replicas) best = &node;
  }
  if (best == nullptr) return;
  best->is_leaving = true;
  for (Member& m : members_) m.is_outdated = m.node == best->id;
  batch_ = best->replicas;
  surplus_ = batch_;
}

void Roster::reconcile(std::int64_t now_ns, Ledger& ledger) {
  const std::int64_t all = wanted_ + surplus_;
  std::int64_t as_spot = 0;
  if (config_.spot) {
    as_spot = share_of(config_.spot->share, all);
    const std::int64_t with_spares = all > 0 ? as_spot + config_.spot->over_provision : 0;
    want(spot, with_spares, now_ns);
    place(spot, now_ns, ledger);
    const std::int64_t ready = std::count_if(members_.begin(), members_.end(),
                                             [&](const Member& m) { return m.is_spot && m.ready_ns <= now_ns; });
    const std::int64_t most = config_.spot->falls_back ? std::clamp<std::int64_t>(with_spares - ready, 0, as_spot) : 0;
    standing_in_ = std::clamp(standing_in_, std::min(pending_[spot].replicas, most), most);
  }
  want(on_demand, all - as_spot + standing_in_, now_ns);
  place(on_demand, now_ns, ledger);
  std::int64_t& most_pending = ledger.fleet().most_pending;
  most_pending = std::max(most_pending, pending_count());
}

void Roster::want(Purchase purchase, std::int64_t replicas, std::int64_t now_ns) {
  Pending& pending = pending_[purchase];
  std::int64_t missing = replicas - count_of(purchase) - pending.replicas;
  if (missing > 0) {
    if (pending.replicas == 0) pending.first_ns = now_ns;
    pending.last_ns = now_ns;
    pending.replicas += missing;
    return;
  }
  const std::int64_t no_longer = std::min(-missing, pending.replicas);
  pending.replicas -= no_longer;
  pending.refused = std::min(pending.refused, pending.replicas);
  missing += no_longer;
  if (missing == 0) return;

  std::vector<const Member*> ranked;
  for (const Member& m : members_) {
    if (m.is_spot == (purchase == spot)) ranked.push_back(&m);
  }
  const auto leaves_first = [now_ns](const Member* a, const Member* b) {
    if (a->is_outdated != b->is_outdated) return a->is_outdated;
    const bool a_ready = a->ready_ns <= now_ns;
    const bool b_ready = b->ready_ns <= now_ns;
    if (a_ready != b_ready) return b_ready;
    return a->life > b->life;
  };
  std::partial_sort(ranked.begin(), ranked.begin() - missing, ranked.end(), leaves_first);
  std::vector<std::uint64_t> leaving;
  for (std::int64_t i = 0; i < -missing; ++i) leaving.push_back(ranked[static_cast<std::size_t>(i)]->life);
  std::sort(leaving.begin(), leaving.end());
  drain_if(now_ns, core::never_ns,
           [&](const Member& m) { return std::binary_search(leaving.begin(), leaving.end(), m.life); });
}

void Roster::place(Purchase purchase, std::int64_t now_ns, Ledger& ledger) {
  Pending& pending = pending_[purchase];
  while (pending.replicas > 0) {
    Node* node = nodes_.with_room(purchase == spot);
    if (node == nullptr && (is_beginning_ || due_ns(pending) <= now_ns)) node = buy_node(purchase, now_ns, ledger);
    if (node == nullptr) return;
    start(*node, now_ns, ledger);
    --pending.replicas;
    pending.refused = std::min(pending.refused, pending.replicas);
  }
}

Node* Roster::buy_node(Purchase purchase, std::int64_t now_ns, Ledger& ledger) {
  Pending& pending = pending_[purchase];
  if (nodes_.count() >= config_.nodes.quota) {
    ledger.fleet().quota_waits += pending.replicas - pending.refused;
    pending.refused = pending.replicas;
    return nullptr;
  }
  Node node{.is_spot = purchase == spot, .started_ns = now_ns};
  if (node.is_spot) {
    // Whoever was refused asks again after a while; somebody new asks at once.
    if (now_ns < ask_again_ns_ && pending.last_ns < now_ns) return nullptr;
    const auto grant = ask_for_spot(now_ns);
    if (!grant) {
      ++ledger.fleet().spot_refusals;
      ask_again_ns_ = now_ns + core::to_ns(config_.spot->retry_every);
      return nullptr;
    }
    node.zone = grant->zone;
    node.notice_ns = grant->notice_ns;
    node.gone_ns = grant->gone_ns;
  } else {
    const auto zone = zone_on_demand(now_ns);
    if (!zone) return nullptr;
    node.zone = *zone;
  }
  node.image_ns = is_beginning_ ? 0 : now_ns + config_.cold_start.node_ns(luck(1, bought_));
  ++bought_;
  ledger.fleet().spot_nodes += node.is_spot ? 1 : 0;
  return &nodes_.at(nodes_.buy(node, ledger));
}

// The one with the fewest nodes on demand, of equals the first.
std::optional<std::uint32_t> Roster::zone_on_demand(std::int64_t now_ns) const {
  const std::vector<std::string>& zones = config_.nodes.zones;
  if (zones.size() == 1) return is_lost(zones[0], now_ns) ? std::nullopt : std::optional<std::uint32_t>{0};
  std::optional<std::uint32_t> best;
  for (std::uint32_t i = 0; i < zones.size(); ++i) {
    if (is_lost(zones[i], now_ns)) continue;
    if (!best || nodes_.count_in(i, false) < nodes_.count_in(*best, false)) best = i;
  }
  return best;
}

std::optional<SpotMarket::Grant> Roster::ask_for_spot(std::int64_t now_ns) {
  std::vector<std::int64_t> alive(market_->zone_count());
  for (std::uint32_t i = 0; i < alive.size(); ++i) {
    alive[i] = is_lost(market_->zone_name(i), now_ns) ? SpotMarket::closed : nodes_.count_in(i, true);
  }
  while (true) {
    const auto grant = market_->request(now_ns, alive);
    // One that has its notice before it has begun is no use.
    if (!grant || grant->notice_ns > now_ns) return grant;
    alive[grant->zone] = SpotMarket::closed;
  }
}

void Roster::start(Node& node, std::int64_t now_ns, Ledger& ledger) {
  const std::uint64_t life = lives_++;
  const std::int64_t ready_ns =
      is_beginning_ ? 0 : std::max(now_ns, node.image_ns) + config_.cold_start.replica_ns(luck(2, life));
  members_.push_back({.life = life,
                      .started_ns = now_ns,
                      .ready_ns = ready_ns,
                      .berth = take_berth(),
                      .node = node.id,
                      .is_spot = node.is_spot});
  changes_.push_back({.kind = Change::Kind::start, .berth = members_.back().berth, .life = life, .ready_ns = ready_ns});
  nodes_.put_replica(node.id, now_ns, ready_ns);
  ++ledger.fleet().replica_starts;
}

// --- Small questions.

bool Roster::is_lost(const std::string& zone, std::int64_t now_ns) const {
  return std::any_of(faults_.begin(), faults_.end(), [&](const Fault& fault) {
    return fault.kind == FaultKind::zone_loss && fault.zone == zone && fault.covers(now_ns);
  });
}

const std::string& Roster::zone_of(const Node& node) const {
  return node.is_spot ? market_->zone_name(node.zone) : config_.nodes.zones[node.zone];
}

std::int64_t Roster::count_of(Purchase purchase) const {
  if (!config_.spot) return purchase == on_demand ? count() : 0;
  return std::count_if(members_.begin(), members_.end(),
                       [&](const Member& m) { return m.is_spot == (purchase == spot); });
}

std::int64_t Roster::due_ns(const Pending& pending) const {
  return std::min(pending.last_ns + core::to_ns(config_.nodes.batch_idle),
                  pending.first_ns + core::to_ns(config_.nodes.batch_max));
}

// Of those that are not ready at the last step.
std::int64_t Roster::next_ready_ns(bool spot_only) const {
  std::int64_t next_ns = core::never_ns;
  for (const Member& m : members_) {
    if (m.ready_ns > last_step_ns_ && (m.is_spot || !spot_only)) next_ns = std::min(next_ns, m.ready_ns);
  }
  return next_ns;
}

std::uint32_t Roster::take_berth() {
  std::uint32_t berth = lowest_free_;
  while (berth < berth_count_ && taken_[berth]) ++berth;
  lowest_free_ = berth + 1;
  if (berth == berth_count_) {
    ++berth_count_;
    if (taken_.size() < berth_count_) taken_.push_back(false);
  }
  taken_[berth] = true;
  return berth;
}

void Roster::give_berth(std::uint32_t berth) {
  taken_[berth] = false;
  lowest_free_ = std::min(lowest_free_, berth);
  while (berth_count_ > 0 && !taken_[berth_count_ - 1]) --berth_count_;
}

std::uint64_t Roster::luck(std::uint64_t of_what, std::uint64_t number) const {
  return core::mix(luck_ ^ core::mix(4 * number + of_what));
}

void Roster::finish(Ledger& ledger) {
  note_peaks(horizon_ns_, ledger);
  settle(horizon_ns_, ledger);
  const auto still_there = [&](std::int64_t started_ns, std::int64_t ready_ns) {
    alive_ns_ += horizon_ns_ - started_ns;
    ready_ns_ += std::max<std::int64_t>(horizon_ns_ - ready_ns, 0);
  };
  for (const Member& m : members_) still_there(m.started_ns, m.ready_ns);
  for (const Draining& d : draining_) still_there(d.started_ns, d.ready_ns);
  nodes_.finish(ledger);

  const core::HourUsage total = ledger.usage().total();
  FleetSummary& fleet = ledger.fleet();
  fleet.mean_replicas = static_cast<double>(alive_ns_) / static_cast<double>(horizon_ns_);
  if (ready_ns_ > 0) {
    fleet.utilisation = static_cast<double>(total.busy_slot_ns) / static_cast<double>(ready_ns_) /
                        static_cast<double>(config_.slots_per_replica);
  }
  ledger.checks().billed_time = nodes_.billing_adds_up(total);
}

}  // namespace sim
