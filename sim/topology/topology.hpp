// Several ways of serving combined into one option: each request goes its way through the parts.
//
//  * `Topology`  serves blocks of requests in order of arrival; `close()` at the end of the horizon
//
// Parts are the engines that serve options as well, each with its own books, and know nothing of one another. Requests
// go forwards only (route.hpp), so a block is worked off part by part: those that enter, and those that the parts
// before hand on, go to the part in order of time; it is brought to the block's last arrival; all that ends by then is
// final (completions.hpp) and goes on, to a later part or into the books of the whole. No answer comes before its
// request, so nothing is missed, and the answers do not depend on how the requests were cut into blocks.
//
// The books of the whole know a request from its user's arrival to the final answer; the wait is the sum of the waits
// in the parts on its way (where two are needed, of the one that ends last), and the identities hold there as in each
// part. What is not answered when the horizon ends is in flight, whichever part has it.
//
// A part that a request meets first sees its own luck, as an option would; a later one sees it mixed with a salt, so
// that a request's times in two parts are independent, and the same in every run. So a cascade that escalates nothing
// is its first part, to the byte.
//
// Memory: a record of 80 bytes for each request on its way, used again when it has left. Time: bench/topology.cpp.
//
// Example:
//   Topology mixture{route, traffic, horizon, std::move(ledger), 2, [&](PartNumber k, Completions* c) { … }};
//   mixture.serve(block);
//   const OptionResult result = mixture.close();   // result.parts
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/calendar.hpp"
#include "core/traffic/block.hpp"
#include "core/traffic/stream.hpp"
#include "sim/ledger.hpp"
#include "sim/topology/completions.hpp"
#include "sim/topology/leaf.hpp"
#include "sim/topology/route.hpp"
#include "sim/topology/zone_shares.hpp"

namespace sim {

class Topology {
 public:
  // Makes a part; its ledger reports to `completions` unless that is null: then nobody waits for its answers.
  using MakeLeaf = std::function<Leaf(PartNumber part, Completions* completions)>;
  Topology(Route route, const core::traffic::TrafficConfig& traffic, const core::Horizon& horizon, Ledger ledger,
           std::size_t parts, const MakeLeaf& make_leaf);

  void serve(const core::traffic::Block& block);
  OptionResult close();

 private:
  // On its way.
  struct Request {
    std::int64_t arrival_ns = 0;  // the user's
    std::uint64_t luck = 0;
    std::int64_t entered_ns = 0;  // the part where it is
    std::int64_t wait_ns = 0;     // in the parts so far
    // Of a request that two parts are needed for: what the first of them to answer has said.
    std::int64_t end_ns = -1;         // none yet
    std::int64_t first_token_ns = 0;  // since the beginning of the horizon
    std::uint32_t input_tokens = 0;
    std::uint32_t output_tokens = 0;
    std::uint32_t content_key = 0;
    std::uint32_t prefix_row = 0;
    std::uint32_t prefix_round = 0;
    std::uint32_t number = 0;  // of all requests, modulo 2^32
    std::uint8_t traffic_class = 0;
    std::uint8_t awaited = 1;  // parts that have not answered
    core::Outcome outcome = core::Outcome::served;
  };
  struct Input {
    std::int64_t arrival_ns;
    std::uint32_t ticket;
    std::uint32_t number;  // of the request, modulo 2^32
    // Who comes at the same nanosecond comes in the order in which users asked.
    bool operator<(const Input& other) const {
      return arrival_ns != other.arrival_ns ? arrival_ns < other.arrival_ns
                                            : static_cast<std::int32_t>(number - other.number) < 0;
    }
  };
  struct Part {
    std::unique_ptr<Completions> completions;  // null: nobody waits for it
    std::unique_ptr<Leaf> leaf;
    std::vector<Input> input;
    std::uint64_t salt = 0;  // 0: the request's own luck
    bool in_order = true;    // its input
    std::int64_t received = 0;
    PartNumber next = 0;  // where what is handed on goes; of the last part: itself
  };

  // Requests of a block that are put on their way together.
  struct Slice {
    const core::traffic::Block& block;
    std::size_t begin;
    std::size_t end;
  };
  std::uint32_t take_ticket();
  void enter(const Slice& slice);
  template <class Send>
  void enter(const Slice& slice, const Send& send_one);
  void enter_by_luck(const Slice& slice);
  void send(PartNumber part, std::int64_t arrival_ns, std::uint32_t ticket);
  void feed(Part& part);
  void work_until(std::int64_t now_ns);
  void hand_on(PartNumber part, std::int64_t now_ns);
  void after(PartNumber part, const Completions::Due& due);
  void after_pair(const Pair& pair, PartNumber part, const Completions::Due& due);
  void go_on(PartNumber part, std::int64_t now_ns, std::uint32_t ticket);
  void finish(std::uint32_t ticket, std::int64_t end_ns, std::int64_t first_token_ns, core::Outcome outcome);

  Route route_;
  Ledger ledger_;
  std::vector<Part> parts_;
  std::vector<PartNumber> path_;  // all parts, in an order in which requests go forwards
  std::unique_ptr<ZoneShares> zones_;
  std::vector<Request> requests_;    // by ticket
  std::vector<std::uint32_t> free_;  // tickets
  std::size_t period_ = 0;           // of the shares by luck
  std::uint32_t entered_ = 0;        // requests, modulo 2^32
  bool has_classes_ = false;
  bool has_prefixes_ = false;
  std::unique_ptr<core::traffic::Block> block_ = std::make_unique<core::traffic::Block>();  // for the parts
};

}  // namespace sim
