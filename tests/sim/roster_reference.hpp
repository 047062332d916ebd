// The rules of a roster once more, from the words of sim/fleet/roster.hpp and docs/model.md, as plainly as they can be
// said: lists of everybody who ever was, looked through from end to end, and a bill made out at the end from the
// lives in them. Slow, and with nothing in common with the roster but the spot market and the scaler, which have tests
// of their own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/calendar.hpp"
#include "core/time.hpp"
#include "core/usage.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/fleet/scaler.hpp"
#include "sim/fleet/spot/spot_market.hpp"

namespace roster_reference {

using core::never_ns;

struct Machine {
  std::string zone;
  std::uint32_t zone_index = 0;
  bool is_spot = false;
  bool is_leaving = false;
  bool was_told = false;  // of its end
  std::int64_t started_ns = 0;
  std::int64_t image_ns = 0;
  std::int64_t notice_ns = never_ns;
  std::int64_t gone_ns = never_ns;
  std::int64_t left_ns = 0;  // when a replica last came or went, or it was told to go
  std::int64_t released_ns = never_ns;
};

struct Replica {
  std::uint64_t life = 0;
  std::int64_t started_ns = 0;
  std::int64_t ready_ns = 0;
  std::uint32_t berth = 0;
  std::uint32_t node = 0;
  bool is_spot = false;
  bool is_outdated = false;
  bool is_draining = false;
  bool was_lost = false;
  std::int64_t says_ns = never_ns;  // that it will end then; it is heard after the step
  std::int64_t ends_ns = never_ns;
  std::int64_t gone_ns = never_ns;
  std::int64_t ended_ns = never_ns;  // the fact; never: still there
  bool is_member() const { return !is_draining; }
};

class Reference {
 public:
  Reference(const sim::FleetConfig& config, const core::Horizon& horizon)
      : config_{config}, horizon_ns_{core::to_ns(horizon.length())}, wanted_{config.initial_replicas} {
    if (config.autoscaler) scaler_.emplace(*config.autoscaler);
    if (config.spot) market_.emplace(*config.spot, horizon, config.chance.child("spot"));
  }

  std::vector<Machine> machines{};
  std::vector<Replica> replicas{};
  std::int64_t quota_waits = 0;
  std::int64_t most_pending = 0;
  std::int64_t spot_refusals = 0;

  void begin() {
    is_beginning_ = true;
    reconcile(0);
    is_beginning_ = false;
  }

  bool looks_at(std::int64_t now_ns) const { return scaler_ && scaler_->next_look_ns() <= now_ns; }

  // Everything that may happen, whether it will or not.
  std::int64_t next_ns(std::int64_t now_ns) const {
    std::int64_t next = never_ns;
    const auto may = [&](std::int64_t at) {
      if (at > now_ns && at < next) next = at;
    };
    if (scaler_) may(scaler_->next_look_ns());
    for (const Replica& r : replicas) {
      if (r.ended_ns != never_ns) continue;
      may(r.ready_ns);
      may(r.ends_ns);
      may(r.gone_ns);
    }
    for (const Machine& m : machines) {
      if (m.released_ns != never_ns) continue;
      may(m.notice_ns);
      may(m.gone_ns);
      if (on(m) == 0) may(end_of_empty(m));
    }
    for (const sim::Fault& fault : config_.faults) {
      may(fault.begin_ns);
      may(fault.end_ns);
    }
    for (const Waiting& w : waiting_)
      if (w.replicas > 0) may(due_ns(w));
    if (waiting_[1].replicas > 0) may(ask_again_ns_);
    return next;
  }

  void step(std::int64_t now_ns, sim::FleetState seen) {
    end_drained(now_ns);
    for (const sim::Fault& fault : config_.faults)
      if (fault.begin_ns > last_ns_ && fault.begin_ns <= now_ns) befall(fault, now_ns);
    for (std::uint32_t id = 0; id < machines.size(); ++id) {
      Machine& m = machines[id];
      if (m.released_ns == never_ns && m.notice_ns <= now_ns && !m.was_told) tell(id, now_ns);
    }
    end_drained(now_ns);
    const bool looks = looks_at(now_ns);
    if (looks) {
      seen.ready_replicas = ready_count(now_ns);
      seen.all_replicas = count() + pending();
      wanted_ = scaler_->decide(seen, wanted_);
    }
    replace(now_ns);
    if (looks && config_.nodes.consolidates_underused) empty_underused(now_ns);
    reconcile(now_ns);
    for (Replica& r : replicas) r.ends_ns = std::min(r.ends_ns, r.says_ns);
    end_drained(now_ns);
    last_ns_ = now_ns;
  }

  void finish() { end_drained(horizon_ns_); }

  std::int64_t count() const {
    return std::count_if(replicas.begin(), replicas.end(), [](const Replica& r) { return r.is_member(); });
  }
  std::int64_t ready_count(std::int64_t now_ns) const {
    return std::count_if(replicas.begin(), replicas.end(),
                         [&](const Replica& r) { return r.is_member() && r.ready_ns <= now_ns; });
  }
  std::int64_t pending() const { return waiting_[0].replicas + waiting_[1].replicas; }

  // The bill of the whole horizon, hour by hour.
  std::vector<core::HourUsage> metered();

 private:
  struct Waiting {
    std::int64_t replicas = 0;
    std::int64_t first_ns = 0;
    std::int64_t last_ns = 0;
  };

  bool is_there(const Machine& m) const { return m.released_ns == never_ns; }
  std::int64_t on(const Machine& m) const {
    const auto id = static_cast<std::uint32_t>(&m - machines.data());
    return std::count_if(replicas.begin(), replicas.end(),
                         [&](const Replica& r) { return r.node == id && r.ended_ns == never_ns; });
  }
  std::int64_t members_on(std::uint32_t id) const {
    return std::count_if(replicas.begin(), replicas.end(),
                         [&](const Replica& r) { return r.node == id && r.is_member(); });
  }
  std::int64_t end_of_empty(const Machine& m) const {
    return m.is_leaving ? m.left_ns : m.left_ns + core::to_ns(config_.nodes.consolidate_after);
  }
  std::int64_t due_ns(const Waiting& w) const {
    if (is_beginning_) return 0;
    return std::min(w.last_ns + core::to_ns(config_.nodes.batch_idle),
                    w.first_ns + core::to_ns(config_.nodes.batch_max));
  }
  bool is_lost(const std::string& zone, std::int64_t now_ns) const {
    return std::any_of(config_.faults.begin(), config_.faults.end(), [&](const sim::Fault& f) {
      return f.kind == sim::FaultKind::zone_loss && f.zone == zone && f.covers(now_ns);
    });
  }

  // Ends of the draining in order of time, then the releases of what they leave.
  void end_drained(std::int64_t now_ns) {
    for (Replica& r : replicas) {
      if (!r.is_draining || r.ended_ns != never_ns) continue;
      const std::int64_t at = std::min(r.ends_ns, r.gone_ns);
      if (at > now_ns) continue;
      r.ended_ns = at;
      r.was_lost = r.ends_ns > r.gone_ns;
      machines[r.node].left_ns = std::max(machines[r.node].left_ns, at);
    }
    for (Machine& m : machines) {
      if (!is_there(m)) continue;
      std::int64_t at = m.is_leaving ? m.gone_ns : never_ns;
      if (on(m) == 0) at = std::min(at, end_of_empty(m));
      if (at <= now_ns) m.released_ns = at;
    }
  }
  void drain(Replica& r, std::int64_t now_ns, std::int64_t gone_ns) {
    r.is_draining = true;
    r.gone_ns = gone_ns;
    if (r.ready_ns > now_ns) {
      r.ends_ns = now_ns;
    } else if (gone_ns > now_ns) {
      r.says_ns = drains_until(r.life, now_ns);
    }
  }
  // Nothing more comes to it, and who is on it goes.
  void tell(std::uint32_t id, std::int64_t now_ns) {
    Machine& m = machines[id];
    m.was_told = true;
    m.is_leaving = true;
    m.left_ns = std::max(m.left_ns, now_ns);
    ++interruptions_[static_cast<std::size_t>(now_ns / core::ns_per_hour)];
    for (Replica& r : replicas)
      if (r.node == id && r.ended_ns == never_ns) {
        if (r.is_member()) drain(r, now_ns, m.gone_ns);
        r.gone_ns = std::min(r.gone_ns, m.gone_ns);
      }
  }
  void befall(const sim::Fault& fault, std::int64_t now_ns) {
    if (fault.kind == sim::FaultKind::zone_loss) {
      for (std::uint32_t id = 0; id < machines.size(); ++id) {
        Machine& m = machines[id];
        if (!is_there(m) || m.zone != fault.zone) continue;
        m.gone_ns = now_ns;
        m.left_ns = std::max(m.left_ns, now_ns);
        for (Replica& r : replicas)
          if (r.node == id && r.ended_ns == never_ns) {
            if (r.is_member()) drain(r, now_ns, now_ns);
            r.gone_ns = now_ns;
          }
        if (m.is_spot && !m.was_told) {
          m.was_told = true;
          ++interruptions_[static_cast<std::size_t>(now_ns / core::ns_per_hour)];
        }
        m.is_leaving = true;
      }
      end_drained(now_ns);
    } else if (fault.kind == sim::FaultKind::spot_reclaim) {
      std::vector<std::uint32_t> there;
      for (std::uint32_t id = 0; id < machines.size(); ++id)
        if (is_there(machines[id]) && machines[id].is_spot && !machines[id].was_told) there.push_back(id);
      auto taken = static_cast<std::size_t>(std::ceil(fault.amount * static_cast<double>(there.size())));
      if (taken == 0 && !there.empty()) taken = 1;
      for (std::size_t i = 0; i < taken; ++i) {
        Machine& m = machines[there[i]];
        m.notice_ns = now_ns;
        m.gone_ns = std::min(m.gone_ns, now_ns + core::to_ns(config_.spot->notice));
      }
    } else if (fault.kind == sim::FaultKind::rollback) {
      for (Replica& r : replicas)
        if (r.is_member()) r.is_outdated = true;
      batch_ =
          std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(fault.amount * static_cast<double>(count()))));
      surplus_ = 0;
    }
  }

  std::int64_t outdated() const {
    return std::count_if(replicas.begin(), replicas.end(),
                         [](const Replica& r) { return r.is_member() && r.is_outdated; });
  }
  void replace(std::int64_t now_ns) {
    if (outdated() == 0) {
      surplus_ = 0;
      return;
    }
    if (surplus_ > 0) {
      if (pending() > 0 || ready_count(now_ns) < count()) return;
      std::int64_t go = std::min(surplus_, outdated());
      for (Replica& r : replicas)
        if (go > 0 && r.is_member() && r.is_outdated) {
          drain(r, now_ns, never_ns);
          --go;
        }
    }
    surplus_ = std::min(batch_, outdated());
  }
  void empty_underused(std::int64_t now_ns) {
    if (surplus_ > 0 || pending() > 0 || ready_count(now_ns) < count()) return;
    for (const Replica& r : replicas)
      if (r.is_draining && r.ended_ns == never_ns) return;
    std::optional<std::uint32_t> best;
    for (std::uint32_t id = 0; id < machines.size(); ++id) {
      const Machine& m = machines[id];
      if (!is_there(m) || m.is_spot || m.is_leaving || members_on(id) == 0) continue;
      if (m.left_ns + core::to_ns(config_.nodes.consolidate_after) > now_ns) continue;
      std::int64_t room = 0;
      for (std::uint32_t other = 0; other < machines.size(); ++other)
        if (other != id && is_there(machines[other]) && !machines[other].is_spot && !machines[other].is_leaving)
          room += config_.nodes.replicas_per_node - on(machines[other]);
      if (room < members_on(id)) continue;
      if (!best || members_on(id) <= members_on(*best)) best = id;
    }
    if (!best) return;
    machines[*best].is_leaving = true;
    for (Replica& r : replicas)
      if (r.node == *best && r.is_member()) r.is_outdated = true;
    surplus_ = batch_ = members_on(*best);
  }

  std::int64_t count_of(bool spot) const {
    return std::count_if(replicas.begin(), replicas.end(),
                         [&](const Replica& r) { return r.is_member() && r.is_spot == spot; });
  }

  void reconcile(std::int64_t now_ns) {
    const std::int64_t all = wanted_ + surplus_;
    std::int64_t by_share = 0;
    std::int64_t spot = 0;
    if (config_.spot) {
      by_share = std::llround(config_.spot->share * static_cast<double>(all));
      spot = all == 0 ? 0 : by_share + config_.spot->over_provision;
      want(true, spot, now_ns);
      place(true, now_ns);
      std::int64_t ready_spot = 0;
      for (const Replica& r : replicas)
        if (r.is_member() && r.is_spot && r.ready_ns <= now_ns) ++ready_spot;
      const std::int64_t missing = std::clamp<std::int64_t>(spot - ready_spot, 0, by_share);
      standing_in_ = std::min(standing_in_, missing);
      if (config_.spot->falls_back) standing_in_ = std::max(standing_in_, std::min(refused_, missing));
    }
    want(false, all - by_share + standing_in_, now_ns);
    place(false, now_ns);
    most_pending = std::max(most_pending, pending());
  }
  void want(bool spot, std::int64_t number, std::int64_t now_ns) {
    Waiting& w = waiting_[spot ? 1 : 0];
    const std::int64_t have = count_of(spot) + w.replicas;
    if (have < number) {
      if (w.replicas == 0) w.first_ns = now_ns;
      w.last_ns = now_ns;
      w.replicas += number - have;
    }
    std::int64_t over = have - number;
    const std::int64_t forgotten = std::clamp<std::int64_t>(over, 0, w.replicas);
    w.replicas -= forgotten;
    if (spot) refused_ = std::min(refused_, w.replicas);
    over -= forgotten;
    while (over-- > 0) {
      Replica* leaves = nullptr;
      const auto rank = [&](const Replica& r) { return std::tuple{r.is_outdated, r.ready_ns > now_ns, r.life}; };
      for (Replica& r : replicas)
        if (r.is_member() && r.is_spot == spot && (leaves == nullptr || rank(r) > rank(*leaves))) leaves = &r;
      drain(*leaves, now_ns, never_ns);
    }
  }
  void place(bool spot, std::int64_t now_ns) {
    Waiting& w = waiting_[spot ? 1 : 0];
    while (w.replicas > 0) {
      Machine* best = nullptr;
      for (Machine& m : machines) {
        if (!is_there(m) || m.is_leaving || m.is_spot != spot) continue;
        if (on(m) >= config_.nodes.replicas_per_node) continue;
        if (best == nullptr || on(m) > on(*best)) best = &m;
      }
      if (best == nullptr) best = buy(spot, now_ns);
      if (best == nullptr) break;
      start(*best, now_ns);
      --w.replicas;
      if (spot) refused_ = std::min(refused_, w.replicas);
    }
  }
  Machine* buy(bool spot, std::int64_t now_ns) {
    Waiting& w = waiting_[spot ? 1 : 0];
    if (due_ns(w) > now_ns) return nullptr;
    if (std::count_if(machines.begin(), machines.end(), [&](const Machine& m) { return is_there(m); }) >=
        config_.nodes.quota)
      return nullptr;
    Machine m;
    m.is_spot = spot;
    m.started_ns = m.left_ns = now_ns;
    if (spot) {
      if (now_ns < ask_again_ns_ && (w.last_ns < now_ns || refused_ == w.replicas)) return nullptr;
      std::vector<std::int64_t> alive(market_->zone_count());
      for (std::size_t z = 0; z < alive.size(); ++z) {
        for (const Machine& other : machines)
          if (is_there(other) && other.is_spot && other.zone_index == z) ++alive[z];
        if (is_lost(market_->zone_name(z), now_ns)) alive[z] = sim::SpotMarket::closed;
      }
      auto grant = market_->request(now_ns, alive);
      while (grant && grant->notice_ns <= now_ns) {
        alive[grant->zone] = sim::SpotMarket::closed;
        grant = market_->request(now_ns, alive);
      }
      if (!grant) {
        refused_ = w.replicas;
        ++spot_refusals;
        ask_again_ns_ = now_ns + core::to_ns(config_.spot->retry_every);
        return nullptr;
      }
      m.zone = market_->zone_name(grant->zone);
      m.zone_index = grant->zone;
      m.notice_ns = grant->notice_ns;
      m.gone_ns = grant->gone_ns;
    } else {
      std::optional<std::size_t> best;
      std::int64_t fewest = 0;
      for (std::size_t z = 0; z < config_.nodes.zones.size(); ++z) {
        if (is_lost(config_.nodes.zones[z], now_ns)) continue;
        const std::int64_t there = std::count_if(machines.begin(), machines.end(), [&](const Machine& other) {
          return is_there(other) && !other.is_spot && other.zone_index == z;
        });
        if (!best || there < fewest) {
          best = z;
          fewest = there;
        }
      }
      if (!best) return nullptr;
      m.zone = config_.nodes.zones[*best];
      m.zone_index = static_cast<std::uint32_t>(*best);
    }
    m.image_ns = is_beginning_ ? 0 : now_ns + config_.cold_start.node_ns(luck(1, machines.size()));
    machines.push_back(m);
    return &machines.back();
  }
  void start(Machine& m, std::int64_t now_ns) {
    Replica r;
    r.life = replicas.size();
    r.started_ns = now_ns;
    r.node = static_cast<std::uint32_t>(&m - machines.data());
    r.is_spot = m.is_spot;
    r.ready_ns = is_beginning_ ? 0 : std::max(now_ns, m.image_ns) + config_.cold_start.replica_ns(luck(2, r.life));
    m.left_ns = std::max(m.left_ns, now_ns);
    std::set<std::uint32_t> taken;
    for (const Replica& other : replicas)
      if (other.is_member()) taken.insert(other.berth);
    while (taken.count(r.berth) != 0) ++r.berth;
    replicas.push_back(r);
  }
  // What is drawn for a node (1) or a replica (2) of a number: a contract, for all options draw the same.
  std::uint64_t luck(std::uint64_t of_what, std::uint64_t number) const {
    return core::mix(core::Stream{config_.chance}.child("nodes and replicas").next() ^ core::mix(4 * number + of_what));
  }

 public:
  // How long one takes to end what it has begun: the engine's business.
  std::int64_t (*drains_until)(std::uint64_t life, std::int64_t now_ns) = nullptr;

 private:
  sim::FleetConfig config_;
  std::int64_t horizon_ns_;
  std::int64_t wanted_;
  std::int64_t last_ns_ = -1;
  std::int64_t surplus_ = 0;
  std::int64_t batch_ = 0;
  std::int64_t standing_in_ = 0;
  std::int64_t ask_again_ns_ = 0;
  std::int64_t refused_ = 0;  // of those that wait for spot nodes: no zone had capacity for them
  bool is_beginning_ = false;
  Waiting waiting_[2];
  std::optional<sim::Scaler> scaler_;
  std::optional<sim::SpotMarket> market_;
  std::vector<std::int64_t> interruptions_ =
      std::vector<std::int64_t>(static_cast<std::size_t>(horizon_ns_ / core::ns_per_hour));
};

// Each life by itself: cut at the hours, and each cut rounded so that what has been billed by then is what has been
// lived by then, rounded up; what the rule adds comes at the end.
inline std::vector<core::HourUsage> Reference::metered() {
  const std::int64_t hours = horizon_ns_ / core::ns_per_hour;
  std::vector<core::HourUsage> out(static_cast<std::size_t>(hours));
  for (const Machine& m : machines) {
    const std::int64_t end = std::min(m.released_ns, horizon_ns_);
    // The first that was ever ready on it.
    const auto id = static_cast<std::uint32_t>(&m - machines.data());
    std::int64_t ready_ns = never_ns;
    for (const Replica& r : replicas)
      if (r.node == id && r.ready_ns <= std::min(r.ended_ns, horizon_ns_)) ready_ns = std::min(ready_ns, r.ready_ns);
    core::HourUsage& born = out[static_cast<std::size_t>(m.started_ns / core::ns_per_hour)];
    ++born.instance_starts;
    if (m.is_spot) ++born.spot_starts;
    const std::int64_t bill = config_.metering.billed_seconds(core::Duration{end - m.started_ns});
    std::int64_t total = 0;
    for (std::int64_t h = 0; h < hours; ++h) {
      const std::int64_t begin_h = h * core::ns_per_hour;
      const std::int64_t end_h = begin_h + core::ns_per_hour;
      core::HourUsage& hour = out[static_cast<std::size_t>(h)];
      hour.alive_instance_ns += std::max<std::int64_t>(0, std::min(end, end_h) - std::max(m.started_ns, begin_h));
      if (ready_ns < end)
        hour.ready_instance_ns += std::max<std::int64_t>(0, std::min(end, end_h) - std::max(ready_ns, begin_h));
      // Billed seconds are full seconds from the start on; the last hour has the rest.
      const std::int64_t started = m.started_ns;
      std::int64_t by_then = 0;
      if (end_h > started) by_then = std::min(bill, (end_h - started + core::ns_per_second - 1) / core::ns_per_second);
      if (h == hours - 1) by_then = bill;
      hour.billed_instance_seconds += by_then - total;
      if (m.is_spot) hour.spot_billed_seconds += by_then - total;
      total = by_then;
    }
  }
  for (std::size_t h = 0; h < out.size(); ++h) out[h].spot_interruptions = interruptions_[h];
  // The most at once: at the beginning of an hour or when one starts. Who goes at a nanosecond makes room for who
  // comes.
  for (std::size_t h = 0; h < out.size(); ++h) {
    const auto begin_h = static_cast<std::int64_t>(h) * core::ns_per_hour;
    std::vector<std::int64_t> moments{begin_h};
    for (const Machine& m : machines)
      if (m.started_ns >= begin_h && m.started_ns < begin_h + core::ns_per_hour) moments.push_back(m.started_ns);
    for (const std::int64_t at : moments)
      out[h].peak_instances = std::max<std::int64_t>(
          out[h].peak_instances, std::count_if(machines.begin(), machines.end(), [&](const Machine& m) {
            return m.started_ns <= at && m.released_ns > at;
          }));
  }
  return out;
}

}  // namespace roster_reference
