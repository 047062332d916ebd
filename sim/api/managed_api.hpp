// A managed API as its caller sees it: an answer after a first token and a pace, however many ask at once.
//
//  * `ManagedApi`  serves blocks of requests; knows no prices and no limits
//
// There is no queue: the vendor's capacity is assumed, its latency is the measured one.
#pragma once

#include <cstdint>
#include <memory>

#include "core/time.hpp"
#include "core/traffic/block.hpp"
#include "sim/ledger.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class ManagedApi {
 public:
  // `timeout`: from the request to its whole answer; then the client leaves, and the vendor bills what it had made.
  ManagedApi(PacedLatency latency, core::Duration timeout, Ledger ledger);

  void serve(const core::traffic::Block& block);
  // All that ends by `now_ns` is in the books for good; no request will arrive before. Nothing to do: an answer's time
  // is known when it is asked for.
  void advance_to(std::int64_t /*now_ns*/) {}
  OptionResult close() { return ledger_.close(); }

 private:
  void serve_late(const Visit& visit);

  ServiceModel model_;
  std::int64_t timeout_ns_;
  Ledger ledger_;
  std::unique_ptr<ServiceTimes> times_ = std::make_unique<ServiceTimes>();
};

}  // namespace sim
