#include "sim/fleet/nodes.hpp"

#include <algorithm>
#include <cassert>

namespace sim {

namespace {

// Calls `add(hour, part)` for the part of [begin, end) in each hour of the horizon, times in units of `per_hour`.
template <class Add>
void split_by_hour(std::int64_t begin, std::int64_t end, std::int64_t per_hour, const Add& add) {
  while (begin < end) {
    const std::int64_t hour = begin / per_hour;
    const std::int64_t stop = std::min(end, (hour + 1) * per_hour);
    add(static_cast<std::size_t>(hour), stop - begin);
    begin = stop;
  }
}

}  // namespace

Nodes::Nodes(const NodeConfig& config, const core::MeteringRule& rule, std::int64_t horizon_ns)
    : config_{config}, rule_{rule}, horizon_ns_{horizon_ns} {}

Node& Nodes::at(std::uint32_t id) {
  const auto found =
      std::lower_bound(nodes_.begin(), nodes_.end(), id, [](const Node& node, std::uint32_t i) { return node.id < i; });
  assert(found != nodes_.end() && found->id == id);
  return *found;
}

std::uint32_t Nodes::buy(Node node, Ledger& ledger) {
  node.id = bought_++;
  node.changed_ns = node.started_ns;
  nodes_.push_back(node);
  ++empty_;
  std::vector<std::int64_t>& in_zone = in_zone_[node.is_spot ? 1 : 0];
  if (in_zone.size() <= node.zone) in_zone.resize(node.zone + 1);
  ++in_zone[node.zone];
  core::HourUsage& hour = ledger.usage().hours[static_cast<std::size_t>(node.started_ns / core::ns_per_hour)];
  ++hour.instance_starts;
  hour.spot_starts += node.is_spot ? 1 : 0;
  return node.id;
}

std::int64_t Nodes::count_in(std::uint32_t zone, bool is_spot) const {
  const std::vector<std::int64_t>& in_zone = in_zone_[is_spot ? 1 : 0];
  return zone < in_zone.size() ? in_zone[zone] : 0;
}

Node* Nodes::with_room(bool is_spot) {
  // Where every node is bought for one replica and released with it, none ever has room.
  if (config_.replicas_per_node == 1 && empty_ == 0) return nullptr;
  Node* best = nullptr;
  for (Node& node : nodes_) {
    if (node.is_spot != is_spot || node.is_leaving || node.replicas >= config_.replicas_per_node) continue;
    if (best == nullptr || node.replicas > best->replicas) best = &node;
  }
  return best;
}

void Nodes::put_replica(std::uint32_t id, std::int64_t now_ns, std::int64_t ready_ns) {
  Node& node = at(id);
  if (node.replicas++ == 0) --empty_;
  node.ready_ns = std::min(node.ready_ns, ready_ns);
  node.changed_ns = now_ns;
}

void Nodes::take_replica(std::uint32_t id, std::int64_t now_ns) {
  Node& node = at(id);
  assert(node.replicas > 0);
  if (--node.replicas == 0) ++empty_;
  node.changed_ns = std::max(node.changed_ns, now_ns);
}

std::int64_t Nodes::end_of_empty(const Node& node) const {
  return node.is_leaving ? node.changed_ns : node.changed_ns + core::to_ns(config_.consolidate_after);
}

void Nodes::release_until(std::int64_t now_ns, Ledger& ledger) {
  if (empty_ == 0) return;
  std::erase_if(nodes_, [&](const Node& node) {
    if (node.replicas > 0) return false;
    const std::int64_t end_ns = std::min(end_of_empty(node), node.gone_ns);
    if (end_ns > now_ns) return false;
    meter(node, end_ns, ledger);
    --empty_;
    --in_zone_[node.is_spot ? 1 : 0][node.zone];
    return true;
  });
}

std::int64_t Nodes::next_release_ns() const {
  std::int64_t next_ns = core::never_ns;
  if (empty_ == 0) return next_ns;
  for (const Node& node : nodes_) {
    if (node.replicas == 0) next_ns = std::min({next_ns, end_of_empty(node), node.gone_ns});
  }
  return next_ns;
}

void Nodes::note_peak(std::int64_t now_ns, Ledger& ledger) {
  std::int64_t& peak = ledger.usage().hours[static_cast<std::size_t>(now_ns / core::ns_per_hour)].peak_instances;
  peak = std::max(peak, count());
}

void Nodes::finish(Ledger& ledger) {
  for (const Node& node : nodes_) meter(node, std::min(horizon_ns_, node.gone_ns), ledger);
  nodes_.clear();
  empty_ = 0;
}

bool Nodes::billing_adds_up(const core::HourUsage& total) const {
  return core::Int128{total.billed_instance_seconds} == billed_s_ &&
         total.alive_instance_ns <= core::Int128{total.billed_instance_seconds} * core::ns_per_second &&
         total.ready_instance_ns <= total.alive_instance_ns &&
         total.spot_billed_seconds <= total.billed_instance_seconds;
}

void Nodes::meter(const Node& node, std::int64_t released_ns, Ledger& ledger) {
  released_ns = std::min(released_ns, horizon_ns_);
  std::vector<core::HourUsage>& hours = ledger.usage().hours;
  split_by_hour(node.started_ns, released_ns, core::ns_per_hour,
                [&](std::size_t hour, std::int64_t ns) { hours[hour].alive_instance_ns += ns; });
  split_by_hour(std::min(node.ready_ns, released_ns), released_ns, core::ns_per_hour,
                [&](std::size_t hour, std::int64_t ns) { hours[hour].ready_instance_ns += ns; });

  // Billed seconds run on from the second in which the node started; what rounding and the minimum add beyond the
  // end of the horizon falls into its last hour, so that every start is billed in full.
  const std::int64_t billed_s = rule_.billed_seconds(core::Duration{released_ns - node.started_ns});
  const std::int64_t begin_s = node.started_ns / core::ns_per_second;
  const std::int64_t horizon_s = horizon_ns_ / core::ns_per_second;
  const std::int64_t end_s = begin_s + billed_s;
  const auto bill = [&](std::size_t hour, std::int64_t s) {
    hours[hour].billed_instance_seconds += s;
    if (node.is_spot) hours[hour].spot_billed_seconds += s;
  };
  split_by_hour(begin_s, std::min(end_s, horizon_s), 3600, bill);
  if (end_s > horizon_s) bill(hours.size() - 1, end_s - std::max(horizon_s, begin_s));
  billed_s_ += billed_s;
}

}  // namespace sim
