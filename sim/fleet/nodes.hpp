// The nodes (instances) of a fleet: which there are, what is on them, and what they are billed for.
//
//  * `Node`   one of them
//  * `Nodes`  buys and releases nodes, keeps count of the replicas on each, and meters their lives hour by hour
//
// A node is billed from its purchase to its release, every start rounded up by the metering rule. Replicas go to the
// fullest node that has room (of equals the oldest), so that empty ones can be given back.
//
// Example:
//   Nodes nodes{config.nodes, config.metering, horizon_ns};
//   const std::uint32_t node = nodes.buy({.started_ns = now_ns, .image_ns = now_ns + 100s}, ledger);
//   nodes.put_replica(node, ready_ns);
//   nodes.take_replica(node, later_ns);                // its last one: released `consolidate_after` later
//   nodes.release_until(now_ns, ledger);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "core/usage.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/ledger.hpp"

namespace sim {

struct Node {
  std::uint32_t id = 0;  // in order of purchase
  std::uint32_t zone = 0;
  bool is_spot = false;
  bool is_leaving = false;  // takes no more replicas: under notice, or being emptied
  std::int64_t started_ns = 0;
  std::int64_t image_ns = 0;                // when it is provisioned and has the image
  std::int64_t ready_ns = core::never_ns;   // when its first replica is
  std::int64_t notice_ns = core::never_ns;  // when it will be told to go, if it is spot
  std::int64_t gone_ns = core::never_ns;    // when it goes, whatever is on it
  std::int64_t replicas = 0;                // on it, draining ones included
  std::int64_t changed_ns = 0;              // when one last came or went
};

class Nodes {
 public:
  Nodes(const NodeConfig& config, const core::MeteringRule& rule, std::int64_t horizon_ns);

  std::int64_t count() const { return static_cast<std::int64_t>(nodes_.size()); }
  // Those there are, in order of purchase. Spans and references hold until the next purchase or release.
  std::vector<Node>& all() { return nodes_; }
  const std::vector<Node>& all() const { return nodes_; }
  Node& at(std::uint32_t id);  // one that there is. O(log nodes)
  std::int64_t count_in(std::uint32_t zone, bool is_spot) const;

  // `node`: its times, zone and kind. Returns its id.
  std::uint32_t buy(Node node, Ledger& ledger);
  // The fullest of the kind that has room, if any. O(nodes).
  Node* with_room(bool is_spot);
  void put_replica(std::uint32_t id, std::int64_t now_ns, std::int64_t ready_ns);
  void take_replica(std::uint32_t id, std::int64_t now_ns);
  // Releases the nodes that have been empty for long enough by `now_ns`, and those that are gone. O(nodes) when a node
  // was left by its last replica since the last call, or is still empty; else O(1).
  void release_until(std::int64_t now_ns, Ledger& ledger);
  // When the next empty node goes; core::never_ns: none is empty.
  std::int64_t next_release_ns() const;
  // Notes the most nodes alive at once.
  void note_peak(std::int64_t now_ns, Ledger& ledger);
  // At the end of the horizon: meters those that are still there. Call once.
  void finish(Ledger& ledger);

  // That the billed seconds of all hours are those of all lives, each rounded by itself, and no fewer than they lived.
  bool billing_adds_up(const core::HourUsage& total) const;

 private:
  std::int64_t end_of_empty(const Node& node) const;
  void meter(const Node& node, std::int64_t released_ns, Ledger& ledger);

  NodeConfig config_;
  core::MeteringRule rule_;
  std::int64_t horizon_ns_;
  std::vector<Node> nodes_;
  std::uint32_t bought_ = 0;
  std::array<std::vector<std::int64_t>, 2> in_zone_{};  // on demand, and spot
  std::int64_t empty_ = 0;                              // nodes that nobody is on
  core::Int128 billed_s_ = 0;                           // Σ lives, rounded
};

}  // namespace sim
