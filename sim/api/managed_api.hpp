// A managed API as its callers see it: an answer after a first token and a pace, unless it says no.
//
//  * `ManagedApi`  serves blocks of requests; knows no prices
//
// There is no queue: the vendor's capacity is assumed, its latency is the measured one. What its limits refuse, what
// fails and what its clients do then is sim/api/api_calls.hpp; an API of which nothing of that is said is answered in a
// loop of its own, and so is a batch queue, in which every request is answered `turnaround` after it was handed in, or
// has expired at the deadline and costs nothing.
//
// Example:
//   ManagedApi api{config, need, core::Stream{seed}.child("options.a"), std::move(ledger)};
//   while (stream.fill(block)) api.serve(block);
//   const OptionResult result = api.close();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/random.hpp"
#include "core/time.hpp"
#include "core/traffic/block.hpp"
#include "sim/api/api_calls.hpp"
#include "sim/api/api_config.hpp"
#include "sim/api/feasibility.hpp"
#include "sim/ledger.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class ManagedApi {
 public:
  // `need`: the traffic, for the feasibility of the limits. `chance`: a stream of this option's own.
  ManagedApi(const ManagedApiConfig& config, const TrafficNeed& need, const core::Stream& chance, Ledger ledger);
  // Nothing but a latency. `timeout`: from the request to its whole answer; then the client leaves, and the vendor
  // bills what it had made.
  ManagedApi(PacedLatency latency, core::Duration timeout, Ledger ledger);

  // Blocks in order of time.
  void serve(const core::traffic::Block& block);
  // Everything that happens by `now_ns` is in the books: retries that are due have been sent. Never decreasing.
  void advance_to(std::int64_t now_ns);
  OptionResult close();

 private:
  void serve_at_once(const core::traffic::Block& block);
  void serve_batch(const core::traffic::Block& block);
  void serve_late(const Visit& visit);

  ServiceModel model_;
  std::int64_t timeout_ns_;
  bool is_batch_ = false;
  Faults slow_;
  std::optional<ApiSummary> summary_;
  std::optional<ApiCalls> calls_;
  Ledger ledger_;
  std::unique_ptr<ServiceTimes> times_ = std::make_unique<ServiceTimes>();
};

}  // namespace sim
