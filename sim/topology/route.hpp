// Which part of a mixture a request goes to, and what happens when it comes back.
//
//  * `Cascade`   small first: a share of its answers is not good enough and goes on
//  * `Split`     each request to one part: by its class, by luck, or by where its user lives
//  * `Pair`      two parts meet the same request: a mirror that nobody waits for, or both are needed
//  * `Failover`  what a part does not answer goes on to the next
//  * `Route`     one of them; parts are named by their number in the scenario
//  * `read_route`, `path_of`, `beside_of`
//
//   route: {kind: cascade, first: light, then: heavy, escalate: 20%}
//          {kind: split, classes: {interactive: light, batch: heavy}}                # every class of the traffic
//          {kind: split, shares: {light: 90%, heavy: 10%}}                           # sum 1; by luck, an A/B test
//          {kind: split, shares: {…}, until: 2026-12-15, then: {light: 0%, heavy: 100%}}   # from that day on, UTC
//          {kind: shadow, answer: light, mirror: heavy, share: 5%, wait: false}      # share: default all of them
//          {kind: dual, answer: deep, mirror: plain, then: {explainer: 12%}}         # both are needed; then, a share
//          {kind: failover, chain: [vendor-a, vendor-b, self-hosted]}
//          {kind: regions, zones: [{utc_offset: -8h, part: us}, {utc_offset: 1h, part: eu}]}  # traffic.time_zones
//
// Requests go forwards only: each part stands once on their way, and a way that comes back to itself is an error that
// shows it: "a → b → a". All luck is the request's own, mixed with a salt of each decision's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"

namespace sim {

using PartNumber = std::size_t;

// Of a share of the requests, by 53 bits of luck.
struct Chance {
  std::uint64_t below = 0;
  static Chance of(double share) { return {static_cast<std::uint64_t>(share * 0x1p53)}; }
  bool holds(std::uint64_t bits) const { return bits >> 11U < below; }
};

struct Cascade {
  PartNumber first = 0;
  PartNumber then = 0;
  Chance escalate;
};

struct Failover {
  std::vector<PartNumber> chain;
};

struct Split {
  // A period's ends of the parts' shares, one after another; the last part takes what is left.
  struct Shares {
    std::int64_t until_ns = std::numeric_limits<std::int64_t>::max();  // the first nanosecond of the next period
    std::vector<Chance> ends;
  };
  std::vector<PartNumber> by_class;  // or …
  std::vector<Shares> by_luck;       // … in order of time, or …
  std::vector<PartNumber> by_zone;   // … for each of the traffic's time zones
};

struct Pair {
  PartNumber answer = 0;
  PartNumber mirror = 0;
  Chance mirrored{};
  bool needs_both = false;
  struct Explainer {
    PartNumber part = 0;
    Chance share;
  };
  std::optional<Explainer> explainer{};
};

using Route = std::variant<Cascade, Failover, Split, Pair>;

// `parts`: their names. Throws core::ConfigError.
Route read_route(const core::Section& route, const std::vector<std::string>& parts,
                 const core::traffic::TrafficConfig& traffic, const core::Horizon& horizon);

// The parts in an order in which requests go forwards only.
std::vector<PartNumber> path_of(const Route& route, std::size_t parts);

// Parts that are there beside the one that answers: a mirror and an explainer; in a split by luck, all but the part
// with the largest share at the beginning. What they cost is the price of the comparison.
struct Beside {
  PartNumber answer = 0;
  std::vector<PartNumber> others;
};
std::optional<Beside> beside_of(const Route& route);

}  // namespace sim
